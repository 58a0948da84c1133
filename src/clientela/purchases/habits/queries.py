"""Reads of habits: exact at any moment, whatever is folded; each takes the family of ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Min

from clientela.platform import sql
from clientela.purchases.habits import rules
from clientela.purchases.habits.models import HabitMonth, HabitProfile, HabitStop
from clientela.purchases.models import Purchase

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Month(NamedTuple):
    """What one record bought in a month; the columns of `HabitMonth`."""

    customer_id: UUID
    month_on: date
    category_id: UUID
    channel: str
    currency: str
    purchases: int
    visit_day_mask: int
    lines: int
    units_milli: int
    spent_minor: int
    discount_minor: int
    returned_minor: int
    first_at: datetime
    last_at: datetime

    @property
    def is_whole(self) -> bool:
        return not self.category_id.int  # compared a hundred times a page


class Whole(NamedTuple):
    """What a family bought in a month by one channel in one currency, all of it."""

    month_on: date
    channel: str
    currency: str
    purchases: int
    visit_day_mask: int
    lines: int
    units_milli: int
    spent_minor: int
    discount_minor: int
    returned_minor: int
    last_at: datetime


class Share(NamedTuple):
    """What a family bought of a category in one currency; `by_month`: what was spent in each."""

    category_id: UUID
    currency: str
    purchases: int
    visit_days: int
    lines: int
    units_milli: int
    spent_minor: int
    discount_minor: int
    returned_minor: int
    by_month: Mapping[str, int]


class Rhythm(NamedTuple):
    """Purchases at one time of the week, at one place or in one quarter; by what they are not told
    is missing. `quarter`: 0 the last 90 days, 1 the 90 before them, 2 earlier.
    """

    weekday: int | None
    hour: int | None
    place: str | None
    currency: str
    quarter: int | None
    purchases: int
    spent_minor: int


def months_of(
    family: Sequence[UUID], *, first_on: date, last_on: date, zone: str
) -> list[Month]:  # fmt: skip
    """Habits by month, from the month of `first_on` to that of `last_on`, in one snapshot."""
    columns = _columns(
        "habit_months", family=list(family), first_on=first_on.replace(day=1), last_on=last_on,
        zone=zone,
    )  # fmt: skip
    for place, of in ((0, UUID), (1, date.fromordinal), (2, UUID), (12, _moment), (13, _moment)):
        columns[place] = _each(columns[place], of)
    return list(map(Month._make, zip(*columns, strict=True)))


class Read(NamedTuple):
    """The habits of a family in one snapshot; nothing but `is_stopped` where none are kept."""

    is_stopped: bool
    first_at: datetime | None = None
    whole: Sequence[Whole] = ()
    shares: Sequence[Share] = ()
    rhythm: Sequence[Rhythm] = ()


def read(
    family: Sequence[UUID], *, first_on: date, last_on: date, starts_at: datetime,
    ends_at: datetime, seen_on: date, zone: str,
) -> Read:  # fmt: skip
    """Months from that of `first_on` to that of `last_on`; the rhythm of purchases in
    [starts_at, ends_at), which ends with `seen_on`.
    """
    found = json.loads(
        sql.statement("purchases", "habit_read").value(
            family=list(family), first_on=first_on.replace(day=1), last_on=last_on,
            starts_at=starts_at, ends_at=ends_at, seen_on=seen_on, days=rules.RECENT_DAYS,
            zone=zone,
        )
    )  # fmt: skip
    if found["is_stopped"]:
        return Read(True)
    first = found["first_at"]
    return Read(
        False, None if first is None else _moment(first),
        [Whole._make((date.fromisoformat(row[0]), *row[1:-1], _moment(row[-1])))
         for row in found["whole"] or ()],
        [Share(UUID(id), *rest) for id, *rest in found["shares"] or ()],
        list(map(Rhythm._make, found["rhythm"] or ())),
    )  # fmt: skip


def _columns(name: str, **parameters: Any) -> list[list[Any]]:
    row = sql.statement("purchases", name).row(**parameters)
    assert row is not None
    return [json.loads(column) for column in row]


def _each(column: list[Any], of: Callable[[Any], Any]) -> list[Any]:
    """A column in its type; what is often the same is made once."""
    known = {value: of(value) for value in set(column)}
    return [known[value] for value in column]


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def firsts(customer_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each record bought for the first time."""
    rows = Purchase.objects.filter(customer_id__in=customer_ids).values("customer_id")
    return {row["customer_id"]: row["first"] for row in rows.annotate(first=Min("purchased_at"))}


def folded(customer_ids: Sequence[UUID], *, first_on: date) -> list[Month]:
    """What is folded of many records since a month, without what came after the position."""
    rows = HabitMonth.objects.filter(customer_id__in=customer_ids, month_on__gte=first_on)
    return [Month(*row) for row in rows.values_list(*Month._fields)]


def profile_of(customer_id: UUID) -> HabitProfile | None:
    return HabitProfile.objects.filter(customer_id=customer_id).first()


def stopped(family: Collection[UUID]) -> bool:
    """Whether no habits are kept of somebody."""
    return HabitStop.objects.filter(customer_id__in=list(family)).exists()


def stopped_by_objection(*, after: UUID, limit: int) -> list[UUID]:
    """Records of which no habits are kept because of an objection, by id."""
    rows = HabitStop.objects.filter(cause=HabitStop.Cause.OBJECTED, customer_id__gt=after)
    return list(rows.order_by("customer_id").values_list("customer_id", flat=True)[:limit])


def have_bought_of(customer_ids: Collection[UUID], category_id: UUID, *, besides: UUID) -> bool:
    """Whether another record of a family has bought of a category."""
    rows = HabitMonth.objects.filter(customer_id__in=list(customer_ids), category_id=category_id)
    return rows.exclude(customer_id=besides).exists()
