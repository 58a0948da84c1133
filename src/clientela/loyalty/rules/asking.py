"""Conditions of rules, judged for a whole batch at once.

A condition is the house's one language. What it asks of the basket is judged here; everything else
(the customer, where and when it was bought, habits) comes as answers, one truth for each basket, by
the version and the place of the question in its condition. A posting keeps those answers, so that
what is left after a return is judged with the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from clientela.loyalty.rules.baskets import Basket, Columns, Flags
from clientela.loyalty.rules.bodies import Rule, leaves
from clientela.platform.conditions import grammar, judging
from clientela.platform.conditions.facts import Catalogue, Fact, Type
from clientela.platform.conditions.judging import Clock
from clientela.platform.conditions.tree import Constant, Leaf
from clientela.platform.errors import Problem

# What is asked of the basket itself, judged anew on what is left of it. In words: `loyalty.facts`.
FACTS = (
    Fact("basket.spend", Type.MONEY, "spend"),
    Fact("basket.total", Type.MONEY, "total"),
    Fact("basket.net", Type.MONEY, "net"),
    Fact("basket.quantity", Type.NUMBER, "quantity"),
    Fact("basket.products", Type.LIST, "products"),
    Fact("basket.categories", Type.LIST, "categories"),
    Fact("basket.tags", Type.LIST, "tags"),
)
# Where and when it was bought: known of every basket, kept as it was.
AROUND = (
    Fact("purchase.channel", Type.CHOICE, "channel"),
    Fact("purchase.place", Type.CHOICE, "place"),
    Fact("purchase.weekday", Type.CHOICE, "weekday"),
    Fact("purchase.hour", Type.NUMBER, "hour"),
    Fact("purchase.day", Type.DATE, "day"),
)
CATALOGUE = Catalogue.of((*FACTS, *AROUND))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COMPARED = {
    "eq": np.equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}  # fmt: skip
NOWHEN = Clock(datetime(2000, 1, 1, tzinfo=UTC), UTC)


@dataclass(frozen=True, slots=True)
class Answers:
    """`known`: (version, place of the question) -> what is true of each basket; a question that is
    not among them is not so. `missing`: those of them that could not be judged, and why (a code
    of `awards.REASONS`).
    """

    known: Mapping[tuple[int, int], Flags] = field(default_factory=dict)
    missing: Mapping[tuple[int, int], tuple[str, Flags]] = field(default_factory=dict)
    unreadable: frozenset[int] = frozenset()

    def mask(self, rule: Rule, place: int) -> int:
        """The answers to a rule's questions from outside for one basket, a bit for each."""
        bits = 0
        for number in range(len(leaves(rule.when))):
            flags = self.known.get((rule.version_id, number))
            if flags is not None and flags[place]:
                bits |= 1 << number
        return bits


NONE = Answers()


def kept(masks: Mapping[int, int], rules: Sequence[Rule]) -> Answers:
    """The answers of one basket as its posting kept them, by version."""
    known = {
        (rule.version_id, number): np.asarray([bool(masks.get(rule.version_id, 0) >> number & 1)])
        for rule in rules
        for number in range(len(leaves(rule.when)))
    }
    return Answers(known)


def truth(rule: Rule, columns: Columns, answers: Answers) -> Flags:
    """For each basket whether the rule's condition is true of it."""
    if rule.when is None:
        return np.ones(len(columns), dtype=np.bool_)
    if rule.version_id in answers.unreadable:
        return np.zeros(len(columns), dtype=np.bool_)
    return _Judge(rule.version_id, columns, answers).node(rule.when)


def why_not(rule: Rule, answers: Answers, place: int) -> str:
    """The reason where a condition was not so."""
    if rule.version_id in answers.unreadable:
        return "unreadable"
    for (version, _number), (reason, flags) in answers.missing.items():
        if version == rule.version_id and flags[place]:
            return reason
    return "condition"


def is_of_basket(leaf: Mapping[str, Any]) -> bool:
    return str(leaf.get("fact", "")).startswith("basket.")


@dataclass
class _Judge:
    version_id: int
    columns: Columns
    answers: Answers
    asked: int = 0

    def node(self, tree: Mapping[str, Any]) -> Flags:
        if "all" in tree:
            return _flags(np.logical_and.reduce([self.node(part) for part in tree["all"]]))
        if "any" in tree:
            return _flags(np.logical_or.reduce([self.node(part) for part in tree["any"]]))
        if "not" in tree:
            return ~self.node(tree["not"])
        number, self.asked = self.asked, self.asked + 1
        if is_of_basket(tree):
            return of_basket(tree, self.columns)
        found = self.answers.known.get((self.version_id, number))
        return np.zeros(len(self.columns), dtype=np.bool_) if found is None else found


def _flags(found: Any) -> Flags:
    return np.asarray(found, dtype=np.bool_)


def of_basket(tree: Mapping[str, Any], columns: Columns) -> Flags:
    try:
        leaf = grammar.read(tree, CATALOGUE)
    except Problem:
        return np.zeros(len(columns), dtype=np.bool_)
    assert isinstance(leaf, Leaf)
    if leaf.fact.type in (Type.MONEY, Type.NUMBER):
        figures = FIGURES[leaf.fact.key](columns)
        if leaf.operator in COMPARED and isinstance(leaf.value, Constant):
            return _compared(leaf, figures, columns)
        return by_value(leaf, [_figure(leaf, one, columns, n) for n, one in enumerate(figures)])
    names = NAMES[leaf.fact.key]
    return by_value(leaf, [names(columns, place) for place in range(len(columns))])


def by_value(leaf: Leaf, values: Sequence[Any], clock: Clock = NOWHEN) -> Flags:
    """Each different value is judged once."""
    judged: dict[Any, bool] = {}
    for value in values:
        if value not in judged:
            judged[value] = judging.holds(leaf, {leaf.fact.key: _plain(value)}, clock)
    return np.fromiter((judged[value] for value in values), np.bool_, len(values))


def _plain(value: Any) -> Any:
    """As conditions read values: amounts by name, lists as lists."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return {"minor": value[0], "currency": value[1]}
    return value


def _compared(leaf: Leaf, figures: Any, columns: Columns) -> Flags:
    assert isinstance(leaf.value, Constant)
    if leaf.fact.type is Type.NUMBER:
        scaled = leaf.value.value * 1000  # quantities lie in thousandths
        wanted = int(scaled)
        if wanted != scaled:
            return by_value(leaf, [_figure(leaf, one, columns, n) for n, one in enumerate(figures)])
        return np.asarray(COMPARED[leaf.operator](figures, wanted), dtype=np.bool_)
    minor, currency = leaf.value.value
    if columns.home == currency:
        figures = np.asarray(
            [basket.at_home(int(one), currency)
             for one, basket in zip(figures, columns.baskets, strict=True)]
        )  # fmt: skip
        mine = np.asarray([one is not None for one in figures], dtype=np.bool_)
        figures = np.asarray([one or 0 for one in figures], dtype=np.int64)
    else:
        mine = np.asarray([one.currency == currency for one in columns.baskets], dtype=np.bool_)
    return np.asarray(COMPARED[leaf.operator](figures, minor) & mine, dtype=np.bool_)


def _figure(leaf: Leaf, figure: Any, columns: Columns, place: int) -> Any:
    if leaf.fact.type is Type.NUMBER:
        return int(figure) / 1000
    basket, home = columns.baskets[place], columns.home
    here = basket.at_home(int(figure), home) if _names(leaf, home) else None
    return (int(figure), basket.currency) if here is None else (here, home)


def _names(leaf: Leaf, code: str) -> bool:
    """Whether amounts of a condition are of this money."""
    value = leaf.value.value if isinstance(leaf.value, Constant) else ()
    several = value if value and isinstance(value[0], tuple) else (value,)
    return bool(code) and any(code in one for one in several if one)


def _totals(columns: Columns) -> Any:
    return np.asarray([basket.minor for basket in columns.baskets], dtype=np.int64)


def _net(columns: Columns) -> Any:
    taxes = np.asarray([line.tax_minor for line in columns.lines], dtype=np.int64)
    return _totals(columns) - columns.summed(taxes)


FIGURES: Mapping[str, Any] = {
    "basket.spend": lambda columns: columns.summed(columns.counts),
    "basket.total": _totals,
    "basket.net": _net,
    "basket.quantity": lambda columns: columns.summed(columns.units),
}


def _named(columns: Columns, place: int, of: Any) -> frozenset[str]:
    """What the lines of a basket have, those of them that are left."""
    ends = columns.starts[place + 1] if place + 1 < len(columns) else len(columns.lines)
    lines = columns.lines[columns.starts[place] : ends]
    return frozenset(name for line in lines if line.units_milli for name in of(line))


NAMES: Mapping[str, Any] = {
    "basket.products": lambda columns, place: _named(
        columns, place, lambda line: (line.product,) if line.product else ()
    ),
    "basket.categories": lambda columns, place: _named(columns, place, lambda one: one.categories),
    "basket.tags": lambda columns, place: _named(columns, place, lambda line: line.tags),
}


def around(basket: Basket, key: str, zone: Any) -> Any:
    """What is known of where and when a basket was bought."""
    local = basket.occurred_at.astimezone(zone)
    return {
        "purchase.channel": basket.channel, "purchase.place": basket.place,
        "purchase.weekday": WEEKDAYS[local.weekday()], "purchase.hour": local.hour,
        "purchase.day": local.date(),
    }[key]  # fmt: skip
