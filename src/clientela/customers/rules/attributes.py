"""The attributes of a whole record: checked, folded, written as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

from clientela.customers.rules import values
from clientela.customers.rules.faults import BadValue, FieldFault
from clientela.customers.rules.fields import FieldDefinition, canonical
from clientela.customers.rules.values import FieldType
from clientela.platform import periods
from clientela.platform import text as texts
from clientela.platform.conditions.judging import Clock

ATTRIBUTES_BYTES_MAX = 65_536

_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decoded = json.JSONDecoder(parse_float=Decimal).decode
_quoted = json.encoder.encode_basestring


def check(
    fields: Iterable[FieldDefinition] | Mapping[str, FieldDefinition],
    attributes: Mapping[str, Any],
    *,
    previous: Mapping[str, Any] | None = None,
    today: date,
    now: datetime | None = None,
    zone: tzinfo = UTC,
    complete: bool = True,
    is_new: bool = False,
) -> tuple[dict[str, Any], list[FieldFault]]:
    """The attributes as they will stand after a write, and all faults of the write at once.

    `attributes` are what the write says; empty values take the field away, and what it does not
    say stays as it was in `previous`, right or wrong. A value that stands there already is not
    touched by saying it again. `complete=False` lets a write pass that leaves a required field
    missing, as long as it did not empty it itself. An instant is in the future by `now`, or
    without it by a day beyond `today`, wherever that is. A record that `is_new` gets the defaults
    of what the write does not say.
    """
    known = fields if isinstance(fields, Mapping) else {field.key: field for field in fields}
    before = previous or {}
    state = dict(before)
    latest = _latest(today, now)
    faults: list[FieldFault] = []
    for key, value in attributes.items():
        try:
            _write(state, known.get(key), key, value, latest=latest)
        except BadValue as bad:
            faults += bad.faults
    if is_new:
        _fill(state, known.values(), said=attributes)
    wrong = {fault.field for fault in faults}
    emptied = {key for key in attributes if key in before and key not in state}
    clock = Clock(now or datetime.combine(today, time(12), zone), zone)
    for field in known.values():
        if field.key in state or field.key in wrong or field.retired:
            continue
        if (complete or field.key in emptied) and field.is_required(state, clock):
            faults.append(FieldFault(field.key, "required"))
    faults += _size_faults(state)
    return state, faults


def told_to(
    faults: Iterable[FieldFault], fields: Mapping[str, FieldDefinition],
    shows: Callable[[str], bool],
) -> list[FieldFault]:  # fmt: skip
    """The faults without those that would tell what is not shown: needed because of a field whose
    value whoever writes does not see. What is missing is left for somebody who does.
    """
    return [fault for fault in faults if not _tells(fault, fields.get(fault.field), shows)]


def _tells(fault: FieldFault, field: FieldDefinition | None, shows: Callable[[str], bool]) -> bool:
    if fault.code != "required" or field is None or field.required:
        return False
    return not all(map(shows, field.asks))


def _fill(
    state: dict[str, Any], fields: Iterable[FieldDefinition], *, said: Mapping[str, Any]
) -> None:
    for field in fields:
        if field.default is not None and not field.retired and field.key not in said:
            state.setdefault(field.key, field.default)


def _write(
    state: dict[str, Any], field: FieldDefinition | None, key: str, value: Any,
    *, latest: Mapping[FieldType, str],
) -> None:  # fmt: skip
    if key in state and _is_same(state[key], value):
        return
    if field is None:
        raise BadValue(FieldFault(key, "unknown-field"))
    if values.is_empty(value):
        state.pop(key, None)
        return
    if field.retired:
        raise BadValue(FieldFault(key, "retired-field"))
    form = canonical(field, value)
    if field.rules.get("not_in_future") and form > latest[field.type]:
        raise BadValue(FieldFault(key, "in-the-future"))
    state[key] = form


def _is_same(old: Any, new: Any) -> bool:
    """Equal and of one kind: True is not 1."""
    return isinstance(old, bool) is isinstance(new, bool) and bool(old == new)


@lru_cache(maxsize=4)
def _latest(today: date, now: datetime | None) -> dict[FieldType, str]:
    if now is None:
        now = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=2)
    return {FieldType.DATE: today.isoformat(), FieldType.INSTANT: periods.instant_text(now)}


def _size_faults(state: Mapping[str, Any]) -> Iterator[FieldFault]:
    """A sign takes six bytes of JSON at most, so most records need not be written to be sure."""
    if 6 * len(repr(state)) <= ATTRIBUTES_BYTES_MAX:
        return
    size = len(as_json(state).encode())
    if size > ATTRIBUTES_BYTES_MAX:
        yield FieldFault("", "too-large", {"bytes": size, "max": ATTRIBUTES_BYTES_MAX})


def folded_copies(
    attributes: Mapping[str, Any],
    fields: Iterable[FieldDefinition] | Mapping[str, FieldDefinition] | None = None,
) -> dict[str, str]:
    """Folded copies of the searchable and filterable texts; without `fields` of every text."""
    if fields is None:
        keys = [key for key, value in attributes.items() if isinstance(value, str)]
    else:
        known = fields.values() if isinstance(fields, Mapping) else fields
        keys = [one.key for one in known if one.is_text and (one.searchable or one.filterable)]
    return {key: texts.folded(attributes[key]) for key in keys if key in attributes}


def as_json(attributes: Mapping[str, Any]) -> str:
    """Canonical attributes as JSON by key, decimals as plain numbers."""
    members = [f"{_quoted(key)}:{_json(attributes[key])}" for key in sorted(attributes)]
    return f"{{{','.join(members)}}}"


def from_json(written: str | bytes) -> dict[str, Any]:
    """Attributes read back, decimals exact."""
    found = _decoded(written if isinstance(written, str) else written.decode())
    if not isinstance(found, dict):
        raise TypeError("attributes are an object")
    return found


def _json(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    return f"{value:f}" if isinstance(value, Decimal) else _encoded(value)
