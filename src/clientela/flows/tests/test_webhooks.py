"""Other systems are told of everything they may know: signed, again after trouble, in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.events import rules
from clientela.events.actions import Happening
from clientela.events.models import Delivery, Event, Subscription
from clientela.flows import webhooks
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.tests.receiver import Receiver, receiving
from clientela.flows.webhooks import Sender
from clientela.platform import ids, transactions
from clientela.platform.http import outgoing
from clientela.platform.http.actors import ALL, NOBODY, SYSTEM, Actor
from clientela.platform.promises import promise
from clientela.staff import actions as staff
from clientela.staff import company

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MACHINE = Actor("os:root", "root", frozenset({ALL}))
ANNA, BERTA = ids.uuid7(), ids.uuid7()
ENDED_SECONDS_MAX = 20
Send = Callable[..., None]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv(outgoing.PRIVATE, "1")
    with receiving() as one:
        yield one


@pytest.fixture
def send() -> Iterator[Send]:
    """Send all that is due at this time; a transaction elsewhere may hold the log back a while."""
    sender = Sender()

    def all_due(*, now: datetime = NOW, until: Callable[[], bool] = lambda: True) -> None:
        deadline = time.monotonic() + ENDED_SECONDS_MAX
        sender.drain(lambda: now)
        while not until() and time.monotonic() < deadline:
            time.sleep(0.05)
            sender.drain(lambda: now)

    yield all_due
    sender.close()


def subscribed(receiver: Receiver, *names: str, actor: Actor = MACHINE) -> Subscription:
    made = webhooks.subscribe(address=receiver.address, names=names, actor=actor, now=NOW)
    receiver.secret = made.secret
    return made.subscription


def happen(*names: str, customer: UUID | None = ANNA, subject: str = "") -> None:
    """What a transaction wrote is read from the log once it ended; a test that is one itself puts
    it on its way as a replay does.
    """
    now = NOW + timedelta(seconds=Event.objects.count())
    with transactions.open():
        told = [Happening(name, now, customer, subject, {"n": it}) for it, name in enumerate(names)]
        events.emit(told, actor=SYSTEM, now=now)
    if connection.in_atomic_block:
        for one in Subscription.objects.filter(off_at=None):
            webhooks.replay(one, starts_at=now, ends_at=now + timedelta(seconds=1), now=NOW)


def state_of(subscription: Subscription) -> Subscription:
    subscription.refresh_from_db()
    return subscription


@promise("CUS-47")
@pytest.mark.django_db(transaction=True)
def test_what_happens_arrives_signed_with_ids_and_facts(
    receiver: Receiver, send: Send, anna: UUID
) -> None:
    subscribed(receiver, "purchase.recorded", "points.earned")
    bought = Bought("till", "R-1", Reference("id", str(anna)), NOW, 1_999, "EUR")
    record_purchases([bought], actor=SYSTEM, now=NOW)
    send(until=lambda: len(receiver.came) == 2)
    assert receiver.names() == ["purchase.recorded", "points.earned"]
    body = receiver.came[0][1]
    assert body["customer"] == ids.public("cus", anna)
    assert body["subject"].startswith("pur_")
    assert (body["data"]["minor"], body["data"]["currency"]) == (1999, "EUR")
    assert set(body) == {"id", "name", "occurred_at", "customer", "subject", "data", "position"}
    assert receiver.badly_signed == 0


@promise("CUS-47")
@pytest.mark.django_db
def test_after_trouble_the_same_message_comes_again_and_in_order(
    receiver: Receiver, send: Send
) -> None:
    receiver.statuses = [500]
    subscription = subscribed(receiver)
    happen("customer.changed", "customer.changed")
    send()
    assert state_of(subscription).failures == 1
    happen("customer.changed", customer=BERTA)
    send(now=NOW + timedelta(seconds=9))
    assert [body["customer"] for _, body in receiver.came] == [
        ids.public("cus", ANNA),
        ids.public("cus", BERTA),
    ]
    send(now=NOW + timedelta(seconds=11))
    of_anna = [
        (id, body["data"]["n"])
        for id, body in receiver.came
        if body["customer"] == ids.public("cus", ANNA)
    ]
    assert [n for _, n in of_anna] == [0, 0, 1]
    assert of_anna[0][0] == of_anna[1][0]
    assert state_of(subscription).failures == 0
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


@pytest.mark.django_db(transaction=True)
def test_no_event_is_missed_when_a_transaction_commits_late(receiver: Receiver, send: Send) -> None:
    subscribed(receiver)
    has_written, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transactions.open():
            events.emit([Happening("customer.changed", NOW, ANNA, "late")], actor=SYSTEM, now=NOW)
            has_written.set()
            may_commit.wait(10)
        connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    has_written.wait(10)
    happen("customer.changed", subject="early", customer=BERTA)
    send()
    may_commit.set()
    writer.join()
    send(until=lambda: len(receiver.came) == 2)
    assert sorted(body["subject"] for _, body in receiver.came) == ["early", "late"]


@pytest.mark.django_db
def test_a_killed_sender_leaves_its_message_to_the_next_one_under_the_same_id(
    receiver: Receiver, send: Send
) -> None:
    subscribed(receiver)
    happen("customer.changed")
    killed = Sender()
    deadline = time.monotonic() + ENDED_SECONDS_MAX
    while not killed.under_way and time.monotonic() < deadline:
        killed.step(now=NOW)
    [sent] = killed.under_way.values()
    sent.result()  # it arrived, and nobody noted it
    killed.close()
    send()
    [(first, _), (second, _)] = receiver.came
    assert first == second
    assert Delivery.objects.get().state == "delivered"


@promise("CUS-47", "REL-10")
@pytest.mark.django_db
def test_a_time_is_replayed_with_the_same_ids(receiver: Receiver, send: Send) -> None:
    subscription = subscribed(receiver)
    happen("customer.changed", "customer.changed")
    send(until=lambda: len(receiver.came) == 2)
    again = {"starts_at": NOW, "ends_at": NOW + timedelta(minutes=1), "now": NOW}
    assert webhooks.replay(subscription, **again) == 2
    send()
    assert [id for id, _ in receiver.came[2:]] == [id for id, _ in receiver.came[:2]]
    nothing = {**again, "starts_at": NOW + timedelta(hours=1), "ends_at": NOW + timedelta(hours=2)}
    assert webhooks.replay(subscription, **nothing) == 0


@pytest.mark.django_db
def test_what_came_while_it_was_off_is_replayed_from_the_log(
    receiver: Receiver, send: Send
) -> None:
    subscription = subscribed(receiver)
    with transactions.open():
        events.change_subscription(subscription, is_active=False, now=NOW)
    happen("customer.changed")
    send()
    assert receiver.came == []
    with transactions.open():
        events.change_subscription(subscription, is_active=True, now=NOW)
    webhooks.replay(subscription, starts_at=NOW, ends_at=NOW + timedelta(seconds=1), now=NOW)
    send(until=lambda: bool(receiver.came))
    assert len(receiver.came) == 1


@promise("REL-10")
@pytest.mark.django_db
def test_a_receiver_that_fails_for_days_or_is_gone_is_switched_off_and_the_log_says_so(
    receiver: Receiver, send: Send
) -> None:
    receiver.statuses = [500, 500, 410]
    subscription = subscribed(receiver, "customer.changed")
    happen("customer.changed")
    send(until=lambda: len(receiver.came) == 1)
    assert state_of(subscription).off_at is None
    send(now=NOW + timedelta(days=6))
    assert state_of(subscription).off_why == Subscription.Off.FAILING
    assert Event.objects.get(name="webhook.paused").data["why"] == "failing"
    with transactions.open():
        events.change_subscription(subscription, is_active=True, now=NOW)
    send(now=NOW + timedelta(days=7))
    assert state_of(subscription).off_why == Subscription.Off.GONE


@promise("REL-10")
@pytest.mark.django_db
def test_one_that_hangs_holds_no_other_up(receiver: Receiver, send: Send) -> None:
    hanging = threading.Event()

    def post(address: str, body: bytes, headers: dict[str, str]) -> int:
        if "slow" in address:
            hanging.wait(10)
            raise outgoing.NoAnswer("no answer in time")
        return outgoing.post(address, body, headers)

    subscribed(receiver)
    webhooks.subscribe(address="http://slow.example/", names=[], actor=MACHINE, now=NOW)
    happen(*["customer.changed"] * 30, customer=None)
    sender = Sender(post)
    deadline = time.monotonic() + ENDED_SECONDS_MAX
    while len(receiver.came) < 30 and time.monotonic() < deadline:
        if not sender.step(now=NOW):
            sender.wait(0.02)
    assert len(receiver.came) == 30
    hanging.set()
    sender.drain(lambda: NOW)
    sender.close()
    assert Subscription.objects.get(address="http://slow.example/").failures >= 4


@promise("CUS-47")
@pytest.mark.django_db
def test_during_a_rotation_both_secrets_are_good(receiver: Receiver, send: Send) -> None:
    subscription = subscribed(receiver)
    old = receiver.secret
    new = webhooks.rotate(subscription, now=NOW).secret
    assert new != old
    happen("customer.changed")
    send(until=lambda: bool(receiver.came))
    assert receiver.badly_signed == 0
    receiver.secret = new
    happen("customer.changed")
    send(until=lambda: len(receiver.came) == 2)
    receiver.secret = old
    over = NOW + timedelta(hours=rules.OVERLAP_HOURS)
    happen("customer.changed")
    send(now=over, until=lambda: len(receiver.came) == 3)
    assert receiver.badly_signed == 1


@pytest.mark.django_db(transaction=True)
def test_it_tells_what_its_maker_may_see_now_of_programmes_that_are_on(
    receiver: Receiver, send: Send, anna: UUID
) -> None:
    with transactions.open():
        maker = staff.create_person(email="d@x.example", name="D", roles=["developer"], now=NOW)
    names = ("customer.changed", "points.earned", "import.finished")
    subscription = subscribed(receiver, *names, actor=maker.as_actor())
    happen(*names, customer=anna)
    send(until=lambda: len(receiver.came) == 3)
    with transactions.open():
        company.change({"name": "X", "off": ["loyalty"]}, actor=SYSTEM, now=NOW)
    company.forget()
    happen("points.earned", "customer.changed", customer=anna)
    send(until=lambda: len(receiver.came) == 4)
    assert receiver.names()[3:] == ["customer.changed"]
    with transactions.open():
        staff.disable(person_id=maker.id, actor=MACHINE)
    happen("customer.changed", customer=anna)
    send(until=lambda: state_of(subscription).off_at is not None)
    assert state_of(subscription).off_why == Subscription.Off.OWNER
    assert len(receiver.came) == 4


@promise("CUS-47")
@pytest.mark.django_db
def test_a_test_goes_to_the_one_that_is_tested(receiver: Receiver, send: Send) -> None:
    subscription = subscribed(receiver, "purchase.recorded")
    with receiving() as other:
        subscribed(other)
        webhooks.test(subscription, actor=MACHINE, now=NOW)
        for one in Subscription.objects.all():
            webhooks.replay(one, starts_at=NOW, ends_at=NOW + timedelta(minutes=1), now=NOW)
        send()
        assert (receiver.names(), other.names()) == (["webhook.tested"], [])


@pytest.mark.django_db
def test_who_has_not_the_right_makes_no_webhook() -> None:
    with pytest.raises(Exception, match=webhooks.RIGHT):
        webhooks.subscribe(address="https://example.com/", names=[], actor=NOBODY, now=NOW)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_with_writers_that_overlap_each_event_arrives_and_each_customers_in_order(
    receiver: Receiver, send: Send
) -> None:
    subscribed(receiver)
    customers, each = [ids.uuid7() for _ in range(6)], 25

    def write(customer: UUID) -> None:
        for number in range(each):
            with transactions.open():
                told = Happening("customer.changed", NOW, customer, "", {"n": number})
                events.emit([told], actor=SYSTEM, now=NOW)
                time.sleep(0.001 * (number % 3))
        connection.close()

    writers = [threading.Thread(target=write, args=(it,)) for it in customers]
    for writer in writers:
        writer.start()
    send(until=lambda: len(receiver.came) >= each * len(customers))
    for writer in writers:
        writer.join()
    for customer in customers:
        public = ids.public("cus", customer)
        of_one = [body["data"]["n"] for _, body in receiver.came if body["customer"] == public]
        assert of_one == list(range(each))
