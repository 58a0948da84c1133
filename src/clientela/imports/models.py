"""Files as they came, before anyone judges them: one batch per file."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from clientela.platform import ids


class Mapping(models.Model):
    """A saved description of a file: which column means what."""

    name = models.SlugField(primary_key=True, max_length=60)
    kind = models.TextField()
    text = models.TextField()  # TOML, as in examples/mappings
    saved_by = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One file on its way in."""

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        CHECKING = "checking"
        CHECKED = "checked"
        RUNNING = "running"
        FINISHED = "finished"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.TextField()
    source = models.TextField()
    file_name = models.TextField()
    path = models.TextField()
    digest = models.TextField(default="")
    mapping = models.TextField(default="")  # TOML, frozen for this batch
    state = models.TextField(choices=State.choices, default=State.UPLOADED)
    rows_done = models.BigIntegerField(default=0)  # checkpoint: rows whose effects are committed
    result = models.JSONField(default=dict)  # counters and control totals so far
    trial = models.JSONField(default=dict)  # the same, of the check that wrote nothing
    problem = models.JSONField(default=dict)
    is_demo = models.BooleanField(default=False)
    started_by = models.TextField()
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return self.file_name

    @property
    def public_id(self) -> str:
        return ids.public("imp", self.id)


class Row(models.Model):
    """A row that was not taken, with all that is wrong with it; written with its checkpoint."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    number = models.BigIntegerField()  # the line of the file
    outcome = models.TextField()  # rejected | without_customer
    column_name = models.TextField(default="")
    code = models.TextField()
    faults = models.JSONField(default=list)
    is_trial = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "is_trial", "number"], name="a_row_is_refused_once"
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of {self.batch_id}"
