"""What was taken out of the record: what, in which form, by whom, why, and until when it lies."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clientela.platform import ids
from clientela.platform.fields import Words


class Export(models.Model):
    """One file. Its line stays; the file itself goes when its link is over."""

    class Form(models.TextChoices):
        CSV = "csv"
        XLSX = "xlsx"
        PARQUET = "parquet"
        JSONL = "jsonl"

    class State(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"
        OVER = "over"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    what = models.TextField()  # a kind, a view or a customer, as it was asked for
    form = models.TextField(choices=Form.choices)
    asked = models.JSONField(default=dict)  # a list's filter, columns and order
    reason = Words()
    state = models.TextField(choices=State.choices, default=State.WAITING)
    columns = models.JSONField(default=list)
    rows = models.BigIntegerField(default=0)
    path = models.TextField(default="")  # below the data folder
    problem = models.JSONField(default=dict)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    link_until = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="an_export_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="an_export_link_ends_after_it_was_asked_for",
                condition=Q(link_until__gt=models.F("asked_at")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["link_until"], name="exports_that_end", condition=Q(state="ready")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} by {self.asked_by}"

    @property
    def public_id(self) -> str:
        return ids.public("exp", self.id)

    @property
    def file(self) -> Path:
        home: Path = settings.HOME.path
        return home / self.path

    @property
    def file_name(self) -> str:
        return f"{self.what.partition('_')[0]}-{self.asked_at:%Y-%m-%d}.{self.form}"
