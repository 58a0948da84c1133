"""Sales of which nobody knows who bought."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from clientela.api.router import Doors
from clientela.api.types import HouseRequest, place_after, place_of
from clientela.purchases.unnamed import queries
from clientela.purchases.unnamed.models import UnnamedSale

doors = Doors(tags=["purchases"])


class Unnamed(BaseModel):
    id: str
    source: str
    reference: str
    sold_at: datetime
    amount_minor: int
    currency: str
    product: str
    channel: str
    place: str


class Total(BaseModel):
    source: str
    currency: str
    sales: int
    amount_minor: int


class UnnamedSales(BaseModel):
    """`totals`: of all of them, by source and currency."""

    items: list[Unnamed]
    next: str | None
    totals: list[Total]


@doors.read("/unnamed-sales", right="purchases.view", answer=UnnamedSales,
            summary="Sales without a customer")  # fmt: skip
def listed(request: HouseRequest, after: str | None = None, limit: int = 50) -> dict[str, Any]:
    """Newest first. They came with files that keep rows of unnamed buyers, and no programme counts
    them; one that a later file names is a purchase of its customer.
    """
    size = max(1, min(limit, queries.PAGE_MAX))
    sales = queries.latest(size, before=place_after(after))
    last = sales[-1] if len(sales) == size else None
    return {
        "items": [_told(one) for one in sales],
        "next": place_of(last.sold_at, last.id) if last else None,
        "totals": queries.totals(),
    }


def _told(one: UnnamedSale) -> dict[str, Any]:
    return {
        "id": one.public_id, "source": one.source, "reference": one.external_ref,
        "sold_at": one.sold_at, "amount_minor": one.amount_minor, "currency": one.currency,
        "product": one.product_code, "channel": one.channel, "place": one.place,
    }  # fmt: skip
