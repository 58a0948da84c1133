"""Files as they came, before anyone judges them: one batch per file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from clientela.platform import ids

UNDO_DAYS = 30


class Mapping(models.Model):
    """A saved description of a file: which column means what.

    `header` is a digest of the column names it was made for: the next such file finds it by itself.
    """

    name = models.SlugField(primary_key=True, max_length=60)
    kind = models.TextField()
    text = models.TextField()  # TOML, as in examples/mappings
    header = models.TextField(default="", db_default="")
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
        STOPPED = "stopped"  # by a person, behind a whole batch; it can go on
        FINISHED = "finished"
        FAILED = "failed"
        UNDOING = "undoing"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.TextField()
    source = models.TextField()
    file_name = models.TextField()
    path = models.TextField()  # of our copy, below the data folder
    digest = models.TextField(default="")
    mapping = models.TextField(default="")  # TOML, frozen once the file is run
    mapping_name = models.TextField(default="", db_default="")
    found = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    data_of = models.DateTimeField(null=True)  # as of when the file tells; None: nobody said
    state = models.TextField(choices=State.choices, default=State.UPLOADED)
    rows_done = models.BigIntegerField(default=0)  # checkpoint: rows whose effects are committed
    result = models.JSONField(default=dict)  # counters and control totals so far
    trial = models.JSONField(default=dict)  # the same, of the check that wrote nothing
    problem = models.JSONField(default=dict)
    undo = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    is_demo = models.BooleanField(default=False)
    started_by = models.TextField()
    created_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)  # when what is under way began
    stop_asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return self.file_name

    @property
    def public_id(self) -> str:
        return ids.public("imp", self.id)

    @property
    def file(self) -> Path:
        """Our copy, wherever the data folder stands today."""
        home: Path = settings.HOME.path
        return home / self.path

    @property
    def undo_until(self) -> object:
        return self.finished_at and self.finished_at + timedelta(days=UNDO_DAYS)


class Row(models.Model):
    """A row that was not taken, with all that is wrong with it; written with its checkpoint."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    number = models.BigIntegerField()  # the line of the file
    outcome = models.TextField()  # rejected | without_customer | for_review
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


class Written(models.Model):
    """What one transaction of an import wrote: ids, and what stood there before.

    By these rows an import is undone, the latest first; they go when its time to be undone is over.
    `owners` are the customers of `records`, place by place; `before` holds earlier values.
    """

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="written")
    what = models.TextField()
    records = ArrayField(models.UUIDField())
    owners = ArrayField(models.UUIDField(), default=list)
    before = models.JSONField(default=list)
    written_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["batch", "-id"], name="written_latest_first")]

    def __str__(self) -> str:
        return f"{len(self.records)} {self.what} of {self.batch_id}"


class Kept(models.Model):
    """A record that an undo left as it is, and why."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="kept")
    record = models.TextField()  # its public id
    code = models.TextField()
    field = models.TextField(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "record", "code", "field"],
                name="a_record_is_kept_once_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.code}"
