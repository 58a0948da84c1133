"""Draft rules tried on very many purchases in the background, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.loyalty.models.programme import Currency
from clientela.platform import ids


class Trial(models.Model):
    """`drafts` as they were asked; `view_id`: only of who is in this saved list. `done` of `whole`
    purchases are gone through; `found` is there once all are.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT)
    months = models.IntegerField()
    view_id = models.UUIDField(null=True)
    drafts = models.JSONField()
    whole = models.BigIntegerField(default=0, db_default=0)
    done = models.BigIntegerField(default=0, db_default=0)
    found = models.JSONField(null=True)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancelled_by = models.TextField(default="", db_default="")
    fault = models.TextField(default="", db_default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-asked_at"], name="trials_newest_first")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="what_a_trial_found_is_its_end",
                condition=Q(found__isnull=True) | Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("tri", self.id)

    @property
    def state(self) -> str:
        """`waiting`, `running`, `finished`, `cancelled` or `failed`."""
        if self.ended_at is None:
            return "running" if self.begun_at else "waiting"
        if self.cancelled_by:
            return "cancelled"
        return "failed" if self.fault else "finished"
