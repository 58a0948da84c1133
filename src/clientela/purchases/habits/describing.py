"""What is usual is written down beside what was folded, for whoever asks of many customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.platform import periods, sql
from clientela.platform.transactions import needs_transaction
from clientela.purchases.habits import actions, profiles, queries, rules
from clientela.purchases.habits.models import HabitProfile
from clientela.purchases.habits.profiles import Profile
from clientela.purchases.habits.queries import Month, Rhythm

RECORDS_AT_ONCE_MAX = 500
COLUMNS = (
    "customer_id", "first_at", "last_at", "purchases", "visit_days", "gap_median_days",
    "gap_80_days", "gaps", "weekdays", "hours", "channel", "place", "categories", "currency",
    "basket_minor", "basket_lines_milli", "discounted_permille", "lapses_on", "basket_change",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changed:
    """Baskets became larger (1) or smaller (-1) than they were."""

    customer_id: UUID
    change: int
    last_at: datetime
    recent_minor: int
    before_minor: int
    currency: str


@needs_transaction
def describe_some(*, zone: ZoneInfo, now: datetime) -> tuple[int, list[Changed]]:
    """Describe some of the records that bought since they were described last: how many, and whose
    baskets changed. Baskets are compared up to the last purchase, not up to now.
    """
    actions.locked(zone=zone.key)
    stale = HabitProfile.objects.filter(is_stale=True).order_by("customer_id")
    old = {row.customer_id: row for row in stale[:RECORDS_AT_ONCE_MAX]}
    if not old:
        return 0, []
    today = periods.day_of(now, zone)
    first_on = periods.add_months(today.replace(day=1), 1 - rules.MONTHS)
    months = _months(list(old), first_on)
    shapes = _shapes(list(old), periods.local_midnight(first_on, zone), zone=zone.key)
    firsts = queries.firsts(list(old))
    rows, changed = [], []
    for id, before in old.items():
        own = months.get(id, ())
        found = profiles.of(
            [one for one in own if one.is_whole], [one for one in own if not one.is_whole],
            shapes.get(id, ()), first_at=firsts.get(id), today=today,
        )  # fmt: skip
        change = _change(found, told=before.basket_change)
        rows.append(_row(id, found, change))
        if change and change != before.basket_change and found.last_at is not None:
            changed.append(Changed(id, change, found.last_at, found.recent_minor // found.recent,
                                   found.before_minor // found.before, found.currency))  # fmt: skip
    sql.statement("purchases", "habit_describe").run(size=len(rows), **sql.columns(rows, COLUMNS))
    since = now - timedelta(days=actions.TOLD_DAYS_MAX)
    return len(rows), [one for one in changed if one.last_at >= since]


@needs_transaction
def lapsing(*, today: date, limit: int) -> list[HabitProfile]:
    """Those whose silence is longer than is usual today, and of whom that was not told."""
    rows = HabitProfile.objects.select_for_update().filter(
        lapses_on__lte=today, lapsed_on=None, is_stale=False
    )
    return list(rows.order_by("lapses_on", "customer_id")[:limit])


@needs_transaction
def lapsed(customer_ids: Sequence[UUID], *, today: date) -> None:
    HabitProfile.objects.filter(customer_id__in=customer_ids).update(lapsed_on=today)


@needs_transaction
def lapse_later(customer_id: UUID, *, on: date | None) -> None:
    """Somebody of the family was there since; None: not before something is bought again."""
    HabitProfile.objects.filter(customer_id=customer_id).update(lapses_on=on)


def lapse_of(
    row: HabitProfile, family: Sequence[UUID], *, today: date, zone: str
) -> date | None:  # fmt: skip
    """From when on a whole family is silent for longer than is usual for it."""
    if len(family) == 1:
        return row.lapses_on
    months = queries.months_of(
        family, first_on=periods.add_months(today, 1 - rules.MONTHS), last_on=today, zone=zone
    )
    masks = profiles.masks_of(one for one in months if one.is_whole)
    return rules.gaps_of(rules.visit_days(masks)).lapses_on


def _change(found: Profile, *, told: int) -> int:
    return rules.change_of(
        recent_minor=found.recent_minor, recent=found.recent, before_minor=found.before_minor,
        before=found.before, told=told,
    )  # fmt: skip


def _row(id: UUID, found: Profile, change: int) -> tuple[object, ...]:
    gaps = found.gaps
    return (
        id, found.first_at, found.last_at, found.purchases, gaps.visit_days, gaps.median_days,
        gaps.percentile_80_days, _array(gaps.buckets), _array(found.weekdays), _array(found.hours),
        found.channel or "", found.place or "", _array(found.categories), found.currency,
        found.basket_minor, found.basket_lines_milli, found.discounted_permille, gaps.lapses_on,
        change,
    )  # fmt: skip


def _array(values: Sequence[object]) -> str:
    return f"{{{','.join(map(str, values))}}}"


def _months(ids: Sequence[UUID], first_on: date) -> dict[UUID, list[Month]]:
    found: dict[UUID, list[Month]] = defaultdict(list)
    for one in queries.folded(ids, first_on=first_on):
        found[one.customer_id].append(one)
    return found


def _shapes(
    ids: Sequence[UUID], starts_at: datetime, *, zone: str
) -> dict[UUID, list[Rhythm]]:  # fmt: skip
    found: dict[UUID, list[Rhythm]] = defaultdict(list)
    for id, weekday, hour, place, currency, quarter, minor in _rows(ids, starts_at, zone):
        found[id].append(Rhythm(weekday, hour, place, currency, quarter, 1, minor))
    return found


def _rows(
    ids: Sequence[UUID], starts_at: datetime, zone: str
) -> Iterator[tuple[UUID, int, int, str, str, int, int]]:
    yield from sql.statement("purchases", "habit_shapes").rows(
        size=len(ids), customers=list(ids), starts_at=starts_at, zone=zone,
        days=rules.RECENT_DAYS,
    )  # fmt: skip
