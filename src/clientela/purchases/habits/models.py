"""What a customer usually does, counted from what was bought."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clientela.events.models import TransactionIdField

WHOLE_BASKET = UUID(int=0)


class HabitMonth(models.Model):
    """What one record bought in a local month, of a category, by a channel, in a currency.

    The nil category is the whole basket. `visit_day_mask`: bit 0 is the first of the month.
    `spent_minor` is gross of returns, which lower the month of their purchase in `returned_minor`;
    what was amended lowers `spent_minor` itself, for it was never bought.
    """

    pk = models.CompositePrimaryKey("customer_id", "month_on", "category_id", "channel", "currency")
    customer_id = models.UUIDField()
    month_on = models.DateField()
    category_id = models.UUIDField()
    channel = models.TextField()
    currency = models.TextField()
    purchases = models.BigIntegerField()
    visit_day_mask = models.IntegerField()
    lines = models.BigIntegerField()
    units_milli = models.BigIntegerField()
    spent_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_habit_begins_with_its_month", condition=Q(month_on__day=1)
            ),
            models.CheckConstraint(
                name="a_habit_was_seen_at_least_once",
                condition=Q(purchases__gt=0) & ~Q(visit_day_mask=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month_on:%Y-%m} {self.category_id}"


class HabitProfile(models.Model):
    """What is usual for one record, as of its last purchase that was folded.

    `gap_median_days`, `gap_80_days`: days between visits; null while there are too few of them.
    `gaps`: how many gaps of 1, 2, 3, 4, 5, 6, 7, 8–10, 11–14, 15–21, 22–30, 31–45, 46–60, 61–90,
    91–180 and more days. `lapses_on`: from when on its silence is longer than usual; `lapsed_on`:
    when that was told. `basket_change`: 1 or -1 while its baskets are told to be larger or smaller.
    `is_stale`: it bought since.
    """

    customer_id = models.UUIDField(primary_key=True)
    is_stale = models.BooleanField(default=True, db_default=True)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    purchases = models.BigIntegerField(default=0, db_default=0)
    visit_days = models.IntegerField(default=0, db_default=0)
    gap_median_days = models.IntegerField(null=True)
    gap_80_days = models.IntegerField(null=True)
    gaps = ArrayField(models.IntegerField(), default=list)
    weekdays = ArrayField(models.IntegerField(), default=list)
    hours = ArrayField(models.IntegerField(), default=list)
    channel = models.TextField(default="", db_default="")
    place = models.TextField(default="", db_default="")
    categories = ArrayField(models.UUIDField(), default=list)
    currency = models.TextField(default="", db_default="")
    basket_minor = models.BigIntegerField(null=True)
    basket_lines_milli = models.BigIntegerField(null=True)
    discounted_permille = models.IntegerField(null=True)
    lapses_on = models.DateField(null=True)
    lapsed_on = models.DateField(null=True)
    basket_change = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id"], name="habits_to_look_at_again", condition=Q(is_stale=True)
            ),
            models.Index(
                fields=["lapses_on"], name="habits_that_may_lapse", condition=Q(lapsed_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"habits of {self.customer_id}"


class HabitPosition(models.Model):
    """How far purchases are folded: everything of transactions before `tx`, in the days of `zone`.

    `rebuilt_through`: while all is counted anew, the last record that is done; null: all are.
    """

    node = models.SmallIntegerField(primary_key=True, default=1)
    tx = TransactionIdField()
    zone = models.TextField()
    rebuilt_through = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"habits before {self.tx}"


class HabitStop(models.Model):
    """A record of which no habits are kept, and why: it objected to profiling, or was erased."""

    class Cause(models.TextChoices):
        OBJECTED = "objected"
        ERASED = "erased"

    customer_id = models.UUIDField(primary_key=True)
    cause = models.TextField(choices=Cause.choices)
    stopped_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"no habits of {self.customer_id}"


class HabitCategory(models.Model):
    """A product that was filed anew, and its past with it: lines of transactions before `tx` count
    for this category.
    """

    product_id = models.UUIDField(primary_key=True)
    category_id = models.UUIDField()
    tx = TransactionIdField()

    def __str__(self) -> str:
        return f"{self.product_id} in {self.category_id}"
