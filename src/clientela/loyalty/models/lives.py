"""What moved the days of points, why people booked something, and how far the end of a day came."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from clientela.loyalty.models.programme import Programme
from clientela.platform.fields import Words


class LotLife(models.Model):
    """The end of a lot was moved; the last row says what the lot says."""

    class Cause(models.TextChoices):
        ACTIVITY = "activity"
        STAFF = "staff"
        REINSTATED = "reinstated"
        GRACE = "grace"  # given back after it was over

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    lot_id = models.UUIDField()
    old_at = models.DateTimeField(null=True)
    new_at = models.DateTimeField(null=True)
    cause = models.TextField(choices=Cause.choices)
    reason = Words(default="")
    actor = models.TextField()
    moved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_life_moves", condition=Q(old_at__isnull=True) | ~Q(old_at=F("new_at"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "lot_id", "id"], name="moves_of_a_lot")
        ]

    def __str__(self) -> str:
        return f"move of {self.lot_id}"


class PostingReason(models.Model):
    """Why somebody booked this: in their own words."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    posting_id = models.BigIntegerField()
    words = Words()
    actor = models.TextField()
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "posting_id"], name="a_posting_has_one_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"reason of {self.posting_id}"


class DayStep(models.Model):
    """One step of the end of a day: how far it is, and since when it is done."""

    id = models.BigAutoField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="day_steps")
    day_on = models.DateField()
    step = models.TextField()
    place = models.TextField(default="", db_default="")  # where the next slice goes on
    done = models.BigIntegerField(default=0, db_default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "day_on", "step"], name="a_day_has_each_step_once"
            ),
            models.CheckConstraint(
                name="a_step_ends_after_it_starts",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.day_on}"
