"""Whose a row is: the customer of today, and the merged record it came with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from clientela.api.types import Customer, reference
from clientela.customers import joining
from clientela.customers import queries as customers
from clientela.platform import ids


def told(answer: Any) -> Any:
    """The answer, with `customer` of each row the survivor; a row that was written on a record that
    was merged into it says so in `merged_from`.
    """
    rows = [(row, id) for row in _rows(answer) if (id := ids.find("cus", row["customer"]))]
    survivors = joining.survivors_of({id for _, id in rows})
    for row, id in rows:
        if id in survivors:
            row.setdefault("merged_from", row["customer"])
            row["customer"] = ids.public("cus", survivors[id])
    return answer


def came_with(named: Customer, customer_id: UUID, *, field: str = "customer") -> dict[str, str]:
    """`merged_from` for an answer, where a body named a record that was merged into this one."""
    if isinstance(named, str) and ids.find("cus", named) == customer_id:
        return {}
    found = customers.resolve([reference(named, field=field)])[0]
    if found is None or found.survivor != customer_id or found.named == customer_id:
        return {}
    return {"merged_from": ids.public("cus", found.named)}


def _rows(answer: Any) -> Iterator[dict[str, Any]]:
    """Every part of an answer that says whose it is."""
    if isinstance(answer, dict):
        if isinstance(answer.get("customer"), str):
            yield answer
        for part in answer.values():
            yield from _rows(part)
    elif isinstance(answer, list):
        for part in answer:
            yield from _rows(part)
