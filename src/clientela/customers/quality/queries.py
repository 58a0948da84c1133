"""Reads for counting how good the records are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from clientela.customers.models import Customer
from clientela.customers.quality.models import QualityFigure
from clientela.platform import sql


def figures() -> list[QualityFigure]:
    """As they were last counted."""
    return list(QualityFigure.objects.all()[:10_000])


def filled_in(profile_type: int, keys: Sequence[str]) -> tuple[int, dict[str, int]]:
    """How many customers of a type there are, and how many of them have each field; one look."""
    rows = sql.statement("customers", "filled_in").rows(profile_type=profile_type, keys=list(keys))
    counted = {key: count for key, count in rows if key is not None}
    whole = next((count for key, count in rows if key is None), 0)
    return whole, counted


def records_after(customer_id: UUID | None, *, limit: int) -> list[Customer]:
    """The next records in order of their ids, with what their fields are checked by."""
    records = Customer.objects.filter(merged_into=None)
    if customer_id is not None:
        records = records.filter(id__gt=customer_id)
    return list(records.order_by("id").only("id", "profile_type_id", "attributes")[:limit])


def grown(*, today: date, days: int) -> dict[int, int]:
    """Customers by how many days ago they came; `days` counts everybody older."""
    return dict(sql.statement("customers", "grown").rows(today=today, days=days))
