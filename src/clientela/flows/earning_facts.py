"""What the conditions of earning rules ask of customers and the world, answered for a whole batch.

Where and when something was bought and the tier of that moment are columns of the batch; everything
else about customers is asked of the database once, as customer lists ask it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.translation import gettext_lazy as _

from clientela.flows import habits_asked
from clientela.flows.lists.known import Known, known
from clientela.flows.lists.state import of_json
from clientela.loyalty.actions.earning import Basis
from clientela.loyalty.facts import OF_RULES
from clientela.loyalty.queries import tiers
from clientela.loyalty.queries.ledger import Scheme
from clientela.loyalty.rules import asking
from clientela.loyalty.rules.asking import Answers
from clientela.loyalty.rules.baskets import Flags
from clientela.loyalty.rules.bodies import Rule, leaves
from clientela.platform import sql
from clientela.platform.conditions import grammar
from clientela.platform.conditions.asking import Writer
from clientela.platform.conditions.facts import Catalogue, Fact, Type
from clientela.platform.conditions.judging import Clock
from clientela.platform.conditions.tree import Constant, Leaf, Node
from clientela.platform.errors import Problem
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.products import queries as products
from clientela.purchases.habits import before
from clientela.staff.company import Company
from clientela.ui.models import View
from clientela.ui.templatetags.ui import label
from clientela.ui.words import CHANNEL

LISTS = "customer.lists"
TIERS = "points.tiers"
LISTS_MAX = 200


def catalogue(company: Company) -> Catalogue:
    """All that a rule may ask: of the basket, around it, and of the customer."""
    return _with_own(known(SYSTEM, company=company).catalogue)


def known_for(actor: Actor, *, company: Company) -> Known:
    """What somebody who writes rules may ask about, with codes to choose from."""
    seen = known(actor, company=company)
    house = _with_own(seen.catalogue)
    facts = {
        key: replace(fact, choices=_Later(CHOICES[key])) if key in CHOICES else fact
        for key, fact in house.facts.items()
    }
    return replace(seen, catalogue=Catalogue(facts, house.relations))


class _Later(Mapping[str, Any]):
    """Codes and labels that are read when somebody looks at them."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> dict[str, Any]:
        return self._make()

    def __getitem__(self, key: str) -> Any:
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def _tiers() -> dict[str, str]:
    return {
        tier.key.lower(): label(tier.labels) or tier.key
        for ladder in tiers.ladders() for tier in ladder.tiers.all()
    }  # fmt: skip


def _categories() -> dict[str, str]:
    return {one.key.lower(): label(one.labels) or one.key for one in products.categories()}


CHOICES: Mapping[str, Callable[[], dict[str, Any]]] = {
    TIERS: _tiers, "basket.categories": _categories, "habit.first_in": _categories,
    "purchase.channel": lambda: dict(CHANNEL),
}  # fmt: skip


def _with_own(house: Catalogue) -> Catalogue:
    own = (*OF_RULES, *before.FACTS, Fact(LISTS, Type.LIST, _("Saved lists"), _Later(_lists)))
    return Catalogue(
        {**house.facts, **{fact.key: fact for fact in own}}, house.relations
    )  # fmt: skip


def _lists() -> dict[str, str]:
    """Saved lists of customers that more than one person sees, by their id."""
    rows = View.objects.filter(list="customers", removed_at=None).exclude(
        sharing=View.Sharing.PRIVATE
    )
    return {one.id.hex: one.name for one in rows.order_by("name", "id")[:LISTS_MAX]}


def check(when: Any, *, company: Company, at: str) -> None:
    """Refuse a condition that asks for what is not there, naming its place."""
    if when is not None:
        grammar.read(when, catalogue(company), at=at)


def answers(
    batch: Sequence[Basis], schemes: Iterable[Scheme], *, company: Company, now: datetime
) -> Answers:
    """What the rules of these schemes ask from outside, for each of the batch."""
    asked = _Asked(batch, company, now)
    for scheme in schemes:
        for rule in scheme.rules:
            if rule.when is not None:
                asked.add(rule, scheme)
    return asked.answers() if asked.is_needed else asking.NONE


@dataclass
class _Asked:
    """Questions as they are collected; those of customers are asked together at the end."""

    batch: Sequence[Basis]
    company: Company
    now: datetime
    flags: dict[tuple[int, int], Flags] = field(default_factory=dict)
    nodes: dict[tuple[int, int], list[tuple[str, Node]]] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)
    lacking: dict[tuple[int, int], tuple[str, Flags]] = field(default_factory=dict)

    @property
    def is_needed(self) -> bool:
        return bool(self.flags or self.nodes or self.unreadable)

    @cached_property
    def known(self) -> Known:
        return known(SYSTEM, company=self.company)

    @cached_property
    def catalogue(self) -> Catalogue:
        return _with_own(self.known.catalogue)

    @cached_property
    def tiers(self) -> list[frozenset[str]]:
        return tiers.keys_at(
            [(basis.customer_id, basis.occurred_at) for basis in self.batch],
            [basis.lifts for basis in self.batch],
        )

    @cached_property
    def habits(self) -> list[dict[str, Any]]:
        """What was usual before each of the batch, by fact; what is missing is not in it."""
        return habits_asked.of(self.batch, zone=self.company.time_zone)

    def add(self, rule: Rule, scheme: Scheme) -> None:
        for number, tree in enumerate(leaves(rule.when)):
            if asking.is_of_basket(tree):
                continue
            try:
                self._ask((rule.version_id, number), tree, scheme)
            except Problem:
                self.unreadable.add(rule.version_id)

    def _ask(self, at: tuple[int, int], tree: Mapping[str, Any], scheme: Scheme) -> None:
        key = str(tree.get("fact", ""))
        clock = Clock(self.now, scheme.zone)
        if key in _AROUND:
            leaf = _leaf(tree, asking.CATALOGUE)
            values = [asking.around(basis.seen(), key, scheme.zone) for basis in self.batch]
            self.flags[at] = asking.by_value(leaf, values, clock)
        elif key == TIERS:
            self.flags[at] = asking.by_value(_leaf(tree, self.catalogue), self.tiers)
        elif key in _HABITS:
            self._ask_habit(at, _leaf(tree, self.catalogue), clock)
        elif key == LISTS:
            self.nodes[at] = self._listed(_leaf(tree, self.catalogue))
        else:
            self.nodes[at] = [("any", grammar.read(tree, self.known.catalogue))]

    def _ask_habit(self, at: tuple[int, int], leaf: Leaf, clock: Clock) -> None:
        """Of whom too little is known to say it, it is not so, and that is why."""
        found = [habits.get(leaf.fact.key) for habits in self.habits]
        known = np.asarray([value is not None for value in found], dtype=np.bool_)
        self.flags[at] = np.zeros(len(found), dtype=np.bool_)
        self.flags[at][known] = asking.by_value(
            leaf, [value for value in found if value is not None], clock
        )
        kept = np.asarray([bool(habits) for habits in self.habits], dtype=np.bool_)
        self.lacking[at] = (before.TOO_LITTLE_HISTORY, kept & ~known)

    def _listed(self, leaf: Leaf) -> list[tuple[str, Node]]:
        """A condition for each list, and how they are put together."""
        if not isinstance(leaf.value, Constant):
            raise grammar.BadCondition("Ask whether somebody is on a list.")
        mode = leaf.operator.removeprefix("has_")
        return [(mode, self._node_of(id)) for id in leaf.value.value]

    def _node_of(self, view_id: str) -> Node:
        view = View.objects.filter(id=UUID(view_id), list="customers", removed_at=None).first()
        state = None if view is None else of_json(view.state)
        node = None if state is None else self.known.read(state.filter)
        if node is None:
            raise grammar.BadCondition("There is no such list, or everybody is on it.")
        return node

    def answers(self) -> Answers:
        found = {**self.flags, **self._of_customers()}
        return Answers(found, self.lacking, frozenset(self.unreadable))

    def _of_customers(self) -> dict[tuple[int, int], Flags]:
        if not self.nodes:
            return {}
        writer = Writer(self.known.columns, Clock(self.now, self.company.zone))
        asked = [
            _put_together([(mode, writer.node(node, writer.columns.facts)) for mode, node in parts])
            for parts in self.nodes.values()
        ]
        writer.values["unshown"] = self.known.sight.unshown_identities
        writer.values["asked_of"] = sorted({basis.customer_id for basis in self.batch})
        rows = sql.execute(
            f"SELECT customer.id, {', '.join(asked)} FROM customers_customer AS customer"  # noqa: S608
            " WHERE customer.id = ANY (%(asked_of)s::uuid[])",
            writer.values,
        ).fetchall()
        by_customer = {id: flags for id, *flags in rows}
        nobody = [False] * len(self.nodes)
        told = np.asarray(
            [by_customer.get(basis.customer_id, nobody) for basis in self.batch], dtype=np.bool_
        ).reshape(len(self.batch), len(self.nodes))
        return {at: told[:, number] for number, at in enumerate(self.nodes)}


def _put_together(parts: Sequence[tuple[str, str]]) -> str:
    mode = parts[0][0]
    joined = (" AND " if mode == "all" else " OR ").join(f"({text}) IS TRUE" for _, text in parts)
    return f"NOT ({joined})" if mode == "none" else f"({joined})"


def _leaf(tree: Mapping[str, Any], catalogue: Catalogue) -> Leaf:
    leaf = grammar.read(tree, catalogue)
    assert isinstance(leaf, Leaf)
    return leaf


_AROUND = {fact.key for fact in asking.AROUND}
_HABITS = {fact.key for fact in before.FACTS}
