"""Calculated fields: a closed list of formulas over what the record says. Shown, never stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from clientela.customers.rules.values import FieldType

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
CALCULATED_MAX = 20
Unit = Literal["years", "months", "days", "count"]


@dataclass(frozen=True, slots=True)
class Known:
    """What formulas may ask of a customer: `maturities` are days of what is held now."""

    attributes: Mapping[str, Any]
    since: date | None
    today: date
    products: int | None = None
    maturities: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    """`of`: the types of the field it counts from; empty: it counts from the record itself."""

    unit: Unit
    of: frozenset[FieldType]
    value: Callable[[Known, date | None], int | None] = field(compare=False)
    asks_products: bool = False


def years(first: date | None, today: date) -> int | None:
    """Whole years; who was born on 29 February is a year older on 1 March."""
    if first is None or first > today:
        return None
    return today.year - first.year - ((today.month, today.day) < (first.month, first.day))


def months(first: date | None, today: date) -> int | None:
    if first is None or first > today:
        return None
    return (today.year - first.year) * 12 + today.month - first.month - (today.day < first.day)


def days(first: date | None, second: date) -> int | None:
    return None if first is None else (second - first).days


def _to_maturity(known: Known, _day: date | None) -> int | None:
    ahead = [day for day in known.maturities if day >= known.today]
    return (min(ahead) - known.today).days if ahead else None


_DAYS = frozenset([FieldType.DATE])
_RECORD: frozenset[FieldType] = frozenset()
FORMULAS: Mapping[str, Formula] = {
    "age": Formula("years", _DAYS, lambda known, day: years(day, known.today)),
    "months_since": Formula("months", _DAYS, lambda known, day: months(day, known.today)),
    "days_since": Formula(
        "days", _DAYS, lambda known, day: days(day, known.today) if day else None
    ),
    "days_until": Formula(
        "days", _DAYS, lambda known, day: (day - known.today).days if day else None
    ),
    "tenure": Formula("years", _RECORD, lambda known, _: years(known.since, known.today)),
    "tenure_months": Formula("months", _RECORD, lambda known, _: months(known.since, known.today)),
    "products": Formula("count", _RECORD, lambda known, _: known.products, asks_products=True),
    "days_to_maturity": Formula("days", _RECORD, _to_maturity, asks_products=True),
}


@dataclass(frozen=True, slots=True)
class Calculated:
    """A calculated field of a profile type; `of` is the key of the field it counts from."""

    key: str
    formula: str
    of: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def unit(self) -> Unit:
        return FORMULAS[self.formula].unit


def read(listed: Iterable[Mapping[str, Any]]) -> list[Calculated]:
    return [
        Calculated(one["key"], one["formula"], one.get("of", ""), one.get("labels", {}))
        for one in listed
        if one.get("formula") in FORMULAS
    ]


def asks_products(listed: Iterable[Calculated]) -> bool:
    return any(FORMULAS[one.formula].asks_products for one in listed)


def values(listed: Iterable[Calculated], known: Known) -> dict[str, int]:
    """What can be told, by key; what cannot be is missing."""
    found = {one.key: _value(one, known) for one in listed}
    return {key: value for key, value in found.items() if value is not None}


def _value(one: Calculated, known: Known) -> int | None:
    return FORMULAS[one.formula].value(known, _day(known.attributes.get(one.of)))


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
