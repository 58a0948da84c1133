"""A field changed for everybody in a list: asked, checked, run, and taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from clientela.platform import ids
from clientela.platform.fields import ExactDecoder, ExactEncoder


class BulkChange(models.Model):
    """`target`: key of a field, or `language` or `country`; `value` None empties it.

    `list_state`: which customers, as the list was when it was asked. `counts` by outcome.
    """

    class State(models.TextChoices):
        CHECKING = "checking"
        CHECKED = "checked"
        RUNNING = "running"
        FINISHED = "finished"
        UNDOING = "undoing"
        UNDONE = "undone"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    target = models.TextField()
    value = models.JSONField(null=True, decoder=ExactDecoder, encoder=ExactEncoder)
    list_state = models.JSONField(default=dict)
    state = models.TextField(choices=State.choices, default=State.CHECKING)
    counts = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undone_by = models.TextField(default="", db_default="")
    undone_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.target} of many"

    @property
    def public_id(self) -> str:
        return ids.public("chg", self.id)


class BulkRow(models.Model):
    """One customer of a bulk change: what is to become of them, or what was there before.

    `old` None: there was no value. `code`: why the value is refused. `version`: after the change.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        UNCHANGED = "unchanged"
        REFUSED = "refused"
        CHANGED = "changed"
        UNDONE = "undone"
        KEPT = "kept"  # touched since, so it stays as it is

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="rows")
    customer_id = models.UUIDField()
    outcome = models.TextField(choices=Outcome.choices, default=Outcome.WAITING)
    code = models.TextField(default="", db_default="")
    old = models.JSONField(null=True, decoder=ExactDecoder, encoder=ExactEncoder)
    version = models.IntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["change", "customer_id"], name="a_bulk_change_names_a_customer_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["change", "outcome", "customer_id"], name="bulk_rows_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.customer_id}"
