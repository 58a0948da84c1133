"""Folding what was bought into habits, counting them anew, and keeping none of those who refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clientela.platform import sql
from clientela.platform.transactions import needs_transaction
from clientela.purchases.habits.models import HabitMonth, HabitPosition, HabitProfile, HabitStop

EVENTS_AT_ONCE_MAX = 5_000
RECORDS_AT_ONCE_MAX = 2_000
TOLD_DAYS_MAX = 30  # what lies further back is history that came in late
TOLD_OF = (
    "purchase.recorded", "purchase.amended", "purchase.cancelled", "purchase.removed",
    "return.recorded",
)  # fmt: skip
NOBODY = UUID(int=0)
BEGIN = """
    INSERT INTO purchases_habitposition (node, tx, zone, rebuilt_through)
    VALUES (1, pg_snapshot_xmin(pg_current_snapshot()), %s, %s) ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Reach:
    """From where to where the log is folded next, and who did something there."""

    tx: str
    upto: str
    zone: str
    through: UUID | None
    is_over: bool  # nothing happened since
    customers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Started:
    """Somebody bought of a category for the first time."""

    customer_id: UUID
    category_id: UUID
    first_at: datetime


@needs_transaction
def reach(*, zone: str) -> Reach:
    """Take the turn to fold; nobody else folds until the end of the transaction."""
    at = locked(zone=zone)
    row = sql.statement("purchases", "habit_reach").row(
        tx=at.tx, most=EVENTS_AT_ONCE_MAX, names=list(TOLD_OF)
    )
    assert row is not None
    return Reach(at.tx, row[0], zone, at.rebuilt_through, not row[1], tuple(row[2]))


@needs_transaction
def fold(reached: Reach, *, now: datetime) -> list[Started]:
    """Count what happened there, and move the position in the same transaction: exactly once."""
    started = []
    if reached.customers:
        started = sql.statement("purchases", "habit_fold").rows(
            size=len(reached.customers), customers=list(reached.customers), tx=reached.tx,
            upto=reached.upto,
            zone=reached.zone, through=reached.through,
            told_since=now - timedelta(days=TOLD_DAYS_MAX),
        )  # fmt: skip
    HabitPosition.objects.filter(node=1).update(tx=reached.upto)
    return [Started(*row) for row in started]


@needs_transaction
def begin_anew(*, zone: str, current_categories: bool = False) -> None:
    """Let everything be counted anew, by `rebuild_some`; reads stay exact meanwhile.

    `current_categories`: the past of each product counts for the category it is in today.
    """
    locked(zone=zone)
    if current_categories:
        sql.statement("purchases", "habit_refile").run()
    HabitPosition.objects.filter(node=1).update(rebuilt_through=NOBODY)


@needs_transaction
def rebuild_some(*, zone: str, most: int = RECORDS_AT_ONCE_MAX) -> int:
    """Count the next records anew; how many, 0 when nothing is left to do."""
    at = locked(zone=zone)
    if at.rebuilt_through is None:
        return 0
    slice_ = [
        id for (id,) in sql.statement("purchases", "habit_next_slice").rows(
            after=at.rebuilt_through, most=most
        )
    ]  # fmt: skip
    old = HabitMonth.objects.filter(customer_id__gt=at.rebuilt_through)
    profiles = HabitProfile.objects.filter(customer_id__gt=at.rebuilt_through)
    through = slice_[-1] if len(slice_) == most else None
    if through is not None:
        old = old.filter(customer_id__lte=through)
        profiles = profiles.filter(customer_id__lte=through)
    old.delete()
    profiles.exclude(customer_id__in=slice_).delete()
    _count(slice_, upto=at.tx, zone=zone)
    HabitPosition.objects.filter(node=1).update(rebuilt_through=through)
    return len(slice_)


@needs_transaction
def recount(customer_ids: Sequence[UUID], *, zone: str) -> None:
    """Count some records anew as far as the position is: what was folded of them is no more."""
    at = locked(zone=zone)
    if not customer_ids:
        return
    HabitMonth.objects.filter(customer_id__in=customer_ids).delete()
    through = at.rebuilt_through
    folded = [id for id in customer_ids if through is None or id <= through]
    _count(folded, upto=at.tx, zone=zone)


@needs_transaction
def stop(customer_ids: Sequence[UUID], *, cause: str, zone: str, now: datetime) -> None:
    """Forget the habits of records, and keep none from now on."""
    locked(zone=zone)
    rows = [HabitStop(customer_id=id, cause=cause, stopped_at=now) for id in sorted(customer_ids)]
    HabitStop.objects.bulk_create(rows, ignore_conflicts=True)
    HabitMonth.objects.filter(customer_id__in=customer_ids).delete()
    HabitProfile.objects.filter(customer_id__in=customer_ids).delete()


@needs_transaction
def resume(customer_ids: Sequence[UUID], *, zone: str) -> None:
    """Keep habits again, of all that was bought; nothing comes back of those who were erased."""
    stops = HabitStop.objects.filter(customer_id__in=customer_ids, cause=HabitStop.Cause.OBJECTED)
    resumed = sorted(stops.values_list("customer_id", flat=True))
    stops.delete()
    recount(resumed, zone=zone)


def _count(customer_ids: Sequence[UUID], *, upto: str, zone: str) -> None:
    if customer_ids:
        sql.statement("purchases", "habit_recount").run(
            size=len(customer_ids), customers=list(customer_ids), upto=upto, zone=zone
        )


@needs_transaction
def locked(*, zone: str) -> HabitPosition:
    """The position, held; a company that moved to another zone has other days, and all is counted
    anew.
    """
    at = HabitPosition.objects.select_for_update().filter(node=1).first()
    if at is None:
        sql.execute(BEGIN, [zone, NOBODY])
        at = HabitPosition.objects.select_for_update().get(node=1)
    if at.zone != zone:
        HabitPosition.objects.filter(node=1).update(zone=zone, rebuilt_through=NOBODY)
        at.zone, at.rebuilt_through = zone, NOBODY
    return at
