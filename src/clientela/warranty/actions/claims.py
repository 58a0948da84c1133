"""Every write to a claim: opened, decided, carried out, settled, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clientela.platform import ids, sql
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.warranty.models.claimed import (
    Claim,
    ClaimDecision,
    ClaimLine,
    ClaimMove,
    LimitEntry,
    Remedy,
    Settlement,
)
from clientela.warranty.models.covered import NumberKey
from clientela.warranty.queries.cases import Case
from clientela.warranty.rules import claims as rules
from clientela.warranty.rules import coverage
from clientela.warranty.rules.deciding import Decided

# What a person may say against a claim besides what a check finds.
DENIALS = ("no_fault_found", "customer_damage", "wear", "evidence_missing")
REASONS = (*(code for code in coverage.REASONS if code != coverage.IN_COVER), *DENIALS)


class MoveNotAllowed(Problem):
    code = "move-not-allowed"
    status = 409
    title = "This claim cannot go there from where it is"


class OwnClaim(Problem):
    code = "own-claim"
    status = 403
    title = "Nobody decides a claim that they opened"


class NothingToPay(Problem):
    code = "nothing-to-pay"
    status = 409
    title = "No layer covers any line of this claim"


@dataclass(frozen=True, slots=True)
class NewLine:
    cost_type: str
    claimed_minor: int
    component_path: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class NewClaim:
    fault_on: date
    found_on: date
    reported_on: date
    currency: str
    lines: tuple[NewLine, ...]
    component_path: str = ""
    symptom: str = ""
    conversation_id: UUID | None = None


@needs_transaction
def open_claim(new: NewClaim, *, case: Case, actor: Actor, now: datetime) -> Claim:
    """A claim as it was reported, with a number of its own."""
    [number] = sql.execute("SELECT nextval('warranty_claim_number')").fetchone() or [0]
    claim = Claim.objects.create(
        id=ids.uuid7(), customer_id=case.customer_id, number=number, holding_id=case.holding_id,
        fault_on=new.fault_on, found_on=new.found_on, reported_on=new.reported_on,
        component_path=new.component_path, symptom=new.symptom, currency=new.currency,
        state=rules.SUBMITTED, state_since=now, opened_by=actor.id, opened_at=now,
        conversation_id=new.conversation_id,
    )  # fmt: skip
    NumberKey.objects.create(
        kind="claim", number=number, customer_id=claim.customer_id, row_id=claim.id
    )
    ClaimLine.objects.bulk_create(
        ClaimLine(
            id=ids.uuid7(), customer_id=claim.customer_id, claim_id=claim.id, line_no=place,
            cost_type=line.cost_type, component_path=line.component_path or new.component_path,
            words=line.words, claimed_minor=line.claimed_minor,
        )
        for place, line in enumerate(new.lines, start=1)
    )  # fmt: skip
    _moved(claim, rules.SUBMITTED, actor=actor, now=now)
    return claim


@needs_transaction
def decide(
    claim: Claim, outcome: str, *, lines: Sequence[ClaimLine], decided: Sequence[Decided],
    payers: Mapping[Any, tuple[str, UUID | None]], reasons: Sequence[str], words: str,
    trace: Mapping[str, Any], actor: Actor, now: datetime,
) -> ClaimDecision:  # fmt: skip
    """Write what was decided: a version that stays, the lines' money, what it takes of limits.

    `payers`: key of what pays -> who bears it, and the policy where it is one.
    """
    if claim.opened_by == actor.id:
        raise OwnClaim("Ask somebody else to decide it.")
    check_move(claim, outcome)
    is_paid = outcome != rules.REJECTED
    total = sum(one.paid.payable_minor for one in decided) if is_paid else 0
    decision = ClaimDecision.objects.create(
        id=ids.uuid7(), customer_id=claim.customer_id, claim_id=claim.id,
        version=ClaimDecision.objects.filter(
            customer_id=claim.customer_id, claim_id=claim.id
        ).count() + 1,
        outcome=outcome, reasons=list(reasons), words=words, trace=dict(trace),
        authorised_minor=total, decided_by=actor.id, decided_at=now,
    )  # fmt: skip
    if is_paid:
        for line, one in zip(lines, decided, strict=True):
            _pay(line, one, payers)
        _reserve(claim, decided, payers, actor=actor, now=now)
    move(claim, outcome, actor=actor, now=now, words=words)
    return decision


def _pay(line: ClaimLine, one: Decided, payers: Mapping[Any, tuple[str, UUID | None]]) -> None:
    payer, policy_id = payers[one.payer.tried.key] if one.payer else ("", None)
    ClaimLine.objects.filter(id=line.id).update(
        covered_minor=one.paid.covered_minor, deductible_minor=one.paid.deductible_minor,
        capped_minor=one.paid.capped_minor, payable_minor=one.paid.payable_minor, payer=payer,
        cover_id=one.cover_id, policy_id=policy_id,
    )  # fmt: skip


def _reserve(
    claim: Claim, decided: Sequence[Decided], payers: Mapping[Any, tuple[str, UUID | None]], *,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Each policy that pays has this much less left, from now on."""
    used: dict[UUID, tuple[int, Any]] = {}
    for one in decided:
        policy_id = payers[one.payer.tried.key][1] if one.payer else None
        if one.payer is not None and policy_id is not None:
            cap = next((limit.id for limit in one.payer.tried.limits
                        if (limit.kind, limit.per) == ("cap", "lifetime")), None)  # fmt: skip
            before = used.get(policy_id, (0, cap))[0]
            used[policy_id] = (before + one.paid.payable_minor, cap)
    LimitEntry.objects.bulk_create(
        LimitEntry(
            customer_id=claim.customer_id, policy_id=policy_id, limit_id=cap, claim_id=claim.id,
            amount_minor=minor, booked_by=actor.id, booked_at=now,
        )
        for policy_id, (minor, cap) in used.items()
        if minor
    )  # fmt: skip


@needs_transaction
def begin_remedy(claim: Claim, kind: str, *, actor: Actor, now: datetime) -> Remedy:
    """What is done about an approved claim begins."""
    move(claim, rules.REMEDIES[kind], actor=actor, now=now)
    return Remedy.objects.create(
        id=ids.uuid7(), customer_id=claim.customer_id, claim_id=claim.id, kind=kind,
        begun_by=actor.id, begun_at=now,
    )  # fmt: skip


@needs_transaction
def settle(
    claim: Claim, *, decision: ClaimDecision, claimed_minor: int, reference: str,
    new_holding_id: UUID | None, actor: Actor, now: datetime,
) -> Settlement:  # fmt: skip
    """It is done: who bore what stands for good."""
    move(claim, rules.SETTLED, actor=actor, now=now)
    if new_holding_id is not None:
        Remedy.objects.filter(customer_id=claim.customer_id, claim_id=claim.id).update(
            new_holding_id=new_holding_id
        )
    return Settlement.objects.create(
        id=ids.uuid7(), customer_id=claim.customer_id, claim_id=claim.id, decision_id=decision.id,
        paid_minor=decision.authorised_minor,
        customer_minor=claimed_minor - decision.authorised_minor, currency=claim.currency,
        reference=reference, settled_by=actor.id, settled_at=now,
    )  # fmt: skip


@needs_transaction
def withdraw(claim: Claim, *, words: str, actor: Actor, now: datetime) -> None:
    """The claim ends before it was settled; what it took of limits is given back."""
    move(claim, rules.CANCELLED, actor=actor, now=now, words=words)
    entries = LimitEntry.objects.filter(
        customer_id=claim.customer_id, claim_id=claim.id, reverses_id=None
    )
    LimitEntry.objects.bulk_create(
        LimitEntry(
            customer_id=one.customer_id, policy_id=one.policy_id, limit_id=one.limit_id,
            claim_id=one.claim_id, amount_minor=-one.amount_minor, reverses_id=one.id,
            booked_by=actor.id, booked_at=now,
        )
        for one in entries
    )  # fmt: skip


@needs_transaction
def move(claim: Claim, to: str, *, actor: Actor, now: datetime, words: str = "") -> None:
    """Bring a claim into another state; who did it and when is kept."""
    check_move(claim, to)
    moved = Claim.objects.filter(
        customer_id=claim.customer_id, id=claim.id, state=claim.state
    ).update(state=to, state_since=now)
    if not moved:
        raise MoveNotAllowed("Somebody was faster; look at the claim again.")
    claim.state, claim.state_since = to, now
    _moved(claim, to, actor=actor, now=now, words=words)


def check_move(claim: Claim, to: str) -> None:
    if not rules.may_move(claim.state, to):
        allowed = list(rules.MOVES[claim.state])
        words = f"It is {claim.state}; from there it goes to {', '.join(allowed) or 'nowhere'}."
        raise MoveNotAllowed(words, state=claim.state, allowed=allowed)


def _moved(claim: Claim, to: str, *, actor: Actor, now: datetime, words: str = "") -> None:
    ClaimMove.objects.create(
        customer_id=claim.customer_id, claim_id=claim.id, state=to, moved_by=actor.id,
        moved_at=now, words=words,
    )  # fmt: skip
