"""Points that a return could not take back: a person takes them after all, or lets them go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.grant_points import refuse_own
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import clawbacks, lives
from clientela.loyalty.actions.lives import Turn
from clientela.loyalty.models import ClawbackDecision, Posting
from clientela.loyalty.queries import ledger
from clientela.platform import transactions
from clientela.platform.errors import NotThere
from clientela.platform.http.actors import Actor


class NoSuchClawback(NotThere):
    code = "no-such-clawback"
    title = "No return left points of this posting that it could not take"


@transactions.retried
def take_back(
    posting_id: int, points: int | None = None, *, reason: str, actor: Actor, now: datetime,
    request: str = "",
) -> ClawbackDecision:  # fmt: skip
    """So many, or as many as there are now of those that were let go; taken as others are, those
    that end first. TooFewPoints, AlreadyDecided, OwnPoints.
    """
    with transactions.open():
        refused = _refused(posting_id)
        family = customers.family_of(refused.customer_id)
        refuse_own(family, actor)
        turns = lives.settle(family, actor=actor, now=now)
        decision = clawbacks.take_back(
            refused, points, whose=family[0], reason=reason,
            scheme=ledger.scheme_of(refused.currency_id), actor=actor, now=now,
        )  # fmt: skip
        more = {"posting": f"pos_{decision.taken_by}"}
        told = _told("clawback.taken_back", refused, decision.points, now, **more)
        _tell(turns, told, actor=actor, now=now, request=request)
    return decision


@transactions.retried
def let_go(
    posting_id: int, *, reason: str, actor: Actor, now: datetime, request: str = ""
) -> ClawbackDecision:
    """What was forgiven stays so, and now somebody stands for it. AlreadyDecided, OwnPoints."""
    with transactions.open():
        refused = _refused(posting_id)
        refuse_own(customers.family_of(refused.customer_id), actor)
        decision = clawbacks.let_go(refused, reason=reason, actor=actor, now=now)
        told = _told("clawback.let_go", refused, refused.forgiven, now)
        _tell((), told, actor=actor, now=now, request=request)
    return decision


def _refused(posting_id: int) -> Posting:
    found = ledger.posting(posting_id)
    if not found.forgiven:
        raise NoSuchClawback
    return found


def _told(name: str, refused: Posting, points: int, now: datetime, **more: str) -> Happening:
    data = {"points": points, "currency": refused.currency.code, **more}
    return Happening(name, now, refused.customer_id, refused.public_id, data)


def _tell(
    turns: Sequence[Turn], told: Happening, *, actor: Actor, now: datetime, request: str
) -> None:
    events.emit([*expired_happenings(turns), told], actor=actor, now=now, request=request)
