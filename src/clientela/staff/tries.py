"""Guessing is slow: so many failures a minute for each who tries, over all processes."""

from __future__ import annotations

from datetime import datetime

from clientela.platform import sql
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.staff.models import RateBucket

FAILURES_A_MINUTE_MAX = 10
RATE = FAILURES_A_MINUTE_MAX / 60


class TooManyTries(Problem):
    code = "too-many-tries"
    status = 429
    title = "This was tried too often"


def needs_patience(about: str, *, actor: Actor, now: datetime) -> None:
    """TooManyTries while somebody's failures are used up, whatever they bring."""
    bucket = RateBucket.objects.filter(subject=_subject(about, actor)).first()
    if bucket is None:
        return
    passed = max(0.0, (now - bucket.refilled_at).total_seconds())
    if bucket.tokens + RATE * passed < 1:
        raise TooManyTries("Wait a minute before you try again.", retry_after=60)


@needs_transaction
def failed(about: str, *, actor: Actor, now: datetime) -> None:
    """Count one failure."""
    sql.execute(
        "SELECT staff_take_token(%s, %s, %s, %s)",
        [_subject(about, actor), RATE, FAILURES_A_MINUTE_MAX, now], prepare=True,
    )  # fmt: skip


def _subject(about: str, actor: Actor) -> str:
    return f"{about}:{actor.id}"
