"""What was bought becomes habits: folded in the order of commits, of whoever did not object."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

from clientela.customers import families
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.transactions import needs_transaction
from clientela.privacy import profiling
from clientela.products import queries as products
from clientela.purchases.habits import actions as habits
from clientela.purchases.habits import describing, queries
from clientela.purchases.habits.actions import Started
from clientela.purchases.habits.models import HabitProfile, HabitStop
from clientela.staff import company as companies

STEPS_MAX = 200  # some million happenings; the next run goes on
STOPS_AT_ONCE_MAX = 1_000


def fold(*, now: datetime) -> int:
    """Fold what is committed and not folded yet; how many records something was counted of."""
    rebuild(now=now, steps=STEPS_MAX)
    folded = 0
    for _ in range(STEPS_MAX):
        count = _step(now=now)
        if count is None:
            break
        folded += count
    return folded


def describe(*, now: datetime) -> int:
    """Say anew what is usual for whoever bought since, and tell of baskets that changed."""
    described = 0
    for _ in range(STEPS_MAX):
        count = _describe_some(now=now)
        described += count
        if not count:
            break
    return described


@transactions.retried
def _describe_some(*, now: datetime) -> int:
    with transactions.open():
        count, changed = describing.describe_some(zone=companies.current().zone, now=now)
        told = [
            Happening(
                "habit.basket_changed", one.last_at, one.customer_id,
                ids.public("cus", one.customer_id),
                {"change": one.change, "minor": one.recent_minor, "before": one.before_minor,
                 "currency": one.currency},
            )
            for one in changed
        ]  # fmt: skip
        events.emit(told, actor=SYSTEM, now=now)
    return count


def lapse(*, now: datetime) -> int:
    """Tell of whoever is silent for longer than is usual, once for each silence; how many."""
    told = 0
    for _ in range(STEPS_MAX):
        looked_at, lapsed = _lapse_some(now=now)
        told += lapsed
        if not looked_at:
            break
    return told


@transactions.retried
def _lapse_some(*, now: datetime) -> tuple[int, int]:
    """How many were looked at, and how many of them were told of."""
    company = companies.current()
    today = company.today(now)
    with transactions.open():
        rows = describing.lapsing(today=today, limit=STOPS_AT_ONCE_MAX)
        known = families.of([row.customer_id for row in rows])
        silent = []
        for row in rows:
            family = known.get(row.customer_id)
            if family is None or family.survivor != row.customer_id:
                describing.lapse_later(row.customer_id, on=None)  # the survivor's counts
                continue
            lapses_on = describing.lapse_of(row, family.ids, today=today, zone=company.time_zone)
            if lapses_on is None or lapses_on > today:
                describing.lapse_later(row.customer_id, on=lapses_on)
            else:
                silent.append((row, lapses_on))
        describing.lapsed([row.customer_id for row, _ in silent], today=today)
        told = [
            _lapsed(row, now=now)
            for row, lapses_on in silent
            if (today - lapses_on).days <= habits.TOLD_DAYS_MAX
        ]
        events.emit(told, actor=SYSTEM, now=now)
    return len(rows), len(told)


def _lapsed(row: HabitProfile, *, now: datetime) -> Happening:
    last = row.last_at or now
    return Happening(
        "habit.lapsed", now, row.customer_id, ids.public("cus", row.customer_id),
        {"days": (now - last).days, "usual": row.gap_80_days},
    )  # fmt: skip


def rebuild(
    *, now: datetime, anew: bool = False, current_categories: bool = False,
    steps: int | None = None, told: Callable[[int], object] | None = None,
) -> int:  # fmt: skip
    """Count what is not folded yet from the purchases themselves, `anew`: all; in short steps, each
    of which stands. `told` hears how many records are done after each. How many records.
    """
    zone = companies.current().time_zone
    if anew or current_categories:
        with transactions.open():
            habits.begin_anew(zone=zone, current_categories=current_categories)
    done = 0
    while steps is None or steps > 0:
        count = _rebuild_some(zone=zone)
        done += count
        if not count:
            break
        if told is not None:
            told(done)
        steps = None if steps is None else steps - 1
    return done


@transactions.retried
def _rebuild_some(*, zone: str) -> int:
    with transactions.open():
        return habits.rebuild_some(zone=zone)


@transactions.retried
def _step(*, now: datetime) -> int | None:
    """One stretch of the log in a transaction of its own; None when there was nothing new."""
    zone = companies.current().time_zone
    with transactions.open():
        reached = habits.reach(zone=zone)
        if reached.is_over:
            return None
        refusing = profiling.refusing(reached.customers)
        if refusing:
            habits.stop(sorted(refusing), cause=HabitStop.Cause.OBJECTED, zone=zone, now=now)
        started = habits.fold(reached, now=now)
        events.emit(_told(started), actor=SYSTEM, now=now)
    return len(reached.customers)


@needs_transaction
def follow(family: Sequence[UUID], *, now: datetime) -> None:
    """After a customer objected to profiling, or agreed again: none are kept, or all anew."""
    zone = companies.current().time_zone
    if profiling.refusing(family[:1]):
        habits.stop(family, cause=HabitStop.Cause.OBJECTED, zone=zone, now=now)
    elif queries.stopped(family):
        habits.resume(family, zone=zone)


@needs_transaction
def forget(family: Sequence[UUID], *, now: datetime) -> None:
    """Of somebody who was erased none are kept, whatever else is kept of them."""
    zone = companies.current().time_zone
    habits.stop(family, cause=HabitStop.Cause.ERASED, zone=zone, now=now)


@needs_transaction
def recount(customer_ids: Collection[UUID]) -> None:
    """After purchases or returns of these customers were taken away."""
    if customer_ids:
        habits.recount(sorted(customer_ids), zone=companies.current().time_zone)


def resume_lifted(*, now: datetime) -> int:
    """Each night: whoever is stopped and objects no more, after an un-merge for example."""
    zone, after, resumed = companies.current().time_zone, UUID(int=0), 0
    while some := queries.stopped_by_objection(after=after, limit=STOPS_AT_ONCE_MAX):
        after = some[-1]
        known = families.of(some)
        roots = {id: known[id].survivor for id in some if id in known}
        refusing = profiling.refusing(set(roots.values()))
        free = [id for id, root in roots.items() if root not in refusing]
        if free:
            with transactions.open():
                habits.resume(free, zone=zone)
        resumed += len(free)
    return resumed


def _told(started: Sequence[Started]) -> list[Happening]:
    """Who began to buy of a category: nobody in the family ever had."""
    if not started:
        return []
    known = families.of({one.customer_id for one in started})
    keys = products.category_keys({one.category_id for one in started})
    return [
        Happening(
            "habit.category_started", one.first_at, one.customer_id,
            ids.public("cat", one.category_id), {"category": keys.get(one.category_id, "")},
        )
        for one in started
        if not _is_shared(one, known)
    ]  # fmt: skip


def _is_shared(one: Started, known: dict[UUID, families.Family]) -> bool:
    family = known.get(one.customer_id)
    if family is None or len(family.ids) == 1:
        return False
    return queries.have_bought_of(family.ids, one.category_id, besides=one.customer_id)
