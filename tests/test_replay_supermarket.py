"""A supermarket replayed in time order: balances, habits, coupons, recomputed in plain Python."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from clientela.customers.queries import Reference
from clientela.flows import coupon_pools, coupons, customer_habits
from clientela.loyalty.actions.coupon_codes import PoolValues
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.tests.samples import sample
from clientela.products import actions as products
from clientela.products.models import Category
from clientela.purchases.actions import NewLine
from clientela.purchases.habits import queries as habits
from clientela.purchases.habits.models import WHOLE_BASKET
from tests.test_replay import COUNTS, TAKES_BACK, ZONE, Sale, compared, moment, registered

JOURNEY = "completejourney"
DISCOUNTS = ("retail_disc", "coupon_disc", "coupon_match_disc")
FIRST, LAST = date(2017, 1, 1), date(2018, 12, 31)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Somebody used a coupon of a campaign; `number` is its line in the file."""

    household: str
    number: int
    campaign: str
    day: date

    @property
    def pool(self) -> str:
        return f"campaign-{self.campaign}"

    @property
    def code(self) -> str:
        return f"C{self.campaign}N{self.number:05}"


def rows_of(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(sample(f"{JOURNEY}/{name}.csv.gz"), "rt", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def cents(text: str) -> int:
    return int((Decimal(text) * 100).to_integral_value())


def redemptions() -> list[Redeemed]:
    return [
        Redeemed(row["household_id"], number, row["campaign_id"],
                 date.fromisoformat(row["redemption_date"]))
        for number, row in enumerate(rows_of("coupon_redemptions"))
    ]  # fmt: skip


def baskets(households: set[str] | None) -> list[list[dict[str, str]]]:
    """The lines of each basket, in the order of time."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of("transactions_sample"):
        if households is None or row["household_id"] in households:
            found[row["basket_id"]].append(row)
    return sorted(found.values(), key=lambda of: (of[0]["transaction_timestamp"], len(of)))


def shelves(names: set[str]) -> dict[str, UUID]:
    """Departments as categories."""
    keys = {name: f"d{number}" for number, name in enumerate(sorted(names - {""}))}
    with transactions.open():
        products.define_categories(
            [{"key": key, "labels": {"en": name}} for name, key in keys.items()]
        )
    ids = dict(Category.objects.filter(key__in=keys.values()).values_list("key", "id"))
    return {name: ids[key] for name, key in keys.items()}


def bought(households: set[str] | None) -> list[Sale]:
    filled = baskets(households)
    wanted = {row["product_id"] for of in filled for row in of}
    named = {row["product_id"]: row["department"] for row in rows_of("products")
             if row["product_id"] in wanted}  # fmt: skip
    places = shelves(set(named.values()))
    sales = []
    for number, of in enumerate(filled):
        lines = tuple(
            NewLine(
                int(Decimal(row["quantity"]) * 1000), cents(row["sales_value"]),
                discount_minor=max(sum(cents(row[name]) for name in DISCOUNTS), 0),
                category_id=places.get(named.get(row["product_id"], "")),
            )
            for row in of
        )  # fmt: skip
        at = datetime.fromisoformat(of[0]["transaction_timestamp"])
        total = sum(line.total_minor for line in lines)
        sale = Sale(of[0]["household_id"], at.date(), total, number, lines=lines)
        sale.comes_back()
        sales.append(sale)
    return sales


Counted = tuple[int, int, int, int, int]  # purchases, lines, units, spent, off


def counted(
    sales: Sequence[Sale], known: dict[str, UUID]
) -> dict[tuple[UUID, date, UUID], Counted]:
    """Habits by household, month and department in plain Python."""
    found: dict[tuple[UUID, date, UUID], Counter[str]] = defaultdict(Counter)
    for sale in sales:
        month = known[sale.customer], sale.day.replace(day=1)
        for place in {WHOLE_BASKET, *(one.category_id for one in sale.lines if one.category_id)}:
            of = [line for line in sale.lines if place in (WHOLE_BASKET, line.category_id)]
            found[*month, place].update(
                purchases=1, lines=len(of), units=sum(line.quantity_milli for line in of),
                spent=sum(line.total_minor for line in of),
                off=sum(line.discount_minor for line in of),
            )  # fmt: skip
    return {
        key: (row["purchases"], row["lines"], row["units"], row["spent"], row["off"])
        for key, row in found.items()
    }


def use(redeemed: Sequence[Redeemed], known: dict[str, UUID]) -> None:
    """Every campaign is a pool, every coupon a code of it; used in the order of time."""
    for pool in sorted({one.pool for one in redeemed}):
        values = PoolValues(pool, {"en": pool}, percent=10)
        coupon_pools.save_pool(values, actor=SYSTEM, now=moment(FIRST, COUNTS))
        codes = [one.code for one in redeemed if one.pool == pool]
        coupon_pools.import_codes(pool, codes, actor=SYSTEM, now=moment(FIRST, COUNTS))
    for one in sorted(redeemed, key=lambda one: one.day):
        coupons.use_coupon(
            one.code, source="journey", reference=f"R-{one.number}",
            customer=Reference("id", str(known[one.household])), actor=SYSTEM,
            now=moment(one.day, TAKES_BACK),
        )  # fmt: skip


def supermarket(households: set[str] | None) -> None:
    sales = bought(households)
    redeemed = [one for one in redemptions() if households is None or one.household in households]
    known = registered({sale.customer for sale in sales} | {one.household for one in redeemed})
    use(redeemed, known)
    members = compared(sales, known)
    assert any(member.stand for member in members.values())
    rows = habits.months_of(sorted(known.values()), first_on=FIRST, last_on=LAST, zone=ZONE.key)
    assert counted(sales, known) == {
        (row.customer_id, row.month_on, row.category_id):
        (row.purchases, row.lines, row.units_milli, row.spent_minor, row.discount_minor)
        for row in rows
    }  # fmt: skip
    answered: dict[str, Counter[str]] = defaultdict(Counter)
    for one in redeemed:
        answered[one.household][one.pool] += 1
    for household, campaigns in answered.items():
        shown = customer_habits.habits_of(
            [known[household]], now=moment(LAST, COUNTS), first=FIRST, last=LAST
        )
        assert {item.key: item.uses for item in customer_habits.by(shown, "coupon")} == campaigns
        assert (shown.taken.coupons, shown.taken.campaigns) == (
            campaigns.total(), len(campaigns)
        )  # fmt: skip


@pytest.mark.django_db
def test_some_households_have_the_points_habits_and_coupons_computed_by_hand() -> None:
    most = Counter(one.household for one in redemptions()).most_common(2)
    supermarket({household for household, _ in most})


@pytest.mark.long
@pytest.mark.django_db
def test_75_000_lines_of_a_supermarket_become_the_points_and_habits_computed_by_hand() -> None:
    supermarket(None)
