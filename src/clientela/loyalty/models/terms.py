"""What points are computed by besides their rules: terms of their kind, and rates of exchange."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.loyalty.models.programme import Currency


class CurrencyTerms(models.Model):
    """How a kind of points was computed from an instant until its next row; never changed.

    A posting whose steps name none of these was computed by the first of its currency.
    """

    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="past_terms")
    rounding = models.TextField()
    stack = models.TextField()
    basis = models.JSONField(default=dict)
    home_money = models.TextField(default="", blank=True)
    time_zone = models.TextField()

    def __str__(self) -> str:
        return f"terms {self.pk} of {self.currency_id}"


class ExchangeRate(models.Model):
    """What a foreign money is worth in home money from a day on: `rate` of home money for one of
    it or, `for_one_home`, of it for one of home money. Another row of the same day corrects.
    """

    money = models.TextField()
    home = models.TextField()
    day = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    for_one_home = models.BooleanField(default=False)
    source = models.TextField(default="", blank=True)
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_rate_is_above_nothing", condition=Q(rate__gt=0)),
            models.CheckConstraint(
                name="a_rate_is_between_two_moneys", condition=~Q(money=models.F("home"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["money", "home", "-day", "-id"], name="rates_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.money} in {self.home} on {self.day}"


class RateWanted(models.Model):
    """A purchase that earned nothing of a kind of points because no rate of its day was known;
    `points`: what it earned once there was one.
    """

    customer_id = models.UUIDField()
    purchase_id = models.UUIDField()
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, db_index=False)
    money = models.TextField()
    home = models.TextField()
    day = models.DateField()
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    points = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "purchase_id", "currency"],
                name="a_purchase_waits_for_a_rate_once",
            ),
            models.CheckConstraint(
                name="a_wait_for_a_rate_ends_with_points",
                condition=Q(ended_at__isnull=True, points__isnull=True)
                | Q(ended_at__isnull=False, points__gte=0),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["money", "home", "day", "id"], name="purchases_that_wait_for_a_rate",
                condition=Q(ended_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.purchase_id} for {self.money} of {self.day}"
