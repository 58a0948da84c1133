"""Which value of several records of one customer goes on. No Django, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

NONE: Mapping[str, Any] = {}
SURVIVOR, NEWEST, OLDEST, LONGEST, UNION = "survivor", "newest", "oldest", "longest", "union"
WAYS = (SURVIVOR, NEWEST, OLDEST, LONGEST, UNION)


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands: `values` by field, only those that are there; `changed_at` says
    when a value was last written, `since` counts for values that nobody changed.
    """

    id: str
    values: Mapping[str, Any]
    since: datetime
    changed_at: Mapping[str, datetime]

    def when(self, field: str) -> datetime:
        return self.changed_at.get(field, self.since)


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of one field: the value, and the records it comes from."""

    field: str
    value: Any
    sources: tuple[str, ...]
    differs: bool


class BadChoice(ValueError):
    """A way that does not exist or does not fit the field; `field` names it."""

    def __init__(self, field: str, way: str) -> None:
        super().__init__(field)
        self.field = field
        self.way = way


def merged(
    records: Sequence[Record], choices: Mapping[str, str], defaults: Mapping[str, Any] = NONE
) -> list[Taken]:
    """Every field of the records, the survivor's first. Without a choice the survivor's value
    stands and an empty one is filled from the record that changed it last. The default of a field,
    which nobody entered, never beats a value that somebody did.

    A choice is one of `WAYS` or the id of a record. Lists are united unless something else is said.
    """
    fields = dict.fromkeys(field for record in records for field in record.values)
    if unknown := set(choices) - set(fields):
        fields |= dict.fromkeys(sorted(unknown))
    return [_taken(field, records, choices.get(field), defaults.get(field)) for field in fields]


def _taken(field: str, records: Sequence[Record], way: str | None, default: Any) -> Taken:
    holders = [record for record in records if field in record.values]
    differs = len({_comparable(record.values[field]) for record in holders}) > 1
    if way is not None and way not in WAYS and way not in {record.id for record in records}:
        raise BadChoice(field, way)
    if not holders:
        return Taken(field, None, (), False)
    lists = all(isinstance(record.values[field], list) for record in holders)
    if way == UNION or (way is None and lists):
        if not lists:
            raise BadChoice(field, UNION)
        whole = sorted({one for record in holders for one in record.values[field]})
        return Taken(field, whole, tuple(record.id for record in holders), differs)
    entered = [record for record in holders if record.values[field] != default]
    one = _one(field, entered if entered and way is None else holders, records[0], way)
    return Taken(field, one.values.get(field), (one.id,), differs)


def _one(field: str, holders: Sequence[Record], survivor: Record, way: str | None) -> Record:
    if way is None or way == SURVIVOR:
        if survivor in holders or (way == SURVIVOR and field in survivor.values):
            return survivor
        return max(holders, key=lambda record: (record.when(field), record.id))
    if way == NEWEST:
        return max(holders, key=lambda record: (record.when(field), record.id))
    if way == OLDEST:
        return min(holders, key=lambda record: (record.when(field), record.id))
    if way == LONGEST:
        return max(holders, key=lambda record: (len(str(record.values[field])), record is survivor))
    return next((record for record in holders if record.id == way), survivor)


def _comparable(value: Any) -> str:
    return repr(value)


def changed_since(*, after: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Fields that a merge wrote and somebody has written again."""
    return [field for field in after if now.get(field) != after[field]]
