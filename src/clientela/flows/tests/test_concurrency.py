"""Many clients at once, each with a connection of its own."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client

from clientela.customers.models import Customer
from clientela.customers.queries import Reference
from clientela.events.models import Event
from clientela.flows import import_file
from clientela.flows.record_purchases import Bought, Outcome, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.return_purchase import Returned, return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.imports.models import Batch
from clientela.loyalty.models import Account, Posting
from clientela.loyalty.queries import ledger as loyalty
from clientela.platform import sql, transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.purchases.actions import MoreThanWasBought, NewReturn
from clientela.purchases.models import Purchase
from clientela.staff import keys

R = TypeVar("R")
CUSTOMERS = 20
SALES = 120
CUTS = 25

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: Sequence[Callable[[], R]]) -> list[R]:
    """Run the calls together, each in a thread and a connection of its own; what they answer."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], R]) -> R:
        start.wait(30)
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def bought(reference: str = "R-1", minor: int = 1999, customer: str = "4711") -> Bought:
    return Bought("till", reference, Reference("external", customer, "crm"), NOW, minor, "EUR")


def record(*batch: Bought) -> list[Outcome]:
    return record_purchases(list(batch), actor=SYSTEM, now=NOW)


def wrong() -> list[str]:
    return [check.name for check in verify() if check.wrong]


@pytest.fixture
def customers(latvian_company: None) -> None:
    for number in range(CUSTOMERS):
        details = Details(name=f"Customer {number}", source="crm", external_id=str(number))
        register_customer(details, actor=SYSTEM, now=NOW)


def test_one_purchase_from_sixteen_clients_is_posted_once(anna: UUID) -> None:
    answers = at_once([lambda: record(bought())[0]] * 16)
    assert sorted(answer.state for answer in answers) == ["new", *["repeated"] * 15]
    assert len({(answer.id, answer.earned) for answer in answers}) == 1
    assert [account.posted for account in loyalty.accounts_of([anna])] == [19]
    assert Posting.objects.count() == 1
    assert Event.objects.filter(name="purchase.recorded").count() == 1
    assert wrong() == []


def test_sixteen_clients_on_one_account_lose_no_point(anna: UUID) -> None:
    def sell(number: int) -> None:
        for turn in range(5):
            record(bought(f"R-{number}-{turn}", 100))

    at_once([partial(sell, number) for number in range(16)])
    assert [account.posted for account in loyalty.accounts_of([anna])] == [80]
    assert wrong() == []


def test_overlapping_batches_in_any_order_end_in_no_deadlock(customers: None) -> None:
    sales = [
        bought(f"R-{number}", 150 * number, str(number % CUSTOMERS)) for number in range(SALES)
    ]
    done = threading.Event()

    def sell(seed: int) -> list[str]:
        chance = random.Random(seed)
        return [
            outcome.state
            for _ in range(6)
            for outcome in record(*chance.sample(sales, k=40))
        ]  # fmt: skip

    def read() -> list[str]:
        """Whoever reads in between finds every balance equal to its ledger."""
        found: list[str] = []
        while not done.is_set():
            found += wrong()
        return found

    def sell_all() -> list[str]:
        try:
            sold = at_once([partial(sell, seed) for seed in range(8)])
            return [state for states in sold for state in states]
        finally:
            done.set()

    states, seen_wrong = at_once([sell_all, read])
    assert seen_wrong == []
    assert states.count("new") == Purchase.objects.count()
    assert set(states) == {"new", "repeated"}
    points = sum(minor // 100 for minor in Purchase.objects.values_list("total_minor", flat=True))
    assert sum(Account.objects.filter(kind="own").values_list("posted", flat=True)) == points
    assert wrong() == []


def test_returns_at_once_never_give_back_more_than_was_bought(anna: UUID) -> None:
    [sale] = record(bought(minor=1999))
    assert sale.id is not None
    purchase_id = sale.id

    def give_back(number: int) -> Returned | None:
        new = NewReturn("till", f"RET-{number}", NOW, amount_minor=900)
        try:
            return return_purchase(new, purchase_id=purchase_id, actor=SYSTEM, now=NOW)
        except MoreThanWasBought:
            return None

    answers = at_once([partial(give_back, number) for number in range(6)])
    assert len([answer for answer in answers if answer]) == 2
    assert Purchase.objects.get().returned_minor == 1800
    assert [account.posted for account in loyalty.accounts_of([anna])] == [1]
    assert wrong() == []


def test_one_return_from_eight_clients_is_booked_once(anna: UUID) -> None:
    [sale] = record(bought(minor=1999))
    assert sale.id is not None
    purchase_id, new = sale.id, NewReturn("till", "RET-1", NOW, amount_minor=1000)
    answers = at_once([
        lambda: return_purchase(new, purchase_id=purchase_id, actor=SYSTEM, now=NOW)
    ] * 8)  # fmt: skip
    assert [answer.given_back.fresh for answer in answers].count(True) == 1
    assert len({answer.given_back.id for answer in answers}) == 1
    assert [account.posted for account in loyalty.accounts_of([anna])] == [9]


class Caller:
    """Another system, with a key; what it registers has no id of its own, so only the
    Idempotency-Key can keep it from doing so twice.
    """

    def __init__(self, *, rate: int = 0) -> None:
        with transactions.open():
            made = keys.make(
                name="a till", wanted=["all"], rate=rate, actor=SYSTEM, now=datetime.now(UTC)
            )
        self.secret = made.secret

    def register(self, name: str, key: str) -> Any:
        headers = {"Authorization": f"Bearer {self.secret}", "Idempotency-Key": key}
        client = Client(raise_request_exception=False)
        return client.post("/api/v1/customers", json.dumps({"name": name}), "application/json",
                           headers=headers)  # fmt: skip

    def register_until_answered(self, name: str, key: str) -> Any:
        """Send again after 409 `still-running` and after 503, as the answers say."""
        for _ in range(60):
            answer = self.register(name, key)
            if answer.status_code == 200:
                return answer
            assert (answer.status_code, answer.json()["code"]) in (
                (409, "still-running"), (503, "outcome-unknown"), (503, "unavailable")
            )  # fmt: skip
            assert int(answer.headers.get("Retry-After", 1)) > 0
        raise AssertionError("no answer")


def test_one_key_from_eight_clients_has_one_effect_and_one_answer(latvian_company: None) -> None:
    caller = Caller()
    answers = at_once([lambda: caller.register_until_answered("Anna", "key-1")] * 8)
    assert len({answer.content for answer in answers}) == 1
    assert Customer.objects.count() == 1


def test_the_first_request_after_a_restart_of_the_database_is_answered(
    latvian_company: None,
) -> None:
    caller = Caller(rate=100)
    for number in range(3):
        end_our_connection()
        assert caller.register("Anna", f"key-{number}").status_code == 200


def end_our_connection() -> None:
    """What a restart of the server does to a connection that waits for its next request."""
    row = sql.execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None
    (ours,) = row

    def end() -> None:
        sql.execute("SELECT pg_terminate_backend(%s, 5000)", [ours])

    at_once([end])


@contextmanager
def cut_at_commit(*, before: bool) -> Iterator[None]:
    """The connection is lost when the transaction commits: before the server hears of it, or
    after it has done so and before its answer.
    """
    wrapper: Any = connections["default"]
    commit = wrapper._commit

    def cut() -> None:
        if not before:
            commit()
        wrapper.connection.close()
        raise OperationalError("the connection was cut")

    wrapper._commit = cut
    try:
        yield
    finally:
        wrapper._commit = commit


@promise("REL-04")
def test_a_lost_answer_to_a_commit_is_said_and_the_same_key_tells_the_truth(
    latvian_company: None,
) -> None:
    caller, chance = Caller(), random.Random(1)
    for number in range(CUTS):
        before = chance.random() < 0.5
        with cut_at_commit(before=before):
            first = caller.register(f"Customer {number}", f"key-{number}")
        assert (first.status_code, first.json()["code"]) == (503, "outcome-unknown")
        assert first.headers["Retry-After"] == "1"
        second = caller.register_until_answered(f"Customer {number}", f"key-{number}")
        assert ("Idempotent-Replayed" in second.headers) is not before
    names = list(Customer.objects.values_list("display_name", flat=True))
    assert sorted(names) == sorted(f"Customer {number}" for number in range(CUTS))


def received(folder: Path, *, rows: int) -> Batch:
    lines = [f"{number % CUSTOMERS},2026-11-20,{number % 90}.50,EUR" for number in range(rows)]
    path = folder / "sales.csv"
    path.write_text("\n".join(["customer,date,amount,currency", *lines, ""]), encoding="utf-8")
    return import_file.receive(
        path, kind="purchases", mapping_text="", source="crm", actor=SYSTEM, now=NOW
    )


@pytest.fixture
def a_data_folder(tmp_path: Path, settings: Any) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_file, "ROWS_AT_ONCE", 100)


def test_one_file_imported_twice_at_once_counts_its_rows_once(
    customers: None, a_data_folder: None, small_batches: None, tmp_path: Path
) -> None:
    batches = [received(tmp_path, rows=600) for _ in range(2)]
    done = at_once([
        partial(import_file.run, batch.id, actor=SYSTEM, now=NOW) for batch in batches
    ])  # fmt: skip
    assert sum(batch.result["new"] for batch in done) == 600
    assert sum(batch.result["repeated"] for batch in done) == 600
    assert Purchase.objects.count() == 600
    assert wrong() == []


def test_two_workers_on_one_import_share_it(
    customers: None, a_data_folder: None, small_batches: None, tmp_path: Path
) -> None:
    """As when one was taken for dead and is not."""
    id = received(tmp_path, rows=600).id
    done = at_once([lambda: import_file.run(id, actor=SYSTEM, now=NOW)] * 2)
    assert [batch.result["new"] for batch in done] == [600, 600]
    assert Purchase.objects.count() == 600
    assert Event.objects.filter(name="import.finished").count() == 1
    assert wrong() == []
