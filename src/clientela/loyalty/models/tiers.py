"""The ladder: its steps, and for which time a customer stood on which."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value

from clientela.loyalty.models.programme import Currency, Rule
from clientela.platform import ids


class TierSet(models.Model):
    """A ladder, what it measures, and over which time."""

    class Measure(models.TextChoices):
        POINTS = "points"  # earned of `counted`, less what returns took back
        SPEND = "spend"  # in `money_code`, less what came back
        PURCHASES = "purchases"  # that were paid and not wholly given back
        PRODUCTS = "products"  # held on the last day of the window
        BALANCE = "balance"  # points of `counted` that can be used at its end

    class Window(models.TextChoices):
        ROLLING = "rolling"  # the last twelve months
        CALENDAR = "calendar"  # the calendar year
        ANNIVERSARY = "anniversary"  # the year that began on the day the customer came
        LIFETIME = "lifetime"  # since ever; never reviewed

    class Starts(models.TextChoices):
        NOW = "now"
        NEXT_PERIOD = "next_period"

    class Keeps(models.TextChoices):
        PERIOD = "end_of_period"  # and `keep_days` more, to reach it anew
        NEXT_PERIOD = "end_of_next_period"

    class Crossing(models.TextChoices):
        BEFORE = "before"  # the purchase that reaches a tier earns by the one before
        AFTER = "after"  # it earns by the one it reaches

    class Late(models.TextChoices):
        RAISES = "raises"  # a purchase that came late counts from now on
        RE_RATES = "re_rates"  # and what was bought after it earns by the tier it reached

    class Lowers(models.TextChoices):
        RECOMPUTE = "recompute"  # to whatever the figure reaches
        ONE_STEP = "one_step"
        NONE = "none"

    key = models.SlugField(primary_key=True, max_length=40)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="tier_sets")
    labels = models.JSONField(default=dict)
    measure = models.TextField(choices=Measure.choices, default=Measure.POINTS)
    money_code = models.TextField(default="")
    time_window = models.TextField(choices=Window.choices, default=Window.ROLLING)
    # the points that are counted, where they are others than those the ladder is of
    counted = models.ForeignKey(Currency, null=True, on_delete=models.PROTECT, related_name="+")
    starts = models.TextField(choices=Starts.choices, default=Starts.NOW, db_default="now")
    crossing = models.TextField(
        choices=Crossing.choices, default=Crossing.BEFORE, db_default="before"
    )
    late = models.TextField(choices=Late.choices, default=Late.RAISES, db_default="raises")
    keeps = models.TextField(
        choices=Keeps.choices, default=Keeps.NEXT_PERIOD, db_default="end_of_next_period"
    )
    keep_days = models.IntegerField(default=0, db_default=0)
    lowers = models.TextField(
        choices=Lowers.choices, default=Lowers.RECOMPUTE, db_default="recompute"
    )
    grace_days = models.IntegerField(default=0, db_default=0)
    # a return of what reached a tier brings its review near instead of taking it at once
    reversal_waits = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="spending_is_measured_in_a_currency",
                condition=~Q(measure="spend") | ~Q(money_code=""),
            ),
            models.CheckConstraint(
                name="a_tier_is_kept_forwards",
                condition=Q(keep_days__gte=0, grace_days__gte=0)
                & (Q(keep_days=0) | Q(keeps="end_of_period")),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Tier(models.Model):
    """A step of the ladder, reached at `threshold` or more. Its factor is a rule like any other, so
    a posting names the version that was used.
    """

    tier_set = models.ForeignKey(TierSet, on_delete=models.PROTECT, related_name="tiers")
    key = models.SlugField(max_length=40)
    labels = models.JSONField(default=dict)
    benefits = models.JSONField(default=dict)  # in words, for whoever stands on it
    staff_notes = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    # how long points earned on it can be used, see rules.lives; {}: as long as all of the currency
    life = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    threshold = models.BigIntegerField()
    factor_rule = models.ForeignKey(Rule, null=True, on_delete=models.PROTECT)

    class Meta:
        ordering: ClassVar = ["tier_set", "threshold"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tier_set", "key"], name="a_tier_key_is_used_once"),
            models.UniqueConstraint(
                fields=["tier_set", "threshold"], name="no_two_tiers_begin_at_one_figure"
            ),
            models.CheckConstraint(name="a_tier_is_earned", condition=Q(threshold__gt=0)),
        ]

    def __str__(self) -> str:
        return self.key


class Standing(models.Model):
    """A customer stood on a tier from `starts_at` on, and still does where there is no end. One
    that starts later waits for its day.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    tier_set = models.ForeignKey(TierSet, on_delete=models.PROTECT)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    # the last day before a review may take it away; null: it is never reviewed
    kept_until = models.DateField(null=True)
    measured = models.BigIntegerField()
    purchase_id = models.UUIDField(null=True)  # the purchase that crossed the threshold
    decided_by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "tier_set"], condition=Q(ends_at__isnull=True),
                name="one_open_standing",
            ),
            models.CheckConstraint(
                name="a_standing_ends_after_it_starts",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "starts_at"], name="standings_of_a_customer"),
            models.Index(
                fields=["tier_set", "kept_until"], name="standings_to_review",
                condition=Q(ends_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return ids.public("sta", self.id)
