"""A customer earns nothing for a time: an invoice is overdue, something is looked into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.record_events import begun_happenings
from clientela.loyalty.actions import limits, waiting
from clientela.loyalty.actions.limits import AlreadyPaused
from clientela.loyalty.models import EarningPause
from clientela.loyalty.queries import limits as reads
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies


@transactions.retried
def pause_earning(
    family: Sequence[UUID], *, mode: str, cause: str, actor: Actor, now: datetime,
    request: str = "",
) -> EarningPause:  # fmt: skip
    """From now on what they earn is withheld, or dropped. AlreadyPaused."""
    with transactions.open():
        if reads.open_pause_of(family) is not None:
            raise AlreadyPaused
        made = limits.pause(family[0], mode=mode, cause=cause, actor=actor, now=now)
        told = Happening("earning.paused", now, family[0], made.public_id, {"mode": made.mode})
        events.emit([told], actor=actor, now=now, request=request)
    return made


@transactions.retried
def resume_earning(
    pause_id: UUID, *, actor: Actor, now: datetime, request: str = ""
) -> tuple[EarningPause, int]:
    """Earning goes on, withheld points begin now: the pause and how many. PauseHasEnded."""
    with transactions.open():
        found = reads.pause(pause_id)
        ended = limits.end_pause(found, actor=actor, now=now)
        begun = waiting.resumed(ended.id, zone=companies.current().zone, actor=actor, now=now)
        whose = customers.family_of(ended.customer_id)
        told = [
            Happening("earning.resumed", now, whose[0] if whose else ended.customer_id,
                      ended.public_id),
            *begun_happenings(begun),
        ]  # fmt: skip
        events.emit(told, actor=actor, now=now, request=request)
    return ended, sum(one.points for one in begun)
