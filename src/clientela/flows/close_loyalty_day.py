"""The end of a day in loyalty: what waited begins, tiers are reviewed, what is over is taken, and
cash is paid by itself to those who want it.

Each day of a programme ends at its own midnight, and every step counts from that midnight, not from
the time of the run: late or repeated, it does the same. A step is done in slices, each in a
transaction of its own that writes down how far it came; a run that was broken off goes on from
there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clientela.events import actions as events
from clientela.flows import member_notices, review_tiers, standing_orders
from clientela.flows.told_points import many_turned
from clientela.loyalty.actions import day_steps, lives
from clientela.loyalty.models import Programme
from clientela.loyalty.queries import day_steps as queries
from clientela.platform import periods, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor

DAYS_MAX = 31  # days before these end together with the first of them
SLICES_MAX = 100_000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Midnight:
    """The instant at which a day of a programme is over."""

    programme: str
    day: date
    zone: ZoneInfo

    @property
    def instant(self) -> datetime:
        return periods.local_midnight(self.day + DAY, self.zone)


@dataclass(frozen=True, slots=True)
class Slice:
    """`done`: how much; `place`: where the next goes on, None when nothing is left to do."""

    done: int
    place: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """`work(midnight, place, actor, now)` does one slice in the transaction that is open."""

    key: str
    work: Callable[[Midnight, str, Actor, datetime], Slice]


@dataclass(frozen=True, slots=True)
class Closed:
    """`done` of a step of a day: lots, standings or members."""

    programme: str
    day: date
    step: str
    done: int


def close_loyalty_day(
    *, actor: Actor, now: datetime, until: date | None = None,
    told: Callable[[Closed], object] | None = None,
) -> list[Closed]:  # fmt: skip
    """End every day that is over, of every programme; with `until` no day after that one.

    A day that is closed is left alone. InvalidInput for a day that is not over yet.
    """
    closed: list[Closed] = []
    for programme in queries.open_programmes():
        for midnight in _due(programme, until=until, now=now):
            for step in STEPS:
                one = _close(midnight, step, actor=actor, now=now)
                closed.append(one)
                if told is not None:
                    told(one)
    return closed


def _due(programme: Programme, *, until: date | None, now: datetime) -> Iterator[Midnight]:
    zone = ZoneInfo(programme.time_zone)
    yesterday = periods.day_of(now, zone) - DAY
    last = yesterday if until is None else until
    if last > yesterday:
        raise InvalidInput("This day is not over yet.", field="date")
    before = queries.last_closed(programme.code, steps=len(STEPS))
    first = last if before is None else max(before + DAY, last - (DAYS_MAX - 1) * DAY)
    for number in range((last - first).days + 1):
        yield Midnight(programme.code, first + number * DAY, zone)


def _close(midnight: Midnight, step: Step, *, actor: Actor, now: datetime) -> Closed:
    for _ in range(SLICES_MAX):
        done, is_over = _slice(midnight, step, actor=actor, now=now)
        if is_over:
            return Closed(midnight.programme, midnight.day, step.key, done)
    raise AssertionError("a step ends")


@transactions.retried
def _slice(midnight: Midnight, step: Step, *, actor: Actor, now: datetime) -> tuple[int, bool]:
    """How much of the step is done with this slice, and whether it is over."""
    with transactions.open():
        found = day_steps.begun(midnight.programme, midnight.day, step.key, now=now)
        if found.ended_at is not None:
            return found.done, True
        part = step.work(midnight, found.place, actor, now)
        day_steps.went_on(
            found, done=part.done, place=part.place or "", is_over=part.place is None, now=now
        )
    return found.done + part.done, part.place is None


def _activate(midnight: Midnight, place: str, actor: Actor, now: datetime) -> Slice:
    turns = lives.activate(actor=actor, now=midnight.instant)
    events.emit((), before=many_turned(turns), actor=actor, now=now)
    return Slice(sum(one.lots for one in turns), place if turns else None)


def _review(midnight: Midnight, place: str, actor: Actor, now: datetime) -> Slice:
    decided = review_tiers.review_slice(
        midnight.programme, actor=actor, at=midnight.instant, now=now
    )
    return Slice(decided, place if decided else None)


def _expire(midnight: Midnight, place: str, actor: Actor, now: datetime) -> Slice:
    turns = lives.sweep(actor=actor, now=midnight.instant)
    events.emit((), before=many_turned(turns), actor=actor, now=now)
    return Slice(sum(one.lots for one in turns), place if turns else None)


def _pay_out(midnight: Midnight, place: str, actor: Actor, now: datetime) -> Slice:
    day = periods.day_of(midnight.instant, midnight.zone)
    return Slice(*standing_orders.pay_slice(
        midnight.programme, on=day, after=place, actor=actor, at=midnight.instant, now=now
    ))  # fmt: skip


def _tell(midnight: Midnight, place: str, actor: Actor, now: datetime) -> Slice:
    """Of a day that ended long ago nobody is told: a later one of the same run tells of today."""
    if now - midnight.instant >= DAY:
        return Slice(0, None)
    told, following = member_notices.tell_slice(
        midnight.programme, place, day=midnight.day + DAY, actor=actor, now=now
    )
    return Slice(told, following or None)


# In this order: what begins today counts for tiers, and a tier's benefits count before points end.
# Counters of limits and tiers are kept by their period, so that none is set back here.
# Members are told last, of what is so then.
STEPS = (
    Step("activate", _activate), Step("review", _review), Step("expire", _expire),
    Step("pay_out", _pay_out), Step("tell", _tell),
)  # fmt: skip
