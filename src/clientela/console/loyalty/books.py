"""The books: what is owed in points by month, and how a month rolled forward by cohort."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clientela.console import refusals
from clientela.console.once import press
from clientela.console.pages import SENT, page, show
from clientela.flows import books
from clientela.flows.books import Closing, Report
from clientela.loyalty.queries import books as queries
from clientela.loyalty.queries.books import Row
from clientela.platform import patience, periods
from clientela.platform.http.requests import HouseRequest
from clientela.platform.money import Money
from clientela.ui import dates
from clientela.ui.templatetags import ui

MONTHS_DRAWN = 24
SECONDS_MAX = 20


def desk() -> list[URLPattern]:
    """Addresses below those of the loyalty desk."""
    return [
        path("books", report, name="loyalty-books"),
        path("books/closing", close, name="loyalty-books-close"),
        path("books/closings", close_all, name="loyalty-books-close-all"),
    ]


@page("loyalty.see_books", switch="loyalty")
def report(request: HouseRequest) -> HttpResponse:
    points, closed = books.months()
    last = books.last_over(points, now=request.started_at)
    following = queries.after(closed[0].month_on) if closed else None
    asked = _month(request.GET.get("month", ""))
    shown = books.report(month=asked) if closed else None
    return show(request, "console/loyalty/books.html", {
        "points": ui.label(points.labels), "worth": bool(points.worth),
        "months": _months(books.owed_by_month(closed)[-MONTHS_DRAWN:], shown),
        "following": following and dates.month_of_year(following, ui.language()),
        "last": "" if following and following >= last else dates.month_of_year(last, ui.language()),
        "may_close": bool(points.worth) and (following is None or following <= last),
        "report": _report(shown) if shown else None,
    })  # fmt: skip


@page("loyalty.close_books", switch="loyalty", methods=SENT)
def close(request: HouseRequest) -> HttpResponse:
    """Close the month in turn; a refusal stands above the page."""
    here = reverse("console:loyalty-books")

    def carry_out() -> str:
        made = books.close_liability_month(
            actor=request.actor, now=request.started_at, request=request.request_id
        )
        messages.success(request, _("Closed; the ledger ties."))
        return f"{here}?month={made.closed.month_on:%Y-%m}"

    return press(request, carry_out, here=here)


@page("loyalty.close_books", switch="loyalty", methods=SENT)
def close_all(request: HouseRequest) -> HttpResponse:
    """Close every month that is over; where one cannot be closed, what came before it stands."""
    here = reverse("console:loyalty-books")

    def carry_out() -> str:
        done = books.close_months(
            go_on=patience.of(SECONDS_MAX), actor=request.actor, now=request.started_at,
            request=request.request_id,
        )  # fmt: skip
        _say(request, done)
        return f"{here}?month={done.closed[-1].closed.month_on:%Y-%m}" if done.closed else here

    return press(request, carry_out, here=here)


def _say(request: HouseRequest, done: Closing) -> None:
    closed, following = len(done.closed), done.following
    words = {"closed": closed,
             "month": following and dates.month_of_year(following, ui.language())}  # fmt: skip
    if done.closed:
        told = ngettext("%(closed)s month is closed; the ledger ties.",
                        "%(closed)s months are closed; the ledger ties.", closed)  # fmt: skip
        messages.success(request, told % words)
    if done.stopped is not None:
        told = _("%(month)s is not closed: %(why)s")
        messages.warning(request, told % {**words, "why": refusals.sentence(done.stopped)})
    elif following and following <= books.last_over(books.months()[0], now=request.started_at):
        messages.warning(request, _("There is more to close, from %(month)s on.") % words)


def _months(rows: Sequence[tuple[date, int, int]], shown: Report | None) -> list[dict[str, Any]]:
    highest = max((minor for _month, minor, _points in rows), default=0)
    code = shown.closed.money_code if shown else ""
    return [
        {
            "words": dates.month(month, ui.language()).rstrip("."), "year": month.year,
            "owed": Money(minor, code), "points": points,
            "height": height, "top": 100 - height,
            "url": f"{reverse('console:loyalty-books')}?month={month:%Y-%m}",
            "current": shown is not None and shown.closed.month_on == month,
        }
        for month, minor, points in rows
        for height in [max(2, round(100 * minor / highest)) if minor else 0]
    ]  # fmt: skip


def _report(report: Report) -> dict[str, Any]:
    closed, code = report.closed, report.closed.money_code
    return {
        "month": dates.month_of_year(closed.month_on, ui.language()),
        "closed_at": closed.closed_at, "ledger": closed.ledger_points, "debt": closed.debt_points,
        "estimate": _estimate(report), "rows": [_row(row, code) for row in report.rows],
        **{name: Money(report.sum(f"{name}_minor"), code)
           for name in ("opening", "deferred", "recognised", "closing")},
        "points": {name: report.moved(name)
                   for name in ("issued", "redeemed", "expired", "reversed")},
        "closing_points": report.sum("closing_points"),
    }  # fmt: skip


def _row(row: Row, code: str) -> dict[str, Any]:
    moved, month = row.moved, row.cohort_on
    return {
        "words": dates.month_of_year(month, ui.language()),
        "opening_points": row.opening_points, "issued": moved.issued, "redeemed": moved.redeemed,
        "expired": moved.expired, "reversed": moved.reversed, "closing_points": row.closing_points,
        "share": ui.rate(row.now.share_ppm / 1_000_000),
        "deferred": Money(row.deferred_minor, code),
        "recognised": Money(row.recognised_minor, code),
        "closing": Money(row.closing_minor, code),
    }  # fmt: skip


def _estimate(report: Report) -> str:
    made = report.closed.estimate
    if made is None or made.share_ppm is None:
        return _("each month's own curve")
    return ui.rate(made.share_ppm / 1_000_000)


def _month(text: str) -> date | None:
    try:
        return periods.parse_date(f"{text}-01", "ymd") if text else None
    except periods.BadDate:
        return None
