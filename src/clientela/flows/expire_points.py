"""The sweep: points whose time is over are taken, slice by slice, each in a transaction of its own.

Whether or not it ran, they are neither shown nor spendable; run again, it does nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from clientela.events import actions as events
from clientela.flows.told_points import many_turned
from clientela.loyalty.actions import lives
from clientela.loyalty.actions.lives import Expired, Turn
from clientela.platform import transactions
from clientela.platform.http.actors import Actor

SLICES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Swept:
    customers: int
    lots: int
    points: int


def expire_points(
    *, actor: Actor, now: datetime, told: Callable[[int], object] | None = None
) -> Swept:
    """Expire all that is due. `told` hears how many lots are done after each slice."""
    customers, lots, points = set(), 0, 0
    for _ in range(SLICES_MAX):
        slice_ = _slice(actor=actor, now=now)
        if not slice_:
            break
        over = [one for one in slice_ if isinstance(one, Expired)]
        customers |= {one.customer_id for one in over}
        lots += sum(one.lots for one in over)
        points += sum(one.points for one in over)
        if told is not None:
            told(lots)
    return Swept(len(customers), lots, points)


@transactions.retried
def _slice(*, actor: Actor, now: datetime) -> list[Turn]:
    with transactions.open():
        turns = lives.sweep(actor=actor, now=now)
        events.emit((), before=many_turned(turns), actor=actor, now=now)
    return turns
