"""Spending habits: exact at any moment, folded once, and of nobody who objected."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from clientela.customers.queries import Reference, family_of
from clientela.events.models import Event
from clientela.flows import customer_habits, fold_habits, limit_use, timeline
from clientela.flows.amend_purchase import amend_purchase
from clientela.flows.erase_customer import erase_customer
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.privacy.actions.limits import NewRestriction
from clientela.products import actions as products
from clientela.products.actions import ProductValues
from clientela.products.models import Category, Product
from clientela.purchases.actions import NewLine, NewReturn, ReturnedLine
from clientela.purchases.habits import actions as habits
from clientela.purchases.habits import queries
from clientela.purchases.habits.before import Sale, habits_before
from clientela.purchases.habits.models import HabitMonth, HabitPosition

RIGA = "Europe/Riga"
CRM_4711 = Reference("external", "4711", "crm")
CHECK = "habits are what was bought"
ENDED_SECONDS_MAX = 20
ALL = (date(2000, 1, 1), date(2100, 1, 1))


def at(day: str, clock: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+00:00").astimezone(UTC)


def sale(reference: str, day: str, minor: int = 1000, **more: Any) -> Bought:
    sold = Bought(
        "till", reference, CRM_4711, at(day), minor, "EUR", channel="shop", place="riga-1"
    )
    return sold._replace(**more)


def record(*batch: Bought) -> list[UUID]:
    outcomes = record_purchases(list(batch), actor=SYSTEM, now=NOW)
    assert [one.error for one in outcomes] == [None] * len(batch)
    return [one.id for one in outcomes if one.id]


def give_back(purchase: UUID, reference: str, **more: Any) -> None:
    return_purchase(
        NewReturn("till", reference, NOW, **more), purchase_id=purchase, actor=SYSTEM, now=NOW
    )


def fold() -> None:
    """Fold all there is, once older transactions have ended."""
    deadline = time.monotonic() + ENDED_SECONDS_MAX
    while time.monotonic() < deadline:
        fold_habits.fold(now=NOW)
        position, latest = HabitPosition.objects.get(), Event.objects.order_by("-id").first()
        if latest is None or int(position.tx) > int(latest.tx):
            return
    raise AssertionError("an old transaction does not end")


def seen(family: Sequence[UUID]) -> list[tuple[Any, ...]]:
    rows = queries.months_of(family, first_on=ALL[0], last_on=ALL[1], zone=RIGA)
    return sorted(tuple(row) for row in rows)


@pytest.fixture
def shelves(latvian_company: None) -> dict[str, UUID]:
    """Food, tools and toys, with a product of each: F-1, T-1, Y-1."""
    with transactions.open():
        products.define_kinds([{"key": "thing", "labels": {"en": "Thing"}}])
        products.define_categories(
            [{"key": key, "labels": {"en": key.title()}} for key in ("food", "tools", "toys")]
        )
        places = dict(Category.objects.values_list("key", "id"))
        products.save_products([
            ProductValues("F-1", "Bread", "thing", 100, "EUR", places["food"]),
            ProductValues("T-1", "Hammer", "thing", 900, "EUR", places["tools"]),
            ProductValues("Y-1", "Kite", "thing", 500, "EUR", places["toys"]),
        ])  # fmt: skip
    return places


def lines(**pieces: int) -> tuple[NewLine, ...]:
    prices = {"F_1": 100, "T_1": 900, "Y_1": 500}
    return tuple(
        NewLine(1000 * count, prices[code] * count, code.replace("_", "-"))
        for code, count in pieces.items()
    )


@promise("LOY-01")
def test_habits_are_counted_by_month_category_channel_and_currency(
    anna: UUID, shelves: dict[str, UUID]
) -> None:
    first, _ = record(
        sale("1", "2026-09-03", 1100, lines=lines(F_1=2, T_1=1)),
        sale("2", "2026-09-30", 200, lines=lines(F_1=2), purchased_at=at("2026-09-30", "21:30")),
    )
    give_back(first, "back", lines=(ReturnedLine(1, 1000),))
    rows = {(row[1], row[2], row[3]): row[4:12] for row in seen([anna])}
    september, october = date(2026, 9, 1), date(2026, 10, 1)  # half past midnight in Rīga
    assert rows == {
        (september, UUID(int=0), "shop"): ("EUR", 1, 1 << 2, 2, 3000, 1100, 0, 100),
        (september, shelves["food"], "shop"): ("EUR", 1, 1 << 2, 1, 2000, 200, 0, 100),
        (september, shelves["tools"], "shop"): ("EUR", 1, 1 << 2, 1, 1000, 900, 0, 0),
        (october, UUID(int=0), "shop"): ("EUR", 1, 1, 1, 2000, 200, 0, 0),
        (october, shelves["food"], "shop"): ("EUR", 1, 1, 1, 2000, 200, 0, 0),
    }


@pytest.mark.django_db(transaction=True)
def test_a_transaction_larger_than_a_step_is_folded_whole(
    anna: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    fold()
    monkeypatch.setattr(habits, "EVENTS_AT_ONCE_MAX", 2)
    record(*(sale(f"{number}", "2026-09-03") for number in range(5)))
    fold()
    assert HabitMonth.objects.get(customer_id=anna).purchases == 5


def test_an_amended_purchase_counts_once_as_it_truly_was(anna: UUID) -> None:
    record(sale("1", "2026-09-03", 1000))
    amend_purchase(sale("1", "2026-09-05", 700), actor=SYSTEM, now=NOW)
    [row] = seen([anna])
    assert row[4:12] == ("EUR", 1, 1 << 4, 0, 1000, 700, 0, 0)


@pytest.mark.django_db(transaction=True)
@promise("LOY-07")
def test_whoever_objects_to_profiling_has_no_habits_and_earns_all_the_same(anna: UUID) -> None:
    record(sale("1", "2026-09-03"))
    fold()
    family = family_of(anna)
    made = limit_use.restrict(
        NewRestriction(tuple(family), "profiling", "asked", "phone"), actor=SYSTEM, now=NOW
    )
    assert not customer_habits.habits_of(family, now=NOW).is_kept
    [outcome] = record_purchases([sale("2", "2026-10-03", 1999)], actor=SYSTEM, now=NOW)
    assert [gain.points for gain in outcome.earned] == [19]
    fold()
    assert not HabitMonth.objects.exists()
    limit_use.lift(made.id, reason="agreed again", actor=SYSTEM, now=NOW)
    found = customer_habits.habits_of(family, now=NOW)
    assert found.is_kept
    assert sum(one.purchases for one in found.whole) == 2


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_has_no_habits_whatever_happens_to_their_purchases_later(
    anna: UUID,
) -> None:
    [purchase] = record(sale("1", "2026-09-03"))
    fold()
    erase_customer(anna, actor=SYSTEM, now=NOW)
    give_back(purchase, "back", amount_minor=100)
    fold()
    fold_habits.rebuild(now=NOW, anew=True)
    assert seen([anna]) == []
    assert not HabitMonth.objects.exists()


@dataclass
class Slip:
    """A purchase as the plain recomputation knows it."""

    id: UUID
    sold_at: datetime
    minor: int
    channel: str
    lines: list[tuple[UUID, int, int]]  # category, pieces, minor
    back: int = 0
    lines_back: dict[int, int] = field(default_factory=dict)


def recomputed(slips: Sequence[Slip], customer: UUID) -> list[tuple[Any, ...]]:
    """The habits of one customer in plain Python."""
    found: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for slip in slips:
        local = slip.sold_at.astimezone(ZoneInfo(RIGA))
        month, bit = local.date().replace(day=1), 1 << (local.day - 1)
        pieces = sum(line[1] for line in slip.lines) or 1
        found[customer, month, UUID(int=0), slip.channel, "EUR"].append(
            (slip.id, bit, len(slip.lines), 1000 * pieces, slip.minor, slip.back, slip.sold_at)
        )
        for number, (category, count, minor) in enumerate(slip.lines):
            found[customer, month, category, slip.channel, "EUR"].append(
                (slip.id, bit, 1, 1000 * count, minor, slip.lines_back.get(number, 0), slip.sold_at)
            )
    return sorted(
        (
            *key, len({row[0] for row in rows}), sum({row[1] for row in rows}),
            *(sum(row[place] for row in rows) for place in (2, 3, 4)), 0,
            sum(row[5] for row in rows), min(row[6] for row in rows), max(row[6] for row in rows),
        )
        for key, rows in found.items()
    )  # fmt: skip


class Shop:
    """Sells, takes back and amends at random."""

    def __init__(self, seed: int, shelves: dict[str, UUID]) -> None:
        self.chance = random.Random(seed)
        self.shelves = {"F_1": (shelves["food"], 100), "T_1": (shelves["tools"], 900)}
        self.slips: dict[str, Slip] = {}

    def step(self) -> None:
        self.chance.choice([self.sell, self.sell, self.sell, self.take_back, self.amend, fold])()

    def new(self, reference: str) -> tuple[Bought, list[tuple[UUID, int, int]]]:
        pieces = {code: self.chance.randint(1, 3) for code in self.shelves
                  if self.chance.random() < 0.6}  # fmt: skip
        told = [(self.shelves[code][0], count, self.shelves[code][1] * count)
                for code, count in pieces.items()]  # fmt: skip
        minor = sum(line[2] for line in told) or self.chance.randint(0, 5000)
        moment = NOW - timedelta(hours=self.chance.randint(1, 24 * 200))
        channel = self.chance.choice(["shop", "web"])
        bought = sale(reference, "2026-01-01", minor, purchased_at=moment, channel=channel,
                      lines=lines(**pieces))  # fmt: skip
        return bought, told

    def sell(self) -> None:
        count = len(self.slips)
        batch = [self.new(f"S-{count + more}") for more in range(self.chance.randint(1, 4))]
        for id, (bought, told) in zip(record(*(one for one, _ in batch)), batch, strict=True):
            self.slips[bought.reference] = Slip(
                id, bought.purchased_at, bought.total_minor, bought.channel, told
            )

    def amend(self) -> None:
        if self.slips:
            reference = self.chance.choice(list(self.slips))
            if self.slips[reference].back or not self.slips[reference].minor:
                return
            bought, told = self.new(reference)
            outcome = amend_purchase(bought, actor=SYSTEM, now=NOW)
            assert outcome.id
            self.slips[reference] = Slip(
                outcome.id, bought.purchased_at, bought.total_minor, bought.channel, told
            )

    def take_back(self) -> None:
        slip = self.chance.choice(list(self.slips.values())) if self.slips else None
        if slip is None or slip.back or not slip.minor:
            return
        reference = f"B-{slip.id}"
        if slip.lines and self.chance.random() < 0.5:
            number = self.chance.randrange(len(slip.lines))
            give_back(slip.id, reference, lines=(ReturnedLine(number + 1),))
            slip.back = slip.lines_back[number] = slip.lines[number][2]
        else:
            slip.back = self.chance.randint(1, slip.minor)
            give_back(slip.id, reference, amount_minor=slip.back)


@pytest.mark.django_db(transaction=True)
@promise("LOY-03")
@pytest.mark.parametrize("seed", range(2))
def test_folded_anywhere_habits_are_what_is_recomputed_from_all_that_happened(
    seed: int, anna: UUID, shelves: dict[str, UUID]
) -> None:
    shop = Shop(seed, shelves)
    for _ in range(25):
        shop.step()
        assert seen([anna]) == recomputed(list(shop.slips.values()), anna)
    fold()
    assert seen([anna]) == recomputed(list(shop.slips.values()), anna)
    assert HabitMonth.objects.count() == len(seen([anna]))
    [check] = verify([CHECK])
    assert (check.rows > 0, check.wrong) == (True, 0)
    HabitMonth.objects.filter(customer_id=anna).update(spent_minor=1)
    assert verify([CHECK])[0].wrong
    fold_habits.rebuild(now=NOW, anew=True)
    assert not verify([CHECK])[0].wrong


@pytest.mark.django_db(transaction=True)
def test_a_product_that_is_filed_anew_takes_its_past_along_only_when_that_is_asked_for(
    anna: UUID, shelves: dict[str, UUID]
) -> None:
    record(sale("1", "2026-09-03", 100, lines=lines(F_1=1)))
    fold()
    Product.objects.filter(code="F-1").update(category_id=shelves["toys"])
    record(sale("2", "2026-09-04", 100, lines=lines(F_1=1)))
    fold()
    assert categories_of(anna) == {shelves["food"]: 1, shelves["toys"]: 1}
    fold_habits.rebuild(now=NOW, current_categories=True)
    assert categories_of(anna) == {shelves["toys"]: 2}


def categories_of(customer: UUID) -> dict[UUID, int]:
    return {row[2]: row[5] for row in seen([customer]) if row[2] != UUID(int=0)}


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_another_zone_has_other_days_and_reads_are_right_before_all_is_counted_anew(
    anna: UUID,
) -> None:
    record(sale("1", "2026-09-30", purchased_at=at("2026-09-30", "21:30")))
    fold()
    [there] = queries.months_of([anna], first_on=ALL[0], last_on=ALL[1], zone="America/Lima")
    assert (there.month_on, there.visit_day_mask) == (date(2026, 9, 1), 1 << 29)
    [here] = queries.months_of([anna], first_on=ALL[0], last_on=ALL[1], zone=RIGA)
    assert (here.month_on, here.visit_day_mask) == (date(2026, 10, 1), 1)


def before(*sales: Sale) -> Any:
    return habits_before(sales, zone=RIGA)


def in_hand(customer: UUID, day: str, minor: int = 1000, **more: Any) -> Sale:
    return Sale(customer, at(day), more.pop("reference", "~"), "EUR", minor, **more)


def test_a_rule_sees_what_was_usual_before_the_purchase_in_hand(
    anna: UUID, shelves: dict[str, UUID]
) -> None:
    record(
        sale("1", "2026-05-20", 1000), sale("2", "2026-08-02", 3000),
        sale("3", "2026-09-10", 1100, lines=lines(F_1=2, T_1=1)),
        sale("4", "2026-09-30", 1000), sale("5", "2026-10-01", 100, lines=lines(F_1=1)),
    )  # fmt: skip
    found = before(in_hand(anna, "2026-10-02", 2000, categories=(shelves["food"], shelves["toys"])))
    assert found.facts(0) == {
        "habit.nth_of_day": 1, "habit.nth_of_week": 3, "habit.nth_of_month": 2,
        "habit.nth_of_year": 6, "habit.nth": 6, "habit.months_in_row": 3, "habit.categories": 2,
        "habit.first_in": [str(shelves["toys"])],
        "habit.basket_percent": 131,  # of (1000 + 3000 + 1100 + 1000) / 4 = 15.25
    }  # fmt: skip
    assert found.more_than_mean(Fraction(13, 10)).tolist() == [True]
    assert found.more_than_mean(Fraction(132, 100)).tolist() == [False]


def test_purchases_of_a_batch_see_the_earlier_ones_of_it_and_late_ones_only_what_was_before_them(
    anna: UUID,
) -> None:
    record(*(sale(str(n), "2026-09-10") for n in range(3)))
    hands = [in_hand(anna, "2026-09-10", reference=str(n)) for n in range(3)]
    late = in_hand(anna, "2026-09-09")
    assert before(*hands, late).nth_of_day.tolist() == [1, 2, 3, 1]


def test_fewer_than_three_full_months_say_nothing_of_a_mean(anna: UUID) -> None:
    record(sale("1", "2026-06-30"), sale("2", "2026-07-31"))
    third, fourth = in_hand(anna, "2026-09-30"), in_hand(anna, "2026-10-01")
    found = before(third, fourth)
    assert found.has_mean.tolist() == [False, True]
    assert found.why_missing(0) == "too-little-history"
    assert "habit.basket_percent" not in found.facts(0)


def told(name: str) -> list[Event]:
    return list(Event.objects.filter(name=name).order_by("id"))


@pytest.mark.django_db(transaction=True)
@promise("LOY-04")
def test_events_tell_of_a_new_category_of_a_silence_and_of_other_baskets(
    anna: UUID, shelves: dict[str, UUID]
) -> None:
    weeks = [NOW - timedelta(weeks=week) for week in range(24, 0, -1)]
    old = [
        sale(f"W-{n}", "2026-01-01", 400 if n < 12 else 900, purchased_at=moment,
             lines=lines(F_1=4 if n < 12 else 9))
        for n, moment in enumerate(weeks)
    ]  # fmt: skip
    record(*old)
    fold()
    assert told("habit.category_started") == []
    record(sale("K", "2026-01-01", 500, purchased_at=NOW, lines=lines(Y_1=1)))
    fold()
    record(sale("K2", "2026-01-01", 500, purchased_at=NOW, lines=lines(Y_1=1)))
    fold()
    [started] = told("habit.category_started")
    assert (started.customer_id, started.data) == (anna, {"category": "toys"})
    assert fold_habits.describe(now=NOW) == 1
    profile = queries.profile_of(anna)
    assert profile is not None
    assert (profile.gap_80_days, profile.lapses_on) == (7, date(2026, 12, 1))
    [changed] = told("habit.basket_changed")
    assert (changed.data["change"], changed.data["before"]) == (1, 400)
    assert fold_habits.lapse(now=NOW + timedelta(days=10)) == 0
    for late in (11, 12):
        fold_habits.lapse(now=NOW + timedelta(days=late))
    [lapsed] = told("habit.lapsed")
    assert lapsed.data == {"days": 11, "usual": 7}
    record(sale("B", "2026-01-01", 500, purchased_at=NOW))
    fold()
    fold_habits.describe(now=NOW)
    assert len(told("habit.basket_changed")) == 1
    for language, words in (("en", "11 days"), ("es", "11 días"), ("lv", "11 dienu")):
        with translation.override(language):
            assert words in timeline.sentence_of(lapsed.name, lapsed.data)
