"""The filter over a list: a sentence whose parts can be taken away, and a form for one more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clientela.console.lists import cells
from clientela.flows.lists.known import Known
from clientela.flows.lists.state import ListState
from clientela.platform.conditions.facts import Fact, Relation, Type
from clientela.platform.conditions.grammar import BadCondition
from clientela.platform.money import DECIMAL_MARKS, BadMoney, parse

Tree = dict[str, Any]
OF_RELATION = "/"
WINDOWS = {"last": _("within the last days"), "next": _("within the next days")}
SET = {"is_set": _("is known"), "is_not_set": _("is not known")}
EQUAL = {"eq": _("is"), "ne": _("is not")}
ORDERED = {
    "ge": _("is at least"), "le": _("is at most"), "gt": _("is above"), "lt": _("is below"),
}  # fmt: skip
OPERATORS: Mapping[Type, Mapping[str, str | Promise]] = {
    Type.TEXT: {
        "contains": _("contains"), **EQUAL, "starts_with": _("begins with"),
        "ends_with": _("ends with"), "not_contains": _("does not contain"), **SET,
    },
    Type.NUMBER: {**ORDERED, **EQUAL, **SET},
    Type.MONEY: {**ORDERED, **EQUAL, **SET},
    Type.DATE: {
        **WINDOWS, "on": _("is on"), "before": _("is before"), "after": _("is after"), **SET,
    },
    Type.INSTANT: {
        **WINDOWS, "on": _("is on"), "before": _("is before"), "after": _("is after"), **SET,
    },
    Type.CHOICE: {"in": _("is one of"), "not_in": _("is none of"), **SET},
    Type.LIST: {
        "has_any": _("any of"), "has_all": _("all of"), "has_none": _("none of"), **SET,
    },
    Type.FLAG: {**EQUAL, **SET},
}  # fmt: skip
WITHOUT_VALUE = tuple(SET)
PART = "ask"


class Unreadable(Exception):
    """A value that was typed is not what this fact is compared with."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the filter, and the list without it."""

    words: str
    without: ListState


@dataclass(frozen=True, slots=True)
class Question:
    """What can be asked about one fact; `values` to choose from, or `input` to type into."""

    key: str
    words: str
    operators: list[tuple[str, str | Promise]]
    operator: str
    values: list[tuple[str, str]]
    input: str


def parts(known: Known, state: ListState) -> list[Part]:
    """The filter as it reads: `A`, `B` and `C`; any other tree is one part."""
    if not state.filter:
        return []
    trees = _trees(state)
    found = []
    for place, tree in enumerate(trees):
        node = known.read(tree)
        rest = [one for at, one in enumerate(trees) if at != place]
        assert node is not None
        found.append(Part(cells.sentence(known, node), state.with_(filter=_all(rest))))
    return found


def with_part(state: ListState, tree: Tree) -> ListState:
    return state.with_(filter=_all([*_trees(state), tree]))


def _trees(state: ListState) -> list[Tree]:
    if not state.filter:
        return []
    whole = dict(state.filter)
    inner = whole.get("all")
    return list(inner) if isinstance(inner, list) and len(whole) == 1 else [whole]


def _all(trees: list[Tree]) -> Tree | None:
    return {"all": trees} if trees else None


def offered(known: Known) -> list[tuple[str | Promise, list[tuple[str, str]]]]:
    """Facts to ask about, under the headings of their apps."""
    groups: dict[str | Promise, list[tuple[str, str]]] = {}
    for key, fact in known.shown.items():
        is_record = key.startswith("customer.")
        heading = _("Customer") if is_record else _("What they have")
        groups.setdefault(heading, []).append((key, str(fact)))
    for relation in known.relations.values():
        inside = [(f"{relation.key}{OF_RELATION}{it.key}", str(it)) for it in relation.facts]
        groups[str(relation)] = inside
    return [(heading, sorted(facts, key=lambda it: it[1])) for heading, facts in groups.items()]


def question(known: Known, key: str, operator: str = "") -> Question | None:
    """What can be asked about a fact, of the customer or of related rows, by one operator."""
    fact, relation = _fact(known, key)
    if fact is None:
        return None
    values = cells.choices(known, fact)
    if fact.type is Type.FLAG:
        values = [("true", str(_("yes"))), ("false", str(_("no")))]
    words = f"{relation}: {fact}" if relation else str(fact)
    listed = list(OPERATORS[fact.type].items())
    chosen = operator if operator in OPERATORS[fact.type] else listed[0][0]
    return Question(key, words, listed, chosen, values, _input(fact, chosen, values))


def _fact(known: Known, key: str) -> tuple[Fact | None, Relation | None]:
    start, mark, inner = key.partition(OF_RELATION)
    if not mark:
        return known.shown.get(key), None
    relation = known.relations.get(start)
    facts = {fact.key: fact for fact in relation.facts} if relation else {}
    return facts.get(inner), relation


def _input(fact: Fact, operator: str, values: list[tuple[str, str]]) -> str:
    if operator in WITHOUT_VALUE:
        return ""
    if operator in WINDOWS:
        return "days"
    if values:
        return "one" if fact.type is Type.FLAG else "choices"
    return {
        Type.NUMBER: "number", Type.MONEY: "number", Type.DATE: "day", Type.INSTANT: "day",
    }.get(fact.type, "text")  # fmt: skip


def asked(known: Known, query: QueryDict, *, currency: str) -> Tree:
    """The condition that the form for one more says; Unreadable where it says none."""
    key = query.get(PART, "")
    fact, relation = _fact(known, key)
    operator = str(query.get("op", ""))
    if fact is None or operator not in OPERATORS[fact.type]:
        raise Unreadable
    tree = _leaf(fact, operator, query, currency)
    if relation is not None:
        tree = {"related": relation.key, "quantifier": "any", "where": tree}
    try:
        known.read(tree)
    except BadCondition:
        raise Unreadable from None
    return tree


def _leaf(fact: Fact, operator: str, query: QueryDict, currency: str) -> Tree:
    if operator in WITHOUT_VALUE:
        return {"fact": fact.key, "op": operator}
    written = str(query.get("value", "")).strip()
    several = [str(one) for one in query.getlist("value") if one]
    if operator in WINDOWS:
        window = {operator: _days(written), "unit": "day"}
        return {"fact": fact.key, "op": "within", "value": window}
    if operator in ("in", "not_in", "has_any", "has_all", "has_none"):
        return {"fact": fact.key, "op": operator, "value": _codes(several)}
    return {"fact": fact.key, "op": operator, "value": _value(fact, written, currency)}


def _value(fact: Fact, written: str, currency: str) -> Any:
    if not written:
        raise Unreadable
    match fact.type:
        case Type.NUMBER:
            return _number(written)
        case Type.MONEY:
            return _amount(written, currency)
        case Type.FLAG:
            return written == "true"
    return written


def _codes(several: Iterable[str]) -> list[str]:
    codes = [part.strip() for one in several for part in one.split(",") if part.strip()]
    if not codes:
        raise Unreadable
    return codes


def _days(written: str) -> int:
    if not written.isdecimal() or not 0 < int(written[:6]) <= 36_600:
        raise Unreadable
    return int(written)


def _number(written: str) -> int | float:
    plain = "".join(written.split()).replace(",", ".")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise Unreadable from None
    if not found.is_finite():
        raise Unreadable
    return int(found) if found == found.to_integral_value() else float(found)


def _amount(written: str, currency: str) -> dict[str, Any]:
    try:
        amount = parse(written, currency, DECIMAL_MARKS.get((get_language() or "en")[:2]))
    except BadMoney:
        raise Unreadable from None
    return {"minor": amount.minor, "currency": amount.currency}
