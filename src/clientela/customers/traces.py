"""Who wrote what in customers' records: what an import must leave alone, and what its undo asks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from clientela.customers import sealed
from clientela.customers.models import Identity
from clientela.platform import ids, sql


def written_by_hand(
    customer_ids: Sequence[UUID], fields: Sequence[str], *, since: datetime | None
) -> dict[UUID, frozenset[str]]:
    """Which of these fields a person wrote, after `since` where it is given; an import that a
    person started is none of it.
    """
    rows = sql.statement("customers", "written_by_hand").rows(
        customers=ids.as_array(customer_ids), fields=list(fields), since=since
    )
    found: dict[UUID, set[str]] = {}
    for customer, field in rows:
        found.setdefault(customer, set()).add(field)
    return {customer: frozenset(names) for customer, names in found.items()}


def states(customer_ids: Sequence[UUID]) -> list[tuple[Any, ...]]:
    """Customers as they stand: id, name, language, country, attributes, profile type, version."""
    return sql.statement("customers", "states").rows(customers=ids.as_array(customer_ids))


def identities_held(records: Iterable[UUID]) -> set[tuple[UUID, str, str]]:
    """(record, kind, normal form) of all that records are or were found by."""
    held = Identity.objects.filter(customer_id__in=list(records))
    return set(held.values_list("customer_id", "kind", "value_norm"))


def edited(customer_ids: Sequence[UUID], *, besides: str, since: datetime) -> list[UUID]:
    """Customers in whose record something was written that `besides` did not cause, or that got an
    identity at another time.
    """
    rows = sql.statement("customers", "edited").rows(
        customers=ids.as_array(customer_ids), besides=besides, since=since
    )
    return [id for (id,) in rows]


def merged(customer_ids: Sequence[UUID]) -> list[UUID]:
    """Customers that were merged into another, or live on for another."""
    rows = sql.statement("customers", "merged").rows(customers=ids.as_array(customer_ids))
    return [id for (id,) in rows]


def values_of(
    customer_ids: Sequence[UUID], *, cause: str, undone: str
) -> dict[UUID, dict[str, tuple[Any, Any]]]:
    """What a cause changed: customer -> field -> (value before it, value by it). Customers for whom
    `undone` was written already are left out.
    """
    rows = sql.statement("customers", "values_of").rows(
        customers=ids.as_array(customer_ids), cause=cause, undone=undone
    )
    found: dict[UUID, dict[str, tuple[Any, Any]]] = {}
    for customer, field, old, new, first_at, last_at in rows:
        found.setdefault(customer, {})[field] = (
            _read(old, "old", customer, field, first_at),
            _read(new, "new", customer, field, last_at),
        )  # fmt: skip
    return found


def _read(written: str | None, which: str, customer: UUID, field: str, at: datetime) -> Any:
    if written is None:
        return None
    value = json.loads(written, parse_float=Decimal)
    return sealed.from_history(value, which, customer_id=customer, key=field, at=at)
