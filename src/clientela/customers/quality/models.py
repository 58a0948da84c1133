"""How good the records are, as they were last counted, and which values break a rule of today."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class QualityFigure(models.Model):
    """One figure: `count` of `whole` customers. Of a field, or of a measure."""

    id = models.BigAutoField(primary_key=True)
    measure = models.TextField()
    profile_type = models.TextField(default="", db_default="")
    field = models.TextField(default="", db_default="")
    count = models.BigIntegerField()
    whole = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["measure", "profile_type", "field"], name="a_figure_is_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.field}"


class Flaw(models.Model):
    """A value that stood before a rule was tightened, and breaks it; `code` says how."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    field = models.TextField()
    code = models.TextField()
    found_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "field"], name="a_flaw_is_listed_once_per_field"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} in {self.field}"
