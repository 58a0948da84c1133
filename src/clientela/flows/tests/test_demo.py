"""The story of the demo company: always the same, plausible, and never cut in half by a crash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

import phonenumbers
import pytest

from clientela.customers.models import Customer
from clientela.flows.demo import generator, load, remove
from clientela.flows.demo.catalogue import CATEGORIES, GOODS, KINDS
from clientela.flows.demo.names import (
    LATVIAN_MEN,
    LATVIAN_SURNAMES,
    LATVIAN_WOMEN,
    SPANISH_SURNAMES,
    woman_of,
)
from clientela.flows.demo.sales import tax_in
from clientela.flows.demo.story import Household, Party, Plan, Sale
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.staff import company as companies

TODAY = date(2026, 11, 13)
PLAN = Plan(300, 1, TODAY)
SMALL = 20


@pytest.fixture(scope="module")
def story() -> Sequence[Household]:
    return tuple(generator.households(PLAN))


def test_the_same_plan_tells_the_same_story(story: Sequence[Household]) -> None:
    assert tuple(generator.households(PLAN)) == story


def test_another_seed_tells_another_story(story: Sequence[Household]) -> None:
    assert tuple(generator.households(replace(PLAN, seed=2)))[7:] != story[7:]


def test_a_story_is_as_large_as_planned(story: Sequence[Household]) -> None:
    numbers = [party.number for household in story for party in household.parties]
    assert numbers == list(range(1, PLAN.customers + 1))
    assert list(generator.parties(PLAN)) == [p for household in story for p in household.parties]


def test_a_small_company_is_the_beginning_of_a_large_one(story: Sequence[Household]) -> None:
    few = list(generator.households(replace(PLAN, customers=100)))[:-1]  # the last may be cut
    assert few == list(story[: len(few)])


def test_a_million_customers_begin_at_once() -> None:
    begun = islice(generator.households(replace(PLAN, customers=1_000_000)), 20)
    assert len(list(begun)) == 20


@pytest.mark.parametrize("count", [0, 9, 1_000_001])
def test_a_company_has_ten_to_a_million_customers(count: int) -> None:
    with pytest.raises(ValueError, match="customers"):
        replace(PLAN, customers=count)


def test_lines_add_up_and_hold_their_tax(story: Sequence[Household]) -> None:
    prices = {good.code: good.price_minor for good in GOODS}
    for sale in sales_of(story):
        for line in sale.lines:
            price = prices[line.product]
            assert price is not None
            gross = price * line.quantity_milli / 1000
            assert abs(gross - line.discount_minor - line.total_minor) <= price / 100 + 1
            assert line.tax_minor == tax_in(line.total_minor)


def test_everything_happened_in_the_two_years_until_today(story: Sequence[Household]) -> None:
    first = date(TODAY.year - 2, TODAY.month, TODAY.day)
    days = [sale.sold_at.date() for sale in sales_of(story)]
    assert first <= min(days) <= first + timedelta(days=14)
    assert max(days) == TODAY
    late = [sale for sale in sales_of(story) if sale.sold_at.date() == TODAY]
    assert {sale.sold_at.hour for sale in late} == {0}  # drawn at night, shops are still closed


def test_a_customer_buys_about_fifteen_times(story: Sequence[Household]) -> None:
    assert 12 <= sum(1 for _ in sales_of(story)) / PLAN.customers <= 20


def test_what_comes_back_was_bought_before(story: Sequence[Household]) -> None:
    sold = {sale.reference: sale for sale in sales_of(story)}
    returns = [back for household in story for back in household.returns]
    assert len(returns) >= 10
    for back in returns:
        sale = sold[back.sale]
        assert sale.customer == back.customer
        assert sale.sold_at < back.returned_at
        assert all(1 <= line <= len(sale.lines) for line in back.lines)
        assert back.amount_minor is None or back.amount_minor < sale.total_minor


def test_bills_are_the_lines_held_on_that_day(story: Sequence[Household]) -> None:
    for household in story:
        for sale in household.sales:
            day = sale.sold_at.date()
            fees = {line.product for line in sale.lines if line.product.endswith("-M")}
            running = [held for held in household.holdings if held.runs_on(day)]
            assert fees <= {f"{h.product}-M" for h in running if h.owner == sale.customer}


def test_holdings_end_after_they_begin_and_some_of_them_soon(story: Sequence[Household]) -> None:
    holdings = [held for household in story for held in household.holdings]
    for held in holdings:
        assert held.opened_on is None or held.opened_on <= TODAY
        assert held.closed_on is None or held.opened_on is None or held.opened_on <= held.closed_on
        assert (held.status != "closed") or held.closed_on
    ends = {held.fixed_until_on or held.matures_on for held in holdings}
    assert {TODAY + timedelta(days=days) for days in (12, 41, 90)} <= ends
    assert {"active", "dormant", "overpaid", "matured", "closed"} <= {
        held.status for held in holdings
    }
    roles = {role for held in holdings for _, role in held.parts}
    assert roles == {"joint", "guarantor", "user"}


def test_every_phone_can_be_called_and_most_are_of_one_customer(story: Sequence[Household]) -> None:
    numbers = [phone for party in parties_of(story) for phone in party.phones]
    for number in numbers:
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed), number
        assert phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
    assert len(numbers) * 0.9 < len(set(numbers)) < len(numbers)
    assert any(not party.phones for party in parties_of(story))
    assert numbers.count("+371 2612 4408") == 1


def test_no_letter_can_reach_anybody(story: Sequence[Household]) -> None:
    domains = [mail.split("@")[1] for party in parties_of(story) for mail in party.emails]
    assert {domain.split(".", domain.count(".") - 1)[-1] for domain in domains} == {
        "example.com", "example.org", "example.net"
    }  # fmt: skip


def test_names_end_as_they_do_in_latvian() -> None:
    assert all(name.endswith(("a", "e")) for name in LATVIAN_WOMEN)
    assert all(name.endswith(("s", "š")) for name in LATVIAN_MEN)
    assert all(woman_of(name).endswith(("a", "e")) for name in LATVIAN_SURNAMES)
    pairs = {"Bērziņš": "Bērziņa", "Balodis": "Balode", "Jansons": "Jansone", "Ozols": "Ozola",
             "Podnieks": "Podniece", "Liepa": "Liepa", "Vasiļevskis": "Vasiļevska"}  # fmt: skip
    assert {name: woman_of(name) for name in pairs} == pairs


def test_spaniards_have_two_surnames(story: Sequence[Household]) -> None:
    people = [p for p in parties_of(story) if p.country == "ES" and p.profile_type == "person"]
    assert len(people) > 50
    assert all(set(party.name.split()[-2:]) <= set(SPANISH_SURNAMES) for party in people)


def test_the_catalogue_speaks_three_languages_and_uses_only_what_it_defines() -> None:
    for one in (*KINDS, *CATEGORIES):
        assert all(one["labels"][language] for language in ("en", "es", "lv"))
    assert {good.kind for good in GOODS} == {kind["key"] for kind in KINDS}
    assert {good.category for good in GOODS} <= {one["key"] for one in CATEGORIES}
    assert len({good.code for good in GOODS}) == len(GOODS)


def sales_of(story: Sequence[Household]) -> Iterator[Sale]:
    return (sale for household in story for sale in household.sales)


def parties_of(story: Sequence[Household]) -> Iterator[Party]:
    return (party for household in story for party in household.parties)


@pytest.mark.long
def test_a_load_that_was_broken_off_goes_on_and_doubles_nothing(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "CUSTOMERS_AT_ONCE", 5)
    with pytest.raises(KeyboardInterrupt):
        load.load(SMALL, now=NOW, told=_stop)
    assert 0 < Customer.objects.count() < SMALL
    resumed = load.load(SMALL, now=NOW + timedelta(days=1))
    story = list(generator.households(Plan(SMALL, 1, date(2026, 11, 20))))
    assert resumed.purchases == sum(1 for _ in sales_of(story))
    assert resumed.customers == SMALL
    assert [one for one in verify() if one.wrong] == []


@pytest.mark.long
def test_the_company_gets_settings_only_where_it_has_none(latvian_company: None) -> None:
    load.load(SMALL, now=NOW)
    assert companies.read().name == "Mežrozes"
    remove.remove(now=NOW)
    assert companies.read().name == "Mežrozes"


def _stop(counted: int) -> None:
    raise KeyboardInterrupt
