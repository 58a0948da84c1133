"""Files of relations: what one customer is to another, told once, ended, and who may act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from clientela.customers.families import Family
from clientela.customers.kin import actions
from clientela.customers.kin import queries as kin
from clientela.customers.kin.actions import NewRelation
from clientela.customers.kin.models import Relation
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import imported_people
from clientela.flows.importing import CHANGED, NEW, OVERRIDDEN, UNCHANGED, Taken, Work, rejected
from clientela.imports.rules import effects
from clientela.imports.rules.effects import Effect
from clientela.imports.rules.rows import RelationRow
from clientela.platform import ids

Key = tuple[UUID, UUID, str]  # both survivors and the kind


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says of whom. `key`: a mutual relation is the same from either side."""

    row: RelationRow
    one: UUID
    other: UUID
    key: Key


@dataclass(slots=True)
class _Round:
    taken: dict[int, Taken]
    said: dict[int, Said] = field(default_factory=dict)
    known: dict[Key, list[Relation]] = field(default_factory=dict)
    survivors: dict[UUID, UUID] = field(default_factory=dict)
    new: dict[int, NewRelation] = field(default_factory=dict)
    before: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    told: list[Happening] = field(default_factory=list)


class Relations:
    def __init__(self, work: Work, *, file_digest: str) -> None:
        self.work = work
        self.mutual = {kind.key: kind.is_mutual for kind in kin.kinds()}
        self.effects: list[Effect] = []

    def prepare(self, rows: Sequence[RelationRow]) -> list[RelationRow]:
        return list(rows)

    def take(self, prepared: Sequence[RelationRow]) -> list[Taken]:
        """The last row of a relation in a batch wins, the ones before it are overridden."""
        round_ = _Round({})
        self._read(prepared, round_)
        last = {said.key: place for place, said in round_.said.items()}
        for place in [at for at, said in round_.said.items() if last[said.key] != at]:
            round_.taken[place] = OVERRIDDEN
            del round_.said[place]
        round_.known = self._known(round_)
        for place, said in round_.said.items():
            round_.taken[place] = self._judge(place, said, round_)
        self._write(round_)
        return imported_people.in_order(round_.taken, len(prepared))

    def _read(self, rows: Sequence[RelationRow], round_: _Round) -> None:
        names = [name for row in rows for name in (row.customer, row.other)]
        found = imported_people.found(names, work=self.work)
        families = imported_people.held((one for one in found if one), work=self.work)
        for family in families.values():
            round_.survivors |= dict.fromkeys(family.ids, family.survivor)
        for place, row in enumerate(rows):
            one, other = found[2 * place], found[2 * place + 1]
            if one is None or other is None:
                column = "customer" if one is None else "other"
                name = row.customer if one is None else row.other
                round_.taken[place] = imported_people.without_customer(row.number, column, name)
            else:
                self._pair(place, row, families[one], families[other], round_)

    def _pair(
        self, place: int, row: RelationRow, one: Family, other: Family, round_: _Round
    ) -> None:
        if row.relation not in self.mutual:
            round_.taken[place] = rejected(row.number, "relation", "unknown-relation", row.relation)
        elif one.survivor == other.survivor:
            round_.taken[place] = rejected(row.number, "other", "same-customer", row.other)
        else:
            key = self._key(one.survivor, other.survivor, row.relation)
            round_.said[place] = Said(row, one.survivor, other.survivor, key)

    def _key(self, one: UUID, other: UUID, kind: str) -> Key:
        is_turned = self.mutual.get(kind, False) and other < one
        return (other, one, kind) if is_turned else (one, other, kind)

    def _known(self, round_: _Round) -> dict[Key, list[Relation]]:
        """What was told of these customers, by all records that are one customer."""
        involved = list(round_.survivors)
        rows = Relation.objects.filter(
            Q(customer_id__in=involved), other_customer_id__in=involved
        ).order_by("id")  # fmt: skip
        found: dict[Key, list[Relation]] = {}
        for row in rows:
            one, other = (round_.survivors[id] for id in (row.customer_id, row.other_customer_id))
            found.setdefault(self._key(one, other, row.kind_id), []).append(row)
        return found

    def _judge(self, place: int, said: Said, round_: _Round) -> Taken:
        row, known = said.row, round_.known.get(said.key, [])
        present = next((one for one in known if one.ends_on is None), None)
        if row.ends_on is not None and any(one.ends_on == row.ends_on for one in known):
            return UNCHANGED
        if present is None:
            round_.new[place] = NewRelation(
                said.one, said.other, row.relation, bool(row.may_act), bool(row.other_may_act),
                row.starts_on, row.ends_on, self.work.source,
            )  # fmt: skip
            return NEW
        if row.ends_on is None:
            return self._rights(said, present, round_)
        if present.starts_on is not None and row.ends_on < present.starts_on:
            return rejected(row.number, "ends_on", "ends-before-it-starts")
        was = as_kept(present)
        actions.end_relation(present, on=row.ends_on)
        self._changed("relation.ended", present, was, round_)
        return CHANGED

    def _rights(self, said: Said, present: Relation, round_: _Round) -> Taken:
        """Who may act for whom; what the row does not say stays."""
        row = said.row
        is_turned = round_.survivors[present.customer_id] != said.one
        one, other = row.may_act, row.other_may_act
        if is_turned:
            one, other = other, one
        was = as_kept(present)
        is_changed = actions.allow(
            present,
            may_act=present.may_act if one is None else one,
            other_may_act=present.other_may_act if other is None else other,
        )
        if not is_changed:
            return UNCHANGED
        self._changed("relation.changed", present, was, round_)
        return CHANGED

    def _changed(self, name: str, relation: Relation, was: dict[str, Any], round_: _Round) -> None:
        round_.before.setdefault(relation.id, was)
        round_.told += on_both(name, relation, self.work)

    def _write(self, round_: _Round) -> None:
        added = [id for _, id in actions.relate(list(round_.new.values()), now=self.work.now)]
        rows = Relation.objects.in_bulk([*round_.before, *added])
        fresh = [rows[id] for id in added]
        changed = [rows[id] for id in round_.before]
        for relation in fresh:
            round_.told += on_both("relation.added", relation, self.work)
        self.effects += [
            Effect(effects.RELATION, added, [one.customer_id for one in fresh],
                   [as_kept(one) for one in fresh]),
            Effect(effects.RELATION_VALUES, [one.id for one in changed],
                   [one.customer_id for one in changed],
                   [[round_.before[one.id], as_kept(one)] for one in changed]),
        ]  # fmt: skip
        events.emit(round_.told, actor=self.work.actor, now=self.work.now)


def as_kept(relation: Relation) -> dict[str, Any]:
    """A relation as the undo compares it."""
    ends_on = relation.ends_on
    return {
        "may_act": relation.may_act, "other_may_act": relation.other_may_act,
        "ends_on": ends_on.isoformat() if ends_on else None,
    }  # fmt: skip


def on_both(name: str, relation: Relation, work: Work) -> list[Happening]:
    """Both sides read of it on their timeline."""
    data = {"kind": relation.kind_id}
    subject = ids.public("rel", relation.id)
    return [
        Happening(name, work.now, customer, subject, data)
        for customer in sorted({relation.customer_id, relation.other_customer_id})
    ]
