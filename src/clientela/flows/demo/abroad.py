"""Purchases of the demo company in the money of a neighbour, and the rates they earn by."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from clientela.customers.queries import Reference
from clientela.flows.demo.mark import DEMO, SOURCE
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.record_rates import record_rates
from clientela.loyalty.actions.rates import NewRate
from clientela.loyalty.models import Account, Currency, CurrencyTerms, ExchangeRate
from clientela.platform import periods
from clientela.staff import company as companies

WEEKS = 8
# Of each money for one euro, as a central bank tells it, week by week.
RATES = {
    "SEK": ("11.2145", "11.1870", "11.2360", "11.3015", "11.2490", "11.1955", "11.2230", "11.2605"),
    "GBP": ("0.8437", "0.8412", "0.8455", "0.8461", "0.8429", "0.8418", "0.8440", "0.8452"),
}
BOUGHT = (("SEK", 89_900), ("GBP", 4_250), ("SEK", 24_900), ("NOK", 39_900))
DAY = timedelta(days=1)


def play(customers: list[UUID], *, now: datetime) -> None:
    """Rates of the last weeks; some bought on the ferry, one in a money without a rate."""
    today = periods.day_of(now, companies.current().zone)
    told = [
        NewRate(money, today - (7 * (WEEKS - 1 - week) + 1) * DAY, rate, for_one_home=True)
        for money, rates in RATES.items() for week, rate in enumerate(rates)
    ]  # fmt: skip
    record_rates(told, source="ECB", actor=DEMO, now=now)
    record_purchases(
        [
            Bought(
                source=SOURCE, reference=f"ferry-{number}", customer=Reference("id", str(id)),
                purchased_at=now - timedelta(hours=20 + 30 * number), total_minor=minor,
                currency=money, channel="store", place="m/s Baltic",
            )
            for number, (id, (money, minor)) in enumerate(
                zip(customers, BOUGHT, strict=False), start=1
            )
        ],
        actor=DEMO, now=now,
    )  # fmt: skip


def take_down() -> int:
    """As the owner of the tables: the demo's rates, and terms of points nobody has any more."""
    unused = Currency.objects.exclude(id__in=Account.objects.values("currency_id"))
    rows, _ = CurrencyTerms.objects.filter(currency__in=unused).delete()
    return rows + ExchangeRate.objects.filter(recorded_by=DEMO.id).delete()[0]
