"""Reads of files on their way in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from clientela.imports.models import UNDO_DAYS, Batch, Kept, Mapping, Row, Written
from clientela.imports.rules.faults import Refused, Reject
from clientela.platform.errors import NotThere

LIST_MAX = 200


class NoSuchImport(NotThere):
    code = "no-such-import"
    title = "There is no such import"


class NoSuchMapping(NotThere):
    code = "no-such-mapping"
    title = "There is no mapping of this name"


def get(batch_id: UUID) -> Batch:
    batch = Batch.objects.filter(id=batch_id).first()
    if batch is None:
        raise NoSuchImport
    return batch


def latest(limit: int = 50, *, before: UUID | None = None) -> list[Batch]:
    """Newest first, paged by id."""
    batches = Batch.objects.all() if before is None else Batch.objects.filter(id__lt=before)
    return list(batches[: min(limit, LIST_MAX)])


def count_since(moment: datetime) -> int:
    return Batch.objects.filter(created_at__gte=moment).count()


def over(*, now: datetime) -> Iterator[Batch]:
    """Those that came so long ago that they cannot be undone, nor are under way."""
    since = now - timedelta(days=UNDO_DAYS)
    over = Batch.objects.filter(
        Q(finished_at=None) | Q(finished_at__lt=since), created_at__lt=since
    )
    under_way = (Batch.State.CHECKING, Batch.State.RUNNING, Batch.State.UNDOING)
    return over.exclude(state__in=under_way).iterator(chunk_size=500)


def of_customers(family: Sequence[UUID]) -> list[Batch]:
    """Files by which something of these customers was written, as long as it may be undone."""
    records = list(family)
    written = Written.objects.filter(Q(owners__overlap=records) | Q(records__overlap=records))
    return list(Batch.objects.filter(id__in=written.values("batch_id")))


def in_folders(folders: Collection[Path]) -> list[UUID]:
    """The batches whose files lie, or lay, in these folders, each called by its batch."""
    named = {folder.name for folder in folders if folder.parent.name == "imports"}
    kept = Batch.objects.filter(id__in=filter(None, map(_id_in, named)))
    return list(kept.values_list("id", flat=True))


def _id_in(name: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(hex=name)
    return None


def mapping(name: str) -> Mapping:
    found = Mapping.objects.filter(name=name).first()
    if found is None:
        raise NoSuchMapping(f"There is no mapping {name}.", field="mapping")
    return found


def mappings() -> list[Mapping]:
    return list(Mapping.objects.all()[:LIST_MAX])


def mapping_for(kind: str, header: str) -> Mapping | None:
    """The mapping saved last for files of this kind with these very columns."""
    found = Mapping.objects.filter(kind=kind, header=header) if header else Mapping.objects.none()
    return found.order_by("-saved_at").first()


def latest_written(batch_id: UUID) -> Written | None:
    """The last piece of an import that is not undone yet."""
    left = Written.objects.filter(batch_id=batch_id, undone_at=None)
    return left.order_by("-id").first()


def records_of(batch_id: UUID, what: str, records: Sequence[UUID]) -> set[UUID]:
    """Which of these records are among what an import wrote of this kind."""
    pieces = Written.objects.filter(batch_id=batch_id, what=what, records__overlap=list(records))
    wanted = set(records)
    return {id for piece in pieces.iterator() for id in piece.records if id in wanted}


def kept_of(batch_id: UUID, *, limit: int | None = None) -> list[Kept]:
    """What an undo left as it is."""
    return list(Kept.objects.filter(batch_id=batch_id).order_by("id")[:limit])


def count_kept(batch_id: UUID) -> int:
    return Kept.objects.filter(batch_id=batch_id).count()


def told(batch: Batch) -> dict[str, Any]:
    """The result as every door answers it: the rejects file by its whole path."""
    result = dict(batch.result)
    if kept := result.get("rejects_file"):
        result["rejects_file"] = str(settings.HOME.path / kept)
    return result


def refused_of(batch_id: UUID, *, is_trial: bool = False) -> Iterator[Refused]:
    """The rows that were not taken, in the order of the file."""
    rows = Row.objects.filter(batch_id=batch_id, is_trial=is_trial).order_by("number")
    for row in rows.iterator(chunk_size=2_000):
        yield Refused(row.number, tuple(_reject(row.number, fault) for fault in row.faults))


def reasons(batch_id: UUID, *, is_trial: bool) -> list[tuple[str, str, int]]:
    """(outcome, code, rows), the most frequent first."""
    rows = Row.objects.filter(batch_id=batch_id, is_trial=is_trial)
    counted = rows.values_list("outcome", "code").annotate(rows=Count("id")).order_by("-rows")
    return [(outcome, code, count) for outcome, code, count in counted]


def first_refused(batch_id: UUID, *, is_trial: bool, limit: int = 50) -> list[Row]:
    rows = Row.objects.filter(batch_id=batch_id, is_trial=is_trial).order_by("number")
    return list(rows[: min(limit, LIST_MAX)])


def refused_after(batch_id: UUID, *, is_trial: bool, row: int, limit: int) -> list[Row]:
    """Rows that were not taken, by their place in the file behind `row`."""
    rows = Row.objects.filter(batch_id=batch_id, is_trial=is_trial, number__gt=row)
    return list(rows.order_by("number")[: min(limit, LIST_MAX)])


def examples(batch_id: UUID, *, is_trial: bool, each: int = 5) -> dict[str, list[Row]]:
    """The first refused rows of every reason, by its code."""
    place = Window(RowNumber(), partition_by=F("code"), order_by=F("number").asc())
    rows = Row.objects.filter(batch_id=batch_id, is_trial=is_trial).annotate(place=place)
    found: dict[str, list[Row]] = {}
    for row in rows.filter(place__lte=each).order_by("number"):
        found.setdefault(row.code, []).append(row)
    return found


def _reject(number: int, fault: list[object]) -> Reject:
    column, code, params = fault
    assert isinstance(params, dict)
    return Reject(number, str(column), str(code), params)
