"""Purchases as they stand: read with their lines and returns, called off, put right."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query
from pydantic import Field, StrictInt, StrictStr

from clientela.api.purchases import Line, ReturnRecorded, returned
from clientela.api.retention.answers import family
from clientela.api.router import Doors
from clientela.api.types import (
    Body,
    HouseRequest,
    Instant,
    Minor,
    Money,
    Name,
    Quantity,
    Text,
    public_id,
)
from clientela.customers import queries as customers
from clientela.flows.correct_purchase import cancel_purchase, correct_purchase
from clientela.flows.record_purchases import LINES_MAX
from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.purchases import queries as purchases
from clientela.purchases.models import Line as LineRow
from clientela.purchases.models import Purchase as Row
from clientela.purchases.models import Return as ReturnRow
from clientela.purchases.models import ReturnLine
from clientela.purchases.rules import quantity

doors = Doors(tags=["purchases"])
PAGE = 50


class SoldLine(Body):
    line: int
    product: str
    quantity: str
    quantity_returned: str
    total_minor: int
    returned_minor: int
    tax_minor: int
    discount_minor: int
    serial: str


class ReturnedLine(Body):
    line: int
    quantity: str
    amount_minor: int


class GivenBack(Body):
    """`kind`: return, cancellation or amendment."""

    id: str
    kind: str
    reason: str
    reference: str
    returned_at: str
    amount: Money
    lines: list[ReturnedLine]


class Purchase(Body):
    id: str
    customer: str
    merged_from: str | None = None
    source: str
    reference: str
    purchased_at: str
    recorded_at: str
    total: Money
    returned: Money
    channel: str
    place: str
    till: str
    staff: str
    amends: str | None
    lines: list[SoldLine]
    returns: list[GivenBack]


class PurchaseRow(Body):
    id: str
    purchased_at: str
    source: str
    reference: str
    total: Money
    returned: Money
    channel: str
    place: str


class PurchaseList(Body):
    items: list[PurchaseRow]
    next: str | None


class Cancellation(Body):
    reference: Name
    cancelled_at: Instant
    source: Text = ""
    reason: Text = ""


class TrulyBought(Body):
    line: Annotated[StrictInt, Field(ge=1)]
    quantity: Quantity


class Amendment(Body):
    """Either `total`, what it was truly worth; or `lines`, how much was truly bought of those that
    are named, and `added`, lines that were left out.
    """

    reference: Name
    amended_at: Instant
    reason: Text = ""
    total_minor: Minor | None = None
    lines: Annotated[list[TrulyBought], Field(max_length=LINES_MAX)] = []
    added: Annotated[list[Line], Field(max_length=LINES_MAX)] = []


class Amended(Body):
    """`less`: what was taken back; `more`: the purchase that was recorded besides."""

    less: ReturnRecorded | None
    more: str | None
    purchase: Purchase


@doors.read("/customers/{customer_id}/purchases", right="purchases.view", answer=PurchaseList,
            summary="Read what a customer bought")  # fmt: skip
def listed(
    request: HouseRequest, customer_id: StrictStr,
    after: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> dict[str, Any]:  # fmt: skip
    """Newest first."""
    own = family(customer_id)
    before: tuple[datetime, UUID] | None = None
    if after:
        last = purchases.get(public_id("pur", after, field="after"))
        before = (last.purchased_at, last.id)
    rows = purchases.page_of(own, before=before, limit=limit)
    following = rows[-1].public_id if len(rows) == limit else None
    return {"items": [_row(row) for row in rows], "next": following}


@doors.read("/purchases/{purchase_id}", right="purchases.view", answer=Purchase,
            summary="Read a purchase")  # fmt: skip
def read(request: HouseRequest, purchase_id: StrictStr) -> dict[str, Any]:
    """With its lines and everything that came back of it."""
    return _purchase(purchases.get(public_id("pur", purchase_id)))


@doors.write("POST", "/purchases/{purchase_id}/cancellation", right="purchases.write",
             answer=ReturnRecorded, summary="Call a purchase off")  # fmt: skip
def cancel(request: HouseRequest, purchase_id: StrictStr, body: Cancellation) -> dict[str, Any]:
    """All that is left of it comes back; points it no longer earns are taken back."""
    return returned(cancel_purchase(
        public_id("pur", purchase_id), reference=body.reference, source=body.source,
        reason=body.reason, cancelled_at=body.cancelled_at, actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.write("POST", "/purchases/{purchase_id}/amendments", right="purchases.write",
             answer=Amended, summary="Put a purchase right")  # fmt: skip
def amend(request: HouseRequest, purchase_id: StrictStr, body: Amendment) -> dict[str, Any]:
    """The purchase stays as it was recorded; what differs is booked on top of it."""
    if body.total_minor is not None and (body.lines or body.added):
        raise InvalidInput("Send either a total or lines.", field="total_minor")
    id = public_id("pur", purchase_id)
    done = correct_purchase(
        id, reference=body.reference, reason=body.reason, total_minor=body.total_minor,
        quantities=[(line.line, line.quantity) for line in body.lines],
        added=[line.new() for line in body.added], at=body.amended_at, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    more = done.more.id if done.more else None
    return {
        "less": returned(done.less) if done.less else None,
        "more": ids.public("pur", more) if more else None,
        "purchase": _purchase(purchases.get(id)),
    }  # fmt: skip


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.public_id, "purchased_at": row.purchased_at.isoformat(), "source": row.source,
        "reference": row.external_ref,
        "total": {"minor": row.total_minor, "currency": row.currency},
        "returned": {"minor": row.returned_minor, "currency": row.currency},
        "channel": row.channel, "place": row.place,
    }  # fmt: skip


def _purchase(row: Row) -> dict[str, Any]:
    if not customers.is_seen(row.customer_id):
        raise purchases.NoSuchPurchase
    lines = purchases.lines_of([row])
    numbers = {line.id: line.line_no for line in lines}
    return {
        **_row(row), "customer": ids.public("cus", row.customer_id),
        "recorded_at": row.recorded_at.isoformat(), "till": row.till, "staff": row.staff,
        "amends": ids.public("pur", row.amends) if row.amends else None,
        "lines": [_line(line) for line in lines],
        "returns": [_return(one, taken, numbers) for one, taken in purchases.given_back_of(row)],
    }  # fmt: skip


def _line(line: LineRow) -> dict[str, Any]:
    return {
        "line": line.line_no, "product": line.product_code,
        "quantity": quantity(line.quantity_milli),
        "quantity_returned": quantity(line.quantity_returned_milli),
        "total_minor": line.total_minor, "returned_minor": line.returned_minor,
        "tax_minor": line.tax_minor, "discount_minor": line.discount_minor,
        "serial": line.serial,
    }  # fmt: skip


def _return(row: ReturnRow, taken: list[ReturnLine], numbers: dict[UUID, int]) -> dict[str, Any]:
    return {
        "id": row.public_id, "kind": row.kind, "reason": row.reason,
        "reference": row.external_ref, "returned_at": row.returned_at.isoformat(),
        "amount": {"minor": row.amount_minor, "currency": row.currency},
        "lines": [
            {"line": numbers[line.line_id], "quantity": quantity(line.quantity_milli),
             "amount_minor": line.amount_minor}
            for line in taken if line.line_id in numbers
        ],
    }  # fmt: skip
