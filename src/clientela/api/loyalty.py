"""Points: balances and the ledger."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query
from pydantic import StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Money, number_after, public_id
from clientela.customers import queries as customers
from clientela.flows import points
from clientela.loyalty.queries import ledger as loyalty
from clientela.platform import ids

doors = Doors(tags=["loyalty"], switch="loyalty")


class Expiring(Body):
    on: str
    points: int


class TierComing(Body):
    """A tier that is reached and begins with a day to come."""

    key: str
    labels: dict[str, str]
    on: str


class TierStanding(Body):
    """Where the customer stands on the ladder, in figures of what it measures."""

    key: str | None
    labels: dict[str, str] | None
    benefits: dict[str, str] | None
    staff_notes: dict[str, str] | None
    tier: str | None
    threshold: int | None
    since: str | None
    kept_until: str | None
    measure: str
    currency: str | None
    measured: int
    next_key: str | None
    next_labels: dict[str, str] | None
    next_tier: str | None
    next_threshold: int | None
    to_next: int | None
    coming: TierComing | None


class Balance(Body):
    currency: str
    available: int
    pending: int
    held: int
    debt: int
    worth: Money | None
    expiring: list[Expiring]
    tier: str | None
    next_tier: str | None
    to_next: int | None
    standing: TierStanding | None


class Balances(Body):
    items: list[Balance]
    next: str | None


class PointsEntry(Body):
    """`booked_at`: when it came into the ledger, which may be long after it happened."""

    posting: str
    kind: str
    occurred_at: str
    booked_at: str
    currency: str
    points: int
    balance: int
    purchase: str | None


class EntryPage(Body):
    items: list[PointsEntry]
    next: str | None


@doors.read("/customers/{customer_id}/points", right="loyalty.view", answer=Balances,
            summary="Read a customer's points")  # fmt: skip
def balances(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """What can be used now, what waits, what is owed, and what expires when."""
    found = points.balances_of(family_of(customer_id), now=request.started_at)
    return {"items": found, "next": None}


@doors.read("/customers/{customer_id}/points/entries", right="loyalty.view", answer=EntryPage,
            summary="Read a customer's ledger")  # fmt: skip
def entries(
    request: HouseRequest, customer_id: StrictStr,
    after: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """The last booked first, each line with the balance after it."""
    rows, following = points.ledger_page(
        family_of(customer_id), before=number_after(after), limit=limit
    )
    return {
        "items": [_entry(row) for row in rows],
        "next": None if following is None else str(following),
    }


def family_of(customer_id: str) -> list[Any]:
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    return family


def of_purchase(posting: Any) -> str | None:
    return ids.public("pur", posting.purchase_id) if posting.purchase_id else None


def _entry(row: loyalty.Row) -> dict[str, Any]:
    return {
        "posting": row.posting.public_id, "kind": row.posting.kind,
        "occurred_at": row.posting.occurred_at.isoformat(),
        "booked_at": row.posting.posted_at.isoformat(), "currency": row.currency,
        "points": row.points, "balance": row.balance, "purchase": of_purchase(row.posting),
    }  # fmt: skip
