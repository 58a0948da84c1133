"""A demo company that is there: its figures agree, it shows what it should, and it goes again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from clientela.customers.models import Customer, Identity
from clientela.customers.queries import Reference
from clientela.events.models import Event
from clientela.flows import hold_points, watch_points
from clientela.flows.demo import abroad, books, generator, load, loose_ends, mark, put_right, remove
from clientela.flows.demo.known import ANNA_POINTS
from clientela.flows.demo.load import DemoIsThere, Loaded
from clientela.flows.demo.matching import TWICE
from clientela.flows.demo.papers import LEADS
from clientela.flows.demo.story import Plan
from clientela.flows.profile import of_caller
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.issues import review as reviews
from clientela.issues import rules
from clientela.issues.models import Issue, Promise
from clientela.loyalty.models import Posting, TierSet
from clientela.loyalty.models.books import ClosedMonth
from clientela.loyalty.queries import ledger as loyalty
from clientela.loyalty.queries import rates
from clientela.loyalty.rules.awards import BY_AMENDED
from clientela.platform import sql, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.products import actions as products
from clientela.products.actions import NewHolder
from clientela.products.models import Category, Holder, Holding, Kind, Product
from clientela.purchases.actions import NewLine
from clientela.purchases.models import Purchase, Return
from clientela.staff import company as companies
from clientela.staff import idempotency, keys
from clientela.staff.models import ApiKey, Person

SMALL = 20
PLAN = Plan(SMALL, 1, date(2026, 11, 20))


@dataclass(frozen=True)
class Stage:
    """The installation with its demo, and how many rows it had before."""

    loaded: Loaded
    rows_before: dict[str, int]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """Load once for all tests here; what a test changes is taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        before = row_counts()
        yield Stage(load.load(SMALL, now=NOW), before)
        transaction.set_rollback(True)


@pytest.fixture
def demo(stage: Stage, db: None) -> Loaded:
    return stage.loaded


def test_the_demo_is_loaded_whole_and_every_row_of_it_is_marked(demo: Loaded) -> None:
    story = list(generator.households(PLAN))
    bought = sum(len(household.sales) for household in story)
    assert (
        demo.customers == SMALL == (Customer.objects.filter(is_demo=True).count() - TWICE - LEADS)
    )
    besides = len(abroad.BOUGHT) + loose_ends.RETURNED + put_right.PURCHASES
    assert demo.purchases == bought + besides == Purchase.objects.count()
    returned = sum(len(household.returns) for household in story)
    assert demo.returns == returned + loose_ends.RETURNED + put_right.RETURNS
    assert demo.holdings > sum(len(household.holdings) for household in story)  # fridges too
    assert not Holding.objects.filter(is_demo=False).exists()
    assert not Product.objects.filter(is_demo=False).exists()
    assert not Person.objects.filter(is_demo=False).exists()
    assert ApiKey.objects.get().is_demo
    assert set(Purchase.objects.values_list("source", flat=True)) == {"demo"}
    assert ClosedMonth.objects.count() == books.MONTHS


def test_something_of_every_state_of_points_is_shown(demo: Loaded) -> None:
    let_go = watch_points.let_go()
    assert sorted(bool(one.decision) for one in let_go if one.posting.kind == "reverse") == [
        False, True,
    ]  # fmt: skip
    [hold] = hold_points.open_holds(now=NOW, limit=9)
    assert (hold.source, hold.reference) == ("webshop", "web-4711")
    assert [one.crossing for one in TierSet.objects.all()] == ["after"]
    assert [one.money for one in rates.wanted()] == ["NOK"]
    amending = Purchase.objects.exclude(amends=None).order_by("total_minor")
    assert [one.total_minor for one in amending] == [1_250, 8_000]
    assert Posting.objects.filter(steps__contains=[BY_AMENDED]).count() == 2


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
        assert person.check_password(login.password)
        assert [role.key for role in person.roles.all()] == [login.role]
        validate_password(login.password, person)


def test_loading_twice_changes_nothing(demo: Loaded) -> None:
    before = row_counts()
    again = load.load(SMALL, now=NOW + timedelta(days=3))
    assert again == replace(demo, key=None)
    assert row_counts() == before


def test_another_size_is_refused_while_a_demo_is_there(demo: Loaded) -> None:
    with pytest.raises(DemoIsThere) as refused:
        load.load(SMALL + 1, now=NOW)
    assert refused.value.extra == {"customers": SMALL, "seed": 1}


def test_removing_the_demo_leaves_nothing(demo: Loaded, stage: Stage) -> None:
    demo_ids = customer_ids()
    leave_traces(demo)
    removed = remove.remove(now=NOW)
    assert (removed.customers, removed.kept_products) == (SMALL + TWICE + LEADS, 0)
    assert rows_that_name(demo_ids) == {}
    assert row_counts() == stage.rows_before
    assert mark.read() is None
    assert not companies.is_set_up()


def test_removing_twice_is_removing_once(demo: Loaded) -> None:
    remove.remove(now=NOW)
    assert remove.remove(now=NOW) == remove.Removed(0, 0, 0)


def test_customers_of_ones_own_keep_every_row(demo: Loaded) -> None:
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


def test_a_part_in_what_the_demo_holds_goes_with_it(demo: Loaded) -> None:
    inga = a_real_customer()
    mortgage = Holding.objects.get(product__code="ML-1", balance_minor=11_240_000)
    part = NewHolder(inga, mortgage.id, mortgage.customer_id, "guarantor")
    with transactions.open():
        products.add_holders([part])
    remove.remove(now=NOW)
    assert Holder.objects.get(customer_id=inga).role == "owner"  # of her fridge
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
    assert Customer.objects.count() == SMALL + TWICE + LEADS


def test_a_customer_of_ones_own_merged_into_the_demo_is_not_lost(demo: Loaded) -> None:
    inga = a_real_customer()
    anna = Customer.objects.get(display_name="Anna Kalniņa")
    Customer.objects.filter(id=inga).update(status="tombstone", merged_into=anna.id)
    with pytest.raises(remove.MergedWithReal):
        remove.remove(now=NOW)
    assert Customer.objects.filter(id=inga).exists()


def leave_traces(demo: Loaded) -> None:
    """What use of the demo writes: an access, a session, a rate, an answer kept for a key."""
    assert demo.key
    of_caller("2612 4408", actor=SYSTEM, now=NOW, language="lv", channel="api")
    Client().force_login(Person.objects.get(email="agent@demo.example"))
    assert Session.objects.exists()
    actor = keys.admit(demo.key, now=NOW)
    answer = idempotency.Answer(200, b"{}", "application/json")
    idempotency.once(lambda: answer, actor=actor, route="POST /x", key="1", body=b"", now=NOW)


def a_real_customer() -> UUID:
    """Somebody who bought a fridge of the demo's catalogue."""
    details = Details(
        name="Inga Liepa", phones=["+371 2612 3456"], source="crm", external_id="4711"
    )
    inga, _ = register_customer(details, actor=SYSTEM, now=NOW)
    line = NewLine(quantity_milli=1000, total_minor=64900, product_code="RB-33", serial="S-1")
    sale = Bought("till", "R-1", Reference("external", "4711", "crm"), NOW, 64900, "EUR",
                  lines=(line,))  # fmt: skip
    [outcome] = record_purchases([sale], actor=SYSTEM, now=NOW)
    assert outcome.state == "new"
    return inga


def customer_ids() -> list[UUID]:
    found = list(Customer.objects.values_list("id", flat=True))
    assert Identity.objects.filter(customer_id__in=found).exists()
    assert Return.objects.filter(customer_id__in=found).exists()
    return found


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
    tables = sql.raw().execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    counts = {}
    for (table,) in tables.fetchall():
        row = sql.raw().execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
        assert row is not None
        counts[str(table)] = int(row[0])
    return counts


def test_issues_stand_in_every_state_with_promises_of_every_end(stage: Stage) -> None:
    issues = Issue.objects.filter(is_demo=True)
    assert {"open", "customer", "supplier", "resolved"} <= set(
        issues.values_list("state_id", flat=True)
    )
    assert issues.exclude(complaint_at=None).exists()
    standings = {
        reviews.clock_of(promise, now=NOW).standing
        for promise in Promise.objects.filter(issue_id__in=issues.values("id"))
    }
    assert standings == set(rules.Standing)
