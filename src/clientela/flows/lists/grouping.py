"""Customers of a list counted by the value of one fact."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from clientela.customers import sealed
from clientela.platform.conditions.columns import Column
from clientela.platform.conditions.facts import Fact, Type

GROUPS_MAX = 100
SEALED_GROUPS_MAX = 20_000
Run = Callable[[str], list[tuple[Any, ...]]]


def statement(fact: Fact, column: Column, where: str) -> str:
    return (
        f"SELECT {_grouped(fact, column)}, count(*) FROM customers_customer AS customer"
        f" WHERE {where} GROUP BY 1 ORDER BY 2 DESC, 1 NULLS LAST LIMIT {GROUPS_MAX}"
    )


def of_sealed(run: Run, where: str, fact: Fact, key: str) -> list[tuple[Any, int]]:
    """The same of a field that is kept sealed: equal values have equal marks, and of each one value
    is opened. Texts that differ in case and marks only are one.
    """
    value = f"customer.attributes -> '{key}'"
    rows = run(
        f"SELECT (array_agg(customer.id))[1], (array_agg(({value})::text))[1], count(*)"
        f" FROM customers_customer AS customer WHERE {where}"
        f" GROUP BY coalesce({value} ->> 'mark', ({value})::text)"
        f" ORDER BY 3 DESC LIMIT {SEALED_GROUPS_MAX}"
    )
    found: Counter[str | None] = Counter()
    for id, written, count in rows:
        if written is None:
            found[None] += count
            continue
        told = sealed.opened({key: json.loads(written)}, customer_id=id)
        sealed.needs_open(told.values())
        found[_group_of(fact, told[key])] += count
    order = sorted(found.items(), key=lambda one: (-one[1], one[0] is None, one[0] or ""))
    return order[:GROUPS_MAX]


def _grouped(fact: Fact, column: Column) -> str:
    """What customers are counted by: of days the month, of everything else the value."""
    match fact.type:
        case Type.LIST if column.kept == "json":
            return f"CASE WHEN {column.sql} IS NOT NULL THEN ({column.sql})::text END"
        case Type.DATE:
            return f"left(({column.sql})::text, 7)"
        case Type.INSTANT:
            return f"left(({column.sql})::text, 7)"
        case Type.MONEY:
            return column.currency
    return f"({column.sql})::text"


def _group_of(fact: Fact, value: Any) -> str:
    """As `_grouped`, of a value that was opened."""
    if isinstance(value, dict):
        return str(value["currency"])
    if isinstance(value, list | bool):
        return json.dumps(value)
    return str(value)[:7] if fact.type in (Type.DATE, Type.INSTANT) else str(value)
