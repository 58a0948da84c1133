"""What waits for a person: requests for money, and travel orders."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query
from pydantic import StrictBool, StrictStr

from clientela.api.redemptions import CashOutAnswer, TravelOrderAnswer, cash_out, travel_order
from clientela.api.router import Doors
from clientela.api.types import (
    After,
    Body,
    HouseRequest,
    Name,
    Text,
    place_after,
    place_of,
    public_id,
)
from clientela.flows import cash_outs, travel_orders
from clientela.loyalty.models import CashOut, TravelOrder
from clientela.loyalty.queries import rewards
from clientela.platform import ids

doors = Doors(tags=["rewards"], switch="loyalty")
LIMIT_MAX = 200


class DecisionBody(Body):
    approved: StrictBool
    note: Text = ""


class PaymentBody(Body):
    reference: Name


class OrderAnswer(Body):
    confirmed: StrictBool
    note: Text = ""


class CashOutRow(Body):
    id: str
    customer: str
    merged_from: str | None = None
    points: int
    requested_at: str
    cash_out: CashOutAnswer


class CashOutPage(Body):
    items: list[CashOutRow]
    next: str | None


class TravelRow(Body):
    id: str
    customer: str
    merged_from: str | None = None
    points: int
    labels: dict[str, str]
    traveller: str
    travel_order: TravelOrderAnswer


class TravelPage(Body):
    items: list[TravelRow]
    next: str | None


@doors.read("/cash-outs", right="loyalty.decide_cash_out", answer=CashOutPage,
            summary="List requests for money")  # fmt: skip
def list_cash_outs(
    request: HouseRequest, closed: Annotated[bool, Query()] = False,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Those that wait for a decision or for their payment, oldest first; with `closed=true` all."""
    beyond = public_id("csh", after, field="after") if after else None
    found = rewards.cash_outs(open_only=not closed, after=beyond, limit=limit)
    following = found[-1].public_id if len(found) == limit else None
    return {"items": [_cash_out_row(one) for one in found], "next": following}


@doors.write("POST", "/cash-outs/{cash_out_id}/decision", right="loyalty.decide_cash_out",
             answer=CashOutRow, summary="Approve or refuse a request for money")  # fmt: skip
def decide(request: HouseRequest, cash_out_id: StrictStr, body: DecisionBody) -> dict[str, Any]:
    """By somebody else than who asked: 403 `needs-second-person`. Refused, the points are free."""
    asked = cash_outs.decide_cash_out(
        public_id("csh", cash_out_id), approved=body.approved, note=body.note, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _cash_out_row(asked)


@doors.write("POST", "/cash-outs/{cash_out_id}/payment", right="loyalty.decide_cash_out",
             answer=CashOutRow, summary="Mark a request for money as paid")  # fmt: skip
def pay(request: HouseRequest, cash_out_id: StrictStr, body: PaymentBody) -> dict[str, Any]:
    """Under the reference of the bank or the bill; the held points are used with it."""
    asked = cash_outs.pay_cash_out(
        public_id("csh", cash_out_id), reference=body.reference, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _cash_out_row(asked)


@doors.read("/travel-orders", right="loyalty.handle_travel", answer=TravelPage,
            summary="List travel orders")  # fmt: skip
def list_travel_orders(
    request: HouseRequest, closed: Annotated[bool, Query()] = False,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Those that wait for an answer, the most urgent first; with `closed=true` all."""
    found = rewards.travel_orders(open_only=not closed, after=place_after(after), limit=limit)
    following = place_of(found[-1].reply_by, found[-1].id) if len(found) == limit else None
    return {"items": [_travel_row(one) for one in found], "next": following}


@doors.write("POST", "/travel-orders/{order_id}/answer", right="loyalty.handle_travel",
             answer=TravelRow, summary="Confirm or refuse a travel order")  # fmt: skip
def answer(request: HouseRequest, order_id: StrictStr, body: OrderAnswer) -> dict[str, Any]:
    """Confirmed, the points are used and the voucher counts; refused, they are free again."""
    order = travel_orders.answer_travel_order(
        public_id("trv", order_id), confirmed=body.confirmed, note=body.note, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _travel_row(order)


def _cash_out_row(asked: CashOut) -> dict[str, Any]:
    return {
        "id": asked.public_id, "customer": ids.public("cus", asked.customer_id),
        "points": asked.redemption.points, "requested_at": asked.requested_at.isoformat(),
        "cash_out": cash_out(asked),
    }  # fmt: skip


def _travel_row(order: TravelOrder) -> dict[str, Any]:
    return {
        "id": order.public_id, "customer": ids.public("cus", order.customer_id),
        "points": order.redemption.points, "labels": order.redemption.labels,
        "traveller": order.traveller, "travel_order": travel_order(order),
    }  # fmt: skip
