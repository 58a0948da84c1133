"""The values of several records side by side, and which of them go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from clientela.customers.models import Customer, Field
from clientela.matching.queries import merges
from clientela.matching.rules import merging as rules
from clientela.matching.rules.merging import BadChoice, Record, Taken
from clientela.platform.errors import InvalidInput

PLAIN = ("name", "language", "country", "time_zone")


@dataclass(frozen=True, slots=True)
class Plan:
    """What would stand in each field. `before` and `after` hold only what the merge changes;
    `left`: fields that the survivor's type does not have, which stay with their record.
    """

    records: tuple[Customer, ...]
    taken: tuple[Taken, ...]
    values: Mapping[UUID, Mapping[str, Any]]
    left: tuple[str, ...]
    before: dict[str, Any]
    after: dict[str, Any]

    def value(self, field: str) -> Any:
        return next((one.value for one in self.taken if one.field == field), None)

    @property
    def attributes(self) -> dict[str, Any]:
        return {
            one.field: one.value
            for one in self.taken
            if one.field not in PLAIN and one.value is not None
        }

    @property
    def plain(self) -> dict[str, Any]:
        """Columns without a history of their own: the oldest and the newest day, the zone; who is
        restricted as one of the records stays so.
        """
        return {
            "known_since": min(one.known_since for one in self.records),
            "last_activity_at": max(one.last_activity_at for one in self.records),
            "time_zone": self.value("time_zone") or "",
            "status": _status(self.records),
            "branch": _first(self.records, "branch") or "",
            "owner_id": _first(self.records, "owner_id"),
            "hidden_since": min(
                (one.hidden_since for one in self.records if one.hidden_since), default=None
            ),
        }


def planned(records: Sequence[Customer], choices: Mapping[str, str]) -> Plan:
    """InvalidInput names a choice that does not fit its field."""
    defined = records[0].profile_type.fields.all()
    fields = {one.key for one in defined} | set(PLAIN)
    values = {one.id: values_of(one) for one in records}
    left = sorted({key for row in values.values() for key in row} - fields)
    asks_when = len(records) > 2 or set(choices.values()) & {rules.NEWEST, rules.OLDEST}
    changes = merges.last_changes(values) if asks_when else {}
    shown = [
        Record(
            id=one.public_id, values={k: v for k, v in values[one.id].items() if k in fields},
            since=datetime.combine(one.known_since, time(), UTC),
            changed_at=changes.get(one.id, {}),
        )
        for one in records
    ]  # fmt: skip
    _known(choices, fields)
    try:
        taken = rules.merged(shown, choices, _defaults(defined))
    except BadChoice as bad:
        words, field = f"{bad.way} cannot be chosen here.", f"choices.{bad.field}"
        raise InvalidInput(words, field=field) from None
    own = values[records[0].id]
    changed = [one for one in taken if own.get(one.field) != one.value]
    plan = Plan(
        tuple(records), tuple(taken), values, tuple(left),
        {one.field: own.get(one.field) for one in changed},
        {one.field: one.value for one in changed},
    )  # fmt: skip
    survivor = records[0]
    plain = {
        name: value for name, value in plan.plain.items()
        if name == "last_activity_at" or (name != "time_zone" and getattr(survivor, name) != value)
    }  # fmt: skip
    return replace(
        plan,
        before=plan.before | {name: _written(getattr(survivor, name)) for name in plain},
        after=plan.after | {name: _written(value) for name, value in plain.items()},
    )


def values_of(customer: Customer) -> dict[str, Any]:
    """All values of a record by field, only those that are there."""
    plain = {"name": customer.display_name, "language": customer.language,
             "country": customer.country, "time_zone": customer.time_zone}  # fmt: skip
    return {name: value for name, value in plain.items() if value} | dict(customer.attributes)


def now_of(customer: Customer) -> dict[str, Any]:
    """As `values_of`, with the columns that a merge changes too."""
    names = ("known_since", "status", "branch", "owner_id", "hidden_since")
    kept = {name: _written(getattr(customer, name)) for name in names}
    return {**values_of(customer), **kept, "last_activity_at": _written(customer.last_activity_at)}


def _defaults(fields: Iterable[Field]) -> dict[str, Any]:
    """What stands in fields that nobody filled in."""
    return {one.key: one.default_value for one in fields if one.default_value is not None}


def _known(choices: Mapping[str, str], fields: set[str]) -> None:
    if unknown := sorted(set(choices) - fields):
        raise InvalidInput("There is no such field.", field=f"choices.{unknown[0]}")


def _status(records: Sequence[Customer]) -> str:
    """The survivor's, unless it was only a name and somebody knows more."""
    survivor = records[0]
    if survivor.status != Customer.Status.PROVISIONAL:
        return survivor.status
    others = [one.status for one in records[1:] if one.status != Customer.Status.PROVISIONAL]
    return others[0] if others else survivor.status


def _first(records: Sequence[Customer], name: str) -> Any:
    """The survivor's, else what another record has: who looks after a customer is not changed."""
    return next((value for one in records if (value := getattr(one, name))), None)


def _written(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
