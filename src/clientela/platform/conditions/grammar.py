"""Reading a JSON tree into a condition; what cannot be read is refused, with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from clientela.platform import text
from clientela.platform.conditions.facts import Catalogue, Fact, Type
from clientela.platform.conditions.tree import (
    All,
    Arithmetic,
    Constant,
    Either,
    Leaf,
    Nobody,
    Node,
    Not,
    Of,
    Related,
    Value,
    Window,
)
from clientela.platform.errors import Problem

DEPTH_MAX = 12
LEAVES_MAX = 200
LIST_MAX = 200
DAYS_MAX = 36_600
TEXT_MAX = 1_000
NUMBER_MAX = Decimal(10) ** 18

ALWAYS = ("eq", "ne", "in", "not_in", "is_set", "is_not_set")
COMPARED = ("lt", "le", "gt", "ge", "between")
OF_TEXT = ("contains", "not_contains", "starts_with", "ends_with")
OF_DAYS = ("within", "before", "after", "on")
OF_LISTS = ("has_any", "has_all", "has_none")
ASKED_DIRECTLY = ("is_set", "is_not_set")
SEVERAL = ("in", "not_in", *OF_LISTS)
OPERATORS: Mapping[Type, tuple[str, ...]] = {
    Type.TEXT: (*ALWAYS, *OF_TEXT),
    Type.NUMBER: (*ALWAYS, *COMPARED),
    Type.MONEY: (*ALWAYS, *COMPARED),
    Type.DATE: (*ALWAYS, *COMPARED, *OF_DAYS),
    Type.INSTANT: (*ALWAYS, *COMPARED, *OF_DAYS),
    Type.CHOICE: (*ALWAYS, *OF_LISTS),
    Type.LIST: (*OF_LISTS, *ASKED_DIRECTLY),
    Type.FLAG: ("eq", "ne", *ASKED_DIRECTLY),
}
SIGNS = ("+", "-", "*", "/")
QUANTIFIERS = ("any", "none", "every", "count")
MODES = ("calendar", "complete", "rolling")
UNITS = {"day": 1, "week": 7}
COUNTED = Fact("count", Type.NUMBER, "count")


class BadCondition(Problem):
    code = "bad-condition"
    status = 422
    title = "This condition cannot be used"


class ConditionTooLarge(BadCondition):
    code = "condition-too-large"
    title = "This condition is too large"


def read(tree: Any, catalogue: Catalogue, *, at: str = "") -> Node:
    """The condition a JSON tree means; `at` is where the tree stands in what was sent.

    A tree without any leaf is nobody. BadCondition names the path of what cannot be used.
    """
    if tree is None or tree in ({}, {"all": []}, {"any": []}):
        return Nobody()
    return _Reader(catalogue, [LEAVES_MAX]).node(tree, at, depth=1)


@dataclass(frozen=True, slots=True)
class _Reader:
    """`room`: how many leaves may still come, shared with the readers of related rows."""

    catalogue: Catalogue
    room: list[int]

    def node(self, tree: Any, path: str, *, depth: int) -> Node:
        if depth > DEPTH_MAX:
            raise ConditionTooLarge(f"A condition is at most {DEPTH_MAX} deep.", field=path)
        if not isinstance(tree, Mapping):
            raise BadCondition("A condition is an object.", field=path)
        for name, make in (("all", All), ("any", Either)):
            if name in tree:
                _only(tree, (name,), path)
                return make(self._parts(tree[name], _below(path, name), depth))
        if "not" in tree:
            _only(tree, ("not",), path)
            return Not(self.node(tree["not"], _below(path, "not"), depth=depth + 1))
        return self._related(tree, path, depth) if "related" in tree else self._leaf(tree, path)

    def _parts(self, parts: Any, path: str, depth: int) -> tuple[Node, ...]:
        if not isinstance(parts, list) or not parts:
            raise BadCondition("A group has at least one condition.", field=path)
        return tuple(
            self.node(part, f"{path}.{place}", depth=depth + 1) for place, part in enumerate(parts)
        )

    def _leaf(self, tree: Mapping[str, Any], path: str) -> Leaf:
        self._take_room(path)
        _only(tree, ("fact", "op", "value", "exactly"), path)
        fact = self._fact(tree.get("fact"), _below(path, "fact"))
        operator = self._operator(tree.get("op"), fact, path)
        exactly = tree.get("exactly", False)
        if not isinstance(exactly, bool) or (exactly and fact.type is not Type.TEXT):
            raise BadCondition("`exactly` is for texts.", field=_below(path, "exactly"))
        value = self._asked(tree, fact, operator, _below(path, "value"))
        return Leaf(fact, operator, value, path, exactly)

    def _related(self, tree: Mapping[str, Any], path: str, depth: int) -> Related:
        _only(tree, ("related", "quantifier", "where", "op", "value"), path)
        relation = self.catalogue.relations.get(_name(tree["related"]))
        if relation is None:
            raise BadCondition("There are no such rows.", field=_below(path, "related"))
        quantifier = _name(tree.get("quantifier"))
        if quantifier not in QUANTIFIERS:
            words = f"Use one of {', '.join(QUANTIFIERS)}."
            raise BadCondition(words, field=_below(path, "quantifier"))
        where = self._where(tree, relation, path, depth)
        if quantifier != "count":
            _only(tree, ("related", "quantifier", "where"), path)
            return Related(relation, quantifier, where, path)
        operator = self._operator(tree.get("op"), COUNTED, path)
        value = self._asked(tree, COUNTED, operator, _below(path, "value"))
        return Related(relation, quantifier, where, path, operator, value)

    def _where(self, tree: Mapping[str, Any], relation: Any, path: str, depth: int) -> Node | None:
        if "where" not in tree:
            self._take_room(path)
            return None
        inner = _Reader(self.catalogue.inside(relation), self.room)
        return inner.node(tree["where"], _below(path, "where"), depth=depth + 1)

    def _take_room(self, path: str) -> None:
        self.room[0] -= 1
        if self.room[0] < 0:
            raise ConditionTooLarge(f"A condition asks at most {LEAVES_MAX} questions.", field=path)

    def _fact(self, key: Any, path: str) -> Fact:
        fact = self.catalogue.facts.get(_name(key))
        if fact is None:
            raise BadCondition(f"There is no fact {_name(key)}.", field=path)
        return fact

    def _operator(self, operator: Any, fact: Fact, path: str) -> str:
        if operator not in OPERATORS[fact.type]:
            words = f"Of {fact.key} one may ask {', '.join(OPERATORS[fact.type])}."
            raise BadCondition(words, field=_below(path, "op"))
        return str(operator)

    def _asked(self, tree: Mapping[str, Any], fact: Fact, operator: str, path: str) -> Value | None:
        if operator in ASKED_DIRECTLY:
            if "value" in tree:
                raise BadCondition(f"{operator} takes no value.", field=path)
            return None
        if "value" not in tree:
            raise BadCondition("A value is missing.", field=path)
        if operator == "within":
            return _window(tree["value"], fact, path)
        if operator in SEVERAL:
            return Constant(_several(tree["value"], fact, path))
        if operator == "between":
            return Constant(_ends(tree["value"], fact, path))
        return self._value(tree["value"], fact, path)

    def _value(self, value: Any, fact: Fact, path: str) -> Value:
        """A constant, another fact of this type, or for numbers a sum of such."""
        if not isinstance(value, Mapping) or "minor" in value:
            return Constant(_constant(value, fact, path))
        if set(value) == {"fact"}:
            other = self._fact(value["fact"], _below(path, "fact"))
            if other.type is not fact.type:
                raise BadCondition(f"{other.key} is of another type than {fact.key}.", field=path)
            return Of(other)
        return self._arithmetic(value, fact, path)

    def _arithmetic(self, value: Mapping[str, Any], fact: Fact, path: str) -> Value:
        sign = next(iter(value), "")
        sides = value.get(sign)
        if len(value) != 1 or sign not in SIGNS or fact.type is not Type.NUMBER:
            raise BadCondition("This value cannot be used here.", field=path)
        if not isinstance(sides, list) or len(sides) != 2 or path.count(".") > 4 * DEPTH_MAX:
            raise BadCondition(f"{sign} stands between two numbers.", field=path)
        left, right = (
            self._value(side, fact, f"{path}.{sign}.{place}") for place, side in enumerate(sides)
        )
        return Arithmetic(sign, left, right)


def _window(value: Any, fact: Fact, path: str) -> Window:
    if not isinstance(value, Mapping):
        raise BadCondition('Use a window such as {"last": 30, "unit": "day"}.', field=path)
    _only(value, ("last", "next", "unit", "mode", "zone"), path)
    directions = [name for name in ("last", "next") if name in value]
    if len(directions) != 1:
        raise BadCondition("A window has either `last` or `next`.", field=path)
    length = value[directions[0]]
    if value.get("unit", "day") not in UNITS:
        raise BadCondition("A unit is day or week.", field=_below(path, "unit"))
    if value.get("zone", "company") != "company":
        raise BadCondition("Days are the company's.", field=_below(path, "zone"))
    days = _whole(length, _below(path, directions[0])) * UNITS[value.get("unit", "day")]
    mode = value.get("mode", "calendar")
    if mode not in MODES or (mode == "rolling" and fact.type is not Type.INSTANT):
        words = "A mode is calendar or complete; rolling is for instants."
        raise BadCondition(words, field=_below(path, "mode"))
    return Window(directions[0], days, mode)


def _whole(value: Any, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= DAYS_MAX:
        raise BadCondition(f"Use a whole number from 1 to {DAYS_MAX}.", field=path)
    return value


def _several(value: Any, fact: Fact, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= LIST_MAX:
        raise BadCondition(f"Use a list of 1 to {LIST_MAX} values.", field=path)
    return tuple(_constant(one, fact, f"{path}.{place}") for place, one in enumerate(value))


def _ends(value: Any, fact: Fact, path: str) -> tuple[Any, Any]:
    if not isinstance(value, list) or len(value) != 2:
        raise BadCondition("`between` takes the lowest and the highest value.", field=path)
    low, high = (_constant(one, fact, f"{path}.{place}") for place, one in enumerate(value))
    if type(low) is not type(high):
        raise BadCondition("Both ends are days, or both are instants.", field=path)
    return low, high


def _constant(value: Any, fact: Fact, path: str) -> Any:
    try:
        return CONSTANTS[fact.type](value)
    except (ValueError, ArithmeticError):
        words = f"{fact.key} is compared with {EXPECTED[fact.type]}."
        raise BadCondition(words, field=path) from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > TEXT_MAX:
        raise ValueError(value)
    return text.clean(value)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(value)
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) > NUMBER_MAX:
        raise ValueError(value)
    return number


def _money(value: Any) -> tuple[int, str]:
    if not isinstance(value, Mapping) or set(value) != {"minor", "currency"}:
        raise ValueError(value)
    minor, currency = value["minor"], value["currency"]
    if isinstance(minor, bool) or not isinstance(minor, int) or not isinstance(currency, str):
        raise ValueError(value)
    return minor, currency


def _date(value: Any) -> date:
    if not isinstance(value, str):
        raise ValueError(value)
    return date.fromisoformat(value)


def _instant(value: Any) -> date | datetime:
    """An instant with its zone, or a day of the company."""
    if isinstance(value, str) and len(value) > len("2026-11-13"):
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError(value)
        return instant
    return _date(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


CONSTANTS: Mapping[Type, Callable[[Any], Any]] = {
    Type.TEXT: _text, Type.NUMBER: _number, Type.MONEY: _money, Type.DATE: _date,
    Type.INSTANT: _instant, Type.CHOICE: _text, Type.LIST: _text, Type.FLAG: _flag,
}  # fmt: skip
EXPECTED: Mapping[Type, str] = {
    Type.TEXT: "a text", Type.NUMBER: "a number", Type.MONEY: "minor units of a currency",
    Type.DATE: "a day, YYYY-MM-DD", Type.INSTANT: "an instant with its zone, or a day",
    Type.CHOICE: "a code", Type.LIST: "codes", Type.FLAG: "true or false",
}  # fmt: skip


def _only(tree: Mapping[str, Any], names: Sequence[str], path: str) -> None:
    unknown = sorted(str(name) for name in tree if name not in names)
    if unknown:
        raise BadCondition(f"{unknown[0]} has no place here.", field=_below(path, unknown[0]))


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
