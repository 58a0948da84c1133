"""Files of customers: known by the source's id, brought up to date, identities added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from clientela.customers import actions as customers
from clientela.customers import queries
from clientela.customers.actions import CustomerChange, IdentityValue, NewCustomer
from clientela.customers.faults import sentence
from clientela.customers.rules import FieldDefinition, FieldFault, check, from_json
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.importing import CHANGED, NEW, OVERRIDDEN, UNCHANGED, Taken, Work, rejected
from clientela.imports.rules.faults import Reject
from clientela.imports.rules.rows import CustomerRow
from clientela.platform import ids


class Customers:
    def __init__(self, work: Work, *, file_digest: str) -> None:
        self.work = work
        self.today = work.company.today(work.now)
        self.types = queries.profile_types()
        self.fields = {key: queries.definitions(kind) for key, kind in self.types.items()}
        self.keys = {kind.pk: kind.key for kind in self.types.values()}

    def prepare(self, rows: Sequence[CustomerRow]) -> list[CustomerRow]:
        return list(rows)

    def take(self, prepared: Sequence[CustomerRow]) -> list[Taken]:
        """The last row of a customer in a batch wins, the ones before it are overridden."""
        last = {row.customer: place for place, row in enumerate(prepared)}
        taken = {
            place: OVERRIDDEN for place, row in enumerate(prepared) if last[row.customer] != place
        }
        open_places = [place for place in range(len(prepared)) if place not in taken]
        present = queries.named(
            [(self.work.source, prepared[place].customer) for place in open_places]
        )
        known = {open_places[index]: self._present(row) for index, row in present.items()}
        taken |= self._register({p: prepared[p] for p in open_places if p not in known})
        taken |= self._change({p: (prepared[p], *known[p]) for p in open_places if p in known})
        return [taken[place] for place in range(len(prepared))]

    def _present(self, row: Sequence[Any]) -> tuple[str, CustomerChange]:
        """A customer's profile type and state, from the columns of `queries.named`."""
        id, name, language, country, attributes, kind, version = row
        state = CustomerChange(id, version, name, language, country, from_json(attributes))
        return self.keys[kind], state

    def _register(self, rows: Mapping[int, CustomerRow]) -> dict[int, Taken]:
        taken: dict[int, Taken] = {}
        new: dict[int, NewCustomer] = {}
        for place, row in rows.items():
            kind = self.types.get(row.type or customers.PERSON)
            if kind is None:
                taken[place] = rejected(row.number, "type", "unknown-type", row.type or "")
            elif row.name is None:
                taken[place] = rejected(row.number, "name", "missing-value")
            else:
                attributes, faults = self._attributes(row, kind.key, {})
                if faults:
                    taken[place] = _faulty(row, faults)
                else:
                    new[place] = self._new(row, row.name, kind.key, attributes)
        made = customers.register(
            list(new.values()), now=self.work.now, today=self.today, is_demo=self.work.is_demo
        )
        fresh = [id for _, id in made]
        told = customers.registered_events(fresh, now=self.work.now, source=self.work.source)
        events.emit(told, actor=self.work.actor, now=self.work.now)
        return taken | dict.fromkeys(new, NEW)

    def _change(
        self, rows: Mapping[int, tuple[CustomerRow, str, CustomerChange]]
    ) -> dict[int, Taken]:
        taken: dict[int, Taken] = {}
        changes: dict[int, CustomerChange] = {}
        for place, (row, kind, present) in rows.items():
            attributes, faults = self._attributes(row, kind, present.attributes)
            if faults:
                taken[place] = _faulty(row, faults)
            else:
                changes[place] = _changed(row, present, attributes)
        changed = customers.change(
            list(changes.values()),
            before={present.id: present for _, _, present in rows.values()},
            actor=self.work.actor, now=self.work.now, cause="import",
        )  # fmt: skip
        added = customers.identify(
            [(changes[place].id, one) for place in changes for one in _identities(rows[place][0])],
            now=self.work.now,
        )
        self._tell(dict(changed), added)
        touched = {id for id, _ in changed} | set(added)
        return taken | {
            place: CHANGED if change.id in touched else UNCHANGED
            for place, change in changes.items()
        }

    def _tell(self, changed: Mapping[UUID, list[str]], added: Sequence[UUID]) -> None:
        now = self.work.now
        told = [
            Happening("customer.changed", now, id, ids.public("cus", id), {"fields": fields})
            for id, fields in changed.items()
        ]
        told += [Happening("identity.added", now, id, ids.public("cus", id)) for id in added]
        events.emit(told, actor=self.work.actor, now=now)

    def _attributes(
        self, row: CustomerRow, kind: str, before: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[FieldFault]]:
        said: dict[str, Any] = dict(row.attributes)
        if row.birth_date is not None:
            said["birth_date"] = row.birth_date.isoformat()
        for target in row.clears:
            said[target.removeprefix("attributes.")] = None
        for beside in ("name", "phone", "email", "language", "country", "type"):
            said.pop(beside, None)
        fields: Mapping[str, FieldDefinition] = self.fields[kind]
        return check(fields, said, previous=before, today=self.today, complete=False)

    def _new(
        self, row: CustomerRow, name: str, kind: str, attributes: Mapping[str, Any]
    ) -> NewCustomer:
        return NewCustomer(
            name=name, profile_type=kind, language=row.language or "", country=row.country or "",
            source=self.work.source, external_id=row.customer, attributes=attributes,
            identities=_identities(row),
        )  # fmt: skip


def _changed(
    row: CustomerRow, present: CustomerChange, attributes: Mapping[str, Any]
) -> CustomerChange:
    """What the row says; what it does not say stays as it is."""
    language = "" if "language" in row.clears else row.language or present.language
    country = "" if "country" in row.clears else row.country or present.country
    return CustomerChange(
        present.id, present.version, row.name or present.name, language, country, attributes
    )


def _identities(row: CustomerRow) -> tuple[IdentityValue, ...]:
    found = []
    if row.phone is not None:
        found.append(IdentityValue("phone", row.phone.e164, row.phone.shown))
    if row.email is not None:
        found.append(IdentityValue("email", row.email.norm, row.email.shown))
    return tuple(found)


def _faulty(row: CustomerRow, faults: Sequence[FieldFault]) -> Taken:
    """Faults of attributes, each on the column named after its field."""
    told = tuple(
        Reject(row.number, fault.field, fault.code, {"sentence": sentence(fault)})
        for fault in faults
    )
    return Taken("rejected", told)
