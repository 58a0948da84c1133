"""How long each class of data is kept, on what ground, and who receives it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Period(models.Model):
    """One row a class. `is_on`: the nightly run carries it out; off, it only tells what is due."""

    data_class = models.SlugField(primary_key=True, max_length=40)
    months = models.IntegerField()
    ground = models.TextField(default="")
    receivers = models.TextField(default="")
    is_on = models.BooleanField(default=False)
    changed_by = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["data_class"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_period_is_one_month_to_a_hundred_years",
                condition=Q(months__gte=1, months__lte=1200),
            ),
            models.CheckConstraint(
                name="a_period_that_runs_has_a_ground", condition=Q(is_on=False) | ~Q(ground="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.data_class}: {self.months} months"


class PeriodRun(models.Model):
    """One night's run: what was due, what was done."""

    id = models.BigAutoField(primary_key=True)
    ran_at = models.DateTimeField()
    reached = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"run of {self.ran_at}"
