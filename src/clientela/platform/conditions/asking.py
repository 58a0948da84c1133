"""A condition as SQL over customers: what `judging` says of one row, asked of all of them at once.

NULL counts as false, so a denial is `IS NOT TRUE`, never `NOT`: what is missing makes positive
questions false and negative ones true, as in `judging`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from clientela.platform import periods, text
from clientela.platform.conditions.columns import Column, Columns
from clientela.platform.conditions.facts import Fact, Type
from clientela.platform.conditions.judging import DENIED, Clock, days_of_window
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

SIGNS = {
    "eq": "=", "on": "=", "lt": "<", "before": "<", "le": "<=", "gt": ">", "after": ">", "ge": ">=",
}  # fmt: skip
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """An expression over `customer`, and its named parameters."""

    sql: str
    values: dict[str, Any]


def can_ask(node: Node, columns: Columns) -> bool:
    """Whether there is a column for every fact it names."""
    return all(_has(one, columns) for one in leaves(node))


def _has(one: Leaf | Related, columns: Columns) -> bool:
    if isinstance(one, Related):
        rows = columns.rows.get(one.relation.key)
        return rows is not None and (
            one.where is None or can_ask(one.where, Columns(facts=rows.columns))
        )
    return {one.fact.key, *_named(one.value)} <= set(columns.facts)


def _named(value: Value | None) -> Iterator[str]:
    match value:
        case Of(fact):
            yield fact.key
        case Arithmetic(_, left, right):
            yield from _named(left)
            yield from _named(right)


def asked(node: Node, columns: Columns, clock: Clock) -> Asked:
    """Of a condition: true of the same customers as `judging.holds`, else false or NULL."""
    writer = Writer(columns, clock)
    return Asked(writer.node(node, columns.facts), writer.values)


@dataclass
class Writer:
    """Writes one condition; `values` grows with every constant it meets."""

    columns: Columns
    clock: Clock
    values: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values |= {"today": self.clock.today, "now": self.clock.now}

    def node(self, node: Node, facts: Mapping[str, Column]) -> str:
        match node:
            case All(parts):
                return f"({' AND '.join(self.node(part, facts) for part in parts)})"
            case Either(parts):
                return f"({' OR '.join(self.node(part, facts) for part in parts)})"
            case Not(part):
                return f"(({self.node(part, facts)}) IS NOT TRUE)"
            case Leaf():
                return self._leaf(node, facts)
            case Related():
                return self._related(node, facts)
        return "FALSE"

    def bound(self, value: Any, kind: str) -> str:
        """A parameter with this value, cast to what it is."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s::{kind}"

    def _leaf(self, leaf: Leaf, facts: Mapping[str, Column]) -> str:
        column = facts[leaf.fact.key]
        if leaf.operator == "is_set":
            return f"({column.sql}) IS NOT NULL"
        if leaf.operator == "is_not_set":
            return f"({column.sql}) IS NULL"
        if denied := DENIED.get(leaf.operator):
            return f"(({self._positive(leaf, denied, column, facts)}) IS NOT TRUE)"
        return self._positive(leaf, leaf.operator, column, facts)

    def _positive(
        self, leaf: Leaf, operator: str, column: Column, facts: Mapping[str, Column]
    ) -> str:
        assert leaf.value is not None
        if isinstance(leaf.value, Window):
            return self._within(leaf.fact, column, leaf.value)
        ask = {
            Type.TEXT: self._text, Type.CHOICE: self._choice, Type.LIST: self._list,
            Type.NUMBER: self._number, Type.MONEY: self._money, Type.DATE: self._date,
            Type.INSTANT: self._instant, Type.FLAG: self._flag,
        }[leaf.fact.type]  # fmt: skip
        return ask(leaf, operator, column, facts)

    def _related(self, node: Related, facts: Mapping[str, Column]) -> str:
        rows = self.columns.rows[node.relation.key]
        where = "TRUE" if node.where is None else self.node(node.where, rows.columns)
        matching = f"SELECT 1 FROM {rows.source} AND {where}"
        match node.quantifier:
            case "any":
                return f"EXISTS ({matching})"
            case "none":
                return f"NOT EXISTS ({matching})"
            case "every":
                failing = f"SELECT 1 FROM {rows.source} AND ({where}) IS NOT TRUE"
                return f"(EXISTS (SELECT 1 FROM {rows.source}) AND NOT EXISTS ({failing}))"
        counted = Fact(" counted", Type.NUMBER, "count")
        number = f"(SELECT count(*)::numeric FROM {rows.source} AND {where})"
        leaf = Leaf(counted, node.operator, node.value, node.path)
        return self._leaf(leaf, {**facts, counted.key: Column(number)})

    # One for each type of fact

    def _text(self, leaf: Leaf, operator: str, column: Column, facts: Mapping[str, Column]) -> str:
        mine = column.sql if leaf.exactly else column.plain
        match leaf.value:
            case Of(other):
                theirs = facts[other.key].sql if leaf.exactly else facts[other.key].plain
                return _compared_texts(operator, mine, theirs)
            case Constant(value):
                form = (lambda one: one) if leaf.exactly else text.folded
                if operator == "in":
                    return f"{mine} = ANY ({self.bound([form(one) for one in value], 'text[]')})"
                if operator == "starts_with":
                    return f"{mine} LIKE {self.bound(_like(form(value)) + '%', 'text')}"
                return _compared_texts(operator, mine, self.bound(form(value), "text"))
        raise AssertionError("a text is compared with a text")

    def _choice(
        self, leaf: Leaf, operator: str, column: Column, facts: Mapping[str, Column]
    ) -> str:
        if isinstance(leaf.value, Of):
            return f"{column.plain} = {facts[leaf.value.fact.key].plain}"
        assert isinstance(leaf.value, Constant)
        several = leaf.value.value if isinstance(leaf.value.value, tuple) else (leaf.value.value,)
        each = [self._one_choice(leaf.fact, column, (one,)) for one in several]
        if operator == "has_all":
            return f"({' AND '.join(each)})"
        return self._one_choice(leaf.fact, column, several)

    def _one_choice(self, fact: Fact, column: Column, several: tuple[str, ...]) -> str:
        if not fact.choices or column.folded:
            wanted = sorted({text.folded(one) for one in several})
            return _in(column.plain, wanted, self)
        return _in(column.sql, _codes(fact, several), self)

    def _list(self, leaf: Leaf, operator: str, column: Column, facts: Mapping[str, Column]) -> str:
        assert isinstance(leaf.value, Constant)
        several: tuple[str, ...] = leaf.value.value
        groups = [several] if operator == "has_any" else [(one,) for one in several]
        asked = []
        for group in groups:
            if column.kept == "json":
                asked.append(f"{column.sql} ?| {self.bound(_codes(leaf.fact, group), 'text[]')}")
            else:
                wanted = [text.folded(one) for one in group]
                asked.append(f"{column.sql} && {self.bound(wanted, 'text[]')}")
        return f"({' AND '.join(asked)})"

    def _number(
        self, leaf: Leaf, operator: str, column: Column, facts: Mapping[str, Column]
    ) -> str:
        if operator == "in":
            assert isinstance(leaf.value, Constant)
            return f"{column.sql} = ANY ({self.bound(list(leaf.value.value), 'numeric[]')})"
        if operator == "between":
            assert isinstance(leaf.value, Constant)
            low, high = (self.bound(one, "numeric") for one in leaf.value.value)
            return f"{column.sql} BETWEEN {low} AND {high}"
        assert leaf.value is not None
        return f"{column.sql} {SIGNS[operator]} {self._figure(leaf.value, facts)}"

    def _figure(self, value: Value, facts: Mapping[str, Column]) -> str:
        match value:
            case Constant(constant):
                return self.bound(constant, "numeric")
            case Of(other):
                return facts[other.key].sql
            case Arithmetic(sign, left, right):
                one, two = self._figure(left, facts), self._figure(right, facts)
                return f"({one} / nullif({two}, 0))" if sign == "/" else f"({one} {sign} {two})"
        raise AssertionError("a number is compared with a number")

    def _money(self, leaf: Leaf, operator: str, column: Column, facts: Mapping[str, Column]) -> str:
        match leaf.value:
            case Of(other):
                theirs = facts[other.key]
                return (
                    f"({column.currency} = {theirs.currency}"
                    f" AND {column.sql} {SIGNS[operator]} {theirs.sql})"
                )
            case Constant((low, high)) if operator == "between":
                return f"({self._amount(column, '>=', low)} AND {self._amount(column, '<=', high)})"
            case Constant(several) if operator == "in":
                return f"({' OR '.join(self._amount(column, '=', one) for one in several)})"
            case Constant(amount):
                return self._amount(column, SIGNS[operator], amount)
        raise AssertionError("an amount is compared with an amount")

    def _amount(self, column: Column, sign: str, amount: tuple[int, str]) -> str:
        minor, currency = self.bound(amount[0], "bigint"), self.bound(amount[1], "text")
        return f"({column.currency} = {currency} AND {column.sql} {sign} {minor})"

    def _flag(self, leaf: Leaf, operator: str, column: Column, facts: Mapping[str, Column]) -> str:
        if isinstance(leaf.value, Of):
            return f"({column.sql}) = ({facts[leaf.value.fact.key].sql})"
        assert isinstance(leaf.value, Constant)
        return f"({column.sql}) = {self.bound(leaf.value.value, 'boolean')}"

    def _date(self, leaf: Leaf, operator: str, column: Column, facts: Mapping[str, Column]) -> str:
        match leaf.value:
            case Of(other):
                theirs = facts[other.key]
                return f"{_as_date(column)} {SIGNS[operator]} {_as_date(theirs)}"
            case Constant((low, high)) if operator == "between":
                ends = self._day(column, low), self._day(column, high)
                return f"({column.sql} >= {ends[0]} AND {column.sql} <= {ends[1]})"
            case Constant(several) if operator == "in":
                days = ", ".join(self._day(column, one) for one in several)
                return f"{column.sql} IN ({days})"
            case Constant(day):
                return f"{column.sql} {SIGNS[operator]} {self._day(column, day)}"
        raise AssertionError("a day is compared with a day")

    def _day(self, column: Column, day: date) -> str:
        if column.kept == "text":
            return self.bound(day.isoformat(), "text")
        return self.bound(day, "date")

    def _instant(
        self, leaf: Leaf, operator: str, column: Column, facts: Mapping[str, Column]
    ) -> str:
        match leaf.value:
            case Of(other):
                theirs = facts[other.key]
                return f"{_as_instant(column)} {SIGNS[operator]} {_as_instant(theirs)}"
            case Constant((low, high)) if operator == "between":
                ends = self._moment(column, "ge", low), self._moment(column, "le", high)
                return f"({' AND '.join(ends)})"
            case Constant(several) if operator == "in":
                exact = [one for one in several if isinstance(one, datetime)]
                meant = exact or several  # beside an instant, a day equals nothing
                return f"({' OR '.join(self._moment(column, 'eq', one) for one in meant)})"
            case Constant(moment):
                return self._moment(column, operator, moment)
        raise AssertionError("an instant is compared with an instant")

    def _moment(self, column: Column, operator: str, moment: date | datetime) -> str:
        """Compared with a day, an instant is its day in the company's zone."""
        if isinstance(moment, datetime):
            return f"{column.sql} {SIGNS[operator]} {self._point(column, moment)}"
        begins, ends = self._midnight(column, moment), self._midnight(column, moment + DAY)
        match SIGNS[operator]:
            case "<":
                return f"{column.sql} < {begins}"
            case "<=":
                return f"{column.sql} < {ends}"
            case ">":
                return f"{column.sql} >= {ends}"
            case ">=":
                return f"{column.sql} >= {begins}"
        return f"({column.sql} >= {begins} AND {column.sql} < {ends})"

    def _midnight(self, column: Column, day: date) -> str:
        return self._point(column, periods.local_midnight(day, self.clock.zone))

    def _point(self, column: Column, moment: datetime) -> str:
        if column.kept == "text":
            return self.bound(periods.instant_text(moment), "text")
        return self.bound(moment, "timestamptz")

    def _within(self, fact: Fact, column: Column, window: Window) -> str:
        if window.mode == "rolling":
            return self._rolling(column, window)
        start, stop = days_of_window(window)
        first, last = self.clock.today + start * DAY, self.clock.today + stop * DAY
        if fact.type is Type.DATE:
            ends = self._day(column, first), self._day(column, last)
            return f"({column.sql} >= {ends[0]} AND {column.sql} <= {ends[1]})"
        begins, ends_at = self._midnight(column, first), self._midnight(column, last + DAY)
        found = f"{column.sql} >= {begins} AND {column.sql} < {ends_at}"
        if window.direction == "last":
            found += f" AND {column.sql} <= {self._point(column, self.clock.now)}"
        return f"({found})"

    def _rolling(self, column: Column, window: Window) -> str:
        span, now = window.days * DAY, self.clock.now
        first, end = (now, now + span) if window.direction == "next" else (now - span, now)
        begins, ends = self._point(column, first), self._point(column, end)
        return f"({column.sql} >= {begins} AND {column.sql} < {ends})"


def _compared_texts(operator: str, mine: str, theirs: str) -> str:
    match operator:
        case "contains":
            return f"strpos({mine}, {theirs}) > 0"
        case "starts_with":
            return f"starts_with({mine}, {theirs})"
        case "ends_with":
            return f"right({mine}, length({theirs})) = {theirs}"
    return f"{mine} = {theirs}"


def _in(expression: str, several: list[str], writer: Writer) -> str:
    if len(several) == 1:
        return f"{expression} = {writer.bound(several[0], 'text')}"
    return f"{expression} = ANY ({writer.bound(several, 'text[]')})"


def _codes(fact: Fact, several: tuple[str, ...]) -> list[str]:
    """Codes as they are stored, for those that were asked about in any case."""
    wanted = {text.folded(one) for one in several}
    return sorted({code for code in fact.choices if text.folded(code) in wanted} | set(several))


def _like(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _as_date(column: Column) -> str:
    return f"({column.sql})::date" if column.kept == "text" else column.sql


def _as_instant(column: Column) -> str:
    return f"({column.sql})::timestamptz" if column.kept == "text" else column.sql
