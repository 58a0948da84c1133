"""Reads of sales without a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Sum

from clientela.purchases.unnamed.models import UnnamedSale

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class Total:
    source: str
    currency: str
    sales: int
    amount_minor: int


def latest(limit: int = 50, *, before: tuple[datetime, UUID] | None = None) -> list[UnnamedSale]:
    """Newest first, paged by (sold_at, id)."""
    rows = UnnamedSale.objects.all()
    if before is not None:
        rows = rows.extra(where=["(sold_at, id) < (%s, %s)"], params=list(before))
    return list(rows.order_by("-sold_at", "-id")[: min(limit, PAGE_MAX)])


def totals() -> list[Total]:
    """How many there are and what they come to, by source and currency."""
    rows = UnnamedSale.objects.values_list("source", "currency").annotate(
        sales=Count("id"), minor=Sum("amount_minor")
    )
    return [Total(*row) for row in rows.order_by("source", "currency")]
