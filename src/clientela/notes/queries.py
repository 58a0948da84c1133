"""Reads of notes, tasks, tags and files; each of one customer takes the family of ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from clientela.customers import sight
from clientela.notes.models import File, Mention, Note, Tag, Tagged, Task
from clientela.platform.errors import NotThere

NOTES_SHOWN = 50
TASKS_SHOWN = 100
MENTIONS_SHOWN = 50
FILES_SHOWN = 200
TAGS_SHOWN = 500


class NoSuchNote(NotThere):
    code = "no-such-note"
    title = "The customer has no such note"


class NoSuchTask(NotThere):
    code = "no-such-task"
    title = "There is no such task"


class NoSuchFile(NotThere):
    code = "no-such-file"
    title = "The customer has no such file"


def notes_of(
    family: Sequence[UUID], *, before: tuple[datetime, UUID] | None = None,
    limit: int = NOTES_SHOWN,
) -> list[Note]:  # fmt: skip
    """Newest first, paged by (written_at, id)."""
    rows = Note.objects.filter(customer_id__in=list(family), removed_at=None)
    if before is not None:
        at, id = before
        rows = rows.filter(Q(written_at__lt=at) | Q(written_at=at, id__lt=id))
    return list(rows.order_by("-written_at", "-id")[:limit])


def note(note_id: UUID, *, family: Sequence[UUID]) -> Note:
    found = Note.objects.filter(id=note_id, customer_id__in=list(family), removed_at=None).first()
    if found is None:
        raise NoSuchNote
    return found


def mentioned_in(notes: Sequence[Note]) -> dict[UUID, list[str]]:
    """Whom notes name, by their ids."""
    rows = Mention.objects.filter(
        customer_id__in={one.customer_id for one in notes}, note_id__in=[one.id for one in notes]
    )
    found: dict[UUID, list[str]] = {}
    for row in rows.order_by("id"):
        found.setdefault(row.note_id, []).append(row.person)
    return found


def mentions_of(person: str, *, limit: int = MENTIONS_SHOWN) -> list[tuple[Mention, Note]]:
    """Notes that name somebody and were not read yet, as far as they may see the customer."""
    seen = sight.present().of("customer_id")
    rows = list(
        Mention.objects.filter(seen, person=person, read_at=None).order_by("-mentioned_at")[:limit]
    )
    notes = {
        row.id: row
        for row in Note.objects.filter(
            customer_id__in={one.customer_id for one in rows},
            id__in=[one.note_id for one in rows],
        )
    }
    return [(one, notes[one.note_id]) for one in rows if one.note_id in notes]


def mentions_count(person: str) -> int:
    seen = sight.present().of("customer_id")
    return Mention.objects.filter(seen, person=person, read_at=None)[:MENTIONS_SHOWN].count()


def tasks_of(family: Sequence[UUID], *, limit: int = TASKS_SHOWN) -> list[Task]:
    """Open ones by their day, then those that were done last."""
    rows = Task.objects.filter(customer_id__in=list(family))
    return list(rows.order_by(F("done_at").desc(nulls_first=True), "due_on", "id")[:limit])


def task(task_id: UUID) -> Task:
    seen = sight.present().of("customer_id")
    found = Task.objects.filter(seen, id=task_id).first()
    if found is None:
        raise NoSuchTask
    return found


def open_tasks(
    *, owner: str = "", after: tuple[date, UUID] | None = None, limit: int = TASKS_SHOWN
) -> list[Task]:
    """What is to be done, the most pressing first, paged by (due_on, id); of one owner or all."""
    rows = _open(owner)
    if after is not None:
        due_on, id = after
        rows = rows.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, id__gt=id))
    return list(rows.order_by("due_on", "id")[:limit])


def due_count(owner: str, *, today: date) -> int:
    """How much is due today or late; counted to a hundred."""
    return _open(owner).filter(due_on__lte=today)[:TASKS_SHOWN].count()


def tags() -> list[Tag]:
    return list(Tag.objects.all()[:TAGS_SHOWN])


def tags_of(family: Sequence[UUID]) -> list[Tag]:
    rows = Tagged.objects.filter(customer_id__in=list(family)).values("tag_id")
    return list(Tag.objects.filter(key__in=rows))


def tags_on(records: Iterable[UUID]) -> list[tuple[UUID, str]]:
    """(record, key of a tag it carries) for many."""
    rows = Tagged.objects.filter(customer_id__in=list(records))
    return list(rows.values_list("customer_id", "tag_id"))


def tags_and_carried(family: Sequence[UUID]) -> tuple[list[Tag], list[Tag]]:
    """All tags there are, and those the family carries."""
    put = Tagged.objects.filter(customer_id__in=list(family), tag_id=OuterRef("key"))
    rows = list(Tag.objects.annotate(carried=Exists(put)).order_by("-carried", "name")[:TAGS_SHOWN])
    return sorted(rows, key=lambda tag: tag.name), [tag for tag in rows if tag.carried]


def files_of(family: Sequence[UUID]) -> list[File]:
    rows = File.objects.filter(customer_id__in=list(family), removed_at=None)
    return list(rows.order_by("-added_at", "-id")[:FILES_SHOWN])


def file_ids_of(family: Sequence[UUID]) -> list[UUID]:
    return list(File.objects.filter(customer_id__in=list(family)).values_list("id", flat=True))


def kept_among(file_ids: Sequence[UUID]) -> set[UUID]:
    """Those of some files that are to be handed out still."""
    kept = File.objects.filter(id__in=list(file_ids), removed_at=None)
    return set(kept.values_list("id", flat=True))


def file(file_id: UUID, *, family: Sequence[UUID]) -> File:
    found = File.objects.filter(id=file_id, customer_id__in=list(family), removed_at=None).first()
    if found is None:
        raise NoSuchFile
    return found


def _open(owner: str) -> QuerySet[Task]:
    rows = Task.objects.filter(sight.present().of("customer_id"), done_at=None)
    return rows.filter(owner=owner) if owner else rows
