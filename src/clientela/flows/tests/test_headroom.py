"""Accounts know how far their owners are from a tier, and nobody who reaches one is missed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientela.customers.queries import Reference
from clientela.flows import review_tiers
from clientela.flows.define_programme import define_programme
from clientela.flows.lay_out import POINTS
from clientela.flows.merge_customers import Wish, merge_customers
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.unmerge_customers import Parting, unmerge_customers
from clientela.loyalty.actions import tiers as acting
from clientela.loyalty.models import Account, Rule, Standing
from clientela.loyalty.queries import ledger, tiers
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.actions import NewReturn

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BUYERS = 3


def ladder(window: str, *thresholds: int) -> dict[str, Any]:
    steps = [
        {"key": f"step-{place}", "threshold": one, "labels": {"en": f"Step {place}"}}
        for place, one in enumerate(thresholds)
    ]
    return {"key": window, "labels": {"en": window}, "measure": "points", "window": window,
            "tiers": steps}  # fmt: skip


def set_up(*ladders: dict[str, Any]) -> None:
    for one in ladders:
        define_programme({**POINTS, "time_zone": "Europe/Riga", "ladder": one}, actor=SYSTEM,
                         now=NOW)  # fmt: skip


def buyers() -> list[UUID]:
    return [
        register_customer(
            Details(name=f"Buyer {number}", source="crm", external_id=str(number)),
            actor=SYSTEM, now=NOW,
        )[0]
        for number in range(BUYERS)
    ]  # fmt: skip


def buy(number: int, minor: int, *, days: int = 0) -> UUID:
    named = Reference("external", str(number), "crm")
    sale = Bought("crm", uuid4().hex, named, NOW - days * DAY, minor, "EUR")
    [outcome] = record_purchases([sale], actor=SYSTEM, now=NOW)
    assert outcome.id is not None
    return outcome.id


def asked(number: int, minor: int) -> list[str]:
    """The statements of one purchase."""
    with CaptureQueriesContext(connection) as caught:
        buy(number, minor)
    return [one["sql"].removeprefix("loyalty/") for one in caught.captured_queries]


def nightly() -> int:
    """How often a night measures."""
    with CaptureQueriesContext(connection) as caught:
        review_tiers.night(actor=SYSTEM, now=NOW)
    return sum(one["sql"] == "loyalty/climbing_at_once" for one in caught.captured_queries)


def left_below(customers: list[UUID]) -> list[tiers.Climbing]:
    """Who stands lower than they reach, measured without what accounts know."""
    return [
        one
        for each in tiers.ladders()
        for one in tiers.climbing(customers, ladder=each, zone=review_tiers.zone_of(each), now=NOW)
    ]


def test_who_is_far_from_a_tier_is_not_measured_again(latvian_company: None) -> None:
    set_up(ladder("rolling", 100, 1_000))
    buyers()
    assert "climbing_at_once" in asked(0, 5_000)  # nobody knows yet
    assert "climbing_at_once" not in asked(0, 1_000)
    assert "climbing_at_once" in asked(0, 4_000)
    assert Standing.objects.get().tier.key == "step-0"
    assert "climbing_at_once" in asked(0, 100)  # now it stands elsewhere
    assert "climbing_at_once" not in asked(0, 100)


def test_what_is_set_up_is_read_once_in_each_version(latvian_company: None) -> None:
    set_up(ladder("rolling", 100))
    buyers()
    asked(0, 100)
    assert "scheme" not in asked(0, 100)
    Rule.objects.update(priority=7)
    first = asked(0, 100)
    assert "scheme" in first
    assert "climbing_at_once" not in first  # rules are not ladders
    assert "scheme" not in asked(0, 100)


def test_a_night_measures_whom_nobody_knows(latvian_company: None) -> None:
    set_up(ladder("rolling", 100, 1_000), ladder("lifetime", 120))
    customers = buyers()
    buy(0, 9_000)
    Account.objects.update(measured_by=0)
    assert nightly() == 2  # of each ladder one slice
    assert nightly() == 0
    assert "climbing_at_once" not in asked(0, 900)
    assert "climbing_at_once" in asked(0, 100)
    assert not left_below(customers)


def test_a_version_that_was_taken_back_is_forgotten(latvian_company: None) -> None:
    def tried(priority: int) -> int:
        def change() -> int:
            Rule.objects.update(priority=priority)
            return ledger.schemes()[0].rules[0].priority

        return transactions.tried(change)

    before = ledger.schemes()[0].rules[0].priority
    assert (tried(41), tried(42)) == (41, 42)
    assert ledger.schemes()[0].rules[0].priority == before
    Rule.objects.update(priority=43)
    assert ledger.schemes()[0].rules[0].priority == 43


def test_a_lower_step_that_comes_later_is_climbed(latvian_company: None) -> None:
    set_up(ladder("rolling", 1_000))
    customers = buyers()
    buy(0, 20_000)
    set_up(ladder("rolling", 150, 1_000))
    Standing.objects.update(ends_at=NOW)
    buy(0, 100)
    assert not left_below(customers)
    assert Standing.objects.filter(ends_at=None).get().tier.key == "step-0"


class Walk:
    """A company in which all that moves a measure happens, in any order."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.customers = buyers()
        self.bought: list[UUID] = []
        self.merged: list[UUID] = []

    def step(self) -> None:
        number = self.data.draw(st.integers(0, BUYERS - 1))
        getattr(self, self.data.draw(st.sampled_from(
            ["buys", "buys", "buys", "returns", "falls", "climbs", "changes", "merges",
             "parts", "sleeps"]
        )))(number)  # fmt: skip

    def buys(self, number: int) -> None:
        minor = self.data.draw(st.sampled_from([100, 3_000, 9_900, 10_000, 25_000]))
        days = self.data.draw(st.sampled_from([0, 0, 0, 5, 200, 400]))
        self.bought.append(buy(number, minor, days=days))
        # a closed period that a late purchase fills up is measured by itself
        assert not left_below([self.customers[number]])

    def returns(self, number: int) -> None:
        if self.bought:
            sold = self.bought.pop(number % len(self.bought))
            new = NewReturn("crm", uuid4().hex, NOW, amount_minor=100)
            return_purchase(new, purchase_id=sold, actor=SYSTEM, now=NOW)

    def falls(self, number: int) -> None:
        """A review takes a tier."""
        Standing.objects.filter(customer_id=self.customers[number]).update(ends_at=NOW)

    def climbs(self, number: int) -> None:
        for one in tiers.ladders():
            zone = review_tiers.zone_of(one)
            with transactions.open():
                acting.rise({self.customers[number]: None}, ladder=one, zone=zone, actor=SYSTEM,
                            now=NOW)  # fmt: skip

    def sleeps(self, _number: int) -> None:
        review_tiers.night(actor=SYSTEM, now=NOW)
        assert not left_below(self.customers)

    def changes(self, number: int) -> None:
        set_up(ladder("calendar", *[[90, 200], [150, 400], [260, 1_000]][number]))

    def merges(self, number: int) -> None:
        other = self.customers[(number + 1) % BUYERS]
        if not self.merged and number < BUYERS - 1:
            wish = Wish(self.customers[number], (other,))
            self.merged = [merge_customers(wish, actor=SYSTEM, now=NOW).merge.id]

    def parts(self, _number: int) -> None:
        if self.merged:
            unmerge_customers(Parting(self.merged.pop()), actor=SYSTEM, now=NOW)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_nobody_is_missed(latvian_company: None, data: st.DataObject) -> None:
    def walk() -> None:
        set_up(ladder("rolling", 100, 300), ladder("calendar", 150, 400), ladder("lifetime", 500))
        one = Walk(data)
        for _ in range(data.draw(st.integers(4, 14))):
            one.step()

    transactions.tried(walk)
