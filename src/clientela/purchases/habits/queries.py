"""Reads of habits: exact at any moment, whatever is folded; each takes the family of ids."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Min

from clientela.platform import sql
from clientela.purchases.habits import rules
from clientela.purchases.habits.models import WHOLE_BASKET, HabitMonth, HabitProfile, HabitStop
from clientela.purchases.models import Purchase


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
        return self.category_id == WHOLE_BASKET


class Rhythm(NamedTuple):
    """Purchases at one time of the week and one place. `quarter`: 0 the last 90 days, 1 the 90
    before them, 2 earlier.
    """

    weekday: int
    hour: int
    place: str
    currency: str
    quarter: int
    purchases: int
    spent_minor: int


def months_of(
    family: Sequence[UUID], *, first_on: date, last_on: date, zone: str
) -> list[Month]:  # fmt: skip
    """Habits by month, from the month of `first_on` to that of `last_on`, in one snapshot."""
    rows = sql.execute(
        "SELECT * FROM purchases_habits_now(%s::uuid[], %s::date, %s::date, %s::text)",
        [list(family), first_on.replace(day=1), last_on, zone], prepare=True,
    )  # fmt: skip
    return [Month(*row) for row in rows.fetchall()]


def rhythm_of(
    family: Sequence[UUID], *, starts_at: datetime, ends_at: datetime, last_on: date, zone: str
) -> list[Rhythm]:  # fmt: skip
    """When and where purchases were made in [starts_at, ends_at), which ends with `last_on`."""
    rows = sql.statement("purchases", "habit_rhythm").rows(
        family=list(family), starts_at=starts_at, ends_at=ends_at, last_on=last_on,
        days=rules.RECENT_DAYS, zone=zone,
    )  # fmt: skip
    return [Rhythm(*row) for row in rows]


def first_at(family: Sequence[UUID]) -> datetime | None:
    """The first purchase of all."""
    found = Purchase.objects.filter(customer_id__in=list(family))
    first: datetime | None = found.aggregate(first=Min("purchased_at"))["first"]
    return first


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
