"""People keep points for a customer: they end later, come back, or a debt is let go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import debts, lives
from clientela.loyalty.actions.lives import LotNotMovable, Move
from clientela.loyalty.models import Lot, LotLife
from clientela.loyalty.queries import lots
from clientela.loyalty.queries.lots import Kept
from clientela.platform import ids, periods, text, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor

REASON_LENGTH_MAX = 500
YEARS_MAX = 100
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Extended:
    """`points` can be used through `last_on`; `posting_id`: they were over, and came back by it."""

    lot: Lot
    points: int
    last_on: date
    posting_id: int | None = None


@dataclass(frozen=True, slots=True)
class Forgiven:
    points: int
    postings: tuple[int, ...]


@transactions.retried
def extend_points(
    lot_id: UUID, *, last_on: date, reason: str, actor: Actor, now: datetime, request: str = ""
) -> Extended:
    """Let points be used through another day than their own; what is over comes back.

    LotNotMovable where that is no later than before, or they never end, or wait.
    """
    words = reason_of(reason)
    with transactions.open():
        kept = lots.kept(lot_id)
        family = customers.family_of(kept.lot.customer_id)
        turns = lives.settle(family, actor=actor, now=now)
        kept = lots.kept(lot_id)
        ends_at = _midnight_after(last_on, kept.zone, now=now)
        done = _extended(kept, last_on, ends_at, words, actor=actor, now=now)
        told = [*expired_happenings(turns), _told(done, kept, now)]
        events.emit(told, actor=actor, now=now, request=request)
    return done


def _extended(
    kept: Kept, last_on: date, ends_at: datetime, reason: str, *, actor: Actor, now: datetime
) -> Extended:
    lot = kept.lot
    if lot.expires_at is None:
        raise LotNotMovable(
            "These points wait for something." if lot.active_at is None
            else "These points never end.",
            reason="waits" if lot.active_at is None else "never-ends",
        )  # fmt: skip
    if lot.expires_at >= ends_at:
        raise LotNotMovable("They end no earlier than that.", reason="not-later")
    back = lives.reinstate(lot, expires_at=ends_at, reason=reason, actor=actor, now=now)
    if back is not None:
        return Extended(lot, back.points, last_on, back.posting_id)
    if not lot.remaining:
        raise LotNotMovable("These points are used.", reason="used")
    lives.move(
        [Move(lot.id, lot.customer_id, ends_at)], cause=LotLife.Cause.STAFF, reason=reason,
        actor=actor, now=now,
    )  # fmt: skip
    return Extended(lot, lot.remaining, last_on)


def _told(done: Extended, kept: Kept, now: datetime) -> Happening:
    lot = done.lot
    data = {"points": done.points, "currency": kept.currency, "last_on": done.last_on.isoformat(),
            "lot": ids.public("lot", lot.id)}  # fmt: skip
    if done.posting_id is not None:
        data["posting"] = f"pos_{done.posting_id}"
    name = "points.extended" if done.posting_id is None else "points.reinstated"
    return Happening(name, now, lot.customer_id, ids.public("cus", lot.customer_id), data)


@transactions.retried
def forgive_debt(
    customer: customers.Reference, *, currency: str, points: int | None = None, reason: str,
    actor: Actor, now: datetime, request: str = "",
) -> Forgiven:  # fmt: skip
    """Let go what a customer owes in points, or so many of them; NothingOwed where that is none."""
    words = reason_of(reason)
    if points is not None and points < 1:
        raise InvalidInput("Forgive a whole number of points above 0.", field="points")
    with transactions.open():
        survivor = customers.the_one(customer).survivor
        family = customers.family_of(survivor)
        turns = lives.settle(family, actor=actor, now=now)
        found = debts.forgive(
            family, currency_id=lots.currency_id(currency), points=points, reason=words,
            actor=actor, now=now,
        )  # fmt: skip
        told = [
            Happening("points.debt_forgiven", now, one.customer_id,
                      ids.public("cus", one.customer_id),
                      {"points": one.points, "currency": currency,
                       "posting": f"pos_{one.posting_id}"})
            for one in found
        ]  # fmt: skip
        events.emit([*expired_happenings(turns), *told], actor=actor, now=now, request=request)
    return Forgiven(sum(one.points for one in found), tuple(one.posting_id for one in found))


def reason_of(given: str) -> str:
    """Why somebody does this, in their words; needed."""
    try:
        words = text.clean(given)
    except ValueError:
        words = ""
    if not 1 <= len(words) <= REASON_LENGTH_MAX:
        raise InvalidInput(f"Say why, in 1 to {REASON_LENGTH_MAX} signs.", field="reason")
    return words


def _midnight_after(last_on: date, zone: ZoneInfo, *, now: datetime) -> datetime:
    today = periods.day_of(now, zone)
    if not today <= last_on <= periods.add_months(today, 12 * YEARS_MAX):
        raise InvalidInput("Choose a day that is not over yet.", field="last_on")
    return periods.local_midnight(last_on + DAY, zone)
