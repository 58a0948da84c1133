"""The books of points: what a closed month owed, by the month in which points were earned."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from clientela.loyalty.models.programme import Currency


class Estimate(models.Model):
    """What part of points somebody expects to be used, in millionths; null: each cohort's own
    curve. The latest counts for months that are closed from then on.
    """

    id = models.BigAutoField(primary_key=True)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT)
    number = models.IntegerField()
    share_ppm = models.IntegerField(null=True)
    reason = models.TextField(default="", db_default="")
    made_by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["currency", "number"], name="an_estimate_has_one_number"
            ),
            models.CheckConstraint(
                name="an_estimate_is_a_share",
                condition=Q(share_ppm__isnull=True) | Q(share_ppm__gte=0, share_ppm__lte=1_000_000),
            ),
        ]

    def __str__(self) -> str:
        return f"estimate {self.number}"


class ClosedMonth(models.Model):
    """A month that was closed, once; what the ledger held at its end, and at what price of a point
    (`price_num` / `price_den` minor units).
    """

    id = models.BigAutoField(primary_key=True)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT)
    month_on = models.DateField()
    ledger_points = models.BigIntegerField()
    debt_points = models.BigIntegerField()
    price_num = models.BigIntegerField()
    price_den = models.BigIntegerField()
    money_code = models.TextField()
    estimate = models.ForeignKey(Estimate, null=True, on_delete=models.PROTECT)
    closed_by = models.TextField()
    closed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["currency", "month_on"], name="a_month_is_closed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.month_on:%Y-%m}"


class Liability(models.Model):
    """One cohort at the end of a closed month; all figures to date."""

    id = models.BigAutoField(primary_key=True)
    closed = models.ForeignKey(ClosedMonth, on_delete=models.PROTECT, related_name="cohorts")
    cohort_on = models.DateField()
    issued = models.BigIntegerField()
    redeemed = models.BigIntegerField()
    expired = models.BigIntegerField()
    reversed = models.BigIntegerField()
    paid_minor = models.BigIntegerField()
    deferral_ppm = models.IntegerField()
    share_ppm = models.IntegerField()
    expected = models.BigIntegerField()
    deferred_minor = models.BigIntegerField()
    recognised_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["closed", "cohort_on"], name="a_cohort_is_closed_once_a_month"
            ),
            models.CheckConstraint(
                name="nothing_is_recognised_beyond_what_was_deferred",
                condition=Q(recognised_minor__gte=0, recognised_minor__lte=F("deferred_minor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_on:%Y-%m}"
