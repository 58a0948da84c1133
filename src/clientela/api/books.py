"""The books of points: closed months, and closing the next one."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from ninja import Query
from pydantic import Field, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest
from clientela.flows import books
from clientela.platform import patience
from clientela.platform.errors import InvalidInput

doors = Doors(tags=["loyalty"], switch="loyalty")
SECONDS_MAX = 20
MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


class LiabilityCohort(Body):
    """Points earned in one month, in the month of the report. `expected`: how many will have been
    used in the end, by a share of `share_ppm` millionths.
    """

    cohort: str
    opening_points: int
    issued: int
    redeemed: int
    expired: int
    reversed: int
    closing_points: int
    expected: int
    share_ppm: int
    opening_minor: int
    deferred_minor: int
    recognised_minor: int
    closing_minor: int


class LiabilityReport(Body):
    """Opening + deferred - recognised = closing, in minor units of `money`; the ledger's points are
    those left in the cohorts less `debt_points`.
    """

    currency: str
    month: str
    money: str
    closed_at: str
    closed_by: str
    estimate: int | None
    ledger_points: int
    debt_points: int
    opening_minor: int
    deferred_minor: int
    recognised_minor: int
    closing_minor: int
    cohorts: list[LiabilityCohort]


class LiabilityMonth(Body):
    month: str
    closing_minor: int
    points: int


class LiabilityMonths(Body):
    currency: str
    items: list[LiabilityMonth]
    next: str | None


class LiabilityClosing(Body):
    """Without a month the next in turn."""

    currency: StrictStr = ""
    month: Annotated[StrictStr | None, Field(pattern=MONTH)] = None


class LiabilityClosings(Body):
    """`through`: the last month to close; without it the last that is over."""

    currency: StrictStr = ""
    through: Annotated[StrictStr | None, Field(pattern=MONTH)] = None


class ClosingStopped(Body):
    """Why a month was not closed."""

    month: str
    code: str
    detail: str


class LiabilityClosed(Body):
    """`following`: the month to close next; null where no points were earned."""

    currency: str
    closed: list[LiabilityMonth]
    following: str | None
    stopped: ClosingStopped | None


class EstimateWish(Body):
    """`share_ppm`: millionths of the points that are expected to be used; null: the own curve."""

    currency: StrictStr = ""
    share_ppm: StrictInt | None
    reason: Annotated[StrictStr, Field(min_length=1, max_length=500)]


class EstimateMade(Body):
    number: int
    share_ppm: int | None
    reason: str
    made_by: str
    made_at: str


@doors.read("/liability-months", right="loyalty.see_books", answer=LiabilityMonths,
            summary="List closed months")  # fmt: skip
def months(
    request: HouseRequest, currency: Annotated[str, Query(max_length=40)] = ""
) -> dict[str, Any]:
    """What was owed in points at the end of each, the latest first."""
    points, closed = books.months(currency=currency)
    items = [
        {"month": f"{month:%Y-%m}", "closing_minor": minor, "points": left}
        for month, minor, left in reversed(books.owed_by_month(closed))
    ]
    return {"currency": points.code, "items": items, "next": None}


@doors.read("/liability-months/{month}", right="loyalty.see_books", answer=LiabilityReport,
            summary="Read a closed month")  # fmt: skip
def report(
    request: HouseRequest, month: StrictStr, currency: Annotated[str, Query(max_length=40)] = ""
) -> dict[str, Any]:
    """The roll-forward by cohort."""
    return books.told(books.report(currency=currency, month=month_of(month)))


@doors.write("POST", "/liability-months", right="loyalty.close_books", answer=LiabilityReport,
             summary="Close a month")  # fmt: skip
def close(request: HouseRequest, body: LiabilityClosing) -> dict[str, Any]:
    """For good. Refused where cohorts and ledger do not come to the same points."""
    made = books.close_liability_month(
        currency=body.currency, month=month_of(body.month) if body.month else None,
        actor=request.actor, now=request.started_at,
    )  # fmt: skip
    return books.told(made)


@doors.write("POST", "/liability-closings", right="loyalty.close_books", answer=LiabilityClosed,
             summary="Close all months up to one")  # fmt: skip
def close_months(request: HouseRequest, body: LiabilityClosings) -> dict[str, Any]:
    """Each in its turn, for good; closed ones stay as they are. A month that cannot be closed stops
    it, and what was closed before stands. After a while it answers where it is: send it again until
    `following` is beyond your month.
    """
    done = books.close_months(
        currency=body.currency, through=month_of(body.through) if body.through else None,
        go_on=patience.of(SECONDS_MAX), actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return books.told_closing(done)


@doors.write("POST", "/liability-estimates", right="loyalty.close_books", answer=EstimateMade,
             summary="Expect another share of points to be used")  # fmt: skip
def estimate(request: HouseRequest, body: EstimateWish) -> dict[str, Any]:
    """It counts for months closed from now on; the difference is caught up in the next of them."""
    made = books.estimate(
        currency=body.currency, share_ppm=body.share_ppm, reason=body.reason,
        actor=request.actor, now=request.started_at,
    )  # fmt: skip
    return {
        "number": made.number, "share_ppm": made.share_ppm, "reason": made.reason,
        "made_by": made.made_by, "made_at": made.made_at.isoformat(),
    }  # fmt: skip


def month_of(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise InvalidInput("Write a month as 2026-10.", field="month") from None
