"""Files of customers: known by the source's id, brought up to date, identities added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from clientela.customers import actions as customers
from clientela.customers import joining, queries, sealed, traces
from clientela.customers.actions import CustomerChange, IdentityValue, NewCustomer
from clientela.customers.definitions import marked
from clientela.customers.enlisting import actions as enlisting
from clientela.customers.rules import FieldDefinition, FieldFault, FieldType, check
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import customer_rows as file_rows
from clientela.flows import find_duplicates
from clientela.flows.importing import (
    CHANGED,
    NEW,
    OVERRIDDEN,
    UNCHANGED,
    Taken,
    Work,
    rejected,
    turns,
)
from clientela.flows.new_customers import NewCustomers, Prepared, marked_by_type
from clientela.imports.rules import effects
from clientela.imports.rules.effects import Effect
from clientela.imports.rules.faults import Reject
from clientela.imports.rules.rows import CustomerRow
from clientela.platform import ids
from clientela.privacy import queries as privacy

CHECKED_MAX = 100_000
Checked = tuple[dict[str, Any], list[FieldFault]]


class Customers:
    def __init__(self, work: Work, *, file_digest: str) -> None:
        self.work = work
        self.today = work.company.today(work.now)
        self.types = queries.profile_types()
        self.fields = {key: queries.definitions(kind) for key, kind in self.types.items()}
        self.marked = marked.marked()
        if marked.sealed_keys(self.marked):
            sealed.ring()  # the first key is made here, not in the thread that reads ahead
        self.keys = {kind.pk: kind.key for kind in self.types.values()}
        self.defaults = {
            key: check(fields, {}, today=self.today, complete=False, is_new=True)[0]
            for key, fields in self.fields.items()
        }
        self.effects: list[Effect] = []
        self._numbers: dict[int, int] = {}
        self._checked: dict[tuple[str, str, str], Checked] = {}
        self.merged: dict[int, UUID] = {}  # places of rows that name a merged record
        self._new_ones = NewCustomers(
            self.types, self.defaults, marked_by_type(self.types, self.marked), self._remember
        )
        # Who may not be as they are, because of others, is looked at one by one.
        self._is_plain = work.mapping.duplicates == "new" and not any(
            one.unique for one in self.marked.values()
        )

    def prepare(self, rows: Sequence[CustomerRow]) -> Prepared:
        return self._new_ones.prepared(rows) if self._is_plain else Prepared(rows)

    def take(self, prepared: Prepared) -> list[Taken]:
        """The last row of a customer in a batch wins, the ones before it are overridden."""
        self.merged.clear()
        last = {row.customer: place for place, row in enumerate(prepared.rows)}
        taken: dict[int, Taken] = {}
        if len(last) < len(prepared):
            kept = set(last.values())
            taken |= {place: OVERRIDDEN for place in range(len(prepared)) if place not in kept}
        open_places = sorted(last.values())
        known = self._known(prepared, open_places)
        new = {place: prepared.rows[place] for place in open_places if place not in known}
        if self._is_plain:
            taken |= self._enlist(prepared, new)
        else:
            taken |= self._register(new)
        # Whom another import registered meanwhile is known by now.
        known |= self._known(prepared, [place for place in new if place not in taken])
        for turn, places in enumerate(turns({place: one.id for place, (_, one) in known.items()})):
            present = known if turn == 0 else self._known(prepared, places)
            taken |= self._change({place: (prepared[place], *present[place]) for place in places})
        return [taken[place] for place in range(len(prepared))]

    def _known(
        self, prepared: Sequence[CustomerRow], places: Sequence[int]
    ) -> dict[int, tuple[str, CustomerChange]]:
        found = queries.named([(self.work.source, prepared[place].customer) for place in places])
        known = {places[index]: self._present(row[:-1]) for index, row in found.items()}
        self.merged |= {places[index]: row[-1] for index, row in found.items() if row[-1] != row[0]}
        return known | self._by_own_id(prepared, [place for place in places if place not in known])

    def _by_own_id(
        self, prepared: Sequence[CustomerRow], places: Sequence[int]
    ) -> dict[int, tuple[str, CustomerChange]]:
        """Rows that name a customer as we do, `cus_…`: an export comes back."""
        own = {place: id for place in places if (id := ids.find("cus", prepared[place].customer))}
        survivors = joining.survivors_of(own.values())
        self.merged |= {place: id for place, id in own.items() if id in survivors}
        today = {place: survivors.get(id, id) for place, id in own.items()}
        rows = {row[0]: row for row in traces.states(list(today.values()))} if own else {}
        return {place: self._present(rows[id]) for place, id in today.items() if id in rows}

    def _present(self, row: Sequence[Any]) -> tuple[str, CustomerChange]:
        """A customer's profile type and state, from the columns of `queries.named`."""
        id, name, language, country, attributes, kind, version = row
        known = sealed.opened_json(attributes, customer_id=id)
        state = CustomerChange(id, version, name, language, country, known)
        return self.keys[kind], state

    def _enlist(self, prepared: Prepared, rows: Mapping[int, CustomerRow]) -> dict[int, Taken]:
        """As `_register`, of whom nobody but their own row decides."""
        places, laid_out = prepared.ready(rows)
        taken: dict[int, Taken] = {}
        if len(places) < len(rows):
            ready = set(places)
            for place, row in rows.items():
                made = None if place in ready else self._new(row)
                if isinstance(made, Taken):
                    taken[place] = made
        if privacy.anybody_was_erased():
            gone = self._erased_before(rows, places)
            taken |= {place: file_rows.erased(rows[place]) for place in gone}
            left = [at for at, place in enumerate(places) if place not in gone]
            places, laid_out = [places[at] for at in left], laid_out.only(left)
        left_out = set(enlisting.enlist(
            laid_out, source=self.work.source, now=self.work.now, today=self.today,
            is_demo=self.work.is_demo,
        ))  # fmt: skip
        fresh = [id for at, id in enumerate(laid_out.ids) if at not in left_out]
        self._tell_registered(fresh)
        return taken | {place: NEW for at, place in enumerate(places) if at not in left_out}

    def _tell_registered(self, fresh: Sequence[UUID]) -> None:
        """Into the log, and for the undo."""
        self.effects.append(Effect(effects.CUSTOMER, list(fresh), list(fresh)))
        events.emit_alike(
            "customer.registered", fresh, data={"source": self.work.source},
            actor=self.work.actor, now=self.work.now,
        )  # fmt: skip

    def _register(self, rows: Mapping[int, CustomerRow]) -> dict[int, Taken]:
        taken: dict[int, Taken] = {}
        new: dict[int, NewCustomer] = {}
        self._numbers = {place: row.number for place, row in rows.items()}
        for place, row in rows.items():
            made = self._new(row)
            if isinstance(made, Taken):
                taken[place] = made
            else:
                new[place] = made
        for place in self._erased_before(rows, list(new)):
            taken[place] = file_rows.erased(rows[place])
            del new[place]
        self._refuse_taken(
            taken, new, rows,
            {place: (None, self.types[one.profile_type].pk, one.attributes)
             for place, one in new.items()},
        )  # fmt: skip
        taken |= self._known_already(new)
        places = list(new)
        registered = customers.register(
            list(new.values()), now=self.work.now, today=self.today, is_demo=self.work.is_demo
        )
        self._tell_registered([id for _, id in registered])
        return taken | {places[index]: NEW for index, _ in registered}

    def _erased_before(
        self, rows: Mapping[int, CustomerRow], places: Sequence[int]
    ) -> dict[int, None]:
        """Places of those who had themselves erased: a file does not bring them back."""
        if not privacy.anybody_was_erased():
            return {}
        asked = [
            (place, named)
            for place in places
            for named in (
                ("external", f"{self.work.source}\0{rows[place].customer}"),
                *(
                    (identity.kind, identity.norm)
                    for identity in file_rows.identities_of(rows[place])
                ),
            )
        ]
        gone = privacy.erased_before([named for _, named in asked])
        return dict.fromkeys(
            place for (place, _), is_gone in zip(asked, gone, strict=True) if is_gone
        )

    def _refuse_taken(
        self, taken: dict[int, Taken], accepted: dict[int, Any], rows: Mapping[int, CustomerRow],
        records: Mapping[int, tuple[UUID | None, int, Mapping[str, Any]]],
    ) -> None:  # fmt: skip
        """Rows with a value that only one customer may have, and another has: rejected, as what
        cannot be read is; of two such rows the first is taken.
        """
        if not self.marked or not records:
            return
        places = list(records)
        held = marked.taken([records[place] for place in places], self.marked)
        for index, faults in held.items():
            place = places[index]
            taken[place] = file_rows.faulty(rows[place], faults)
            del accepted[place]

    def _known_already(self, new: dict[int, NewCustomer]) -> dict[int, Taken]:
        """Who is likely known is kept for review or refused, where the mapping says so."""
        if self.work.mapping.duplicates == "new" or not new:
            return {}
        outcome = "rejected" if self.work.mapping.duplicates == "reject" else "for_review"
        places = list(new)
        found = find_duplicates.candidates_each([new[place] for place in places])
        taken = {}
        for place, several in zip(places, found, strict=True):
            if several:
                known = {"value": several[0].customer.public_id}
                fault = Reject(self._numbers[place], "name", "likely-duplicate", known)
                taken[place] = Taken(outcome, (fault,))
                del new[place]
        return taken

    def _new(self, row: CustomerRow) -> NewCustomer | Taken:
        kind = self.types.get(row.type or customers.PERSON)
        if kind is None:
            return rejected(row.number, "type", "unknown-type", row.type or "")
        if row.name is None:
            return rejected(row.number, "name", "missing-value")
        attributes, faults = self._fresh_attributes(row, kind.key)
        if faults:
            return file_rows.faulty(row, faults)
        return NewCustomer(
            name=row.name, profile_type=kind.key, language=row.language or "",
            country=row.country or "", source=self.work.source, external_id=row.customer,
            attributes=attributes, identities=file_rows.identities_of(row),
        )  # fmt: skip

    def _fresh_attributes(self, row: CustomerRow, kind: str) -> Checked:
        """Of a record that has none yet: each value is checked by itself, and once for all rows
        that say the same.
        """
        state: dict[str, Any] = dict(self.defaults[kind])
        faults: list[FieldFault] = []
        for key, said in file_rows.said_by(row).items():
            known = self._checked.get((kind, key, said))
            if known is None:
                known = self._remember(kind, key, said)
            state |= known[0]
            faults += known[1]
        return state, faults

    def _remember(self, kind: str, key: str, said: str) -> Checked:
        if len(self._checked) >= CHECKED_MAX:
            self._checked.clear()
        found = self._attributes({key: self._form(kind, key, said)}, kind, {})
        self._checked[kind, key, said] = found
        return found

    def _change(
        self, rows: Mapping[int, tuple[CustomerRow, str, CustomerChange]]
    ) -> dict[int, Taken]:
        taken: dict[int, Taken] = {}
        changes: dict[int, CustomerChange] = {}
        kept = self._kept_by_hand([present.id for _, _, present in rows.values()])
        before = self._before(rows)
        for place, (row, kind, present) in rows.items():
            old = self._old_news(row, *before[place]) if place in before else frozenset()
            said = file_rows.without(row, kept.get(present.id, frozenset()) | old)
            told = {key: self._form(kind, key, it) for key, it in file_rows.said_by(said).items()}
            attributes, faults = self._attributes(
                {**told, **file_rows.cleared(said)}, kind, present.attributes
            )
            if faults:
                taken[place] = file_rows.faulty(row, faults)
            else:
                changes[place] = file_rows.changed_by(said, present, attributes)
        self._refuse_taken(
            taken, changes, {place: row for place, (row, _kind, _present) in rows.items()},
            {place: (one.id, self.types[rows[place][1]].pk, one.attributes)
             for place, one in changes.items()},
        )  # fmt: skip
        changed = customers.change(
            list(changes.values()),
            before={present.id: present for _, _, present in rows.values()},
            actor=self.work.actor, now=self.work.now, cause=self.work.batch or "import",
        )  # fmt: skip
        added = customers.identify(
            [(changes[place].id, one) for place, one in self._news(rows, changes)],
            now=self.work.now,
        )
        self._note(dict(changed), added)
        touched = {id for id, _ in changed} | set(added)
        return taken | {
            place: CHANGED if change.id in touched else UNCHANGED
            for place, change in changes.items()
        }

    def _before(self, rows: Iterable[int]) -> dict[int, tuple[str, CustomerChange]]:
        """Of rows that name a merged record: that record, which keeps what it said."""
        named = {place: self.merged[place] for place in rows if place in self.merged}
        found = {row[0]: row for row in traces.states(list(named.values()))} if named else {}
        return {place: self._present(found[id]) for place, id in named.items()}

    def _old_news(self, row: CustomerRow, kind: str, was: CustomerChange) -> frozenset[str]:
        """Fields in which the merged record said the same already: its survivor stays as it is."""
        told = {
            key: self._form(kind, key, it) for key, it in file_rows.said_by(row).items()
        } | file_rows.cleared(row)
        same, _ = self._attributes(told, kind, was.attributes)
        attributes = {key for key in told if same.get(key) == was.attributes.get(key)}
        plain = {
            name for name in ("name", "language", "country")
            if (getattr(row, name) or (None, "")[name in row.clears]) == getattr(was, name)
        }  # fmt: skip
        return frozenset(attributes | plain)

    def _news(
        self, rows: Mapping[int, tuple[CustomerRow, str, CustomerChange]], places: Iterable[int]
    ) -> Iterator[tuple[int, IdentityValue]]:
        """What a row is found by, unless it is of a merged record that is found by it already."""
        named = {place: self.merged[place] for place in places if place in self.merged}
        held = traces.identities_held(named.values()) if named else set()
        for place in places:
            for one in file_rows.identities_of(rows[place][0]):
                if (named.get(place), one.kind, one.norm) not in held:
                    yield place, one

    def _note(self, changed: Mapping[UUID, list[str]], added: Sequence[UUID]) -> None:
        """Into the log, and for the undo."""
        now = self.work.now
        told = [
            Happening("customer.changed", now, id, ids.public("cus", id), {"fields": fields})
            for id, fields in changed.items()
        ]
        told += [Happening("identity.added", now, id, ids.public("cus", id)) for id in added]
        events.emit(told, actor=self.work.actor, now=now)
        self.effects.append(Effect(effects.CUSTOMER_VALUES, list(changed), list(changed)))
        found = list(dict.fromkeys(added))
        self.effects.append(Effect(effects.IDENTITY, found, found))

    def _kept_by_hand(self, found: Sequence[UUID]) -> Mapping[UUID, frozenset[str]]:
        """Fields in which what a person wrote later than the file's date stands."""
        fields = [file_rows.field_of(name) for name in self.work.mapping.manual_wins]
        return traces.written_by_hand(found, fields, since=self.work.data_of) if fields else {}

    def _form(self, kind: str, key: str, written: str) -> Any:
        """A text as the field's type wants it: several choices, an amount with its currency."""
        field = self.fields[kind].get(key)
        if field is None:
            return written
        if field.type is FieldType.CHOICES:
            return [one.strip() for one in written.split(";") if one.strip()]
        return file_rows.money_of(written) if field.type is FieldType.MONEY else written

    def _attributes(self, said: Mapping[str, Any], kind: str, before: Mapping[str, Any]) -> Checked:
        fields: Mapping[str, FieldDefinition] = self.fields[kind]
        return check(fields, said, previous=before, today=self.today, complete=False)
