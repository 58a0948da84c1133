"""What whoever answers for points decided about those a return could not take back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.platform.fields import Words


class ClawbackDecision(models.Model):
    """Of the posting of a return: `points` of what was let go were taken after all, or none."""

    class Verdict(models.TextChoices):
        TAKEN_BACK = "taken_back"
        LET_GO = "let_go"

    customer_id = models.UUIDField()
    posting_id = models.BigIntegerField()
    verdict = models.TextField(choices=Verdict.choices)
    points = models.BigIntegerField(default=0)
    taken_by = models.BigIntegerField(null=True)  # the posting that took them
    reason = Words()
    decided_by = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "posting_id"], name="a_clawback_is_decided_once"
            ),
            models.CheckConstraint(
                name="a_clawback_takes_points_or_lets_go",
                condition=Q(verdict="taken_back", points__gt=0, taken_by__isnull=False)
                | Q(verdict="let_go", points=0, taken_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} pos_{self.posting_id}"
