"""Values of sensitive fields in merges are sealed, or sealed anew with another key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from clientela.customers import sealed as values
from clientela.customers.resealing import Wanted
from clientela.customers.sealed import Unopened
from clientela.matching import sealed
from clientela.matching.models import Merge
from clientela.platform.transactions import needs_transaction

WINDOW_ROWS = 1_000
NONE = UUID(int=0)
Ready = tuple[UUID, dict[str, Any], dict[str, Any]]


def end_of_window(after: UUID) -> UUID | None:
    ids = Merge.objects.filter(id__gt=after).order_by("id").values_list("id", flat=True)
    return max(ids[:WINDOW_ROWS], default=None)


def read_merges(after: UUID, upto: UUID, want: Wanted) -> list[tuple[Any, ...]]:
    """Those of a window with what they keep."""
    rows = Merge.objects.filter(id__gt=after, id__lte=upto)
    return list(rows.values_list("id", *sealed.COLUMNS))


def merges_ready(rows: Sequence[tuple[Any, ...]], want: Wanted) -> list[Ready]:
    """Those that are to be kept otherwise; without the database."""
    found = []
    for id, *both in rows:
        was = dict(zip(sealed.COLUMNS, both, strict=True))
        made = {
            column: {**kept, **again}
            for column, kept in was.items()
            if (again := _again(column, kept, want, row=id))
        }
        if made:
            found.append((id, was, made))
    return found


@needs_transaction
def write_merges(ready: Sequence[Ready], _want: Wanted) -> int:
    """How many were written; one that was emptied meanwhile stays empty."""
    return sum(Merge.objects.filter(id=id, **was).update(**made) for id, was, made in ready)


def _again(column: str, kept: Mapping[str, Any], want: Wanted, *, row: UUID) -> dict[str, Any]:
    asked = {
        key: value for key, value in kept.items()
        if value is not None and not want.is_done(value)
        and (key in want.keys or values.is_sealed(value))
    }  # fmt: skip
    plain = sealed.opened(column, asked, row=row)
    ready = {key: value for key, value in plain.items() if not isinstance(value, Unopened)}
    return values.in_row(ready, sealed.place(column), row=row, keys=ready)


def by_key() -> dict[str, int]:
    """How many values each key has sealed."""
    found: dict[str, int] = {}
    for both in Merge.objects.values_list(*sealed.COLUMNS).iterator():
        for value in (one for kept in both for one in kept.values()):
            if values.is_sealed(value):
                key = value[values.SEALED].partition(".")[0]
                found[key] = found.get(key, 0) + 1
    return found
