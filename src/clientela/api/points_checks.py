"""Checks on points: what was let go, staff who earn themselves, what people move by hand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, public_number
from clientela.flows import decide_clawback, watch_points
from clientela.loyalty.models import ClawbackDecision
from clientela.platform import ids

doors = Doors(tags=["loyalty"], switch="loyalty")
RIGHT = "loyalty.decide_adjustment"
Limit = Annotated[int, Query(ge=1, le=200)]
Before = Annotated[StrictStr | None, Query(max_length=30)]


class ClawbackAnswer(Body):
    """`points`: how many were taken after all, by `taken_by`."""

    verdict: Literal["taken_back", "let_go"]
    points: int
    taken_by: str | None
    reason: str
    by: str
    decided_at: str


class ClawbackBody(Body):
    """`points`: how many of them to take; without it as many as there are."""

    verdict: Literal["take_back", "let_go"]
    points: Annotated[StrictInt, Field(ge=1, le=10**12)] | None = None
    reason: Annotated[StrictStr, Field(min_length=1, max_length=500)]


class PointsLetGo(Body):
    """`kind`: reverse, what a return could not take back, `taken` being what it did, and what
    somebody decided about it; forgive, a debt that a person let go, and why.
    """

    posting: str
    customer: str
    currency: str
    kind: str
    points: int
    taken: int
    reason: str
    by: str
    occurred_at: str
    decision: ClawbackAnswer | None


class PointsLetGoPage(Body):
    items: list[PointsLetGo]
    next: str | None


class OwnPointsRow(Body):
    """`at_the_till`: they rang the purchase up; otherwise they booked the points."""

    posting: str
    person: str
    customer: str
    currency: str
    kind: str
    points: int
    at_the_till: bool
    occurred_at: str


class OwnPointsPage(Body):
    items: list[OwnPointsRow]
    next: str | None


class MovedByHand(Body):
    """`alone_max`: above it a second person decides; `left`: what they may still move today."""

    person: str
    currency: str
    points: int
    times: int
    alone_max: int
    day_max: int
    left: int


class MovedByHandPage(Body):
    items: list[MovedByHand]
    next: str | None


@doors.read("/points/forgiven", right=RIGHT, answer=PointsLetGoPage,
            summary="List points that were let go")  # fmt: skip
def forgiven(
    request: HouseRequest, state: Literal["open", "all"] = "all", after: Before = None,
    limit: Limit = 50,
) -> dict[str, Any]:  # fmt: skip
    """The newest first; `open`: only those about which nobody has decided."""
    before = None if after is None else public_number("pos", after, field="after")
    rows = watch_points.let_go(before=before, limit=limit, is_open=state == "open")
    return {
        "items": [
            {"posting": one.posting.public_id, "currency": one.posting.currency.code,
             "customer": ids.public("cus", one.posting.customer_id), "kind": one.posting.kind,
             "points": one.points, "taken": one.taken, "reason": one.reason,
             "by": one.posting.actor, "occurred_at": one.posting.occurred_at.isoformat(),
             "decision": _decision(one.decision) if one.decision else None}
            for one in rows
        ],
        "next": rows[-1].posting.public_id if len(rows) == limit else None,
    }  # fmt: skip


@doors.write("POST", "/points/forgiven/{posting_id}/decision", right=RIGHT,
             answer=ClawbackAnswer, summary="Take back points a return could not take")  # fmt: skip
def decide(request: HouseRequest, posting_id: StrictStr, body: ClawbackBody) -> dict[str, Any]:
    """Or let them go; once. 409 `already-decided`, `too-few-points`, 403 `own-points`."""
    id = public_number("pos", posting_id)
    if body.verdict == "let_go":
        return _decision(decide_clawback.let_go(
            id, reason=body.reason, actor=request.actor, now=request.started_at,
            request=request.request_id,
        ))  # fmt: skip
    return _decision(decide_clawback.take_back(
        id, body.points, reason=body.reason, actor=request.actor, now=request.started_at,
        request=request.request_id,
    ))  # fmt: skip


def _decision(one: ClawbackDecision) -> dict[str, Any]:
    return {
        "verdict": one.verdict, "points": one.points, "reason": one.reason,
        "taken_by": f"pos_{one.taken_by}" if one.taken_by else None, "by": one.decided_by,
        "decided_at": one.decided_at.isoformat(),
    }  # fmt: skip


@doors.read("/points/own-earnings", right=RIGHT, answer=OwnPointsPage,
            summary="List staff who earned themselves")  # fmt: skip
def own(request: HouseRequest, after: Before = None, limit: Limit = 50) -> dict[str, Any]:
    """Of the last 90 days: points on a record known by the e-mail of whoever booked them or rang
    the purchase up.
    """
    before = None if after is None else public_number("pos", after, field="after")
    rows = watch_points.own_points(now=request.started_at, before=before, limit=limit)
    return {
        "items": [
            {"posting": f"pos_{one.posting_id}", "person": one.person,
             "customer": ids.public("cus", one.customer_id), "currency": one.currency,
             "kind": one.kind, "points": one.points, "at_the_till": one.at_the_till,
             "occurred_at": one.occurred_at.isoformat()}
            for one in rows
        ],
        "next": f"pos_{rows[-1].posting_id}" if len(rows) == limit else None,
    }  # fmt: skip


@doors.read("/points/adjusters", right=RIGHT, answer=MovedByHandPage,
            summary="List what people moved by hand today")  # fmt: skip
def adjusters(request: HouseRequest) -> dict[str, Any]:
    """With the limits of the kind of points."""
    return {
        "items": [
            {"person": one.person, "currency": one.currency.code, "points": one.points,
             "times": one.times, "alone_max": one.currency.adjust_alone_max,
             "day_max": one.currency.adjust_day_max,
             "left": max(0, one.currency.adjust_day_max - one.points)}
            for one in watch_points.moved_today(now=request.started_at)
        ],
        "next": None,
    }  # fmt: skip
