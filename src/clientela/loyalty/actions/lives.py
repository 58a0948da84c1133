"""Points come to their end: before something is taken from an account, and in the sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

LOTS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Expired:
    """Points of one customer that ended at one instant, out of so many lots."""

    customer_id: UUID
    currency: str
    expired_at: datetime
    points: int
    lots: int


@needs_transaction
def settle(family: Sequence[UUID], *, actor: Actor, now: datetime) -> list[Expired]:
    """Lock all accounts of a family, in order, and take what is over; then others may take."""
    rows = sql.execute(
        "SELECT customer, currency, happened, points, lots FROM loyalty_settle(%s, %s, %s)",
        [list(family), now, actor.id], prepare=True,
    )  # fmt: skip
    return [Expired(*row) for row in rows.fetchall()]


@needs_transaction
def sweep(*, actor: Actor, now: datetime, lots_max: int = LOTS_AT_ONCE) -> list[Expired]:
    """Expire one slice of what is due; nothing when nothing is left."""
    rows = sql.execute(
        "SELECT customer, currency, happened, points, lots FROM loyalty_sweep(%s, %s, %s)",
        [now, actor.id, lots_max],
    )
    return [Expired(*row) for row in rows.fetchall()]


def expire_now(accounts: Sequence[int], *, actor: Actor, now: datetime) -> list[Expired]:
    """Take what is over from locked accounts: points given back may have ended meanwhile."""
    rows = sql.execute(
        "SELECT customer, currency, happened, points, lots FROM loyalty_expire(%s, %s, %s)",
        [list(accounts), now, actor.id], prepare=True,
    )  # fmt: skip
    return [Expired(*row) for row in rows.fetchall()]
