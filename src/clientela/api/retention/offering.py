"""Proposals and what came of them: decisions, outcomes, leads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import StrictStr

from clientela.api import whose
from clientela.api.retention.answers import day, language
from clientela.api.router import Doors
from clientela.api.types import After, Body, Customer, Day, HouseRequest, Text, public_id, reference
from clientela.flows import explained_offers, leads, offers
from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.retention import queries as retention
from clientela.retention.actions.offering import Said
from clientela.retention.models import Lead as LeadRow

doors = Doors(tags=["retention"], switch="retention")
LEADS_MAX = 200


class Ask(Body):
    """`conversation`: the uuid of the contact in which it is asked."""

    customer: Customer
    channel: Literal["agent", "branch", "shop", "web", "app", "till"] = "agent"
    conversation: UUID | None = None


class Proposed(Body):
    id: str
    offer: str
    place: int
    sells: bool
    headline: str
    why: str
    why_now: str
    next_step: str
    price: str
    script: str
    language: str
    shown_at: str
    decision: str
    held_back: int


class OfferShown(Body):
    customer: str
    merged_from: str | None = None
    offers: list[Proposed]


class NewOutcome(Body):
    """`later` needs `until`, `not_interested` a `reason`."""

    outcome: StrictStr
    reason: Text = ""
    until: Day | None = None


class OutcomeTaken(Body):
    proposal: str
    outcome: str
    reason: str
    until: str | None
    recorded_at: str
    lead: str | None
    state: Literal["new", "repeated"]


class Trace(Body):
    id: str
    customer: str
    merged_from: str | None = None
    decided_at: str
    channel: str
    sentences: list[dict[str, Any]]
    trace: dict[str, Any]


class LeadResult(Body):
    result: Literal["won", "lost"]
    reason: Text = ""


class Lead(Body):
    id: str
    customer: str
    merged_from: str | None = None
    offer: str
    proposal: str
    owner: str
    opened_at: str
    due_on: str
    closed_at: str | None
    result: str
    reason: str
    holding: str | None


class LeadPage(Body):
    items: list[Lead]
    next: str | None


@doors.write("POST", "/proposals", right="retention.serve", answer=OfferShown,
             summary="Ask what to offer a customer")  # fmt: skip
def propose(request: HouseRequest, body: Ask) -> dict[str, Any]:
    """At most three offers for now; the same ones for 15 minutes, while nothing changes."""
    customer_id, rows = offers.propose(
        reference(body.customer), actor=request.actor, now=request.started_at,
        channel=body.channel, conversation_id=body.conversation, request=request.request_id,
    )  # fmt: skip
    told = offers.told(rows, language=language(request))
    came = whose.came_with(body.customer, customer_id)
    return {"customer": ids.public("cus", customer_id), "offers": told, **came}


@doors.write("POST", "/proposals/{proposal_id}/outcome", right="retention.serve",
             answer=OutcomeTaken, summary="Record what came of a proposal")  # fmt: skip
def outcome(request: HouseRequest, proposal_id: StrictStr, body: NewOutcome) -> dict[str, Any]:
    """Once per proposal: accepted, later, not_interested, not_presented or ineligible."""
    recorded = offers.record_outcome(
        public_id("prp", proposal_id), Said(body.outcome, body.reason, body.until),
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    row = recorded.outcome
    return {
        "proposal": recorded.proposal.public_id, "outcome": row.kind, "reason": row.reason,
        "until": day(row.until_on), "recorded_at": row.recorded_at.isoformat(),
        "lead": ids.public("lea", recorded.lead_id) if recorded.lead_id else None,
        "state": "new" if recorded.is_new else "repeated",
    }  # fmt: skip


@doors.read("/decisions/{decision_id}", right="retention.view", answer=Trace,
            summary="Why these offers, and why not others")  # fmt: skip
def decision(request: HouseRequest, decision_id: StrictStr) -> dict[str, Any]:
    """The whole trace of a decision, and a sentence for each offer that was looked at."""
    found = retention.decision(public_id("dec", decision_id))
    told = explained_offers.of_decision(found, language=language(request))
    return {
        "id": found.public_id, "customer": ids.public("cus", found.customer_id),
        "decided_at": found.decided_at.isoformat(), "channel": found.channel,
        "sentences": [one.as_dict() for one in told], "trace": found.trace,
    }  # fmt: skip


@doors.read("/leads", right="retention.view", answer=LeadPage, summary="List open leads")
def list_leads(
    request: HouseRequest, after: After = None,
    limit: Annotated[int, Query(ge=1, le=LEADS_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Acceptances that are still under way, those due first."""
    rows = retention.open_leads(after=_after(after), limit=limit)
    last = rows[-1] if len(rows) == limit else None
    keys = _keys(rows)
    return {
        "items": [_lead(one, keys) for one in rows],
        "next": f"{last.due_on.isoformat()}_{last.id.hex}" if last else None,
    }  # fmt: skip


@doors.write("POST", "/leads/{lead_id}/result", right="retention.serve", answer=Lead,
             summary="Close a lead")  # fmt: skip
def close_lead(request: HouseRequest, lead_id: StrictStr, body: LeadResult) -> dict[str, Any]:
    """Won or lost, as somebody says; a lead whose product is opened is won by itself."""
    lead = leads.close_lead(
        public_id("lea", lead_id), result=body.result, reason=body.reason, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _lead(lead, _keys([lead]))


def _after(after: str | None) -> tuple[date, UUID] | None:
    if after is None:
        return None
    day, _, digits = after.partition("_")
    try:
        return date.fromisoformat(day), UUID(hex=digits)
    except ValueError:
        raise InvalidInput("Use the value of `next`.", field="after") from None


def _keys(rows: list[LeadRow]) -> Mapping[UUID, tuple[str, Mapping[str, str]]]:
    return retention.labels_of(one.offer_id for one in rows)


def _lead(row: LeadRow, keys: Mapping[UUID, tuple[str, Mapping[str, str]]]) -> dict[str, Any]:
    return {
        "id": row.public_id, "customer": ids.public("cus", row.customer_id),
        "offer": keys.get(row.offer_id, ("", {}))[0],
        "proposal": ids.public("prp", row.proposal_id), "owner": row.owner,
        "opened_at": row.opened_at.isoformat(), "due_on": row.due_on.isoformat(),
        "closed_at": day(row.closed_at), "result": row.result, "reason": row.reason,
        "holding": ids.public("hol", row.holding_id) if row.holding_id else None,
    }  # fmt: skip
