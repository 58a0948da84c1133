"""Every write of notes, tasks, tags and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from clientela.notes import rules
from clientela.notes.models import File, Mention, Note, Tag, Tagged, Task
from clientela.platform import ids
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction


class TaskDone(Problem):
    code = "task-done"
    status = 409
    title = "This task is done already"


class TooManyTags(Problem):
    code = "too-many-tags"
    status = 409
    title = "This customer carries too many tags already"


class TooManyFiles(Problem):
    code = "too-many-files"
    status = 409
    title = "This customer has too many files already"


@dataclass(frozen=True, slots=True)
class NewNote:
    """`mentioned`: public ids of the colleagues it names."""

    customer_id: UUID
    words: str
    written_by: str
    written_at: datetime
    mentioned: tuple[str, ...] = ()


@needs_transaction
def write(batch: Sequence[NewNote]) -> list[Note]:
    notes = [
        Note(id=id, customer_id=new.customer_id, words=new.words, written_by=new.written_by,
             written_at=new.written_at)
        for id, new in zip(ids.uuid7s(len(batch)), batch, strict=True)
    ]  # fmt: skip
    Note.objects.bulk_create(notes)
    Mention.objects.bulk_create(
        Mention(id=ids.uuid7(), customer_id=new.customer_id, note_id=note.id, person=person,
                mentioned_at=new.written_at)
        for note, new in zip(notes, batch, strict=True)
        for person in new.mentioned
    )  # fmt: skip
    return notes


@needs_transaction
def remove_note(note: Note, *, actor: Actor, now: datetime) -> bool:
    """It is shown no more, and waits for nobody. False: removed before."""
    rows = Note.objects.filter(id=note.id, customer_id=note.customer_id, removed_at=None)
    if not rows.update(removed_at=now, removed_by=actor.id):
        return False
    Mention.objects.filter(customer_id=note.customer_id, note_id=note.id, read_at=None).update(
        read_at=now
    )
    return True


@needs_transaction
def read_mentions(person: str, *, note_ids: Sequence[UUID], now: datetime) -> int:
    """Somebody has seen the notes that name them."""
    mine = Mention.objects.filter(person=person, read_at=None, note_id__in=list(note_ids))
    return mine.update(read_at=now)


@dataclass(frozen=True, slots=True)
class NewTask:
    customer_id: UUID
    words: str
    due_on: date
    owner: str
    made_by: str
    made_at: datetime
    done_at: datetime | None = None


@needs_transaction
def set_tasks(batch: Sequence[NewTask]) -> list[Task]:
    tasks = [
        Task(id=id, customer_id=new.customer_id, words=new.words, due_on=new.due_on,
             owner=new.owner, made_by=new.made_by, made_at=new.made_at, done_at=new.done_at,
             done_by=new.owner if new.done_at else "")
        for id, new in zip(ids.uuid7s(len(batch)), batch, strict=True)
    ]  # fmt: skip
    return Task.objects.bulk_create(tasks)


@needs_transaction
def change_task(task: Task, *, words: str, due_on: date, owner: str) -> list[str]:
    """The names of what changed."""
    if task.done_at is not None:
        raise TaskDone("Open it again first.")
    values: dict[str, Any] = {"words": words, "due_on": due_on, "owner": owner}
    changed = [name for name, value in values.items() if getattr(task, name) != value]
    if changed:
        rows = Task.objects.filter(id=task.id, customer_id=task.customer_id)
        rows.update(**values, version=F("version") + 1)
    return changed


@needs_transaction
def finish(task: Task, *, actor: Actor, now: datetime) -> bool:
    """False: it was done before."""
    rows = Task.objects.filter(id=task.id, customer_id=task.customer_id, done_at=None)
    return bool(rows.update(done_at=now, done_by=actor.id, version=F("version") + 1))


@needs_transaction
def reopen(task: Task) -> bool:
    rows = Task.objects.filter(id=task.id, customer_id=task.customer_id, done_at__isnull=False)
    return bool(rows.update(done_at=None, done_by="", version=F("version") + 1))


@needs_transaction
def define_tags(names: Sequence[str], *, is_demo: bool = False) -> list[Tag]:
    """Tags by their names; one that is there keeps the name it has."""
    found = []
    for name in names:
        key = rules.tag_key(name)
        if not key or len(name) > rules.TAG_LENGTH_MAX:
            raise InvalidInput(f"A tag has 1 to {rules.TAG_LENGTH_MAX} signs.", field="tag")
        tag, _ = Tag.objects.get_or_create(key=key, defaults={"name": name, "is_demo": is_demo})
        found.append(tag)
    return found


@needs_transaction
def put_tags(
    pairs: Sequence[tuple[UUID, str]], *, by: str, now: datetime
) -> list[tuple[UUID, str]]:
    """(customer, key of the tag); those that are new."""
    known = set(
        Tagged.objects.filter(customer_id__in={customer for customer, _ in pairs})
        .values_list("customer_id", "tag_id")
    )  # fmt: skip
    fresh = [pair for pair in dict.fromkeys(pairs) if pair not in known]
    Tagged.objects.bulk_create(
        [
            Tagged(id=id, customer_id=customer, tag_id=tag, tagged_by=by, tagged_at=now)
            for id, (customer, tag) in zip(ids.uuid7s(len(fresh)), fresh, strict=True)
        ],
        ignore_conflicts=True,
    )
    return fresh


@needs_transaction
def take_tag(family: Sequence[UUID], tag: str) -> bool:
    """False: none of the family carries it."""
    return bool(Tagged.objects.filter(customer_id__in=list(family), tag_id=tag).delete()[0])


@needs_transaction
def keep_file(
    *, id: UUID, customer_id: UUID, name: str, kind: str, size_bytes: int, digest: bytes,
    actor: Actor, now: datetime,
) -> File:  # fmt: skip
    """Write down a file that lies in its place already."""
    return File.objects.create(
        id=id, customer_id=customer_id, name=name, kind=kind, size_bytes=size_bytes,
        digest=digest, added_by=actor.id, added_at=now,
    )  # fmt: skip


@needs_transaction
def remove_file(file: File, *, actor: Actor, now: datetime) -> bool:
    """It is handed out no more; its content is taken off the disk. False: removed before."""
    rows = File.objects.filter(id=file.id, customer_id=file.customer_id, removed_at=None)
    return bool(rows.update(removed_at=now, removed_by=actor.id))
