"""Points set aside for an order elsewhere: settled in whole or in part, or free again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StrictInt, StrictStr

from clientela.api import whose
from clientela.api.router import Doors
from clientela.api.types import Body, Customer, HouseRequest, Text, public_id, reference
from clientela.customers import queries as customers
from clientela.flows import hold_points
from clientela.flows.hold_points import DAYS_MAX, Held, Open, Wanted
from clientela.platform import ids

doors = Doors(tags=["loyalty"], switch="loyalty")
Points = Annotated[StrictInt, Field(ge=1, le=10**12)]


class HoldBody(Body):
    """`minutes` the points are held at most, a day where it is not said. `source` and `reference`
    hold them once.
    """

    customer: Customer
    points: Points
    currency: StrictStr = ""
    minutes: Annotated[StrictInt, Field(ge=1, le=DAYS_MAX * 24 * 60)] = 24 * 60
    source: Text = ""
    reference: Text = ""


class SettlementBody(Body):
    """`points`: how many are used; without it all of them."""

    points: Points | None = None


class ReleaseBody(Body):
    pass


class HoldAnswer(Body):
    """`used`: how many were used when it was settled; `balance`: what the customer can use now."""

    id: str
    state: Literal["open", "settled", "released", "timed_out"]
    customer: str
    merged_from: str | None = None
    currency: str
    points: int
    used: int
    placed_at: str
    expires_at: str | None
    ended_at: str | None
    balance: int
    replayed: bool


class OpenHold(Body):
    id: str
    customer: str
    currency: str
    points: int
    placed_at: str
    expires_at: str
    placed_by: str
    source: str
    reference: str


class OpenHolds(Body):
    items: list[OpenHold]
    next: str | None


@doors.read("/points/holds", right="loyalty.view", answer=OpenHolds, summary="List open holds")
def listed(
    request: HouseRequest, customer: StrictStr | None = None, after: StrictStr | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Of orders elsewhere, in the order in which they were placed; `customer`: only theirs."""
    rows = hold_points.open_holds(
        now=request.started_at, limit=limit,
        family=None if customer is None else customers.family_of(public_id("cus", customer)),
        after=None if after is None else public_id("hld", after),
    )  # fmt: skip
    following = ids.public("hld", rows[-1].hold.id) if len(rows) == limit else None
    return {"items": [_open(one) for one in rows], "next": following}


def _open(one: Open) -> dict[str, Any]:
    hold = one.hold
    assert hold.expires_at is not None
    return {
        "id": ids.public("hld", hold.id), "customer": ids.public("cus", hold.customer_id),
        "currency": hold.currency.code, "points": hold.amount, "source": one.source,
        "reference": one.reference, "placed_at": hold.placed_at.isoformat(),
        "expires_at": hold.expires_at.isoformat(), "placed_by": hold.actor,
    }  # fmt: skip


@doors.write("POST", "/points/holds", right="loyalty.redeem", answer=HoldAnswer,
             summary="Hold points")  # fmt: skip
def place(request: HouseRequest, body: HoldBody) -> dict[str, Any]:
    """Set aside in the order of use, and used by nothing else until they are settled, released, or
    their time is over. 409 `not-enough-points`.
    """
    wanted = Wanted(
        reference(body.customer), body.points, body.minutes, body.currency, body.source,
        body.reference,
    )  # fmt: skip
    held = hold_points.hold_points(
        wanted, actor=request.actor, now=request.started_at, request=request.request_id
    )
    came = whose.came_with(body.customer, held.hold.customer_id)
    return {**_told(held, request.started_at), **came}


@doors.read("/points/holds/{hold_id}", right="loyalty.view", answer=HoldAnswer,
            summary="Read a hold")  # fmt: skip
def read(request: HouseRequest, hold_id: StrictStr) -> dict[str, Any]:
    """Of those that orders elsewhere placed; what holds rewards is told by their redemptions."""
    held = hold_points.read(public_id("hld", hold_id), now=request.started_at)
    return _told(held, request.started_at)


@doors.write("POST", "/points/holds/{hold_id}/settlement", right="loyalty.redeem",
             answer=HoldAnswer, summary="Use held points")  # fmt: skip
def settle(request: HouseRequest, hold_id: StrictStr, body: SettlementBody) -> dict[str, Any]:
    """Once: all of them, or fewer, and the rest is free again. 409 `hold-has-ended`, also after its
    time.
    """
    held = hold_points.settle_hold(
        public_id("hld", hold_id), body.points, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _told(held, request.started_at)


@doors.write("POST", "/points/holds/{hold_id}/release", right="loyalty.redeem", answer=HoldAnswer,
             summary="Free held points")  # fmt: skip
def release(request: HouseRequest, hold_id: StrictStr, body: ReleaseBody) -> dict[str, Any]:
    """With the end they had; what is over by then ends at once. 409 `hold-has-ended`."""
    held = hold_points.release_hold(
        public_id("hld", hold_id), actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _told(held, request.started_at)


def _told(held: Held, now: datetime) -> dict[str, Any]:
    hold, end = held.hold, held.end
    return {
        "id": ids.public("hld", hold.id), "state": held.state(now),
        "customer": ids.public("cus", hold.customer_id), "currency": hold.currency.code,
        "points": hold.amount, "used": held.used, "placed_at": hold.placed_at.isoformat(),
        "expires_at": hold.expires_at.isoformat() if hold.expires_at else None,
        "ended_at": end.ended_at.isoformat() if end else None, "balance": held.balance,
        "replayed": held.replayed,
    }  # fmt: skip
