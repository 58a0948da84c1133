"""What people of the company write down about customers: notes, tasks, tags, files.

Who wrote is kept as an actor's public id, so that the rows stand without the people.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from clientela.platform import ids
from clientela.platform.fields import Words


class Note(models.Model):
    """A text about a customer. One that was removed is shown no more; that it was stays."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    words = Words()
    written_by = models.TextField()
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.TextField(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_note_says_something", condition=~Q(words="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-written_at", "-id"], name="notes_newest"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("not", self.id)


class Mention(models.Model):
    """That a note names a colleague, who finds it among what waits for them until it is read."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    note_id = models.UUIDField()
    person = models.TextField()
    mentioned_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "note_id", "person"], name="a_note_names_somebody_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["person", "-mentioned_at"], name="mentions_not_read_yet",
                condition=Q(read_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person} in {self.note_id}"


class Task(models.Model):
    """Something to be done for a customer until a day, by somebody."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    words = Words()
    due_on = models.DateField()
    owner = models.TextField()
    made_by = models.TextField()
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(default="", db_default="")
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_task_has_words_and_an_owner", condition=~Q(words="") & ~Q(owner="")
            ),
            models.CheckConstraint(
                name="a_task_is_done_after_it_was_made",
                condition=Q(done_at__isnull=True) | Q(done_at__gte=F("made_at")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "due_on"], name="tasks_of_a_customer"),
            models.Index(
                fields=["owner", "due_on", "id"], name="open_tasks_of_somebody",
                condition=Q(done_at__isnull=True),
            ),
            models.Index(
                fields=["due_on", "id"], name="open_tasks_by_day",
                condition=Q(done_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("tsk", self.id)


class Tag(models.Model):
    """A word of the company's own that is put on customers."""

    key = models.SlugField(primary_key=True, max_length=60)
    name = Words()
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Tagged(models.Model):
    """That a customer carries a tag: since when, and who put it there."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT)
    tagged_by = models.TextField()
    tagged_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "tag"], name="a_tag_is_put_on_a_customer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.customer_id}"


class File(models.Model):
    """A file of a customer. It lies in the data folder under a name of ours (see `rules.place_of`);
    `name` is what people call it, `kind` what it is by its content.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    name = Words()
    kind = models.TextField()
    size_bytes = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    added_by = models.TextField()
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.TextField(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_file_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="a_file_has_something_in_it", condition=Q(size_bytes__gt=0)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-added_at", "-id"], name="files_newest"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("fil", self.id)
