"""How values of sensitive fields are kept: the one place that turns them into what is stored, and
back. `Field.sealed` says of a field whether it is written so; what is read is opened, whatever the
field says today, for a sealed value tells by itself that it is one.

Stored is `{"sealed": "key.box", "mark": "key.hmac"}` in place of the value. It opens only at its
own place. What does not open is `Unopened`: it is written back as it is, and whoever wants to read
it is told why they cannot.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings

from clientela.customers import rules
from clientela.platform import sealing, sql, text
from clientela.platform.errors import Problem
from clientela.platform.sealing import Ring, SealBroken, SealingKeyMissing, SealingKeysUnusable

SEALED, MARK = "sealed", "mark"
RECORD = "customers_customer.attributes"
HISTORY = "customers_fieldchange"
_read = json.JSONDecoder(parse_float=Decimal).decode
Refused = (SealBroken, SealingKeyMissing, SealingKeysUnusable)


class Unopened(dict[str, str]):
    """A sealed value that does not open, as it is stored; `why`, and `place` where it stands."""

    def __init__(self, stored: Mapping[str, str], place: str, why: Problem) -> None:
        super().__init__(stored)
        self.place, self.why = place, why


class Stored(NamedTuple):
    """Both JSON objects of a record as they are written."""

    attributes: str
    folded: str


def ring() -> Ring:
    """The keys; the first one is made where nothing was sealed before."""
    return sealing.ring(settings.HOME, may_begin=nothing_is_sealed)


def nothing_is_sealed() -> bool:
    row = sql.execute(
        "SELECT EXISTS (SELECT FROM customers_customer WHERE attributes @? '$.*.sealed')"
        " OR EXISTS (SELECT FROM customers_fieldkey WHERE digest LIKE '%.%' LIMIT 1)"
    ).fetchone()
    return row is not None and not row[0]


def is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and SEALED in value


# Records


def stored(attributes: Mapping[str, Any], *, customer_id: UUID, keys: Collection[str]) -> Stored:
    """A record's attributes as they are written; those with these keys are sealed for it."""
    kept = sealed_in(attributes, customer_id=customer_id, keys=keys)
    return Stored(rules.as_json(kept), json.dumps(rules.folded_copies(kept)))


def sealed_in(
    attributes: Mapping[str, Any], *, customer_id: UUID, keys: Collection[str]
) -> Mapping[str, Any]:
    wanted = [key for key in keys if key in attributes]
    if not wanted and not any(isinstance(one, Unopened) for one in attributes.values()):
        return attributes
    return {
        key: _as_it_is(value, _place(RECORD, key, customer_id))
        if isinstance(value, Unopened)
        else of_record(key, value, customer_id=customer_id) if key in keys
        else value
        for key, value in attributes.items()
    }  # fmt: skip


def of_record(key: str, value: Any, *, customer_id: UUID) -> dict[str, str]:
    """One value of a record, sealed for it and marked."""
    keys = ring()
    sealed = keys.seal(_written(value), place=_place(RECORD, key, customer_id))
    return {SEALED: sealed, MARK: keys.current.mark(_compared(key, value))}


def again(
    key: str, value: Mapping[str, str], *, customer_id: UUID, ring: Ring
) -> dict[str, str] | None:
    """A sealed value of a record, sealed with the newest key; None: it does not open."""
    place = _place(RECORD, key, customer_id)
    try:
        plain = ring.open(value[SEALED], place=place)
    except Refused:
        return None
    return {
        SEALED: ring.seal(plain, place=place),
        MARK: ring.current.mark(_compared(key, _read(plain))),
    }


def opened(attributes: dict[str, Any], *, customer_id: UUID) -> dict[str, Any]:
    """A record's attributes as they are read."""
    for key, value in attributes.items():
        if isinstance(value, dict) and SEALED in value:
            attributes[key] = _opened(value, _place(RECORD, key, customer_id))
    return attributes


def opened_json(written: str | bytes, *, customer_id: UUID) -> dict[str, Any]:
    """The same of attributes as the database tells them."""
    return opened(rules.from_json(written), customer_id=customer_id)


def marks(key: str, value: Any) -> list[str]:
    """What a value of a field is found by: its mark under every key. One that came from elsewhere
    finds nobody.
    """
    if isinstance(value, Unopened):
        return [] if isinstance(value.why, SealBroken) or MARK not in value else [value[MARK]]
    return ring().marks(_compared(key, value))


# Other places


def in_history(value: Any, which: str, *, customer_id: UUID, key: str, at: datetime) -> Any:
    """An old or new value in a record's history, sealed for its line."""
    place = _place(f"{HISTORY}.{which}", key, customer_id, at)
    return at_place(value, place)


def from_history(value: Any, which: str, *, customer_id: UUID, key: str, at: datetime) -> Any:
    if not is_sealed(value):
        return value
    return _opened(value, _place(f"{HISTORY}.{which}", key, customer_id, at))


def in_row(
    values: Mapping[str, Any], column: str, *, row: UUID, keys: Collection[str]
) -> dict[str, Any]:
    """Values by field in a column of another table, sealed for that row."""
    return {
        key: at_place(value, _place(column, key, row)) if key in keys else value
        for key, value in values.items()
    }


def from_row(values: Mapping[str, Any], column: str, *, row: UUID) -> dict[str, Any]:
    return {
        key: _opened(value, _place(column, key, row)) if is_sealed(value) else value
        for key, value in values.items()
    }


def in_told_record(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the record as it is handed over to whom it is about; refused where it cannot be."""
    found = opened(row["attributes"], customer_id=UUID(row["id"]))
    needs_open(found.values())
    return row


def in_told_history(row: dict[str, Any]) -> dict[str, Any]:
    for which in ("old", "new"):
        row[which] = from_history(
            row[which], which, customer_id=UUID(row["customer_id"]), key=row["field"],
            at=datetime.fromisoformat(row["changed_at"]),
        )  # fmt: skip
    needs_open((row["old"], row["new"]))
    return row


def at_place(value: Any, place: str) -> Any:
    if value is None:
        return None
    if isinstance(value, Unopened):
        return _as_it_is(value, place)
    return {SEALED: ring().seal(_written(value), place=place)}


def needs_open(values: Iterable[Any]) -> None:
    """Refuse, with the reason, where one of these could not be opened."""
    for value in values:
        if isinstance(value, Unopened):
            raise value.why


def _opened(value: dict[str, str], place: str) -> Any:
    try:
        return _read(ring().open(value[SEALED], place=place))
    except Refused as why:
        return Unopened(value, place, why)


def _as_it_is(value: Unopened, place: str) -> Unopened:
    """What could not be opened stays where it is, and goes nowhere else."""
    if value.place != place:
        raise value.why
    return value


def _written(value: Any) -> str:
    return rules.as_json({"": value})[4:-1]


def _compared(key: str, value: Any) -> str:
    """Texts are compared without case and marks, as those of unique fields are."""
    plain = text.folded(value) if isinstance(value, str) else _written(value)
    return f"{key}\0{plain}"


def _place(column: str, key: str, row: UUID, at: datetime | None = None) -> str:
    when = "" if at is None else f"|{at.astimezone(UTC).isoformat()}"
    return f"{column}|{key}|{row}{when}"
