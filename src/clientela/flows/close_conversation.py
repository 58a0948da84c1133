"""A conversation ends: first it is said what came of the offers that were on screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from clientela.calls.models import Conversation
from clientela.customers import queries as customers
from clientela.flows import converse, offers
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.retention import queries as retention
from clientela.retention.actions.offering import Said
from clientela.retention.models import Outcome, Proposal
from clientela.staff import company as companies

SAYS = "retention.serve"
STANDS = timedelta(minutes=15)


class OutcomeMissing(Problem):
    code = "outcome-missing"
    status = 409
    title = "Say first what came of the offers"


@transactions.retried
def close(
    conversation_id: UUID, *, outcome: str, not_presented: bool = False, actor: Actor,
    now: datetime, request: str = "",
) -> Conversation:  # fmt: skip
    """The conversation is over. OutcomeMissing while something shown in it has no outcome;
    `not_presented` says of all of it that the customer was not asked.
    """
    with transactions.open():
        talk = converse.own(conversation_id, actor=actor)
        missing = unsaid(talk, actor=actor) if talk.ended_at is None else []
        if missing and not not_presented:
            raise OutcomeMissing(
                f"{len(missing)} offers have no outcome yet.",
                proposals=[one.public_id for one in missing],
            )
        for one in missing:
            offers.record_outcome(
                one.id, Said(Outcome.Kind.NOT_PRESENTED), actor=actor, now=now, request=request
            )
        return converse.end(conversation_id, outcome=outcome, actor=actor, now=now, request=request)


def unsaid(talk: Conversation, *, actor: Actor) -> list[Proposal]:
    """What this conversation put on screen and nobody said anything of yet."""
    company = companies.current()
    if talk.customer_id is None or not company.is_on(offers.SWITCH) or not actor.may(SAYS):
        return []
    decision = retention.latest_decision(customers.family_of(talk.customer_id))
    if decision is None or decision.decided_at < talk.started_at - STANDS:
        return []
    found = retention.proposals_of_decision(decision)
    return [one for one in found if retention.outcome_of(one) is None]


def in_words(proposals: Sequence[Proposal], *, language: str) -> list[dict[str, Any]]:
    """Headlines, for the question at the end."""
    return offers.told(
        [{"id": one.public_id, "place": one.place, "wording": one.wording} for one in proposals],
        language=language,
    )
