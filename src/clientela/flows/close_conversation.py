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
from clientela.retention.models import Decision, Outcome, Proposal
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
    """The conversation is over. OutcomeMissing while something on screen has no outcome;
    `not_presented` says of all of it that the customer was not asked. Of what a newer decision
    took off the screen before anybody spoke of it, that is said without a question.
    """
    with transactions.open():
        talk = converse.own(conversation_id, actor=actor)
        missing = unsaid(talk, actor=actor) if talk.ended_at is None else []
        if missing and not not_presented:
            raise OutcomeMissing(
                f"{len(missing)} offers have no outcome yet.",
                proposals=[one.public_id for one in missing],
            )
        replaced = _replaced(talk, actor=actor) if talk.ended_at is None else []
        for one in [*missing, *replaced]:
            offers.record_outcome(
                one.id, Said(Outcome.Kind.NOT_PRESENTED), actor=actor, now=now, request=request
            )
        return converse.end(conversation_id, outcome=outcome, actor=actor, now=now, request=request)


def unsaid(talk: Conversation, *, actor: Actor) -> list[Proposal]:
    """What is on this conversation's screen and nobody said anything of yet."""
    decision = _decision(talk, actor=actor)
    found = retention.proposals_of_decision(decision) if decision else []
    return [one for one in found if retention.outcome_of(one) is None]


def _replaced(talk: Conversation, *, actor: Actor) -> list[Proposal]:
    latest = _decision(talk, actor=actor)
    if latest is None or talk.customer_id is None:
        return []
    family = customers.family_of(talk.customer_id)
    return retention.replaced_since(latest, family, since=talk.started_at)


def _decision(talk: Conversation, *, actor: Actor) -> Decision | None:
    """The decision that is on the screen of this conversation."""
    is_on = companies.current().is_on(offers.SWITCH)
    if talk.customer_id is None or not is_on or not actor.may(SAYS):
        return None
    latest = retention.latest_decision(customers.family_of(talk.customer_id))
    is_shown = latest is not None and latest.decided_at >= talk.started_at - STANDS
    return latest if is_shown else None


def in_words(proposals: Sequence[Proposal], *, language: str) -> list[dict[str, Any]]:
    """Headlines, for the question at the end."""
    return offers.told(
        [{"id": one.public_id, "place": one.place, "wording": one.wording} for one in proposals],
        language=language,
    )
