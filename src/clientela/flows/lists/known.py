"""What may be asked of customers in a list: facts of all apps that are on, and profile fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language

from clientela.customers import facts as customer_facts
from clientela.customers import queries as customers
from clientela.customers.models import Field, ProfileType
from clientela.customers.rules import FieldType
from clientela.customers.rules.asked import FACT_TYPES
from clientela.customers.sight import FieldNotVisible, Sight, sight_of
from clientela.flows.lists import calculating
from clientela.flows.lists.calculating import Told
from clientela.platform.conditions import grammar
from clientela.platform.conditions.columns import Column, Columns, Rows
from clientela.platform.conditions.facts import Catalogue, Fact, Relation, Type
from clientela.platform.conditions.tree import (
    All,
    Arithmetic,
    Either,
    Leaf,
    Node,
    Not,
    Of,
    Related,
    Value,
)
from clientela.platform.declare import Facts, ListFacts, house
from clientela.platform.http.actors import Actor
from clientela.staff.company import Company

FIELD = "customer."


class FieldAmbiguous(grammar.BadCondition):
    code = "field-ambiguous"
    title = "This field is of different types; choose a profile type"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in several languages, in the one now active where it is shown."""

    labels: Mapping[str, str]
    otherwise: str

    def __str__(self) -> str:
        language = (get_language() or "en")[:2]
        return self.labels.get(language) or self.labels.get("en") or self.otherwise


@dataclass(frozen=True)
class Known:
    """`fields`: those of the profile that are asked by their fact's key, one for each type of
    profile that has it. `hidden`: facts and relations that are there, not for this actor;
    `counted`: sensitive ones, by which this actor may count customers and nothing else.
    """

    kinds: Mapping[str, ProfileType]
    catalogue: Catalogue
    columns: Columns
    fields: Mapping[str, Sequence[Field]]
    hidden: frozenset[str]
    counted: frozenset[str]
    sight: Sight
    ambiguous: frozenset[str]
    calculated: Mapping[str, Told] = field(default_factory=dict)

    def read(self, tree: Any, *, at: str = "filter") -> Node | None:
        """The condition a tree means; refused where it asks about what the actor may not see."""
        if not tree:
            return None
        node = grammar.read(tree, self.catalogue, at=at)
        for key in asked_about(node):
            self.need(key, at=at)
        return node

    def need(self, key: str, *, at: str) -> None:
        """Refuse a fact or relation that this actor may not see."""
        if key in self.counted:
            words = f"{key} is sensitive: customers are counted by it, and found by a whole value"
            raise FieldNotVisible(f"{words} (POST /field-lookups); no list is filtered or sorted"
                                  " by it.", field=at)  # fmt: skip
        if key in self.hidden:
            raise FieldNotVisible(f"You may not see {key}.", field=at)
        if key in self.ambiguous:
            words = f"{key} is of another type from one profile type to the next; choose one."
            raise FieldAmbiguous(words, field=at)

    def fact(self, key: str, *, at: str) -> Fact:
        """A fact to show or to sort by."""
        self.need(key, at=at)
        return self._there(key, at)

    def counted_by(self, key: str) -> Fact:
        """A fact to count customers by."""
        if key not in self.counted:
            self.need(key, at="group")
        return self._there(key, "group")

    def _there(self, key: str, at: str) -> Fact:
        fact = self.catalogue.facts.get(key)
        if fact is None:
            raise grammar.BadCondition(f"There is no fact {key}.", field=at)
        return fact

    def told(self, columns: Sequence[str]) -> dict[str, Told]:
        """Those of the columns that are calculated."""
        return {key: self.calculated[key] for key in columns if key in self.calculated}

    @cached_property
    def shown(self) -> dict[str, Fact]:
        """Facts for this actor, those of the record first."""
        facts = self.catalogue.facts
        return {key: fact for key, fact in facts.items() if self._is_open(key)}

    @cached_property
    def relations(self) -> dict[str, Relation]:
        return {key: one for key, one in self.catalogue.relations.items() if self._is_open(key)}

    def _is_open(self, key: str) -> bool:
        return key not in self.hidden and key not in self.ambiguous


def known(actor: Actor, *, company: Company, kind: str = "") -> Known:
    """What this actor may ask of customers of one kind, or of all."""
    kinds = customers.profile_types(with_fields=True)
    facts: list[Fact] = []
    relations: list[Relation] = []
    hidden = set[str]()
    columns: dict[str, Column] = {}
    rows: dict[str, Rows] = {}
    for source in _sources(company):
        facts += source.facts
        relations += source.relations
        columns |= source.columns.facts
        rows |= source.columns.rows
        if not actor.may(source.right):
            hidden |= {fact.key for fact in source.facts}
            hidden |= {relation.key for relation in source.relations}
    taken = {key for key, column in columns.items() if column.reveals != (key[len(FIELD) :],)}
    fields = _fields(kinds, kind, taken=taken)
    facts = [fact for fact in facts if fact.key not in fields]
    ambiguous = {key for key, several in fields.items() if len({one.type for one in several}) > 1}
    for key, several in fields.items():
        facts.append(fact_of(key, several))
        columns[key] = customer_facts.column_of(several[0].key, FieldType(several[0].type))
    seeing = sight_of(actor)
    hidden |= {fact.key for fact in facts if not _is_shown(fact.key, fields, seeing)}
    counted = {key for key in hidden & set(fields) if _is_counted(fields[key], seeing)}
    told = calculating.offered(
        kinds, kind, seeing=seeing, actor=actor, words=lambda one: Words(one.labels, one.key)
    )
    return Known(
        kinds, Catalogue.of(facts, relations), Columns(columns, rows), fields, frozenset(hidden),
        frozenset(counted), seeing, frozenset(ambiguous), told,
    )  # fmt: skip


def fact_of(key: str, several: Sequence[Field]) -> Fact:
    """A field as a fact; its choices are those of all profile types that have it."""
    first = several[0]
    choices: dict[str, str | Promise | Words] = {
        one["code"]: Words(one.get("labels") or {}, one["code"])
        for field in several
        for one in field.choices
    }
    asked_as = FACT_TYPES[FieldType(first.type)]
    return Fact(key, asked_as, Words(first.labels, first.key), choices)


def _sources(company: Company) -> Iterator[Facts | ListFacts]:
    for app in house():
        if company.is_on(app.switch):
            yield from app.facts
            yield from app.list_facts


def _fields(
    kinds: Mapping[str, ProfileType], kind: str, *, taken: set[str]
) -> dict[str, list[Field]]:
    """Fields by their fact's key. A fact of the house with the same key goes before."""
    chosen = [kinds[kind]] if kind in kinds else list(kinds.values())
    found: dict[str, list[Field]] = {}
    for one in chosen:
        for own in one.fields.all():
            if own.retired_at is None and FIELD + own.key not in taken:
                found.setdefault(FIELD + own.key, []).append(own)
    return found


def _is_shown(key: str, fields: Mapping[str, Sequence[Field]], seeing: Sight) -> bool:
    """Whether an answer would tell of no field that is hidden or masked, in any type of profile."""
    if key not in fields:
        return seeing.shows_fact(key)
    return all(seeing.shows(one.profile_type.key, one.key) for one in fields[key])


def _is_counted(several: Sequence[Field], seeing: Sight) -> bool:
    """Whether values are only masked, for somebody who may reveal them."""
    return all(
        seeing.shows(one.profile_type.key, one.key) or seeing.reveals(one.profile_type.key, one.key)
        for one in several
    )


def asked_about(node: Node) -> Iterator[str]:
    """Keys of every fact and relation a condition asks about."""
    match node:
        case All(parts) | Either(parts):
            for part in parts:
                yield from asked_about(part)
        case Not(part):
            yield from asked_about(part)
        case Leaf(fact, _, value):
            yield fact.key
            yield from _of_value(value)
        case Related(relation, _, where, _, _, value):
            yield relation.key
            yield from _of_value(value)
            if where is not None:
                yield from asked_about(where)


def _of_value(value: Value | None) -> Iterator[str]:
    match value:
        case Of(fact):
            yield fact.key
        case Arithmetic(_, left, right):
            yield from _of_value(left)
            yield from _of_value(right)


__all__ = ["FieldNotVisible", "Known", "Type", "Words", "asked_about", "known"]
