"""The books of the demo company's points: the last months are closed, each on its second day."""

from __future__ import annotations

from datetime import datetime, timedelta

from clientela.flows import books
from clientela.flows.demo.mark import DEMO
from clientela.flows.lay_out import POINTS
from clientela.loyalty.models.books import ClosedMonth, Estimate, Liability
from clientela.platform import periods
from clientela.staff import company as companies

MONTHS = 6
SHARE_PPM = 850_000
REASON = "Of the points of the first year, 85 % were used."


def close(*, now: datetime) -> None:
    """The last whole months; those that are closed stay as they are."""
    company = companies.current()
    points, closed = books.months(currency=POINTS["currency"])
    if closed:
        return
    this_month = company.today(now).replace(day=1)
    for back in range(MONTHS, 0, -1):
        month_on = periods.add_months(this_month, -back)
        following = periods.local_midnight(periods.add_months(month_on, 1), company.zone)
        moment = min(following + timedelta(days=1, hours=9), now)
        if back == MONTHS // 2:
            books.estimate(currency=points.code, share_ppm=SHARE_PPM, reason=REASON, actor=DEMO,
                           now=moment)  # fmt: skip
        books.close_liability_month(currency=points.code, month=month_on, actor=DEMO, now=moment)


def take_down() -> int:
    """What the demo closed and expected; as the owner of the tables. How many rows."""
    ours = ClosedMonth.objects.filter(closed_by=DEMO.id)
    rows = Liability.objects.filter(closed__in=ours).delete()[0] + ours.delete()[0]
    used = ClosedMonth.objects.exclude(estimate=None).values("estimate")
    return rows + Estimate.objects.filter(made_by=DEMO.id).exclude(id__in=used).delete()[0]
