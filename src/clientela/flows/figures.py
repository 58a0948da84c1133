"""The figures of the first page, over all programmes that are on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from clientela.customers.quality import queries as customers
from clientela.imports import queries as imports
from clientela.loyalty.queries import ledger as loyalty
from clientela.platform.money import Money
from clientela.products import queries as products
from clientela.products.queries import Held
from clientela.purchases import queries as purchases
from clientela.staff import company as companies

DAYS = 30
WEEKS = 12


@dataclass(frozen=True, slots=True)
class Figures:
    """As they stood at `as_of`; what is new or bought is of the last 30 days, trends are by week,
    the oldest first. `points` is missing where the programme is off.
    """

    as_of: datetime
    customers: int
    customers_new: int
    customers_trend: tuple[int, ...]
    purchases: int
    purchases_trend: tuple[int, ...]
    spent: tuple[Money, ...]
    points: int | None
    imports: int
    held: tuple[Held, ...]


def figures(*, now: datetime) -> Figures:
    """Counted afresh: a door keeps them for a while."""
    company = companies.current()
    came = customers.grown(today=company.today(now), days=7 * WEEKS)
    bought = purchases.recent(now=now, days=7 * WEEKS)
    lately = [row for row in bought if row[0] < DAYS]
    return Figures(
        as_of=now,
        customers=sum(came.values()),
        customers_new=sum(count for ago, count in came.items() if ago < DAYS),
        customers_trend=_standing(came),
        purchases=sum(count for _, _, count, _ in lately),
        purchases_trend=_weekly((ago, count) for ago, _, count, _ in bought),
        spent=_sums((currency, minor) for _, currency, _, minor in lately),
        points=loyalty.owed() if company.is_on("loyalty") else None,
        imports=imports.count_since(now - timedelta(days=DAYS)),
        held=tuple(products.penetration(today=company.today(now))),
    )


def _standing(came: Mapping[int, int]) -> tuple[int, ...]:
    """How many there were at the end of each week."""
    return tuple(
        sum(count for ago, count in came.items() if ago >= 7 * back)
        for back in reversed(range(WEEKS))
    )


def _weekly(counted: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    weeks = [0] * WEEKS
    for ago, count in counted:
        weeks[WEEKS - 1 - min(ago // 7, WEEKS - 1)] += count
    return tuple(weeks)


def _sums(amounts: Iterable[tuple[str, int]]) -> tuple[Money, ...]:
    """One amount a currency, the most first."""
    sums: dict[str, int] = {}
    for currency, minor in amounts:
        sums[currency] = sums.get(currency, 0) + minor
    most = sorted(sums.items(), key=lambda item: -item[1])
    return tuple(Money(minor, currency) for currency, minor in most)
