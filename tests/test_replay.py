"""Real purchases replayed in time order as a programme, and recomputed in plain Python.

Nothing of the product computes what is expected here: rules, tiers, lives, returns and debts are
written once more, one purchase after the other.
"""

from __future__ import annotations

import gzip
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from clientela.customers import actions as customers
from clientela.customers.actions import NewCustomer
from clientela.customers.queries import Reference
from clientela.flows import review_tiers
from clientela.flows.define_programme import define_programme
from clientela.flows.expire_points import expire_points
from clientela.flows.points import balances_of
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.flows.verify import verify
from clientela.loyalty.models import Account, Standing
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.tests.samples import sample
from clientela.purchases.actions import NewLine, NewReturn
from clientela.staff import company

ZONE = ZoneInfo("America/New_York")
OPENS, SELLS, COUNTS, TAKES_BACK = time(6), time(12), time(20), time(21)
LADDER = {"silver": (10_000, Fraction(5, 4)), "gold": (30_000, Fraction(3, 2))}
LIFE_MONTHS, DEBT_MAX, KEPT_MONTHS = 6, 10_000, 12
PROGRAMME = {
    "programme": "club", "currency": "points", "labels": {"en": "Points"},
    "time_zone": ZONE.key, "life": {"months": LIFE_MONTHS, "until": "month"},
    "rules": [{"key": "base", "labels": {"en": "Spend"},
               "body": {"earn": "per_money", "points": 1, "per": "1.00"}}],
    "ladder": {
        "key": "club", "labels": {"en": "Club"}, "measure": "spend", "currency": "USD",
        "window": "rolling",
        "tiers": [{"key": key, "labels": {"en": key.title()}, "threshold": threshold,
                   "factor": str(factor)} for key, (threshold, factor) in LADDER.items()],
    },
}  # fmt: skip


@dataclass(slots=True)
class Sale:
    customer: str
    day: date
    minor: int
    number: int
    back_on: date | None = None
    back_minor: int = 0
    lines: tuple[NewLine, ...] = ()

    def comes_back(self) -> None:
        """Every 25th does, whole or by half."""
        if self.number % 25 == 7 and self.minor:
            self.back_on = self.day + timedelta(days=self.number % 60)
            self.back_minor = self.minor if self.number % 2 else -(-self.minor // 2)


def cdnow(limit: int | None = None) -> list[Sale]:
    """All purchases, or those of the first customers only."""
    sales = []
    with gzip.open(sample("cdnow/CDNOW_master.txt.gz"), "rt", encoding="ascii") as lines:
        next(lines)
        for number, line in enumerate(lines):
            customer, day, _pieces, dollars = line.split()
            if limit is not None and int(customer) > limit:
                break
            sale = Sale(customer, datetime.strptime(day, "%Y%m%d").date(),  # noqa: DTZ007
                        int(Decimal(dollars) * 100), number)  # fmt: skip
            sale.comes_back()
            sales.append(sale)
    return sales


@dataclass(slots=True)
class Lot:
    ends_on: date  # the last day on which it can be used
    left: int


@dataclass(slots=True)
class Stand:
    tier: str
    kept_until: date
    sale: int | None


@dataclass(slots=True)
class Member:
    """One customer of the programme, computed by hand."""

    lots: list[tuple[int, Lot]] = field(default_factory=list)  # by the number of the sale
    debt: int = 0
    stand: Stand | None = None
    sales: list[Sale] = field(default_factory=list)
    earned: dict[int, tuple[int, Fraction]] = field(default_factory=dict)
    back: dict[int, int] = field(default_factory=dict)

    def open(self, today: date) -> None:
        """What is over expires; a tier whose time is over is measured again."""
        self.lots = [(sale, lot) for sale, lot in self.lots if lot.ends_on >= today]
        while self.stand and self.stand.kept_until < today:
            ended = self.stand.kept_until
            tier = reached(self.spent(add_months(ended, -12) + timedelta(days=1), ended))
            following = end_of_month(add_months(ended, KEPT_MONTHS))
            same = tier == self.stand.tier
            self.stand = Stand(tier, following, self.stand.sale if same else None) if tier else None

    def buy(self, sale: Sale) -> None:
        factor = LADDER[self.stand.tier][1] if self.stand else Fraction(1)
        self.sales.append(sale)
        points = worth(sale.minor, factor)
        if points:
            paid = min(points, self.debt)
            self.debt -= paid
            ends_on = end_of_month(add_months(sale.day, LIFE_MONTHS))
            self.lots.append((sale.number, Lot(ends_on, points - paid)))
            self.earned[sale.number] = (points, factor)

    def rise(self, today: date, sale: Sale) -> None:
        """After all purchases of a day; the last of them is what did it."""
        tier = reached(self.spent(add_months(today, -12) + timedelta(days=1), today))
        if tier and (not self.stand or LADDER[tier][0] > LADDER[self.stand.tier][0]):
            kept_until = end_of_month(add_months(today, KEPT_MONTHS))
            self.stand = Stand(tier, kept_until, sale.number)

    def give_back(self, sale: Sale, today: date) -> None:
        self.back[sale.number] = sale.back_minor
        if sale.number in self.earned:
            earned, factor = self.earned[sale.number]
            self.take(sale.number, earned - worth(sale.minor - sale.back_minor, factor))
        if self.stand and self.stand.sale == sale.number:
            tier = reached(self.spent(add_months(today, -12) + timedelta(days=1), today))
            if tier is None:
                self.stand = None
            elif LADDER[tier][0] < LADDER[self.stand.tier][0]:
                self.stand = Stand(tier, self.stand.kept_until, None)

    def take(self, own: int, points: int) -> None:
        """From its own lot, then from those that end first; the rest is owed."""
        for _, lot in sorted(self.lots, key=lambda one: (one[0] != own, one[1].ends_on)):
            part = min(points, lot.left)
            lot.left -= part
            points -= part
        self.debt += min(points, DEBT_MAX - self.debt)

    def spent(self, first: date, last: date) -> int:
        return sum(sale.minor - self.back.get(sale.number, 0)
                   for sale in self.sales if first <= sale.day <= last)  # fmt: skip

    def available(self) -> int:
        return sum(lot.left for _, lot in self.lots)


def worth(minor: int, factor: Fraction) -> int:
    return int(minor // 100 * factor)


def reached(spent: int) -> str | None:
    return next((key for key in ("gold", "silver") if LADDER[key][0] <= spent), None)


def add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZONE)


def by_day(sales: Sequence[Sale]) -> Iterator[tuple[date, list[Sale], list[Sale]]]:
    """Each day on which something happens: what is bought, what comes back."""
    bought: dict[date, list[Sale]] = defaultdict(list)
    back: dict[date, list[Sale]] = defaultdict(list)
    for sale in sales:
        bought[sale.day].append(sale)
        if sale.back_on:
            back[sale.back_on].append(sale)
    for day in sorted({*bought, *back}):
        yield day, bought[day], back[day]


def recomputed(sales: Sequence[Sale], last: date) -> dict[str, Member]:
    members: dict[str, Member] = defaultdict(Member)
    for day, bought, back in by_day(sales):
        for customer in {sale.customer for sale in (*bought, *back)}:
            members[customer].open(day)  # nothing changes for anybody else
        for sale in bought:
            members[sale.customer].buy(sale)
        for customer, sale in {sale.customer: sale for sale in bought}.items():
            members[customer].rise(day, sale)
        for sale in back:
            members[sale.customer].give_back(sale, day)
    for member in members.values():
        member.open(last)
    return members


def replayed(sales: Sequence[Sale], last: date, known: dict[str, UUID]) -> None:
    """The same through the product's own flows."""
    ids: dict[int, UUID] = {}
    for day, bought, back in by_day(sales):
        begin(day)
        for sale, outcome in zip(bought, record(bought, known, day), strict=True):
            assert outcome.id
            ids[sale.number] = outcome.id
        for sale in back:
            now = moment(day, TAKES_BACK)
            return_purchase(
                NewReturn("cdnow", f"B-{sale.number}", now, amount_minor=sale.back_minor),
                purchase_id=ids[sale.number], actor=SYSTEM, now=now,
            )  # fmt: skip
    begin(last)


def begin(day: date) -> None:
    review_tiers.review_tiers(actor=SYSTEM, now=moment(day, OPENS))
    expire_points(actor=SYSTEM, now=moment(day, OPENS))


def record(bought: Sequence[Sale], known: dict[str, UUID], day: date) -> list[Any]:
    batch = [
        Bought("cdnow", f"S-{sale.number}", Reference("id", str(known[sale.customer])),
               moment(day, SELLS), sale.minor, "USD", channel="shop", lines=sale.lines)
        for sale in bought
    ]  # fmt: skip
    return record_purchases(batch, actor=SYSTEM, now=moment(day, COUNTS)) if batch else []


def registered(names: set[str]) -> dict[str, UUID]:
    ordered, now = sorted(names), moment(date(1997, 1, 1), OPENS)
    with transactions.open():
        company.change({"name": "CDs", "time_zone": ZONE.key, "currency": "USD", "country": "US"},
                       actor=SYSTEM, now=now)  # fmt: skip
        made = customers.register(
            [NewCustomer(f"Customer {name}") for name in ordered], now=now, today=now.date()
        )
    company.forget()
    define_programme(PROGRAMME, actor=SYSTEM, now=now)
    return {ordered[place]: id for place, id in made}


def compared(sales: Sequence[Sale], known: dict[str, UUID]) -> dict[str, Member]:
    last = max(max(sale.day, sale.back_on or sale.day) for sale in sales) + timedelta(days=90)
    replayed(sales, last, known)
    expected = recomputed(sales, last)
    stands = dict(Standing.objects.filter(ends_at=None).values_list("customer_id", "tier__key"))
    debts = dict(Account.objects.values_list("customer_id", "debt"))
    for name, member in expected.items():
        shown = balances_of([known[name]], now=moment(last, COUNTS))
        found = (
            sum(one["available"] for one in shown), debts.get(known[name], 0),
            stands.get(known[name]),
        )  # fmt: skip
        assert found == (
            member.available(), member.debt, member.stand.tier if member.stand else None
        ), name  # fmt: skip
    assert [check.name for check in verify() if check.wrong] == []
    return expected


@pytest.mark.django_db
def test_some_customers_of_a_shop_have_what_is_computed_by_hand() -> None:
    sales = cdnow(20)
    expected = compared(sales, registered({sale.customer for sale in sales}))
    assert any(member.stand for member in expected.values())


@pytest.mark.long
@pytest.mark.django_db
def test_a_shop_of_69_659_purchases_replayed_has_every_balance_computed_by_hand() -> None:
    sales = cdnow()
    expected = compared(sales, registered({sale.customer for sale in sales}))
    assert len(expected) == 23_570
    assert sum(1 for member in expected.values() if member.stand) > 100
