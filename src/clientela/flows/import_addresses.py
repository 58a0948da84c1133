"""Files of postal addresses: added, put right, ended; those that are over are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from clientela.customers.families import Family
from clientela.customers.places import actions
from clientela.customers.places.actions import NewAddress
from clientela.customers.places.models import Address
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import imported_people
from clientela.flows.importing import CHANGED, NEW, OVERRIDDEN, UNCHANGED, Taken, Work, rejected
from clientela.imports.rules import effects
from clientela.imports.rules.beside_customers import bad_part
from clientela.imports.rules.effects import Effect
from clientela.imports.rules.rows import AddressRow
from clientela.platform import ids, postal
from clientela.platform.postal import Place

KEPT = ("purpose", "starts_on", "ends_on", *postal.PARTS)


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says of whom, in the form of its country."""

    row: AddressRow
    family: Family
    purpose: str
    place: Place

    @property
    def key(self) -> tuple[UUID, str, str]:
        return self.family.survivor, self.purpose, postal.norm(self.place)


@dataclass(slots=True)
class _Round:
    taken: dict[int, Taken]
    said: dict[int, Said] = field(default_factory=dict)
    known: dict[tuple[UUID, str], list[Address]] = field(default_factory=dict)
    new: dict[int, NewAddress] = field(default_factory=dict)
    before: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    told: list[Happening] = field(default_factory=list)


class Addresses:
    def __init__(self, work: Work, *, file_digest: str) -> None:
        self.work = work
        self.today = work.company.today(work.now)
        self.effects: list[Effect] = []

    def prepare(self, rows: Sequence[AddressRow]) -> list[AddressRow]:
        return list(rows)

    def take(self, prepared: Sequence[AddressRow]) -> list[Taken]:
        """The last row of an address in a batch wins, the ones before it are overridden; where an
        address takes the place of the one before it, so does the last row of its purpose.
        """
        families, taken = imported_people.by_place(prepared, work=self.work)
        round_ = _Round(taken)
        for place, family in families.items():
            self._read(place, prepared[place], family, round_)
        self._override(round_)
        round_.known = _known(round_.said.values())
        for place, said in round_.said.items():
            taken[place] = self._judge(place, said, round_)
        self._write(round_)
        return imported_people.in_order(taken, len(prepared))

    def _read(self, place: int, row: AddressRow, family: Family, round_: _Round) -> None:
        country = row.country or family.country or self.work.company.country
        written = replace(row.place, country=country)
        if bad := bad_part(written):
            part, code, params = bad
            round_.taken[place] = rejected(row.number, part, code, **{"value": "", **params})
            return
        usual = "seat" if family.party == "company" else "home"
        round_.said[place] = Said(row, family, row.purpose or usual, postal.checked(written))

    def _override(self, round_: _Round) -> None:
        last = {self._turn(said): place for place, said in round_.said.items()}
        for place in [at for at, said in round_.said.items() if last[self._turn(said)] != at]:
            round_.taken[place] = OVERRIDDEN
            del round_.said[place]

    def _turn(self, said: Said) -> tuple[Any, ...]:
        """What only one row of a batch may speak of."""
        ends_on, (survivor, purpose, norm) = said.row.ends_on, said.key
        is_alone = ends_on is None and self.work.mapping.same_purpose == "replace"
        return (survivor, purpose, "" if is_alone else norm, ends_on)

    def _judge(self, place: int, said: Said, round_: _Round) -> Taken:
        listed = round_.known.get((said.family.survivor, said.purpose), [])
        same = [one for one in listed if one.norm == said.key[2]]
        present = next((one for one in same if one.ends_on is None), None)
        if said.row.ends_on is not None:
            return self._over(place, said, same, present, round_)
        taken = self._present(place, said, present, round_)
        if self.work.mapping.same_purpose != "replace":
            return taken
        others = [one for one in listed if one.ends_on is None and one is not present]
        ended = [self._end(one, said.row.starts_on or self.today, said, round_) for one in others]
        return CHANGED if taken is UNCHANGED and any(ended) else taken

    def _over(
        self, place: int, said: Said, same: Sequence[Address], present: Address | None,
        round_: _Round,
    ) -> Taken:  # fmt: skip
        ends_on = said.row.ends_on
        assert ends_on is not None
        if any(one.ends_on == ends_on for one in same):
            return UNCHANGED
        if present is None:
            round_.new[place] = self._new(said)
            return NEW
        if self._end(present, ends_on, said, round_):
            return CHANGED
        return rejected(said.row.number, "ends_on", "ends-before-it-starts")

    def _present(self, place: int, said: Said, present: Address | None, round_: _Round) -> Taken:
        """Another spelling counts where it is of the source that gave the first one."""
        if present is None:
            round_.new[place] = self._new(said)
            return NEW
        is_own = present.source in ("", self.work.source)
        starts_on = said.row.starts_on or present.starts_on
        was = as_kept(present)
        is_changed = actions.change(
            present,
            purpose=said.purpose,
            place=said.place if is_own else present.place,
            starts_on=starts_on,
        )
        if not is_changed:
            return UNCHANGED
        self._changed("address.changed", present, was, said, round_)
        return CHANGED

    def _new(self, said: Said) -> NewAddress:
        return NewAddress(
            said.family.survivor, said.purpose, said.place, said.row.starts_on, said.row.ends_on,
            self.work.source,
        )  # fmt: skip

    def _end(self, address: Address, on: date, said: Said, round_: _Round) -> bool:
        if address.starts_on is not None and on < address.starts_on:
            return False
        was = as_kept(address)
        actions.end(address, on=on)
        self._changed("address.ended", address, was, said, round_)
        return True

    def _changed(
        self, name: str, address: Address, was: dict[str, Any], said: Said, round_: _Round
    ) -> None:
        round_.before.setdefault(address.id, was)
        round_.told.append(self._happening(name, said.family.survivor, address.id, said.purpose))

    def _write(self, round_: _Round) -> None:
        places = list(round_.new)
        added = actions.add([round_.new[place] for place in places], now=self.work.now)
        for at, id in added:
            new = round_.new[places[at]]
            round_.told.append(self._happening("address.added", new.customer_id, id, new.purpose))
        rows = Address.objects.in_bulk([*round_.before, *(id for _, id in added)])
        fresh = [rows[id] for _, id in added]
        changed = [rows[id] for id in round_.before]
        self.effects += [
            Effect(effects.ADDRESS, [one.id for one in fresh], [one.customer_id for one in fresh],
                   [as_kept(one) for one in fresh]),
            Effect(effects.ADDRESS_VALUES, [one.id for one in changed],
                   [one.customer_id for one in changed],
                   [[round_.before[one.id], as_kept(one)] for one in changed]),
        ]  # fmt: skip
        events.emit(round_.told, actor=self.work.actor, now=self.work.now)

    def _happening(self, name: str, survivor: UUID, address: UUID, purpose: str) -> Happening:
        subject = ids.public("adr", address)
        return Happening(name, self.work.now, survivor, subject, {"purpose": purpose})


def as_kept(address: Address) -> dict[str, Any]:
    """An address as the undo compares it."""
    values = {name: getattr(address, name) for name in KEPT}
    return {name: it.isoformat() if isinstance(it, date) else it for name, it in values.items()}


def as_stored(kept: Mapping[str, Any]) -> dict[str, Any]:
    days = ("starts_on", "ends_on")
    return {**kept, **{name: kept[name] and date.fromisoformat(kept[name]) for name in days}}


def _known(said: Any) -> dict[tuple[UUID, str], list[Address]]:
    """What customers have and had by purpose, of all records that are one customer."""
    survivors = {id: one.family.survivor for one in said for id in one.family.ids}
    found: dict[tuple[UUID, str], list[Address]] = {}
    for row in Address.objects.filter(customer_id__in=list(survivors)).order_by("id"):
        found.setdefault((survivors[row.customer_id], row.purpose), []).append(row)
    return found
