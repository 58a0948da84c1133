"""Reads of files on their way in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from clientela.imports.models import Batch, Mapping, Row
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


def mapping(name: str) -> Mapping:
    found = Mapping.objects.filter(name=name).first()
    if found is None:
        raise NoSuchMapping(f"There is no mapping {name}.", field="mapping")
    return found


def mappings() -> list[Mapping]:
    return list(Mapping.objects.all()[:LIST_MAX])


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
