"""Reads of the books: cohorts as they stand, closed months and how they roll forward."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from clientela.loyalty.models.books import ClosedMonth, Estimate, Liability
from clientela.loyalty.rules import books as rules
from clientela.loyalty.rules.books import Cohort
from clientela.platform import periods, sql
from clientela.platform.errors import NotThere

MONTHS_MAX = 120


class NoSuchMonth(NotThere):
    code = "no-such-month"
    title = "This month is not closed"


@dataclass(frozen=True, slots=True)
class Row:
    """A cohort in a month: what it was before, what happened, what it is; `now` and `before` are to
    date. `before` is nothing in its first month.
    """

    cohort_on: date
    now: Liability
    before: Liability | None

    @property
    def moved(self) -> Cohort:
        return cohort_of(self.now) - (cohort_of(self.before) if self.before else rules.NOTHING)

    @property
    def opening_points(self) -> int:
        return cohort_of(self.before).left if self.before else 0

    @property
    def closing_points(self) -> int:
        return cohort_of(self.now).left

    @property
    def opening_minor(self) -> int:
        return owed(self.before) if self.before else 0

    @property
    def closing_minor(self) -> int:
        return owed(self.now)

    @property
    def deferred_minor(self) -> int:
        """Of this month."""
        return self.now.deferred_minor - (self.before.deferred_minor if self.before else 0)

    @property
    def recognised_minor(self) -> int:
        """Of this month, what a changed estimate catches up included."""
        return self.now.recognised_minor - (self.before.recognised_minor if self.before else 0)


def cohort_of(row: Liability) -> Cohort:
    return Cohort(row.issued, row.redeemed, row.expired, row.reversed, row.paid_minor)


def owed(row: Liability) -> int:
    return row.deferred_minor - row.recognised_minor


def cohorts_at(currency_id: int, *, ends_at: datetime, zone: str) -> dict[date, Cohort]:
    rows = sql.statement("loyalty", "cohorts").rows(
        currency_id=currency_id, ends_at=ends_at, zone=zone
    )
    return {cohort_on: Cohort(*figures) for cohort_on, *figures in rows}


def ledger_at(currency_id: int, *, ends_at: datetime) -> tuple[int, int]:
    """Points the entries come to, and points owed by customers."""
    row = sql.statement("loyalty", "ledger_at").row(currency_id=currency_id, ends_at=ends_at)
    assert row is not None
    return row[0], row[1]


def latest(currency_id: int) -> ClosedMonth | None:
    return ClosedMonth.objects.filter(currency_id=currency_id).order_by("-month_on").first()


def months_of(currency_id: int, *, limit: int = MONTHS_MAX) -> list[ClosedMonth]:
    """Closed months, the latest first, each with its cohorts."""
    rows = ClosedMonth.objects.filter(currency_id=currency_id).prefetch_related("cohorts")
    return list(rows.order_by("-month_on")[:limit])


def month(currency_id: int, month_on: date) -> ClosedMonth:
    found = ClosedMonth.objects.filter(currency_id=currency_id, month_on=month_on).first()
    if found is None:
        raise NoSuchMonth
    return found


def roll_forward(closed: ClosedMonth) -> list[Row]:
    """The cohorts of a closed month beside the month before it, oldest first."""
    before = ClosedMonth.objects.filter(
        currency_id=closed.currency_id, month_on=periods.add_months(closed.month_on, -1)
    ).first()
    old = {row.cohort_on: row for row in before.cohorts.all()} if before else {}
    rows = closed.cohorts.order_by("cohort_on")
    return [Row(row.cohort_on, row, old.get(row.cohort_on)) for row in rows]


def estimate_of(currency_id: int) -> Estimate | None:
    """The latest; None while nobody made one."""
    return Estimate.objects.filter(currency_id=currency_id).order_by("-number").first()


def deferral_shares(before: ClosedMonth | None) -> dict[date, int]:
    """What was expected of each cohort when it was closed for the first time."""
    if before is None:
        return {}
    return dict(before.cohorts.values_list("cohort_on", "deferral_ppm"))


def own_shares(
    currency_id: int, cohorts: Mapping[date, Cohort], *, month_on: date
) -> dict[date, int]:
    """What part of each cohort is used in the end, by the curve of all closed months."""
    shares = rules.curve(_pairs(currency_id, cohorts, month_on))
    return {
        cohort_on: rules.share_by_curve(one, age=_age(cohort_on, month_on), shares=shares)
        for cohort_on, one in cohorts.items()
    }


def _pairs(
    currency_id: int, cohorts: Mapping[date, Cohort], month_on: date
) -> dict[int, list[tuple[int, int]]]:
    """By age: what each cohort had used by then, and a month later."""
    used: dict[date, dict[int, int]] = defaultdict(dict)
    rows = Liability.objects.filter(closed__currency_id=currency_id)
    for cohort_on, closed_on, redeemed in rows.values_list(
        "cohort_on", "closed__month_on", "redeemed"
    ):
        used[cohort_on][_age(cohort_on, closed_on)] = redeemed
    for cohort_on, one in cohorts.items():
        used[cohort_on][_age(cohort_on, month_on)] = one.redeemed
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for ages in used.values():
        for age, redeemed in ages.items():
            if age + 1 in ages:
                found[age].append((redeemed, ages[age + 1]))
    return found


def _age(cohort_on: date, month_on: date) -> int:
    return 12 * (month_on.year - cohort_on.year) + month_on.month - cohort_on.month


def after(month_on: date) -> date:
    return periods.add_months(month_on, 1)
