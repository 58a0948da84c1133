"""Travel orders: placed, answered by the desk or by the partner itself, given up by their terms."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import StrictBool, StrictStr

from clientela.api import whose
from clientela.api.redemptions import (
    Redeemed,
    TravelBody,
    TravelOrderAnswer,
    redeemed,
    travel_order,
)
from clientela.api.rewards import day, iso
from clientela.api.router import Doors
from clientela.api.signatures import in_address, signed_by
from clientela.api.types import (
    After,
    Body,
    Customer,
    HouseRequest,
    Money,
    Text,
    place_after,
    place_of,
    public_id,
    reference,
)
from clientela.flows import redeem_reward as redeeming
from clientela.flows import travel_orders, travel_voucher
from clientela.flows.redeem_reward import Wanted
from clientela.loyalty.actions import travel as actions
from clientela.loyalty.models import TravelOrder
from clientela.loyalty.queries import rewards
from clientela.loyalty.queries import travel as reads
from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

doors = Doors(tags=["rewards"], switch="loyalty")
RIGHT = "loyalty.handle_travel"
LIMIT_MAX = 200


class OrderBody(Body):
    """A journey for somebody, on one of its days. `source` and `reference` book it once."""

    customer: Customer
    journey: StrictStr
    travel: TravelBody
    source: Text = ""
    reference: Text = ""


class OrderAnswer(Body):
    """`reference`: the partner's own name for it; a partner that signs has to give it."""

    confirmed: StrictBool
    note: Text = ""
    reference: Text = ""


class CancellationBody(Body):
    """`percent`: the share you expect; where the terms give another by now, nothing happens."""

    cause: Text = ""
    percent: int | None = None


class HandledBody(Body):
    note: Text = ""


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


class TravelStep(Body):
    kind: str
    at: str
    by: str
    note: str
    reference: str
    percent: int | None
    points: int | None


class CancellationShares(Body):
    """What giving it up today would give back."""

    percent: int
    points: int
    money: Money | None


class TravelWhole(TravelRow):
    steps: list[TravelStep]
    cancellation: list[dict[str, int]]
    would_give_back: CancellationShares | None
    waits_for_staff: bool


class PartnerAnswered(Body):
    """To a partner that signed: how the order stands now."""

    id: str
    state: str
    replayed: bool


@doors.read("/travel-orders", right=RIGHT, answer=TravelPage, summary="List travel orders")
def list_travel_orders(
    request: HouseRequest, closed: Annotated[bool, Query()] = False,
    state: Annotated[Literal["late", "confirmed", "cancelled", "refused", "timed_out"] | None,
                     Query()] = None,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Those that wait for an answer, the most urgent first; with `closed=true` all. With a `state`
    those in it, the newest first; `late` are those that something came of and nobody looked at.
    """
    if state is not None:
        before = public_id("trv", after, field="after") if after else None
        found = reads.orders(state, before=before, limit=limit)
        following = found[-1].public_id if len(found) == limit else None
    else:
        found = rewards.travel_orders(open_only=not closed, after=place_after(after), limit=limit)
        following = place_of(found[-1].reply_by, found[-1].id) if len(found) == limit else None
    return {"items": [_row(one) for one in found], "next": following}


@doors.write("POST", "/travel-orders", right="loyalty.redeem", answer=Redeemed,
             summary="Order a journey")  # fmt: skip
def place(request: HouseRequest, body: OrderBody) -> dict[str, Any]:
    """Takes a seat, holds the points and asks the partner. 409 `no-seat-left` when the day is full,
    404 `no-such-travel-offer` when it is none of the journey's days.
    """
    wanted = Wanted(
        customer=reference(body.customer), reward=body.journey, traveller=body.travel.traveller,
        starts_on=day(body.travel.starts_on, "travel.starts_on"), source=body.source,
        reference=body.reference, channel="api",
    )  # fmt: skip
    outcome = redeeming.redeem_reward(
        wanted, actor=request.actor, now=request.started_at, request=request.request_id
    )
    came = whose.came_with(body.customer, outcome.redemption.customer_id)
    return {**redeemed(outcome), **came}


@doors.read("/travel-orders/{order_id}", right=RIGHT, answer=TravelWhole,
            summary="Read a travel order")  # fmt: skip
def read_order(request: HouseRequest, order_id: StrictStr) -> dict[str, Any]:
    """With all that came of it, and what giving it up today would give back."""
    return _whole(reads.order(public_id("trv", order_id)), request)


def _signed(request: HttpRequest) -> Actor:
    """The partner whose order it is, where the call bears its signature."""
    id = ids.find("trv", in_address(request, "order_id"))
    return signed_by(reads.partner_of(id) if id is not None else None, request, right=RIGHT)


@doors.write("POST", "/travel-orders/{order_id}/answer", right=RIGHT,
             answer=TravelRow | PartnerAnswered, admits=_signed,
             summary="Confirm or refuse a travel order")  # fmt: skip
def answer(request: HouseRequest, order_id: StrictStr, body: OrderAnswer) -> dict[str, Any]:
    """Confirmed, the points are used and the voucher counts; refused, they are free again.

    A partner calls it without a key, signed as webhooks are (`webhook-id`, `webhook-timestamp`,
    `webhook-signature` with the partner's secret), under its own `reference`: the same answer again
    is `replayed`. A confirmation after the points were released settles nothing; staff look at it.
    """
    id = public_id("trv", order_id)
    if not request.actor.id.startswith("prt_"):
        return _row(travel_orders.answer_travel_order(
            id, confirmed=body.confirmed, note=body.note, reference=body.reference,
            actor=request.actor, now=request.started_at, request=request.request_id,
        ))  # fmt: skip
    if not body.reference:
        raise InvalidInput("Give your own reference of the booking.", field="reference")
    order, replayed = travel_orders.partner_answers(
        id, confirmed=body.confirmed, note=body.note, reference=body.reference,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    state = rewards.state_of_travel_order(order)
    return {"id": order.public_id, "state": state, "replayed": replayed}


@doors.write("POST", "/travel-orders/{order_id}/cancellation", right=RIGHT, answer=TravelWhole,
             summary="Give a confirmed journey up")  # fmt: skip
def cancel(request: HouseRequest, order_id: StrictStr, body: CancellationBody) -> dict[str, Any]:
    """The share of its terms goes back to the lots it came from; the partner keeps the rest."""
    order = travel_orders.cancel_travel_order(
        public_id("trv", order_id), cause=body.cause, percent=body.percent, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _whole(order, request)


@doors.write("POST", "/travel-orders/{order_id}/handling", right=RIGHT, answer=TravelWhole,
             summary="Say that somebody looked at a travel order")  # fmt: skip
def handle(request: HouseRequest, order_id: StrictStr, body: HandledBody) -> dict[str, Any]:
    """Of a late answer, or a partner that could not be asked."""
    order = travel_orders.handle_travel_order(
        public_id("trv", order_id), note=body.note, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _whole(order, request)


@doors.read("/travel-orders/{order_id}/voucher", right="loyalty.view", answer=bytes,
            summary="Read a voucher as PDF")  # fmt: skip
def voucher(request: HouseRequest, order_id: StrictStr) -> HttpResponse:
    """In the customer's language; 409 `not-confirmed` while there is none."""
    order = reads.order(public_id("trv", order_id))
    response = HttpResponse(travel_voucher.voucher_of(order), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{order.public_id}.pdf"'
    return response


def _row(order: TravelOrder) -> dict[str, Any]:
    return {
        "id": order.public_id, "customer": ids.public("cus", order.customer_id),
        "points": order.redemption.points, "labels": order.redemption.labels,
        "traveller": order.traveller, "travel_order": travel_order(order),
    }  # fmt: skip


def _whole(order: TravelOrder, request: HouseRequest) -> dict[str, Any]:
    return {
        **_row(order), "cancellation": order.cancellation,
        "steps": [_step(one) for one in reads.steps_of(order)],
        "would_give_back": _given_back(order, request),
        "waits_for_staff": any(one.handled_at is None for one in order.cares.all()),
    }  # fmt: skip


def _given_back(order: TravelOrder, request: HouseRequest) -> dict[str, Any] | None:
    if rewards.state_of_travel_order(order) != "confirmed":
        return None
    share = actions.share_of(order, today=companies.current().today(request.started_at))
    money = None if share.minor is None else {"minor": share.minor, "currency": order.money_code}
    return {"percent": share.percent, "points": share.points, "money": money}


def _step(one: reads.Step) -> dict[str, Any]:
    return {
        "kind": one.kind, "at": iso(one.happened_at), "by": one.actor, "note": one.note,
        "reference": one.reference, "percent": one.percent, "points": one.points,
    }  # fmt: skip
