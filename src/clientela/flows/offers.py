"""What to offer a customer now: decided from the facts of all programmes, kept with its trace."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import facts, offer_words
from clientela.platform import ids, sql, transactions
from clientela.platform.http.actors import Actor
from clientela.privacy import queries as privacy
from clientela.retention import queries as retention
from clientela.retention.actions import offering
from clientela.retention.actions.offering import Chosen, Said
from clientela.retention.models import Outcome, Proposal
from clientela.retention.queries import Policy
from clientela.retention.rules import deciding, tracing
from clientela.retention.rules.deciding import Candidate, Decided
from clientela.retention.rules.offers import OfferText
from clientela.staff import company as companies
from clientela.staff.company import Company

EVENTS = {
    "accepted": "offer.accepted", "later": "offer.postponed", "not_interested": "offer.declined",
    "not_presented": "offer.withheld", "ineligible": "offer.withheld",
}  # fmt: skip
STANDING = "SELECT retention_panel_offers(%s::uuid[], %s::date, %s::timestamptz)::text"
SWITCH = "retention"
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a proposal; `is_new` False where the same was said before."""

    proposal: Proposal
    outcome: Outcome
    lead_id: UUID | None
    is_new: bool


def propose(
    reference: customers.Reference, *, actor: Actor, now: datetime, channel: str = "agent",
    conversation_id: UUID | None = None, request: str = "",
) -> tuple[UUID, Rows]:  # fmt: skip
    """The offers for a customer now: of the decision that stands, else of a new one."""
    family = customers.family_of(customers.the_one(reference).survivor)
    rows = standing(family, now=now)
    if rows is None:
        rows = decide(family, actor=actor, now=now, channel=channel,
                      conversation_id=conversation_id, request=request)  # fmt: skip
    return family[0], rows


def standing(family: Sequence[UUID], *, now: datetime) -> Rows | None:
    """The open proposals of the decision that stands; None: there is none."""
    today = companies.current().today(now)
    row = sql.execute(STANDING, [list(family), today, now], prepare=True).fetchone()
    return json.loads(row[0]) if row and row[0] is not None else None


@transactions.retried
def decide(
    family: Sequence[UUID], *, actor: Actor, now: datetime, channel: str = "agent",
    conversation_id: UUID | None = None, request: str = "",
) -> Rows:  # fmt: skip
    """Look at every offer, choose, keep why, and answer what is put forward.

    With nothing published nothing is decided and nothing is kept; nor for a customer who objected.
    """
    if not (privacy.may_profile(family) and privacy.may_market(family)):
        return []
    company = companies.current()
    policy = retention.policy(facts.catalogue())
    if not policy.offers:
        return []
    with transactions.open():
        row = facts.row_of(family, company=company, now=now)
        decided = _looked(policy, family, row, company=company, now=now, channel=channel)
        trace = tracing.trace_of(decided)
        decision, proposals = offering.decide(
            family[0], [_chosen(one, row, company, now) for one in decided.chosen], trace=trace,
            channel=channel, conversation_id=conversation_id, actor=actor, now=now,
        )  # fmt: skip
        if proposals:
            told = Happening("offer.proposed", now, family[0], decision.public_id,
                             {"offers": [one.offer.key for one in decided.chosen],
                              "count": len(proposals)})  # fmt: skip
            events.emit([told], actor=actor, now=now, request=request)
    return [
        _row(proposal, one.offer.key, held_back=trace["held_back"])
        for proposal, one in zip(proposals, decided.chosen, strict=True)
    ]


def looked(
    family: Sequence[UUID], *, policy: Policy, now: datetime, channel: str = "agent"
) -> Decided:
    """What a policy would decide for a customer now; nothing is kept."""
    company = companies.current()
    row = facts.row_of(family, company=company, now=now)
    return _looked(policy, family, row, company=company, now=now, channel=channel)


def _looked(
    policy: Policy, family: Sequence[UUID], row: Mapping[str, Any], *, company: Company,
    now: datetime, channel: str,
) -> Decided:  # fmt: skip
    return deciding.decide(
        offers=policy.offers, gates=policy.gates, row=row, clock=facts.clock(company, now),
        past=retention.past_of(family, zone=company.time_zone, now=now),
        tallies=retention.tallies(), channel=channel,
    )  # fmt: skip


def _chosen(one: Candidate, row: Mapping[str, Any], company: Company, now: datetime) -> Chosen:
    assert one.place is not None
    words = offer_words.wording(one.offer, row, company=company, today=company.today(now))
    return Chosen(one.offer.offer_id, one.offer.version_id, one.place, one.offer.sells, words)


def _row(proposal: Proposal, offer: str, *, held_back: int) -> dict[str, Any]:
    """As the panel of the database writes it."""
    return {
        "id": proposal.public_id, "offer": offer, "place": proposal.place,
        "sells": proposal.sells, "wording": proposal.wording,
        "shown_at": proposal.shown_at.isoformat(),
        "decision": ids.public("dec", proposal.decision_id), "held_back": held_back,
    }  # fmt: skip


def told(rows: Rows, *, language: str) -> Rows:
    """Proposals as a door shows them: words in the reader's language, the script in the
    customer's.
    """
    return [
        {
            **{name: value for name, value in row.items() if name != "wording"},
            **offer_words.told(row["wording"], language),
        }
        for row in rows
    ]


@transactions.retried
def record_outcome(
    proposal_id: UUID, said: Said, *, actor: Actor, now: datetime, request: str = ""
) -> Recorded:
    """Record what came of a proposal; an acceptance is followed from now on.

    OfferNoLongerAvailable when it is accepted but withdrawn, over, or held back since.
    """
    company = companies.current()
    today = company.today(now)
    with transactions.open():
        proposal = retention.proposal(proposal_id)
        outcome, is_new = offering.record_outcome(proposal, said, today=today, actor=actor, now=now)
        if not is_new:
            return Recorded(proposal, outcome, None, is_new=False)
        lead_id = None
        labels = retention.labels_of([proposal.offer_id])
        key, names = labels.get(proposal.offer_id, ("", {}))
        data = {"offer": key, "labels": names}
        told = [Happening(EVENTS[said.kind], now, proposal.customer_id, proposal.public_id, data)]
        if said.kind == Outcome.Kind.ACCEPTED:
            offer = _still_available(proposal, company=company, now=now)
            lead = offering.open_lead(
                proposal, products=[one.casefold() for one in offer.products],
                days=offer.lead_days, today=today, actor=actor, now=now,
            )  # fmt: skip
            lead_id = lead.id
            told.append(Happening("lead.opened", now, proposal.customer_id, lead.public_id, data))
        events.emit(told, actor=actor, now=now, request=request)
    transactions.after_commit(retention.forget)
    return Recorded(proposal, outcome, lead_id, is_new=True)


def _still_available(proposal: Proposal, *, company: Company, now: datetime) -> OfferText:
    """The offer as it is in force; refused where it is over, or held back by a gate since."""
    policy = retention.read_policy(facts.catalogue())
    offer = policy.offer(proposal.offer_id)
    if offer is None:
        raise offering.OfferNoLongerAvailable("This offer was withdrawn.", gate="withdrawn")
    family = customers.family_of(proposal.customer_id)
    if not privacy.may_market(family):
        raise offering.OfferNoLongerAvailable("The customer objected since.", gate="objection")
    row = facts.row_of(family, company=company, now=now)
    decided = deciding.decide(
        offers=[offer], gates=policy.gates, row=row, clock=facts.clock(company, now), past={},
        tallies={}, channel=offer.channels[0],
    )  # fmt: skip
    if not decided.candidates:
        raise offering.OfferNoLongerAvailable("This offer is over.", gate="validity")
    if held := decided.candidates[0].held:
        raise offering.OfferNoLongerAvailable(
            f"It is held back by {held[0].gate} now.", gate=held[0].gate
        )
    return offer
