"""Decisions, proposals, outcomes and leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from clientela.platform import ids, sql
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing
from clientela.retention import queries
from clientela.retention.actions.knowledge import AlreadyClosed
from clientela.retention.models import Decision, Lead, Outcome, Proposal

WIN_ROUNDS_MAX = 10


class OutcomeAlreadyRecorded(Problem):
    code = "outcome-already-recorded"
    status = 409
    title = "This proposal has another outcome already"


class OfferNoLongerAvailable(Problem):
    code = "offer-no-longer-available"
    status = 409
    title = "This offer is no longer available"


@dataclass(frozen=True, slots=True)
class Chosen:
    """An offer as it is put before the customer; `wording` by language."""

    offer_id: UUID
    version_id: int
    place: int
    sells: bool
    wording: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a proposal."""

    kind: str
    reason: str = ""
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Won:
    lead_id: UUID
    customer_id: UUID
    offer_id: UUID
    holding_id: UUID


@dataclass(frozen=True, slots=True)
class Opened:
    """A holding that was opened; `product` is the normal form of its code."""

    customer_id: UUID
    holding_id: UUID
    product: str
    opened_on: date | None


@needs_transaction
def decide(
    customer_id: UUID, chosen: Sequence[Chosen], *, trace: Mapping[str, Any], channel: str,
    conversation_id: UUID | None, actor: Actor, now: datetime,
) -> tuple[Decision, list[Proposal]]:  # fmt: skip
    """Keep a decision with its trace, and what it put before the customer."""
    # Nobody waits for the disk: a decision that is lost is made again.
    sql.execute("SET LOCAL synchronous_commit = off")
    decision = Decision(
        id=ids.uuid7(), customer_id=customer_id, decided_at=now, channel=channel,
        conversation_id=conversation_id, actor=actor.id, trace=trace,
    )  # fmt: skip
    decision.save(force_insert=True)
    proposals = Proposal.objects.bulk_create([
        Proposal(id=ids.uuid7(), customer_id=customer_id, decision_id=decision.id,
                 offer_id=one.offer_id, version_id=one.version_id, place=one.place,
                 sells=one.sells, wording=one.wording, shown_at=now)
        for one in chosen
    ])  # fmt: skip
    return decision, proposals


@needs_transaction
def record_outcome(
    proposal: Proposal, said: Said, *, today: date, actor: Actor, now: datetime
) -> tuple[Outcome, bool]:
    """What came of a proposal, once; whether it is new. The same again is no harm."""
    _check(said, today=today)
    known = queries.outcome_of(proposal)
    if known is not None:
        return _same(known, said), False
    outcome = Outcome(
        id=ids.uuid7(), customer_id=proposal.customer_id, proposal_id=proposal.id,
        offer_id=proposal.offer_id, kind=said.kind, reason=said.reason, until_on=said.until_on,
        recorded_at=now, recorded_by=actor.id,
    )  # fmt: skip
    with refusing(a_proposal_has_one_outcome=OutcomeAlreadyRecorded):
        outcome.save(force_insert=True)
    return outcome, True


def _check(said: Said, *, today: date) -> None:
    if said.kind not in Outcome.Kind.values:
        raise InvalidInput(f"One of {', '.join(Outcome.Kind.values)}.", field="outcome")
    if said.kind == Outcome.Kind.LATER and said.until_on is None:
        raise InvalidInput("Say on which day to ask again.", field="until")
    if said.until_on is not None and said.until_on <= today:
        raise InvalidInput("That day is over; use one to come.", field="until")
    if said.kind == Outcome.Kind.NOT_INTERESTED and not said.reason:
        raise InvalidInput("Say why not.", field="reason")


def _same(known: Outcome, said: Said) -> Outcome:
    if (known.kind, known.reason, known.until_on) != (said.kind, said.reason, said.until_on):
        raise OutcomeAlreadyRecorded(
            f"It is recorded as {known.kind}.", field="outcome", recorded=known.kind
        )
    return known


@needs_transaction
def open_lead(
    proposal: Proposal, *, products: Sequence[str], days: int, today: date, actor: Actor,
    now: datetime,
) -> Lead:  # fmt: skip
    """Follow an acceptance until one of `products` is held, or somebody closes it."""
    lead = Lead(
        id=ids.uuid7(), customer_id=proposal.customer_id, proposal_id=proposal.id,
        offer_id=proposal.offer_id, product_codes=list(products), owner=actor.id, opened_at=now,
        due_on=today + timedelta(days=days),
    )  # fmt: skip
    lead.save(force_insert=True)
    return lead


@needs_transaction
def win_leads(batch: Sequence[Opened], *, actor: Actor, now: datetime) -> list[Won]:
    """Close the leads that opened holdings were waited for; one holding closes one lead.

    What was held before the lead began, and was only told now, closes none.
    """
    won: list[Won] = []
    rest = list(batch)
    for _round in range(WIN_ROUNDS_MAX):
        rows = _win(rest, actor=actor, now=now) if rest else []
        if not rows:
            break
        won += rows
        used = {one.holding_id for one in rows}
        rest = [one for one in rest if one.holding_id not in used]
    return won


def _win(batch: Sequence[Opened], *, actor: Actor, now: datetime) -> list[Won]:
    rows = sql.statement("retention", "win_leads").rows(
        size=len(batch), customer_id=[one.customer_id for one in batch],
        holding_id=[one.holding_id for one in batch], product=[one.product for one in batch],
        opened_on=[one.opened_on for one in batch],
        actor=actor.id, now=now,
    )  # fmt: skip
    return [Won(*row) for row in rows]


@needs_transaction
def close_lead(lead: Lead, *, result: str, reason: str, actor: Actor, now: datetime) -> None:
    """A lead is won or lost, as somebody says."""
    if result not in Lead.Result.values:
        raise InvalidInput("A lead is won or lost.", field="result")
    open_ones = Lead.objects.filter(id=lead.id, closed_at=None)
    if not open_ones.update(closed_at=now, closed_by=actor.id, result=result, reason=reason):
        raise AlreadyClosed
