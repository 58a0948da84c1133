"""When a customer was last heard of, followed from the log."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from clientela.customers import actions as customers
from clientela.customers.models import Customer
from clientela.customers.queries import Reference
from clientela.events.queries import Happened
from clientela.flows import follow_activity
from clientela.flows.follow_activity import latest
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ENDED_SECONDS_MAX = 20


def told(name: str, customer: UUID | None, when: datetime) -> Happened:
    return Happened(1, "1", when, NOW, name, customer, "", "system", {})


def test_the_latest_of_what_a_customer_did_counts_and_never_a_time_to_come() -> None:
    anna, berta = ids.uuid7(), ids.uuid7()
    found = [
        told("purchase.recorded", anna, NOW - timedelta(days=3)),
        told("issue.opened", anna, NOW - timedelta(days=9)),
        told("points.expired", anna, NOW),
        told("purchase.recorded", berta, NOW + timedelta(days=1)),
        told("import.finished", None, NOW),
    ]
    assert latest(found, now=NOW) == {anna: NOW - timedelta(days=3), berta: NOW}


def heard_of(customer: UUID) -> datetime | None:
    return Customer.objects.get(id=customer).last_activity_at


@pytest.mark.django_db(transaction=True)
def test_a_purchase_moves_it_on_once_and_an_old_one_does_not_move_it_back(anna: UUID) -> None:
    Customer.objects.filter(id=anna).update(last_activity_at=NOW - timedelta(days=400))
    days = (30, 90, 700)
    reference = Reference("id", str(anna))
    record_purchases(
        [
            Bought("till", f"R-{ago}", reference, NOW - timedelta(days=ago), 100, "EUR")
            for ago in days
        ],
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    newest, deadline = NOW - timedelta(days=min(days)), time.monotonic() + ENDED_SECONDS_MAX
    while heard_of(anna) != newest and time.monotonic() < deadline:  # older transactions end first
        follow_activity.follow(now=NOW)
    assert heard_of(anna) == newest
    while follow_activity.follow(now=NOW):
        assert time.monotonic() < deadline
    assert heard_of(anna) == newest


@pytest.mark.django_db
def test_what_a_merged_record_does_tells_of_its_survivor(anna: UUID) -> None:
    other, _ = register_customer(Details(name="Anna K."), actor=SYSTEM, now=NOW)
    Customer.objects.update(last_activity_at=NOW - timedelta(days=400))
    Customer.objects.filter(id=other).update(merged_into=anna, status=Customer.Status.TOMBSTONE)
    with transactions.open():
        assert customers.heard_of({other: NOW, anna: NOW - timedelta(days=1)}) == 1
    assert Customer.objects.get(id=anna).last_activity_at == NOW
