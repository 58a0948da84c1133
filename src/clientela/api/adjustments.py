"""Points given and taken by hand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import StrictBool, StrictInt, StrictStr

from clientela.api import whose
from clientela.api.router import Doors
from clientela.api.types import (
    After,
    Body,
    Customer,
    HouseRequest,
    Text,
    place_after,
    place_of,
    public_id,
    reference,
)
from clientela.flows import grant_points
from clientela.flows.grant_points import Outcome, Wanted
from clientela.loyalty.models import Adjustment
from clientela.loyalty.queries import granting
from clientela.platform import ids

doors = Doors(tags=["loyalty"], switch="loyalty")
Reason = Literal["goodwill", "compensation", "correction", "missing", "prize", "abuse"]


class AdjustmentBody(Body):
    """Fewer than 0 points are taken. `subject`: public id of what it is for, such as an issue."""

    customer: Customer
    points: StrictInt
    reason: Reason
    note: Text = ""
    currency: StrictStr = ""
    subject: Text = ""
    source: Text = ""
    reference: Text = ""


class AdjustmentAnswer(Body):
    """`state`: done, or waiting for a second person, who approved or refused it."""

    id: str
    state: Literal["done", "waiting", "approved", "refused"]
    customer: str
    merged_from: str | None = None
    currency: str
    points: int
    reason: str
    note: str
    subject: str
    asked_by: str
    asked_at: str
    posting: str | None


class Adjusted(AdjustmentAnswer):
    balance: int
    replayed: bool


class Adjustments(Body):
    items: list[AdjustmentAnswer]
    next: str | None


class AdjustmentVerdict(Body):
    approved: StrictBool
    note: Text = ""


@doors.write("POST", "/points/adjustments", right="loyalty.adjust", answer=Adjusted,
             summary="Give or take points by hand")  # fmt: skip
def create(request: HouseRequest, body: AdjustmentBody) -> dict[str, Any]:
    """At once, or above what one person may do alone after a second person decided. The same
    `source` and `reference` get the same answer. 403 `own-points`, 409 `limit-reached-today`,
    `too-few-points`.
    """
    wanted = Wanted(
        reference(body.customer), body.points, body.reason, body.note, body.currency, body.subject,
        body.source, body.reference,
    )  # fmt: skip
    outcome = grant_points.adjust_points(
        wanted, actor=request.actor, now=request.started_at, request=request.request_id
    )
    came = whose.came_with(body.customer, outcome.adjustment.customer_id)
    return {**_adjusted(outcome), **came}


@doors.read("/points/adjustments", right="loyalty.adjust", answer=Adjustments,
            summary="List points given and taken by hand")  # fmt: skip
def listed(
    request: HouseRequest, state: Literal["waiting", "ended", "all"] = "all", after: After = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Those that wait for a second person, the oldest first; of all others the newest first."""
    wanted = {"waiting": True, "ended": False, "all": None}[state]
    rows = granting.adjustments(is_open=wanted, before=place_after(after), limit=limit)
    more = len(rows) == limit and state != "waiting"
    return {
        "items": [told(one) for one in rows],
        "next": place_of(rows[-1].asked_at, rows[-1].id) if more else None,
    }


@doors.write("POST", "/points/adjustments/{adjustment_id}/decision",
             right="loyalty.decide_adjustment", answer=Adjusted,
             summary="Approve or refuse points given by hand")  # fmt: skip
def decide(
    request: HouseRequest, adjustment_id: StrictStr, body: AdjustmentVerdict
) -> dict[str, Any]:
    """Once, by somebody else than who asked: 403 `needs-second-person`, 409 `already-decided`."""
    outcome = grant_points.decide_adjustment(
        public_id("adj", adjustment_id), approved=body.approved, note=body.note,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _adjusted(outcome)


def told(one: Adjustment) -> dict[str, Any]:
    return {
        "id": one.public_id, "state": granting.state_of(one),
        "customer": ids.public("cus", one.customer_id), "currency": one.currency.code,
        "points": one.points, "reason": one.reason, "note": one.note, "subject": one.subject,
        "asked_by": one.asked_by, "asked_at": one.asked_at.isoformat(),
        "posting": f"pos_{one.posting_id}" if one.posting_id else None,
    }  # fmt: skip


def _adjusted(outcome: Outcome) -> dict[str, Any]:
    return {**told(outcome.adjustment), "balance": outcome.balance, "replayed": outcome.replayed}
