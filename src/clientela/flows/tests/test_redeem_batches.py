"""Batches of redemptions beside each other, and one that is killed in its midst."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from clientela.customers.queries import Reference
from clientela.flows import redeem_batch as flow
from clientela.flows.make_reward import save_reward
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.redeem_batch import Result, Row, redeem_batch
from clientela.flows.redeem_reward import Wanted, redeem_reward
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_concurrency import at_once
from clientela.flows.verify import verify
from clientela.loyalty.actions import redeeming_many
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.actions.redeeming import NotEnoughPoints, RewardSoldOut
from clientela.loyalty.models import Account, Coupon, CouponPool, Redemption, RedemptionKey, Reward
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM

CUSTOMERS = 10
POINTS = 100
PRICES = {"coffee": 30, "cake": 20, "rare": 10}
STOCK = 7
ROWS = 80

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(latvian_company: None) -> None:
    """Customers with points, and rewards; of one there are only a few."""
    for number in range(CUSTOMERS):
        details = Details(name=f"Customer {number}", source="crm", external_id=str(number))
        register_customer(details, actor=SYSTEM, now=NOW)
    record_purchases(
        [
            Bought("till", f"R-{number}-{part}", of(number), NOW, POINTS * 50, "EUR")
            for number in range(CUSTOMERS) for part in range(2)
        ],
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    for key, price in PRICES.items():
        values = RewardValues(
            key, "coupon", {"en": key}, {"": price}, minor=100, money_code="EUR", valid_days=30,
            stock=STOCK if key == "rare" else None,
        )  # fmt: skip
        save_reward(values, actor=SYSTEM, now=NOW)


def of(number: int) -> Reference:
    return Reference("external", str(number % CUSTOMERS), "crm")


def rows(count: int, rewards: Sequence[str] = tuple(PRICES)) -> list[Row]:
    return [
        Row(Wanted(of(number), rewards[number % len(rewards)], source="app",
                   reference=f"W-{number}", channel="api"))
        for number in range(count)
    ]  # fmt: skip


def send(batch: Sequence[Row]) -> list[Result]:
    return redeem_batch(batch, actor=SYSTEM, now=NOW)


def wrong() -> list[str]:
    return [check.name for check in verify() if check.wrong]


def is_right() -> bool:
    """Balances are what redemptions left, every name leads to one, and each has its coupon."""
    spent: Counter[UUID] = Counter()
    for customer, points in Redemption.objects.values_list("customer_id", "points"):
        spent[customer] += points
    accounts = Account.objects.filter(kind="own").values_list("customer_id", "posted")
    return (
        all(posted == POINTS - spent[customer] >= 0 for customer, posted in accounts)
        and set(RedemptionKey.objects.values_list("redemption_id", flat=True))
        == set(Redemption.objects.values_list("id", flat=True))
        == set(Coupon.objects.values_list("redemption_id", flat=True))
        and Redemption.objects.filter(reward__key="rare").count()
        == Reward.objects.get(key="rare").taken
        and sum(CouponPool.objects.values_list("issued", flat=True)) == Coupon.objects.count()
        and wrong() == []
    )  # fmt: skip


def test_overlapping_batches_in_any_order_end_in_no_deadlock(
    people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four batches of the same rows, forwards, backwards and shuffled, beside single ones."""
    monkeypatch.setattr(transactions, "TRIES_MAX", 1)  # a deadlock would be an error
    monkeypatch.setattr(flow, "SLICE_ROWS", 20)
    wanted = rows(ROWS)
    orders = [wanted, wanted[::-1], *(random.Random(seed).sample(wanted, ROWS) for seed in (1, 2))]

    def one_by_one() -> list[Result]:
        done = []
        for row in random.Random(3).sample(wanted, 20):
            try:
                outcome = redeem_reward(row.wanted, actor=SYSTEM, now=NOW)
            except (NotEnoughPoints, RewardSoldOut):
                continue
            else:
                state = "known" if outcome.replayed else "new"
                done.append(Result(state, row.wanted.reference))
        return done

    calls: list[Callable[[], list[Result]]] = [*(partial(send, order) for order in orders)]
    answers = at_once([*calls, one_by_one])
    new = Counter(one.reference for told in answers for one in told if one.state == "new")
    assert set(new.values()) == {1}
    assert len(new) == Redemption.objects.count()
    assert {one.state for told in answers for one in told} <= {"new", "known", "refused"}
    assert Redemption.objects.filter(reward__key="rare").count() == STOCK
    assert is_right()


class Killed(BaseException):
    """As kill -9 does: nobody catches it."""


def test_what_was_killed_between_its_statements_leaves_whole_slices(
    people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "SLICE_ROWS", 30)
    batch, count, calls = rows(90), redeeming_many._count, [0]

    def dies(*args: Any) -> None:
        count(*args)
        calls[0] += 1
        if calls[0] == 2:
            raise Killed

    monkeypatch.setattr(redeeming_many, "_count", dies)
    with pytest.raises(Killed):
        send(batch)
    monkeypatch.setattr(redeeming_many, "_count", count)
    stand = Redemption.objects.count()
    assert 0 < stand <= 30
    assert is_right()
    states = Counter(one.state for one in send(batch))
    assert (states["known"], states["new"]) == (stand, Redemption.objects.count() - stand)
    assert is_right()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_a_process_that_is_killed_in_mid_batch_leaves_whole_rows(
    people: None, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Kill -9 of a real process, at any moment; then the same batch once more."""
    monkeypatch.setattr(flow, "SLICE_ROWS", 10)
    batch, chance = rows(ROWS), random.Random(seed)
    connection.close()
    child = os.fork()
    if child == 0:
        send(batch)
        os._exit(0)
    while not Redemption.objects.exists():
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.15))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    stand = Redemption.objects.count()
    assert stand
    assert is_right()
    states = Counter(one.state for one in redeem_batch(batch, actor=SYSTEM, now=datetime.now(UTC)))
    assert states["known"] >= stand
    assert states["known"] + states["new"] == Redemption.objects.count()
    assert is_right()
