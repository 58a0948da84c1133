"""Every table says how it reads merged customers; merges at once, and against purchases."""

from __future__ import annotations

import random
from functools import partial
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.customers.queries import Reference
from clientela.events.models import Event
from clientela.flows import profile as profiles
from clientela.flows.carrying import declared
from clientela.flows.merge_customers import Wish, merge_customers
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, change_customer, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_concurrency import at_once
from clientela.flows.unmerge_customers import Parting, unmerge_customers
from clientela.flows.verify import verify
from clientela.loyalty.models import Account, Lot
from clientela.matching.actions.merging import AlreadyMerged
from clientela.platform.declare import Family, house
from clientela.platform.errors import Problem
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.models import Purchase

CARRIED = {Family.CARRIED, Family.ANEW}

pytestmark = pytest.mark.long


def test_every_table_with_a_customer_says_how_a_family_reads_it(db: None) -> None:
    """Out of the catalogue of PostgreSQL: a new table cannot be forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'customer_id'"
        )
        tables = {name for (name,) in cursor.fetchall()}
    said = {table for app in house() for table in app.family}
    assert tables - said - {"events_event"} == set()
    assert said - tables == {"customers_customer"}
    carrying = {app.label for app in house() if CARRIED & set(app.family.values())}
    assert carrying <= {app.label for app in house() if app.carries}
    assert all(hasattr(actions, "give_back") for _, actions in declared())


def register(number: int) -> UUID:
    details = Details(name=f"Customer {number}", source="crm", external_id=str(number))
    return register_customer(details, actor=SYSTEM, now=NOW)[0]


def buy(number: int, reference: str, minor: int = 1000) -> object:
    bought = Bought("till", reference, Reference("external", str(number), "crm"), NOW, minor, "EUR")
    return record_purchases([bought], actor=SYSTEM, now=NOW)


def merge(survivor: UUID, *others: UUID) -> str:
    try:
        return merge_customers(Wish(survivor, others), actor=SYSTEM, now=NOW).state
    except Problem as refusal:
        return refusal.code


def wrong() -> list[str]:
    return [check.name for check in verify() if check.wrong]


@pytest.mark.django_db(transaction=True)
def test_of_crossed_merges_one_wins_and_one_is_told(latvian_company: None) -> None:
    for turn in range(5):
        one, two = register(2 * turn), register(2 * turn + 1)
        buy(2 * turn, f"A-{turn}")
        buy(2 * turn + 1, f"B-{turn}")
        states = at_once([partial(merge, one, two), partial(merge, two, one)])
        assert sorted(states) == ["already-merged", "new"]
    assert Customer.objects.exclude(merged_into=None).count() == 5
    assert Event.objects.filter(name="customer.merged").count() == 10
    assert wrong() == []


@pytest.mark.django_db(transaction=True)
def test_purchases_that_come_while_records_are_merged_are_all_on_the_survivor(
    latvian_company: None,
) -> None:
    one, two = register(1), register(2)

    def sell(seed: int) -> str:
        for turn in range(6):
            buy(random.Random(f"{seed}/{turn}").choice((1, 2)), f"R-{seed}-{turn}")
        return "sold"

    assert at_once([partial(sell, 1), partial(sell, 2), partial(merge, one, two)])[2] == "new"
    family = customers.family_of(one)
    assert Purchase.objects.filter(customer_id__in=family).count() == 12
    assert sum(one.posted for one in Account.objects.filter(customer_id__in=family)) == 120
    assert wrong() == []


@pytest.mark.django_db(transaction=True)
def test_the_same_merge_from_eight_clients_is_made_once(latvian_company: None) -> None:
    one, two = register(1), register(2)
    states = at_once([partial(merge, one, two)] * 8)
    assert sorted(states) == ["known"] * 7 + ["new"]


@pytest.mark.django_db(transaction=True)
def test_the_same_parting_from_eight_clients_is_made_once(latvian_company: None) -> None:
    one, two = register(1), register(2)
    buy(1, "A")
    buy(2, "B")
    done = merge_customers(Wish(one, (two,)), actor=SYSTEM, now=NOW).merge
    states = at_once([partial(part, done.id)] * 8)
    assert sorted(states) == ["already-parted"] * 7 + ["parted"]
    assert points([one]) == points([two]) == 10
    assert wrong() == []


@pytest.mark.django_db(transaction=True)
def test_merges_in_a_ring_end_flat_whoever_is_first(latvian_company: None) -> None:
    for turn in range(3):
        ring = [register(10 * turn + place) for place in range(4)]
        for place in range(4):
            buy(10 * turn + place, f"R-{turn}-{place}")
        states = at_once([partial(merge, ring[place], ring[place - 1]) for place in range(4)])
        assert set(states) <= {"new", "already-merged"}
        assert states.count("new") >= 2
    tombstones = Customer.objects.exclude(merged_into=None).values("merged_into")
    assert not Customer.objects.filter(id__in=tombstones).exclude(merged_into=None).exists()
    assert wrong() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_with_one_version_one_is_told(latvian_company: None) -> None:
    one = register(1)
    version = Customer.objects.get(id=one).version
    states = at_once([partial(rename, one, name, version) for name in ("Anna", "Ilze")])
    assert sorted(states) == ["changed", "changed-meanwhile"]


@pytest.mark.django_db(transaction=True)
def test_an_edit_never_reaches_a_record_that_is_merged_at_that_moment(
    latvian_company: None,
) -> None:
    for turn in range(5):
        one, two = register(2 * turn), register(2 * turn + 1)
        edited, merged = at_once([partial(rename, two, "Ilze"), partial(merge, one, two)])
        assert merged == "new"
        assert edited in ("changed", "changed-meanwhile")
        assert (Customer.objects.get(id=two).display_name == "Ilze") == (edited == "changed")
        assert rename(two, "Zane") == "changed-meanwhile"


def rename(customer: UUID, name: str, version: int | None = None) -> str:
    try:
        change_customer(customer, Details(name=name), version=version, actor=SYSTEM, now=NOW)
    except Problem as refusal:
        return refusal.code
    return "changed"


def part(merge_id: UUID) -> str:
    try:
        unmerge_customers(Parting(merge_id), actor=SYSTEM, now=NOW)
    except Problem as refusal:
        return refusal.code
    return "parted"


graphs = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 9)), min_size=1, max_size=8
)  # who buys, for how much
numbers = iter(range(1_000, 1_000_000, 10))


@pytest.mark.django_db
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(graphs, st.permutations(range(1, 4)))
def test_merging_and_parting_leaves_everything_as_before_in_whatever_order(
    latvian_company: None, sales: list[tuple[int, int]], order: list[int]
) -> None:
    first = next(numbers)
    people = [register(first + place) for place in range(4)]
    for turn, (who, euros) in enumerate(sales):
        buy(first + who, f"{first}-{turn}", euros * 100)
    before = [standing(one) for one in people]
    made = [
        merge_customers(Wish(people[0], (people[other],)), actor=SYSTEM, now=NOW).merge.id
        for other in order
    ]
    assert len(customers.family_of(people[0])) == 4
    assert Purchase.objects.filter(customer_id__in=people).count() == len(sales)
    assert points(customers.family_of(people[0])) == sum(euros for _, euros in sales)
    for merge_id in reversed(made):
        unmerge_customers(Parting(merge_id), actor=SYSTEM, now=NOW)
    assert [standing(one) for one in people] == before
    assert wrong() == []


def standing(customer: UUID) -> tuple[object, ...]:
    """What a record is by itself: its values, its rows, its unspent lots."""
    row = Customer.objects.get(id=customer)
    lots = Lot.objects.filter(customer_id=customer, remaining__gt=0).order_by("id")
    return (
        row.display_name, row.attributes, row.status, row.known_since, row.last_activity_at,
        row.merged_into, customers.family_of(customer),
        tuple(Purchase.objects.filter(customer_id=customer).order_by("id").values_list("id")),
        tuple((lot.id, lot.remaining, lot.expires_at) for lot in lots),
    )  # fmt: skip


def points(family: list[UUID]) -> int:
    return sum(account.posted for account in Account.objects.filter(customer_id__in=family))


def test_a_merged_number_opens_the_survivor(latvian_company: None) -> None:
    one, two = register(1), register(2)
    merge(one, two)
    seen = profiles.of_survivor(two, actor=SYSTEM, now=NOW, channel="api", language="en")
    assert seen is None
    with pytest.raises(AlreadyMerged):
        merge_customers(Wish(two, (one,)), actor=SYSTEM, now=NOW)
