"""The books of points: a month is closed, an estimate is made, what is owed is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import rules_of_points
from clientela.loyalty.actions import books
from clientela.loyalty.actions.books import MonthIsOpen
from clientela.loyalty.models.books import ClosedMonth, Estimate
from clientela.loyalty.models.programme import Currency
from clientela.loyalty.queries import books as queries
from clientela.loyalty.queries.books import Row
from clientela.platform import periods, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor


class PointsHaveNoPrice(Problem):
    code = "points-have-no-price"
    status = 409
    title = "Nobody said what these points are worth"


@dataclass(frozen=True, slots=True)
class Report:
    """A closed month with its cohorts; the sums are those of the rows."""

    closed: ClosedMonth
    rows: tuple[Row, ...]

    def sum(self, name: str) -> int:
        return sum(getattr(row, name) for row in self.rows)

    def moved(self, name: str) -> int:
        return sum(getattr(row.moved, name) for row in self.rows)


@dataclass(slots=True)
class Closing:
    """Months that were closed at once, in their order; `following`: the one to close next;
    `stopped`: why it is not closed.
    """

    currency: str
    closed: list[Report]
    following: date | None
    stopped: Problem | None = None


@transactions.retried
def close_liability_month(
    *, currency: str = "", month: date | None = None, actor: Actor, now: datetime, request: str = ""
) -> Report:
    """Close a month: without one the next in turn, the first of all being the month of the first
    points. PointsHaveNoPrice, MonthIsOpen, MonthIsClosed, LedgerDoesNotTie.
    """
    with transactions.open():
        points = _currency(currency)
        zone = ZoneInfo(points.programme.time_zone)
        price, code = price_of(points)
        month_on = month or _next(points, zone, now=now)
        if month_on is None:
            raise InvalidInput("No points were earned yet.", field="month")
        month_on = month_on.replace(day=1)
        closed = books.close(
            points, month_on=month_on,
            ends_at=periods.local_midnight(periods.add_months(month_on, 1), zone), zone=zone.key,
            price=price, money_code=code, actor=actor, now=now,
        )  # fmt: skip
        report = report_of(closed)
        events.emit([_told(report, now=now)], actor=actor, now=now, request=request)
    return report


def close_months(
    *, currency: str = "", through: date | None = None, go_on: Callable[[], bool], actor: Actor,
    now: datetime, request: str = "",
) -> Closing:  # fmt: skip
    """Close every month up to `through`, without it the last that is over: each in its turn by the
    same code, in a transaction of its own, while `go_on()`. Closed ones stay as they are. The first
    that cannot be closed ends it and is told; what was closed before stands. MonthIsOpen.
    """
    points = _currency(currency)
    last = last_over(points, now=now)
    wanted = (through or last).replace(day=1)
    if wanted > last:
        raise MonthIsOpen(f"{last:%Y-%m} is the last month that is over.", field="through")
    done = Closing(points.code, [], following=following(points, now=now))
    while done.following is not None and done.following <= wanted and go_on():
        try:
            made = close_liability_month(
                currency=points.code, month=done.following, actor=actor, now=now, request=request
            )
        except Problem as refusal:
            done.stopped = refusal
            break
        done.closed.append(made)
        done.following = queries.after(done.following)
    return done


def last_over(points: Currency, *, now: datetime) -> date:
    """The last month that is over where these points are at home."""
    today = periods.day_of(now, ZoneInfo(points.programme.time_zone))
    return periods.add_months(today.replace(day=1), -1)


def following(points: Currency, *, now: datetime) -> date | None:
    """The month to close next; None: no points were earned yet."""
    return _next(points, ZoneInfo(points.programme.time_zone), now=now)


@transactions.retried
def estimate(
    *, currency: str = "", share_ppm: int | None, reason: str, actor: Actor, now: datetime
) -> Estimate:
    with transactions.open():
        return books.estimate(
            _currency(currency), share_ppm=share_ppm, reason=reason, actor=actor, now=now
        )


def months(*, currency: str = "") -> tuple[Currency, list[ClosedMonth]]:
    """Closed months of a currency, the latest first."""
    points = _currency(currency)
    return points, queries.months_of(points.id)


def report(*, currency: str = "", month: date | None = None) -> Report:
    """The roll-forward of a closed month, without one of the latest. NoSuchMonth."""
    points = _currency(currency)
    if month is None:
        latest = queries.latest(points.id)
        if latest is None:
            raise queries.NoSuchMonth
        return report_of(latest)
    return report_of(queries.month(points.id, month.replace(day=1)))


def report_of(closed: ClosedMonth) -> Report:
    return Report(closed, tuple(queries.roll_forward(closed)))


def price_of(points: Currency) -> tuple[Fraction, str]:
    """What a point is sold for by itself, in minor units, and in which money."""
    worth = points.worth
    if not worth:
        raise PointsHaveNoPrice("Say in the programme what so many points are worth.")
    return Fraction(worth["minor"], worth["points"]), str(worth["currency"])


def owed_by_month(closed: Sequence[ClosedMonth]) -> list[tuple[date, int, int]]:
    """(month, minor units owed, points left), the oldest first."""
    return [
        (one.month_on, sum(queries.owed(row) for row in one.cohorts.all()),
         sum(queries.cohort_of(row).left for row in one.cohorts.all()))
        for one in reversed(closed)
    ]  # fmt: skip


def told(report: Report) -> dict[str, Any]:
    """A closed month as other systems read it."""
    closed = report.closed
    return {
        "currency": closed.currency.code, "month": f"{closed.month_on:%Y-%m}",
        "money": closed.money_code, "closed_at": closed.closed_at.isoformat(),
        "closed_by": closed.closed_by,
        "estimate": closed.estimate.number if closed.estimate else None,
        "ledger_points": closed.ledger_points, "debt_points": closed.debt_points,
        "opening_minor": report.sum("opening_minor"),
        "deferred_minor": report.sum("deferred_minor"),
        "recognised_minor": report.sum("recognised_minor"),
        "closing_minor": report.sum("closing_minor"),
        "cohorts": [_row(row) for row in report.rows],
    }  # fmt: skip


def told_closing(done: Closing) -> dict[str, Any]:
    """Months that were closed at once as other systems read it."""
    stopped, following = done.stopped, done.following
    return {
        "currency": done.currency,
        "closed": [
            {"month": f"{one.closed.month_on:%Y-%m}", "closing_minor": one.sum("closing_minor"),
             "points": one.sum("closing_points")}
            for one in done.closed
        ],
        "following": f"{following:%Y-%m}" if following else None,
        "stopped": {"month": f"{following:%Y-%m}", "code": stopped.code, "detail": stopped.detail}
        if stopped is not None and following is not None else None,
    }  # fmt: skip


def _row(row: Row) -> dict[str, Any]:
    moved = row.moved
    return {
        "cohort": f"{row.cohort_on:%Y-%m}", "opening_points": row.opening_points,
        "issued": moved.issued, "redeemed": moved.redeemed, "expired": moved.expired,
        "reversed": moved.reversed, "closing_points": row.closing_points,
        "expected": row.now.expected, "share_ppm": row.now.share_ppm,
        "opening_minor": row.opening_minor, "deferred_minor": row.deferred_minor,
        "recognised_minor": row.recognised_minor, "closing_minor": row.closing_minor,
    }  # fmt: skip


def _currency(code: str) -> Currency:
    """The points of this code, without one the first there are."""
    if code:
        return rules_of_points.currency_of(code)
    found = Currency.objects.select_related("programme").order_by("id").first()
    if found is None:
        raise rules_of_points.NoSuchCurrency(field="currency")
    return found


def _next(points: Currency, zone: ZoneInfo, *, now: datetime) -> date | None:
    latest = queries.latest(points.id)
    if latest is not None:
        return queries.after(latest.month_on)
    cohorts = queries.cohorts_at(points.id, ends_at=now, zone=zone.key)
    return min(cohorts, default=None)


def _told(report: Report, *, now: datetime) -> Happening:
    return Happening(
        "liability.closed", now, None, f"{report.closed.month_on:%Y-%m}",
        {"currency": report.closed.currency.code, "month": f"{report.closed.month_on:%Y-%m}",
         "minor": report.sum("closing_minor"), "money": report.closed.money_code},
    )  # fmt: skip
