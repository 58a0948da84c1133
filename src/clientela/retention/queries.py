"""Every read of flags, needs, offers, decisions, proposals and leads."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from clientela.customers import sight
from clientela.customers.sight import seen
from clientela.platform import sql
from clientela.platform.conditions.facts import Catalogue
from clientela.platform.errors import NotThere, Problem
from clientela.retention.models import (
    Decision,
    Flag,
    Gate,
    GateVersion,
    Lead,
    Need,
    Offer,
    OfferVersion,
    Outcome,
    Proposal,
)
from clientela.retention.rules import deciding, offers
from clientela.retention.rules.deciding import Answered, Past, Tally
from clientela.retention.rules.offers import GateText, OfferText

log = logging.getLogger("clientela.retention")
POLICY_SECONDS = 1.0
TALLY_SECONDS = 60.0
PAGE_MAX = 200
REPLACED_MAX = 100


class NoSuchOffer(NotThere):
    code = "no-such-offer"
    title = "There is no such offer"


class NoSuchProposal(NotThere):
    code = "no-such-proposal"
    title = "There is no such proposal"


class NoSuchDecision(NotThere):
    code = "no-such-decision"
    title = "There is no such decision"


class NoSuchFlag(NotThere):
    code = "no-such-flag"
    title = "There is no such flag"


class NoSuchNeed(NotThere):
    code = "no-such-need"
    title = "There is no such need"


class NoSuchLead(NotThere):
    code = "no-such-lead"
    title = "There is no such lead"


@dataclass(frozen=True, slots=True)
class Policy:
    """The offers and gates in force."""

    offers: tuple[OfferText, ...] = ()
    gates: tuple[GateText, ...] = ()

    def offer(self, offer_id: UUID) -> OfferText | None:
        return next((one for one in self.offers if one.offer_id == offer_id), None)


_kept: dict[str, tuple[float, Any]] = {}


def forget() -> None:
    """Drop this process's copies."""
    _kept.clear()


def policy(catalogue: Catalogue) -> Policy:
    """What is in force; what is published is seen by every process within a second."""
    kept = _kept.get("policy")
    if kept is None or time.monotonic() - kept[0] > POLICY_SECONDS:
        kept = _kept["policy"] = (time.monotonic(), read_policy(catalogue))
    found: Policy = kept[1]
    return found


def read_policy(catalogue: Catalogue) -> Policy:
    """The policy as it is stored, past any cache.

    What cannot be read any more never stops the others: an offer is left out, a gate holds back.
    """
    offered: list[OfferText] = []
    gates: list[GateText] = []
    for what, offer_id, version_id, number, text in sql.statement("retention", "policy").rows():
        body = json.loads(text)
        try:
            if what == "gate":
                gates.append(offers.read_gate(body, catalogue, version=number))
            else:
                offered.append(
                    offers.read_offer(body, catalogue, offer_id=offer_id, version_id=version_id,
                                      version=number)
                )  # fmt: skip
        except Problem as fault:
            log.error("%s %s cannot be used: %s", what, body.get("key"), fault.detail)
            if what == "gate":
                gates.append(offers.broken_gate(body, version=number))
    return Policy(tuple(offered), tuple(gates))


def tallies() -> Mapping[UUID, Tally]:
    """How often each offer was answered; at most a minute old."""
    kept = _kept.get("tallies")
    if kept is None or time.monotonic() - kept[0] > TALLY_SECONDS:
        rows = sql.statement("retention", "tallies").rows()
        found = {offer: Tally(accepted, answered) for offer, accepted, answered in rows}
        kept = _kept["tallies"] = (time.monotonic(), found)
    answer: Mapping[UUID, Tally] = kept[1]
    return answer


def past_of(family: Sequence[UUID], *, zone: str, now: datetime) -> dict[UUID, Past]:
    """What a family has seen and said of each offer."""
    since = now - timedelta(days=deciding.PRESENTED_DAYS + 1)
    rows = sql.statement("retention", "past").rows(family=list(family), zone=zone, since=since)
    return {
        offer: Past(tuple(days or ()), Answered(kind, said_on, until) if kind else None, has_lead)
        for offer, days, kind, said_on, until, has_lead in rows
    }


def flags_of(family: Iterable[UUID]) -> list[Flag]:
    """The open flags, the oldest first."""
    return list(Flag.objects.filter(customer_id__in=list(family), cleared_at=None).order_by("id"))


def flag(flag_id: UUID) -> Flag:
    found = seen(Flag.objects.filter(id=flag_id)).first()
    if found is None:
        raise NoSuchFlag
    return found


def needs_of(family: Iterable[UUID], *, today: date) -> list[Need]:
    """The needs that are open and have not expired, the newest first."""
    live = Q(expires_on=None) | Q(expires_on__gte=today)
    needs = Need.objects.filter(live, customer_id__in=list(family), closed_at=None)
    return list(needs.order_by("-noted_at", "-id"))


def was_noted(customer_ids: Iterable[UUID], *, by: str) -> bool:
    """Whether this actor has noted a need of any of them."""
    return Need.objects.filter(customer_id__in=list(customer_ids), noted_by=by).exists()


def need(need_id: UUID) -> Need:
    found = seen(Need.objects.filter(id=need_id)).first()
    if found is None:
        raise NoSuchNeed
    return found


def offer(key: str) -> Offer:
    found = Offer.objects.filter(key=key).first()
    if found is None:
        raise NoSuchOffer(f"There is no offer {key}.")
    return found


def versions_of(key: str) -> list[OfferVersion]:
    """All published texts of an offer, the newest first."""
    return list(offer(key).versions.order_by("-number"))


def all_offers() -> list[tuple[Offer, OfferVersion]]:
    """Every offer with its newest version, by group and key."""
    newest = OfferVersion.objects.order_by("offer_id", "-number").distinct("offer_id")
    by_offer = {one.offer_id: one for one in newest}
    return [(one, by_offer[one.id]) for one in Offer.objects.all() if one.id in by_offer]


def all_gates() -> list[tuple[Gate, GateVersion]]:
    newest = GateVersion.objects.order_by("gate_id", "-number").distinct("gate_id")
    by_gate = {one.gate_id: one for one in newest}
    return [(one, by_gate[one.id]) for one in Gate.objects.all() if one.id in by_gate]


def texts_of(version_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The bodies of offer versions by id."""
    rows = OfferVersion.objects.filter(id__in=list(version_ids)).values_list("id", "body")
    return dict(rows)


def gate_texts(named: Iterable[tuple[str, int]]) -> dict[tuple[str, int], dict[str, Any]]:
    """The bodies of gate versions by key and number."""
    wanted = set(named)
    rows = GateVersion.objects.filter(gate__key__in={key for key, _ in wanted})
    return {
        (key, number): body
        for key, number, body in rows.values_list("gate__key", "number", "body")
        if (key, number) in wanted
    }


def decision(decision_id: UUID) -> Decision:
    found = seen(Decision.objects.filter(id=decision_id)).first()
    if found is None:
        raise NoSuchDecision
    return found


def latest_decision(family: Iterable[UUID]) -> Decision | None:
    found = Decision.objects.filter(customer_id__in=list(family))
    return found.order_by("-decided_at", "-id").first()


def replaced_since(latest: Decision, family: Iterable[UUID], *, since: datetime) -> list[Proposal]:
    """What decisions before the latest put on screen since then, as long as nothing came of it."""
    earlier = Decision.objects.filter(customer_id__in=list(family), decided_at__gte=since)
    shown = Proposal.objects.filter(
        customer_id__in=list(family), decision_id__in=earlier.exclude(id=latest.id).values("id")
    )
    return [one for one in shown.order_by("id")[:REPLACED_MAX] if outcome_of(one) is None]


def proposal(proposal_id: UUID) -> Proposal:
    found = seen(Proposal.objects.filter(id=proposal_id)).first()
    if found is None:
        raise NoSuchProposal
    return found


def proposals_of_decision(found: Decision) -> list[Proposal]:
    rows = Proposal.objects.filter(customer_id=found.customer_id, decision_id=found.id)
    return list(rows.order_by("place"))


@dataclass(frozen=True, slots=True)
class Put:
    """A proposal and what came of it: `outcome` is "" while nothing has."""

    id: UUID
    shown_at: datetime
    place: int
    wording: Mapping[str, Any]
    outcome: str
    reason: str
    until_on: date | None


def proposals_of(
    family: Iterable[UUID], *, before: tuple[datetime, UUID] | None = None, limit: int = 50
) -> list[Put]:
    """What was proposed, the newest first, paged by (shown_at, id)."""
    rows = sql.statement("retention", "proposals").rows(
        family=list(family), shown_at=before[0] if before else None,
        id=before[1] if before else None, limit=min(limit, PAGE_MAX),
    )  # fmt: skip
    return [
        Put(id, shown_at, place, json.loads(wording), outcome, reason, until_on)
        for id, shown_at, place, wording, outcome, reason, until_on in rows
    ]


def outcome_of(proposal: Proposal) -> Outcome | None:
    return Outcome.objects.filter(customer_id=proposal.customer_id, proposal_id=proposal.id).first()


def lead(lead_id: UUID) -> Lead:
    found = seen(Lead.objects.filter(id=lead_id)).first()
    if found is None:
        raise NoSuchLead
    return found


def leads_of(family: Iterable[UUID], *, limit: int = 50) -> list[Lead]:
    leads = Lead.objects.filter(customer_id__in=list(family))
    return list(leads.order_by("-opened_at", "-id")[:limit])


def open_leads(*, after: tuple[date, UUID] | None = None, limit: int = 50) -> list[Lead]:
    """Leads still under way, those due first, paged by (due_on, id)."""
    leads = seen(Lead.objects.filter(closed_at=None))
    if after is not None:
        due_on, id = after
        leads = leads.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, id__gt=id))
    return list(leads.order_by("due_on", "id")[: min(limit, PAGE_MAX)])


def labels_of(offer_ids: Iterable[UUID]) -> dict[UUID, tuple[str, Mapping[str, str]]]:
    """Key and labels of offers, as their newest version has them."""
    newest = OfferVersion.objects.filter(offer_id__in=set(offer_ids)).select_related("offer")
    rows = newest.order_by("offer_id", "-number").distinct("offer_id")
    return {one.offer_id: (one.offer.key, one.body.get("labels") or {}) for one in rows}


@dataclass(frozen=True, slots=True)
class Maturing:
    """A holding whose rate or term ends soon. `is_rate`: the fixed rate, not the whole of it."""

    holding_id: UUID
    customer_id: UUID
    customer: str
    product: str
    icon: str
    ends_on: date
    is_rate: bool


@dataclass(frozen=True, slots=True)
class Due:
    """An offer a customer asked to come back to."""

    customer_id: UUID
    customer: str
    offer_id: UUID
    until_on: date
    recorded_by: str
    proposal_id: UUID


def matures_soon(*, today: date, days: int, limit: int) -> list[Maturing]:
    """Fixed rates and terms that end within the days ahead, soonest first."""
    rows = sql.statement("retention", "matures_soon").rows(
        today=today, until=today + timedelta(days=days), limit=limit, **sight.present().of_rows
    )
    return [Maturing(*row) for row in rows]


def later_due(*, today: date, days: int, limit: int) -> list[Due]:
    """Who asked to be asked again: those whose day came within the last 90, and the days ahead."""
    rows = sql.statement("retention", "later_due").rows(
        until=today + timedelta(days=days),
        since=today - timedelta(days=90),
        limit=limit,
        **sight.present().of_rows,
    )
    return [Due(*row) for row in rows]
