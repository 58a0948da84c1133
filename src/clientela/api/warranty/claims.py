"""Claims, from the report of a fault to the settlement."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, Day, HouseRequest, Money, Text, public_id
from clientela.api.warranty.covers import FaultDay
from clientela.flows.decide_claim import Verdict, decide_claim
from clientela.flows.open_claim import LINES_MAX, Report, open_claim
from clientela.flows.settle_claim import (
    Done,
    begin_remedy,
    close_claim,
    settle_claim,
    withdraw_claim,
)
from clientela.flows.told_claims import claim_row, claim_shown
from clientela.platform.errors import InvalidInput
from clientela.warranty.actions.claims import NewLine
from clientela.warranty.queries import claims as reads
from clientela.warranty.rules import claims as rules

doors = Doors(tags=["warranty"], switch="warranty")


class ClaimLine(Body):
    cost_type: Text = "parts"
    component: Text = ""
    words: Text = ""
    claimed_minor: Annotated[StrictInt, Field(gt=0, le=10**13)]


class NewClaim(Body):
    """Name a serial or a holding; `found_on` where the fault was found later than it began."""

    serial: Text = ""
    holding: StrictStr | None = None
    fault_on: FaultDay | None = None
    found_on: Day | None = None
    component: Text = ""
    symptom: Text = ""
    currency: StrictStr = ""
    lines: Annotated[list[ClaimLine], Field(min_length=1, max_length=LINES_MAX)]
    conversation: StrictStr | None = None


class ClaimDecision(Body):
    """`burden_met`: the customer has shown that the fault was there from the beginning."""

    decision: Literal["approve", "reject"]
    reasons: Annotated[list[StrictStr], Field(max_length=20)] = []
    words: Text = ""
    burden_met: StrictBool = False


class RemedyWanted(Body):
    remedy: Literal["repair", "replacement", "refund"]


class Settled(Body):
    """`serial`: of the new unit, where the old one is replaced."""

    reference: Text = ""
    serial: Text = ""


class Withdrawn(Body):
    words: Text = ""


class LineShown(Body):
    line: int
    cost_type: str
    component: str
    words: str
    claimed_minor: int
    covered_minor: int
    deductible_minor: int
    capped_minor: int
    payable_minor: int
    payer: str
    policy: str | None


class DecisionShown(Body):
    version: int
    outcome: str
    reasons: list[str]
    words: str
    authorised: Money
    decided_by: str
    decided_at: str


class ClaimMove(Body):
    state: str
    by: str
    on: str


class SettlementShown(Body):
    remedy: str
    paid: Money
    customer_pays: Money
    reference: str
    new_holding: str | None
    settled_at: str


class ClaimShown(Body):
    id: str
    number: str
    state: str
    allowed: list[str]
    customer: str
    merged_from: str | None = None
    holding: str
    fault_on: date
    found_on: date | None
    reported_on: date
    component: str
    symptom: str
    claimed: Money
    payable: Money
    lines: list[LineShown]
    decisions: list[DecisionShown]
    remedy: str | None
    settlement: SettlementShown | None
    moves: list[ClaimMove]


class ClaimRow(Body):
    id: str
    number: str
    state: str
    customer: str
    merged_from: str | None = None
    holding: str
    fault_on: date
    claimed: Money
    payable: Money
    opened_at: str


class Claims(Body):
    items: list[ClaimRow]
    next: str | None


@doors.write("POST", "/warranty/claims", right="warranty.claim", answer=ClaimShown,
             summary="Open a claim")  # fmt: skip
def create(request: HouseRequest, body: NewClaim) -> dict[str, Any]:
    """A fault of a unit with what it costs; somebody else decides it."""
    report = Report(
        fault_on=body.fault_on, found_on=body.found_on, serial=body.serial,
        holding_id=public_id("hol", body.holding, field="holding") if body.holding else None,
        component=body.component, symptom=body.symptom, currency=body.currency,
        conversation_id=public_id("con", body.conversation, field="conversation")
        if body.conversation else None,
        lines=tuple(
            NewLine(line.cost_type, line.claimed_minor, line.component, line.words)
            for line in body.lines
        ),
    )  # fmt: skip
    claim = open_claim(report, actor=request.actor, now=request.started_at,
                       request=request.request_id)  # fmt: skip
    return claim_shown(claim)


@doors.read("/warranty/claims", right="warranty.view", answer=Claims, summary="List claims")
def listed(
    request: HouseRequest, state: Annotated[str, Query(max_length=40)] = "",
    after: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Newest first; `state` names one state."""
    if state and state not in rules.STATES:
        raise InvalidInput(f"A state is one of {', '.join(rules.STATES)}.", field="state")
    before = None
    if after is not None:
        last = reads.get(after)
        before = (last.opened_at, last.id)
    found = reads.page_of(states=[state] if state else [], before=before, limit=limit)
    sums = reads.sums_of(found)
    rows = [claim_row(claim, *sums.get(claim.id, (0, 0))) for claim in found]
    return {"items": rows, "next": found[-1].public_id if len(found) == limit else None}


@doors.read("/warranty/claims/{number}", right="warranty.view", answer=ClaimShown,
            summary="Read a claim")  # fmt: skip
def read(request: HouseRequest, number: StrictStr) -> dict[str, Any]:
    """A claim with its lines, decisions, remedy and settlement, by number or id."""
    return claim_shown(reads.get(number))


@doors.write("POST", "/warranty/claims/{number}/decision", right="warranty.decide",
             answer=ClaimShown, summary="Decide a claim")  # fmt: skip
def decide(request: HouseRequest, number: StrictStr, body: ClaimDecision) -> dict[str, Any]:
    """Approve what the layers pay, or reject with a reason. Nobody decides their own claim."""
    verdict = Verdict(body.decision, tuple(body.reasons), body.words, body.burden_met)
    claim = decide_claim(number, verdict, actor=request.actor, now=request.started_at,
                         request=request.request_id)  # fmt: skip
    return claim_shown(claim)


@doors.write("POST", "/warranty/claims/{number}/remedy", right="warranty.claim",
             answer=ClaimShown, summary="Begin a remedy")  # fmt: skip
def remedy(request: HouseRequest, number: StrictStr, body: RemedyWanted) -> dict[str, Any]:
    """What is done about an approved claim: a repair, another unit, or the money back."""
    claim = begin_remedy(number, body.remedy, actor=request.actor, now=request.started_at)
    return claim_shown(claim)


@doors.write("POST", "/warranty/claims/{number}/settlement", right="warranty.claim",
             answer=ClaimShown, summary="Settle a claim")  # fmt: skip
def settle(request: HouseRequest, number: StrictStr, body: Settled) -> dict[str, Any]:
    """It is done. An exchange names the serial of the new unit, which takes over the covers."""
    claim = settle_claim(number, Done(body.reference, body.serial), actor=request.actor,
                         now=request.started_at, request=request.request_id)  # fmt: skip
    return claim_shown(claim)


@doors.write("POST", "/warranty/claims/{number}/closing", right="warranty.claim",
             answer=ClaimShown, summary="Close a claim")  # fmt: skip
def close(request: HouseRequest, number: StrictStr) -> dict[str, Any]:
    """A settled claim is put away."""
    return claim_shown(close_claim(number, actor=request.actor, now=request.started_at))


@doors.write("POST", "/warranty/claims/{number}/cancellation", right="warranty.claim",
             answer=ClaimShown, summary="Withdraw a claim")  # fmt: skip
def withdraw(request: HouseRequest, number: StrictStr, body: Withdrawn) -> dict[str, Any]:
    """Before it is settled; what it took of limits is given back."""
    claim = withdraw_claim(number, words=body.words, actor=request.actor, now=request.started_at,
                           request=request.request_id)  # fmt: skip
    return claim_shown(claim)
