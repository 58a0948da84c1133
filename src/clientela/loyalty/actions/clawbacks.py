"""Somebody decides about points that a return could not take: once, with a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from clientela.loyalty.actions import granting
from clientela.loyalty.actions.cash import AlreadyDecided
from clientela.loyalty.actions.granting import TooFewPoints
from clientela.loyalty.models import ClawbackDecision, Posting
from clientela.loyalty.queries.ledger import Scheme
from clientela.platform import text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

SOURCE = "clawback"
REASON_LENGTH_MAX = 500


@needs_transaction
def take_back(
    refused: Posting, points: int | None, *, whose: UUID, reason: str, scheme: Scheme,
    actor: Actor, now: datetime,
) -> ClawbackDecision:  # fmt: skip
    """So many of the points that were let go or, without a figure, as many as there are, from
    `whose` settled account: the record that goes on. TooFewPoints, AlreadyDecided.
    """
    if points is not None and not 0 < points <= refused.forgiven:
        raise InvalidInput(f"Take from 1 to {refused.forgiven} points.", field="points")
    _refuse_decided(refused)
    taken, posting_id = _take(refused, points, whose, scheme=scheme, actor=actor, now=now)
    return _decided(
        refused, ClawbackDecision.Verdict.TAKEN_BACK, reason, points=taken, taken_by=posting_id,
        actor=actor, now=now,
    )  # fmt: skip


@needs_transaction
def let_go(refused: Posting, *, reason: str, actor: Actor, now: datetime) -> ClawbackDecision:
    """They stay forgiven. AlreadyDecided."""
    verdict = ClawbackDecision.Verdict.LET_GO
    return _decided(refused, verdict, reason, points=0, taken_by=None, actor=actor, now=now)


def _refuse_decided(refused: Posting) -> None:
    if ClawbackDecision.objects.filter(
        customer_id=refused.customer_id, posting_id=refused.pk
    ).exists():
        raise AlreadyDecided


def _take(
    refused: Posting, points: int | None, whose: UUID, *, scheme: Scheme, actor: Actor,
    now: datetime,
) -> tuple[int, int]:  # fmt: skip
    """How many were taken, and the posting that took them."""

    def take(wanted: int) -> tuple[int, int]:
        posting_id = granting.take(
            customer_id=whose, points=wanted, source=SOURCE, key=refused.public_id,
            body_hash=bytes(refused.body_hash), scheme=scheme, actor=actor, now=now,
        )  # fmt: skip
        return wanted, posting_id

    try:
        return take(points or refused.forgiven)
    except TooFewPoints as few:
        left = refused.forgiven - int(few.extra["missing"])
        if points is not None or left <= 0:
            raise
        return take(left)


def _decided(
    refused: Posting, verdict: ClawbackDecision.Verdict, reason: str, *, points: int,
    taken_by: int | None, actor: Actor, now: datetime,
) -> ClawbackDecision:  # fmt: skip
    words = text.clean(reason)[:REASON_LENGTH_MAX]
    if not words:
        raise InvalidInput("Say why.", field="reason")
    with refusing(a_clawback_is_decided_once=AlreadyDecided):
        return ClawbackDecision.objects.create(
            customer_id=refused.customer_id, posting_id=refused.pk, verdict=verdict, points=points,
            taken_by=taken_by, reason=words, decided_by=actor.id, decided_at=now,
        )  # fmt: skip
