"""The demo company: the same plan tells the same story, figures agree, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import phonenumbers
import pytest
from django.contrib.auth.password_validation import validate_password
from django.db import connection

from clientela.customers import queries as customers
from clientela.customers.models import Customer, Identity
from clientela.customers.queries import Reference
from clientela.events.models import Event
from clientela.flows.demo import generator, load, mark, remove
from clientela.flows.demo.catalogue import CATEGORIES, GOODS, KINDS
from clientela.flows.demo.known import ANNA_POINTS
from clientela.flows.demo.load import DemoIsThere, Loaded
from clientela.flows.demo.names import (
    LATVIAN_MEN,
    LATVIAN_SURNAMES,
    LATVIAN_WOMEN,
    SPANISH_SURNAMES,
    woman_of,
)
from clientela.flows.demo.sales import tax_in
from clientela.flows.demo.stage import PASSWORD
from clientela.flows.demo.story import Household, Party, Plan, Sale
from clientela.flows.profile import of_caller
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.loyalty import queries as loyalty
from clientela.platform import sql, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.products.models import Category, Holder, Holding, Kind, Product
from clientela.purchases.actions import NewLine
from clientela.purchases.models import Purchase, Return
from clientela.staff import company as companies
from clientela.staff import keys
from clientela.staff.models import ApiKey, Person

TODAY = date(2026, 11, 13)
PLAN = Plan(300, 1, TODAY)
SMALL = 50


@pytest.fixture(scope="module")
def story() -> Sequence[Household]:
    return tuple(generator.households(PLAN))


@pytest.fixture
def demo(db: None) -> Loaded:
    return load.load(SMALL, now=NOW)


# The story


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
            fees = {line.product for line in sale.lines if line.product.endswith("-M")}
            held = {f"{held.product}-M" for held in household.holdings
                    if held.owner == sale.customer and held.runs_on(sale.sold_at.date())}  # fmt: skip
            assert fees <= held


def test_holdings_end_after_they_begin_and_some_of_them_soon(story: Sequence[Household]) -> None:
    holdings = [held for household in story for held in household.holdings]
    for held in holdings:
        assert held.opened_on is None or held.opened_on <= TODAY
        assert held.closed_on is None or held.opened_on is None or held.opened_on <= held.closed_on
        assert (held.status != "closed") or held.closed_on
    ends = {held.fixed_until_on or held.matures_on for held in holdings}
    assert {TODAY + timedelta(days=days) for days in (12, 41, 90)} <= ends
    assert {"active", "dormant", "overpaid", "matured", "closed"} <= {held.status for held in holdings}
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


# Loading


def test_the_demo_is_loaded_whole_and_every_row_of_it_is_marked(demo: Loaded) -> None:
    plan = Plan(SMALL, 1, date(2026, 11, 20))
    story = list(generator.households(plan))
    assert demo.customers == SMALL == Customer.objects.filter(is_demo=True).count()
    assert demo.purchases == sum(1 for _ in sales_of(story)) == Purchase.objects.count()
    assert demo.returns == sum(len(household.returns) for household in story)
    assert demo.holdings > sum(len(household.holdings) for household in story)  # fridges too
    assert not Holding.objects.filter(is_demo=False).exists()
    assert not Product.objects.filter(is_demo=False).exists()
    assert not Person.objects.filter(is_demo=False).exists()
    assert ApiKey.objects.get().is_demo
    assert set(Purchase.objects.values_list("source", flat=True)) == {"demo"}


def test_every_figure_of_the_demo_is_proved_by_its_rows(demo: Loaded) -> None:
    checked = verify()
    assert [one for one in checked if one.wrong] == []
    assert sum(one.rows for one in checked) > 3 * demo.purchases


def test_anna_is_found_by_her_number_with_all_that_is_hers(demo: Loaded) -> None:
    caller = of_caller("2612 4408", actor=SYSTEM, now=NOW, language="lv", channel="api")
    assert caller.match == "one"
    anna = Customer.objects.get(display_name="Anna Kalniņa")
    held = Holding.objects.filter(customer_id=anna.id)
    assert held.filter(status="active").count() == 6
    assert held.get(product__code="ML-1").fixed_until_on == date(2026, 12, 31)  # in 41 days
    assert held.get(product__code="RB-33").opened_on == date(2024, 12, 2)  # two years in 12 days
    [account] = loyalty.accounts_of([anna.id])
    assert account.posted == ANNA_POINTS


def test_her_ledger_and_her_timeline_are_in_order_of_time(demo: Loaded) -> None:
    anna = Customer.objects.get(display_name="Anna Kalniņa")
    booked = [row.posting.occurred_at for row in loyalty.ledger_of([anna.id], limit=500)]
    assert booked == sorted(booked, reverse=True)
    events = Event.objects.filter(customer_id=anna.id).order_by("occurred_at")
    first, last = events[0], events.reverse()[0]
    assert (first.name, first.occurred_at.date()) == ("customer.registered", anna.known_since)
    assert last.occurred_at <= NOW
    opened = events.filter(name="holding.opened").values_list("occurred_at", flat=True)
    assert min(opened).date() == date(2014, 11, 20)


def test_a_number_of_two_people_asks_who_is_calling(demo: Loaded) -> None:
    caller = of_caller("+371 29223344", actor=SYSTEM, now=NOW, language="lv", channel="api")
    assert caller.match == "many"
    names = {hit.customer.display_name for hit in caller.candidates}
    assert names == {"Pēteris Ozols", "Ilze Ozola"}


def test_a_joint_holding_is_seen_by_both_and_counted_once(demo: Loaded) -> None:
    mortgage = Holding.objects.get(product__code="ML-1", balance_minor=11_240_000)
    parts = Holder.objects.filter(holding_id=mortgage.id)
    assert sorted(parts.values_list("role", flat=True)) == ["joint", "owner"]


def test_people_of_the_demo_can_sign_in_and_its_key_opens_the_api(demo: Loaded) -> None:
    assert demo.key
    assert keys.admit(demo.key, now=NOW).may("purchases.write")
    for login in demo.logins:
        person = Person.objects.get(email=login.email)
        assert person.check_password(demo.password)
        assert [role.key for role in person.roles.all()] == [login.role]
        validate_password(PASSWORD, person)


def test_loading_twice_changes_nothing(demo: Loaded) -> None:
    before = row_counts()
    again = load.load(SMALL, now=NOW + timedelta(days=3))
    assert again == replace(demo, key=None)
    assert row_counts() == before


def test_a_load_that_was_broken_off_goes_on_and_doubles_nothing(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "CUSTOMERS_AT_ONCE", 10)
    with pytest.raises(KeyboardInterrupt):
        load.load(SMALL, now=NOW, told=_stop)
    assert 0 < Customer.objects.count() < SMALL
    resumed = load.load(SMALL, now=NOW + timedelta(days=1))
    story = list(generator.households(Plan(SMALL, 1, date(2026, 11, 20))))
    assert resumed.purchases == sum(1 for _ in sales_of(story))
    assert resumed.customers == SMALL
    assert [one for one in verify() if one.wrong] == []


def test_another_size_is_refused_while_a_demo_is_there(demo: Loaded) -> None:
    with pytest.raises(DemoIsThere) as refused:
        load.load(SMALL + 1, now=NOW)
    assert refused.value.extra == {"customers": SMALL, "seed": 1}


def test_the_company_gets_settings_only_where_it_has_none(latvian_company: None) -> None:
    load.load(SMALL, now=NOW)
    assert companies.read().name == "Mežrozes"
    remove.remove(now=NOW)
    assert companies.read().name == "Mežrozes"


# Removing


def test_removing_the_demo_leaves_nothing(db: None) -> None:
    before = row_counts()
    load.load(SMALL, now=NOW)
    demo_ids = customer_ids()
    of_caller("2612 4408", actor=SYSTEM, now=NOW, language="lv", channel="api")  # leaves a trace
    removed = remove.remove(now=NOW)
    assert (removed.customers, removed.kept_products) == (SMALL, 0)
    assert rows_that_name(demo_ids) == {}
    assert row_counts() == before
    assert mark.read() is None
    assert not companies.is_set_up()


def test_removing_twice_is_removing_once(demo: Loaded) -> None:
    remove.remove(now=NOW)
    assert remove.remove(now=NOW) == remove.Removed(0, 0, 0)


def test_customers_of_ones_own_keep_every_row(latvian_company: None) -> None:
    load.load(SMALL, now=NOW)
    inga = a_real_customer()
    before = rows_of(inga)
    removed = remove.remove(now=NOW)
    assert rows_of(inga) == before
    assert removed.kept_products == 1
    fridge = Product.objects.get()
    assert (fridge.code, fridge.is_demo) == ("RB-33", False)
    assert list(Kind.objects.values_list("key", flat=True)) == ["fridge"]
    kept = set(Category.objects.values_list("key", flat=True))
    assert kept == {"kitchen", "appliances"}
    assert [one for one in verify() if one.wrong] == []


def test_settings_that_somebody_changed_since_stay(demo: Loaded) -> None:
    with transactions.open():
        companies.change({"name": "Our own"}, actor=SYSTEM, now=NOW)
    remove.remove(now=NOW)
    assert (companies.read().name, companies.read().country) == ("Our own", "LV")


def test_the_application_itself_may_not_take_the_demo_away(demo: Loaded) -> None:
    sql.raw().execute("SET ROLE clientela_app")
    try:
        with pytest.raises(remove.NeedsOwner):
            remove.remove(now=NOW)
    finally:
        sql.raw().execute("RESET ROLE")
    assert Customer.objects.count() == SMALL


def test_a_customer_of_ones_own_merged_into_the_demo_is_not_lost(latvian_company: None) -> None:
    load.load(SMALL, now=NOW)
    inga = a_real_customer()
    anna = Customer.objects.get(display_name="Anna Kalniņa")
    Customer.objects.filter(id=inga).update(status="tombstone", merged_into=anna.id)
    with pytest.raises(remove.MergedWithReal):
        remove.remove(now=NOW)
    assert Customer.objects.filter(id=inga).exists()


def a_real_customer() -> UUID:
    """Somebody who bought a fridge of the demo's catalogue."""
    details = Details(name="Inga Liepa", phones=["2612 3456"], source="crm", external_id="4711")
    inga, _ = register_customer(details, actor=SYSTEM, now=NOW)
    line = NewLine(quantity_milli=1000, total_minor=64900, product_code="RB-33", serial="S-1")
    sale = Bought("till", "R-1", Reference("external", "4711", "crm"), NOW, 64900, "EUR",
                  lines=(line,))  # fmt: skip
    [outcome] = record_purchases([sale], actor=SYSTEM, now=NOW)
    assert outcome.state == "new"
    assert len(customers.family_of(inga)) == 1
    return inga


def customer_ids() -> list[UUID]:
    found = list(Customer.objects.values_list("id", flat=True))
    assert Identity.objects.filter(customer_id__in=found).exists()
    assert Return.objects.filter(customer_id__in=found).exists()
    return found


def _stop(counted: int) -> None:
    raise KeyboardInterrupt


def columns_that_name_customers() -> list[tuple[str, str]]:
    """Read the catalogue of PostgreSQL, not our models."""
    rows = sql.raw().execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name LIKE '%customer_id'"
    )
    found = [(str(table), str(column)) for table, column in rows]
    assert len(found) > 15
    return [*found, ("customers_customer", "id")]


def rows_that_name(ids: Sequence[UUID]) -> dict[tuple[str, str], int]:
    counts = {place: count(*place, ids) for place in columns_that_name_customers()}
    return {place: rows for place, rows in counts.items() if rows}


def rows_of(customer: UUID) -> dict[tuple[str, str], list[Any]]:
    """Every row that names this customer, with all its values."""
    return {
        (table, column): sorted(
            sql.raw().execute(
                f'SELECT row::text FROM "{table}" AS row WHERE "{column}" = %s',  # noqa: S608
                [customer],
            ).fetchall()
        )
        for table, column in columns_that_name_customers()
    }  # fmt: skip


def count(table: str, column: str, ids: Sequence[UUID]) -> int:
    row = sql.raw().execute(
        f'SELECT count(*) FROM "{table}" WHERE "{column}" = ANY (%s)',  # noqa: S608
        [list(ids)],
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


def row_counts() -> dict[str, int]:
    counts = {}
    for table in connection.introspection.table_names():
        row = sql.raw().execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
        assert row is not None
        counts[table] = int(row[0])
    return counts
