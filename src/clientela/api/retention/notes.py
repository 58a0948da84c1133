"""Flags and needs of a customer."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictInt, StrictStr

from clientela.api.retention.answers import day, family
from clientela.api.router import Doors
from clientela.api.types import Body, Day, HouseRequest, Name, Text, public_id
from clientela.flows import customer_notes
from clientela.platform import ids
from clientela.retention import queries as retention
from clientela.retention.actions.knowledge import NewFlag, NewNeed
from clientela.retention.models import Flag as FlagRow
from clientela.retention.models import Need as NeedRow
from clientela.staff import company as companies

doors = Doors(tags=["retention"], switch="retention")


def _rate(value: Any) -> Decimal:
    """Per cent a year, as a text, `"3.15"`; kept as a share."""
    if not isinstance(value, str) or len(value) > 12:
        raise ValueError('send a rate as a text, such as "3.15"')
    rate = Decimal(value)
    if not rate.is_finite() or not 0 <= rate <= 999:
        raise ValueError("a rate is 0 to 999 per cent")
    return rate / 100


Rate = Annotated[Decimal, BeforeValidator(_rate, json_schema_input_type=str)]


class FlagBody(Body):
    kind: StrictStr
    reason: Text = ""
    instruction: Text = ""
    source: Text = ""
    review_on: Day | None = None


class Flag(Body):
    id: str
    customer: str
    merged_from: str | None = None
    kind: str
    reason: str
    instruction: str
    source: str
    set_by: str
    set_at: str
    review_on: str | None
    cleared_at: str | None


class FlagPage(Body):
    items: list[Flag]
    next: str | None


class NeedBody(Body):
    """`competitor`, `rate` and `ends_on` tell of what is held elsewhere."""

    kind: Name
    words: Text = ""
    source: StrictStr = "stated"
    confidence: Annotated[StrictInt, Field(ge=0, le=100)] | None = None
    product_kind: Text = ""
    competitor: Text = ""
    rate: Rate | None = None
    ends_on: Day | None = None
    expires_on: Day | None = None


class Need(Body):
    id: str
    customer: str
    merged_from: str | None = None
    kind: str
    words: str
    source: str
    confidence: int | None
    product_kind: str
    competitor: str
    rate: str | None
    ends_on: str | None
    expires_on: str | None
    noted_at: str
    noted_by: str
    closed_at: str | None
    result: str


class NeedPage(Body):
    items: list[Need]
    next: str | None


class NeedClosing(Body):
    result: Text = ""


@doors.read("/customers/{customer_id}/flags", right="retention.view", answer=FlagPage,
            summary="Read a customer's flags")  # fmt: skip
def flags(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Those that are set now."""
    found = retention.flags_of(family(customer_id))
    return {"items": [_flag(one) for one in found], "next": None}


@doors.write("POST", "/customers/{customer_id}/flags", right="retention.serve", answer=Flag,
             summary="Set a flag")  # fmt: skip
def set_flag(request: HouseRequest, customer_id: StrictStr, body: FlagBody) -> dict[str, Any]:
    """vulnerable, arrears, fraud, bereavement, do_not_sell or legal_hold."""
    new = NewFlag(public_id("cus", customer_id), body.kind, body.reason, body.instruction,
                  body.source, body.review_on)  # fmt: skip
    return _flag(customer_notes.set_flag(
        new, actor=request.actor, now=request.started_at, request=request.request_id
    ))  # fmt: skip


@doors.write("POST", "/flags/{flag_id}/clearance", right="retention.serve", answer=Flag,
             summary="Clear a flag")  # fmt: skip
def clear_flag(request: HouseRequest, flag_id: StrictStr) -> dict[str, Any]:
    """The flag is over; that it was set stays in the log."""
    return _flag(customer_notes.clear_flag(
        public_id("flg", flag_id), actor=request.actor, now=request.started_at,
        request=request.request_id,
    ))  # fmt: skip


@doors.read("/customers/{customer_id}/needs", right="retention.view", answer=NeedPage,
            summary="Read a customer's needs")  # fmt: skip
def needs(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Those that are open and have not expired."""
    today = companies.current().today(request.started_at)
    found = retention.needs_of(family(customer_id), today=today)
    return {"items": [_need(one) for one in found], "next": None}


@doors.write("POST", "/customers/{customer_id}/needs", right="retention.serve", answer=Need,
             summary="Note a need")  # fmt: skip
def note_need(request: HouseRequest, customer_id: StrictStr, body: NeedBody) -> dict[str, Any]:
    """What a customer wants or will want; stated, seen or inferred."""
    new = NewNeed(customer_id=public_id("cus", customer_id), **dict(body))
    return _need(customer_notes.note_need(
        new, actor=request.actor, now=request.started_at, request=request.request_id
    ))  # fmt: skip


@doors.write("POST", "/needs/{need_id}/closing", right="retention.serve", answer=Need,
             summary="Close a need")  # fmt: skip
def close_need(request: HouseRequest, need_id: StrictStr, body: NeedClosing) -> dict[str, Any]:
    """It is answered, or there is none any more."""
    return _need(customer_notes.close_need(
        public_id("nds", need_id), result=body.result, actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


def _flag(row: FlagRow) -> dict[str, Any]:
    return {
        "id": row.public_id, "customer": ids.public("cus", row.customer_id), "kind": row.kind,
        "reason": row.reason, "instruction": row.instruction, "source": row.source,
        "set_by": row.set_by, "set_at": row.set_at.isoformat(), "review_on": day(row.review_on),
        "cleared_at": day(row.cleared_at),
    }  # fmt: skip


def _need(row: NeedRow) -> dict[str, Any]:
    return {
        "id": row.public_id, "customer": ids.public("cus", row.customer_id), "kind": row.kind,
        "words": row.words, "source": row.source, "confidence": row.confidence,
        "product_kind": row.product_kind, "competitor": row.competitor,
        "rate": None if row.rate is None else f"{(row.rate * 100).normalize():f}",
        "ends_on": day(row.ends_on), "expires_on": day(row.expires_on),
        "noted_at": row.noted_at.isoformat(), "noted_by": row.noted_by,
        "closed_at": day(row.closed_at), "result": row.result,
    }  # fmt: skip
