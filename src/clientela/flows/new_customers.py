"""Rows of a file as they are registered where nobody is known by them: made ready beforehand, while
the database has other rows in hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from clientela.customers import actions as customers
from clientela.customers import rules
from clientela.customers.definitions import marked
from clientela.customers.definitions.marked import Marked
from clientela.customers.enlisting import actions as enlisting
from clientela.customers.enlisting.actions import Found, LaidOut, Ready
from clientela.customers.models import ProfileType
from clientela.customers.rules import FieldFault
from clientela.customers.rules.names import Names
from clientela.imports.rules.readers import keep
from clientela.imports.rules.rows import CustomerRow
from clientela.platform import text

Checked = tuple[dict[str, Any], list[FieldFault]]


@dataclass(frozen=True, slots=True)
class Prepared(Sequence[CustomerRow]):
    """Rows; `laid_out` are those at `places`, the others could not be registered as they stand."""

    rows: Sequence[CustomerRow]
    places: Sequence[int] = ()
    laid_out: LaidOut = field(default_factory=lambda: enlisting.lay_out((), ()))

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: Any) -> Any:
        return self.rows[place]

    def __iter__(self) -> Iterator[CustomerRow]:
        return iter(self.rows)

    def ready(self, wanted: Mapping[int, Any]) -> tuple[Sequence[int], LaidOut]:
        """Those of some places that are ready, and what is laid out of them."""
        if len(wanted) == len(self.places) == len(self.rows):
            return self.places, self.laid_out
        at = [index for index, place in enumerate(self.places) if place in wanted]
        return [self.places[index] for index in at], self.laid_out.only(at)


class Value(NamedTuple):
    """What is kept of one value of a field: its members of both JSON objects, and its words; or
    `secret`, what is sealed once it is known whose it is.
    """

    member: str
    folded: str
    words: tuple[str, ...]
    secret: Mapping[str, Any] = MappingProxyType({})

    @property
    def is_there(self) -> bool:
        return bool(self.member or self.secret)


class NewCustomers:
    """`checked` says of a profile type, a field and a text what is to be kept, or what is wrong."""

    def __init__(
        self, types: Mapping[str, ProfileType], defaults: Mapping[str, Mapping[str, Any]],
        own: Mapping[str, Marked], checked: Callable[[str, str, str], Checked],
    ) -> None:  # fmt: skip
        self._types = types
        self._own = own
        self._checked = checked
        self._names = Names()
        self._values: dict[tuple[str, str, Any], Value | None] = {}
        self._records: dict[tuple[str, Any, Any], Value] = {}
        self._defaults = {
            kind: {key: self._kept(kind, key, value) for key, value in values.items()}
            for kind, values in defaults.items()
        }

    def prepared(self, rows: Sequence[CustomerRow]) -> Prepared:
        ready: list[Ready] = []
        secrets: dict[int, Mapping[str, Any]] = {}
        found: list[Found] = []
        places: list[int] = []
        for place, row in enumerate(rows):
            made = self._ready(row)
            if made is not None:
                one, secret = made
                if secret:
                    secrets[len(ready)] = secret
                if row.phone is not None:
                    found.append(Found(len(ready), "phone", row.phone.e164, row.phone.shown))
                if row.email is not None:
                    found.append(Found(len(ready), "email", row.email.norm, row.email.shown))
                ready.append(one)
                places.append(place)
        return Prepared(rows, places, enlisting.lay_out(ready, found, secrets))

    def _ready(self, row: CustomerRow) -> tuple[Ready, Mapping[str, Any]] | None:
        """None where something is wrong, for which words are found once it is needed."""
        kind = row.type or customers.PERSON
        type_ = self._types.get(kind)
        if type_ is None or row.name is None:
            return None
        said = (kind, row.birth_date, row.attributes)
        record = self._records.get(said)
        if record is None:
            values = self._values_of(row, kind)
            if values is None:
                return None
            record = self._record(kind, values)
            keep(self._records, said, record)
        folded_name, sort_key, words = self._names.of(row.name, record.words)
        return Ready(
            type_.pk, type_.party, row.name, folded_name, sort_key, row.language or "",
            row.country or "", record.member, record.folded, words, row.customer,
        ), record.secret  # fmt: skip

    def _record(self, kind: str, values: Mapping[str, Value]) -> Value:
        """All values of a record as one, with the words it is found by."""
        keys = sorted(values)
        searchable = [key for key in self._of(kind).searchable if key in values]
        return Value(
            f"{{{','.join([it for key in keys if (it := values[key].member)])}}}",
            f"{{{','.join([it for key in keys if (it := values[key].folded)])}}}",
            tuple(word for key in searchable for word in values[key].words),
            {key: value for one in values.values() for key, value in one.secret.items()},
        )

    def _values_of(self, row: CustomerRow, kind: str) -> dict[str, Value] | None:
        values = dict(self._defaults.get(kind, {}))
        if row.birth_date is not None:
            known = self._value_of(kind, "birth_date", row.birth_date)
            if known is None:
                return None
            values["birth_date"] = known
        for key, said in row.attributes:
            known = self._value_of(kind, key, said)
            if known is None:
                return None
            if known.is_there:
                values[key] = known
        return values

    def _value_of(self, kind: str, key: str, said: Any) -> Value | None:
        name = (kind, key, said)
        if name in self._values:
            return self._values[name]
        state, faults = self._checked(
            kind, key, said if isinstance(said, str) else said.isoformat()
        )
        value = None if faults else (
            self._kept(kind, key, state[key]) if key in state else Value("", "", ())
        )  # fmt: skip
        return keep(self._values, name, value)

    def _kept(self, kind: str, key: str, value: Any) -> Value:
        if key in self._of(kind).sealed:
            return Value("", "", (), {key: value})
        return _value(key, value)

    def _of(self, kind: str) -> Marked:
        return self._own.get(kind, marked.NOTHING)


def _value(key: str, value: Any) -> Value:
    folded = json.dumps(rules.folded_copies({key: value}))[1:-1]
    words = tuple(text.words_to_find(value)) if isinstance(value, str) else ()
    return Value(rules.as_json({key: value})[1:-1], folded, words)


def marked_by_type(
    types: Mapping[str, ProfileType], by_type: Mapping[int, Marked]
) -> dict[str, Marked]:
    """Which fields of each type are searched, unique or sealed."""
    return {key: by_type[kind.pk] for key, kind in types.items() if kind.pk in by_type}
