"""Rates of exchange: what a foreign money was worth in the money of the points on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Count

from clientela.loyalty.models import ExchangeRate, RateWanted
from clientela.loyalty.rules.baskets import Rate
from clientela.platform import sql

KEY = "exchange-rate"  # how a step is called that names a rate
DAYS_VALID = 10  # a rate holds over days without one, and no longer


def rates_on(
    wanted: Iterable[tuple[str, date]], *, home: str
) -> dict[tuple[str, date], Rate]:  # fmt: skip
    """The rate of each (money, day): of that day or the last before it, within DAYS_VALID."""
    listed = sorted(set(wanted))
    rows = sql.statement("loyalty", "rates_on").rows(
        size=len(listed), home=home, valid=DAYS_VALID, **sql.columns(listed, ("money", "day"))
    )
    return {
        listed[place - 1]: Rate(id, home, value(rate, for_one_home))
        for place, id, rate, for_one_home in rows
    }


def value(rate: Any, for_one_home: bool) -> Fraction:
    """What one of the foreign money is at home, exactly."""
    exact = Fraction(rate)
    return 1 / exact if for_one_home else exact


def row(rate_id: int) -> ExchangeRate:
    return ExchangeRate.objects.get(id=rate_id)


def rate(rate_id: int) -> Rate:
    found = row(rate_id)
    return Rate(found.pk, found.home, value(found.rate, found.for_one_home))


def told(found: ExchangeRate) -> dict[str, Any]:
    """As a step of an explanation says it."""
    return {"earn": KEY, "money": found.money, "home": found.home, "day": found.day.isoformat(),
            "rate": written(found), "for_one_home": found.for_one_home}  # fmt: skip


def written(found: ExchangeRate) -> str:
    """The rate as it was given, without noughts at its end."""
    return f"{found.rate.normalize():f}"


def listed(
    *, money: str | None = None, before: int | None = None, limit: int = 50
) -> Sequence[ExchangeRate]:
    """The last recorded first."""
    rows = ExchangeRate.objects.order_by("-id")
    if money is not None:
        rows = rows.filter(money=money)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows[:limit])


class Wanted(NamedTuple):
    """Purchases of one day and money that wait for its rate."""

    money: str
    home: str
    day: date
    purchases: int


def wanted(*, limit: int = 50) -> list[Wanted]:
    """What purchases wait for, the latest day first."""
    rows = RateWanted.objects.filter(ended_at=None).values("money", "home", "day")
    counted = rows.annotate(purchases=Count("purchase_id", distinct=True))
    return [Wanted(**one) for one in counted.order_by("-day", "money", "home")[:limit]]


def last_of(keys: Sequence[tuple[str, str, date]]) -> dict[tuple[str, str, date], ExchangeRate]:
    """What holds of each (money, home, day) itself: the row recorded last."""
    rows = ExchangeRate.objects.filter(
        money__in={key[0] for key in keys}, home__in={key[1] for key in keys},
        day__in={key[2] for key in keys},
    ).order_by("id")  # fmt: skip
    return {(row.money, row.home, row.day): row for row in rows}
