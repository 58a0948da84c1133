"""Whether a condition is true of one row, and what was seen at each of its questions.

Every answer is true or false. What is missing makes positive questions false and negative ones
true; only `is_set` and `is_not_set` ask about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cached_property
from typing import Any

from clientela.platform import periods, text
from clientela.platform.conditions.facts import Fact, Type
from clientela.platform.conditions.tree import (
    All,
    Arithmetic,
    Constant,
    Either,
    Leaf,
    Node,
    Not,
    Of,
    Related,
    Value,
    Window,
    leaves,
)

Row = Mapping[str, Any]
# The negative questions, each with the positive one it denies.
DENIED = {"ne": "eq", "not_in": "in", "not_contains": "contains", "has_none": "has_any"}


@dataclass(frozen=True)
class Clock:
    """The moment of judging; days are those of `zone`."""

    now: datetime
    zone: tzinfo

    @cached_property
    def today(self) -> date:
        return periods.day_of(self.now, self.zone)


@dataclass(frozen=True, slots=True)
class Seen:
    """One question of a condition: what its fact was, and the answer."""

    question: Leaf | Related
    value: Any
    passed: bool


def holds(node: Node, row: Row, clock: Clock) -> bool:
    """Whether the condition is true of this row: facts by key, related rows as lists of rows."""
    match node:
        case All(parts):
            return all(holds(part, row, clock) for part in parts)
        case Either(parts):
            return any(holds(part, row, clock) for part in parts)
        case Not(part):
            return not holds(part, row, clock)
        case Leaf():
            return _answer(node, row, clock)
        case Related():
            return _of_related(node, row, clock)
    return False


def seen(node: Node, row: Row, clock: Clock) -> list[Seen]:
    """What each question saw and answered, in the order of the condition."""
    return [
        Seen(question, _seen_at(question, row, clock), holds(question, row, clock))
        for question in leaves(node)
    ]


def _seen_at(question: Leaf | Related, row: Row, clock: Clock) -> Any:
    if isinstance(question, Leaf):
        return row.get(question.fact.key)
    return len(_matching(question, row, clock))


def _of_related(node: Related, row: Row, clock: Clock) -> bool:
    matching, rows = _matching(node, row, clock), _rows(node, row)
    match node.quantifier:
        case "any":
            return bool(matching)
        case "none":
            return not matching
        case "every":
            return bool(rows) and len(matching) == len(rows)
    assert node.value is not None or node.operator in ("is_set", "is_not_set")
    counted = Leaf(_COUNTED, node.operator, node.value, node.path)
    return _answer(counted, {_COUNTED.key: len(matching), **row}, clock)


_COUNTED = Fact(" counted", Type.NUMBER, "count")


def _rows(node: Related, row: Row) -> Sequence[Row]:
    return row.get(node.relation.key) or ()


def _matching(node: Related, row: Row, clock: Clock) -> list[Row]:
    """The related rows of which all of `where` is true, each by itself."""
    where = node.where
    return [one for one in _rows(node, row) if where is None or holds(where, one, clock)]


def _answer(leaf: Leaf, row: Row, clock: Clock) -> bool:
    value = _of_type(leaf.fact, row.get(leaf.fact.key))
    if leaf.operator == "is_set":
        return value is not None
    if leaf.operator == "is_not_set":
        return value is None
    if denied := DENIED.get(leaf.operator):
        return not _positive(leaf, denied, value, row, clock)
    return _positive(leaf, leaf.operator, value, row, clock)


def _positive(leaf: Leaf, operator: str, value: Any, row: Row, clock: Clock) -> bool:
    assert leaf.value is not None
    if value is None:
        return False
    if isinstance(leaf.value, Window):
        return _is_within(value, leaf.value, clock)
    other = _resolved(leaf.value, leaf.fact, row)
    if other is None:
        return False
    if leaf.fact.type is Type.INSTANT:
        return _of_instant(operator, value, other, clock)
    if leaf.fact.type in (Type.TEXT, Type.CHOICE, Type.LIST) and not leaf.exactly:
        value, other = _plain(value), _plain(other)
    return TESTS[operator](value, other)


def _resolved(value: Value, fact: Fact, row: Row) -> Any:
    """The value to compare with; None: it is missing."""
    match value:
        case Constant(constant):
            return constant
        case Of(other):
            return _of_type(other, row.get(other.key))
        case Arithmetic(sign, left, right):
            one, two = _resolved(left, fact, row), _resolved(right, fact, row)
            return None if one is None or two is None else _computed(sign, one, two)
    return None


def _computed(sign: str, left: Decimal, right: Decimal) -> Decimal | None:
    try:
        return SUMS[sign](left, right)
    except ArithmeticError:
        return None


SUMS: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": lambda one, two: one + two,
    "-": lambda one, two: one - two,
    "*": lambda one, two: one * two,
    "/": lambda one, two: one / two,
}


def _of_type(fact: Fact, value: Any) -> Any:
    """What a row holds for a fact, as it is compared; what is empty is missing."""
    if value is None or value in ("", [], ()):
        return None
    match fact.type:
        case Type.NUMBER:
            return Decimal(str(value))
        case Type.MONEY:
            return value["minor"], value["currency"]
        case Type.DATE:
            return date.fromisoformat(value) if isinstance(value, str) else value
        case Type.INSTANT:
            return datetime.fromisoformat(value) if isinstance(value, str) else value
    return value


def _plain(value: Any) -> Any:
    """Texts and codes without case and marks."""
    if isinstance(value, str):
        return text.folded(value)
    return tuple(_plain(one) for one in value) if isinstance(value, tuple | list) else value


def _is_within(value: date, window: Window, clock: Clock) -> bool:
    if window.mode == "rolling":
        span, is_next = timedelta(days=window.days), window.direction == "next"
        first, end = (clock.now, clock.now + span) if is_next else (clock.now - span, clock.now)
        return isinstance(value, datetime) and first <= value < end
    if isinstance(value, datetime):
        if window.direction == "last" and value > clock.now:
            return False
        value = periods.day_of(value, clock.zone)
    start, stop = days_of_window(window)
    return start <= (value - clock.today).days <= stop


def days_of_window(window: Window) -> tuple[int, int]:
    """The first and the last day of a window, counted from today, which is 0."""
    whole = window.mode == "complete"
    start, stop = (1, window.days) if whole else (0, window.days - 1)
    return (start, stop) if window.direction == "next" else (-stop, -start)


def _of_instant(operator: str, value: datetime, other: Any, clock: Clock) -> bool:
    """Compared with a day, an instant is its day in the company's zone."""
    several = other if isinstance(other, tuple) else (other,)
    if not any(isinstance(one, datetime) for one in several):
        return TESTS[operator](periods.day_of(value, clock.zone), other)
    return TESTS[operator](value, other)


def _in_one_currency(
    test: Callable[[Any, Any], bool],
) -> Callable[[Any, Any], bool]:
    """Amounts compare in one currency only; another one is missing."""

    def compared(value: Any, other: Any) -> bool:
        if isinstance(value, tuple) and isinstance(other, tuple):
            return bool(value[1] == other[1]) and test(value[0], other[0])
        return test(value, other)

    return compared


def _codes(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def _is_between(value: Any, ends: tuple[Any, Any]) -> bool:
    low, high = ends
    at_least, at_most = TESTS["ge"], TESTS["le"]
    return at_least(value, low) and at_most(value, high)


TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, other: bool(value == other),
    "on": lambda value, other: bool(value == other),
    "in": lambda value, several: value in several,
    "contains": lambda value, other: other in value,
    "starts_with": lambda value, other: value.startswith(other),
    "ends_with": lambda value, other: value.endswith(other),
    "lt": _in_one_currency(lambda value, other: value < other),
    "before": lambda value, other: value < other,
    "le": _in_one_currency(lambda value, other: value <= other),
    "gt": _in_one_currency(lambda value, other: value > other),
    "after": lambda value, other: value > other,
    "ge": _in_one_currency(lambda value, other: value >= other),
    "between": _is_between,
    "has_any": lambda value, several: any(one in _codes(value) for one in several),
    "has_all": lambda value, several: all(one in _codes(value) for one in several),
}
