"""What earning does to points besides: those of before live on, those that are over already end."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from clientela.events.actions import Happening
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import lives
from clientela.loyalty.actions.lives import Living
from clientela.loyalty.queries.ledger import Scheme
from clientela.platform.http.actors import Actor


def after_earning(
    bought: Iterable[tuple[UUID, datetime]], *, schemes: Sequence[Scheme], actor: Actor,
    now: datetime,
) -> list[Happening]:  # fmt: skip
    """Customers bought at these instants, and what they earned is booked on locked accounts.

    Points of a purchase that is told so late that their life is over are booked and end at once.
    """
    told = list(bought)
    if not schemes or not told:
        return []
    _live_on(told, schemes=schemes, actor=actor, now=now)
    last_over = _last_over({at for _, at in told}, schemes, now=now)
    if last_over is None:
        return []
    late = {customer for customer, at in told if at <= last_over}
    return list(expired_happenings(lives.settle(sorted(late), actor=actor, now=now)))


def _live_on(
    bought: Sequence[tuple[UUID, datetime]], *, schemes: Sequence[Scheme], actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    for scheme in schemes:
        if scheme.lives_on:
            living = Living(scheme.currency_id, scheme.life, scheme.longest, scheme.zone)
            lives.live_on(dict(sorted(bought, key=itemgetter(1))), living=living, actor=actor,
                          now=now)  # fmt: skip


def _last_over(
    instants: Collection[datetime], schemes: Sequence[Scheme], *, now: datetime
) -> datetime | None:
    """The last of these instants from which points are over by now; a life ends later the later
    it begins.
    """
    if not _is_over(min(instants), schemes, now=now):
        return None
    ordered = sorted(instants)
    return ordered[
        bisect_left(ordered, True, key=lambda at: not _is_over(at, schemes, now=now)) - 1
    ]


def _is_over(at: datetime, schemes: Sequence[Scheme], *, now: datetime) -> bool:
    """Whether points of any rule that begin then are over by now."""
    for scheme in schemes:
        for life in {scheme.life, *(rule.life for rule in scheme.rules if rule.life)}:
            end = life.expires_at(at, scheme.zone)
            if end is not None and end <= now:
                return True
    return False
