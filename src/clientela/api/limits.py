"""What bounds earning: caps, and pauses of single customers."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Name, public_id
from clientela.customers import queries as customers
from clientela.flows import bound_earning, pause_earning
from clientela.loyalty.models import Cap, EarningPause
from clientela.loyalty.queries import limits
from clientela.platform.errors import InvalidInput

doors = Doors(tags=["loyalty"], switch="loyalty")
Period = Literal["purchase", "day", "week", "month", "year", "ever", "balance"]


class CapBody(Body):
    """The `most` points, or times, that a customer earns in a `period`: by one `rule` or by all."""

    currency: StrictStr = ""
    rule: StrictStr | None = None
    period: Period
    unit: Literal["points", "times"] = "points"
    most: StrictInt
    mode: Literal["trim", "reject"] = "trim"


class CapAnswer(Body):
    id: int
    currency: str
    rule: str | None
    period: str
    unit: str
    most: int
    mode: str
    made_by: str
    made_at: str
    ended_at: str | None


class Caps(Body):
    items: list[CapAnswer]
    next: str | None


class PauseBody(Body):
    """`withhold`: what is earned meanwhile waits for the end; `drop`: it is not given at all."""

    mode: Literal["withhold", "drop"]
    cause: Name


class PauseAnswer(Body):
    id: str
    mode: str
    cause: str
    starts_at: str
    made_by: str
    ended_at: str | None
    ended_by: str | None


class Pauses(Body):
    items: list[PauseAnswer]
    next: str | None


class Resumed(PauseAnswer):
    begun: int


class NothingMore(Body):
    pass


@doors.read("/points/caps", right="loyalty.view", answer=Caps, summary="List caps")
def caps(request: HouseRequest, ended: bool = False) -> dict[str, Any]:
    """Those in force; with `ended` the others too."""
    return {"items": [_cap(one) for one in limits.listed_caps(ended=ended)], "next": None}


@doors.write("POST", "/points/caps", right="loyalty.configure", answer=CapAnswer,
             summary="Set a cap")  # fmt: skip
def set_cap(request: HouseRequest, body: CapBody) -> dict[str, Any]:
    """From now on: what was earned before is not counted. `trim` gives what fits, else nothing."""
    return _cap(bound_earning.set_cap(
        bound_earning.Wanted(body.currency, body.rule or "", body.period, body.most, body.unit,
                             body.mode),
        actor=request.actor, now=request.started_at,
    ))  # fmt: skip


@doors.write("POST", "/points/caps/{cap_id}/end", right="loyalty.configure", answer=CapAnswer,
             summary="End a cap")  # fmt: skip
def end_cap(request: HouseRequest, cap_id: StrictStr, body: NothingMore) -> dict[str, Any]:
    """Nothing is cut by it any more. 409 `cap-has-ended`."""
    if not cap_id.isdecimal() or len(cap_id) > 18:
        raise InvalidInput("This is not the number of a cap.", field="id")
    return _cap(bound_earning.end_cap(int(cap_id), actor=request.actor, now=request.started_at))


@doors.read("/customers/{customer_id}/earning-pauses", right="loyalty.view", answer=Pauses,
            summary="List pauses of earning")  # fmt: skip
def pauses(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Who paused a customer's earning, when and why; the newest first."""
    return {"items": [_pause(one) for one in limits.pauses_of(_family(customer_id))], "next": None}


@doors.write("POST", "/customers/{customer_id}/earning-pauses", right="loyalty.adjust",
             answer=PauseAnswer, summary="Pause earning")  # fmt: skip
def pause(request: HouseRequest, customer_id: StrictStr, body: PauseBody) -> dict[str, Any]:
    """From now until it is ended. 409 `already-paused`."""
    return _pause(pause_earning.pause_earning(
        _family(customer_id), mode=body.mode, cause=body.cause, actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.write("POST", "/earning-pauses/{pause_id}/end", right="loyalty.adjust", answer=Resumed,
             summary="Let earning go on")  # fmt: skip
def resume(request: HouseRequest, pause_id: StrictStr, body: NothingMore) -> dict[str, Any]:
    """Points that were withheld can be used from now on. 409 `pause-has-ended`."""
    ended, begun = pause_earning.resume_earning(
        public_id("pse", pause_id), actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return {**_pause(ended), "begun": begun}


def _family(customer_id: str) -> list[UUID]:
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    return family


def _cap(one: Cap) -> dict[str, Any]:
    return {
        "id": one.id, "currency": one.currency.code, "rule": one.rule.key if one.rule else None,
        "period": one.period, "unit": one.unit, "most": one.most, "mode": one.mode,
        "made_by": one.made_by, "made_at": one.made_at.isoformat(),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
    }  # fmt: skip


def _pause(one: EarningPause) -> dict[str, Any]:
    return {
        "id": one.public_id, "mode": one.mode, "cause": one.cause,
        "starts_at": one.starts_at.isoformat(), "made_by": one.made_by,
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        "ended_by": one.ended_by or None,
    }  # fmt: skip
