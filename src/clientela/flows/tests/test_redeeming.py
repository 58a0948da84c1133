"""Points that are spent: many clients at once, and a long random life against a plain ledger."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from clientela.customers.queries import Reference
from clientela.flows import expire_points, redeem_reward, travel_orders
from clientela.flows.bound_earning import Wanted as Cap
from clientela.flows.bound_earning import set_cap
from clientela.flows.make_reward import save_reward
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.redeem_reward import Wanted
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_concurrency import at_once
from clientela.flows.verify import verify
from clientela.loyalty.actions import redeeming
from clientela.loyalty.actions.cash import Payout
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.models import (
    Account,
    Coupon,
    CouponUse,
    Currency,
    Limit,
    Lot,
    LotLife,
    Posting,
    Programme,
    Redemption,
)
from clientela.loyalty.queries import rewards
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.platform.promises import promise
from clientela.purchases.actions import NewReturn

RIGA = ZoneInfo("Europe/Riga")
BOSS = Actor(id="per_boss", name="Boss", rights=frozenset({"all"}))
CLIENTS = 64

pytestmark = pytest.mark.django_db(transaction=True)


def a_coupon(key: str = "coffee", price: int = 70, **more: Any) -> None:
    values = RewardValues(key, "coupon", {"en": key}, {"": price}, minor=100, money_code="EUR",
                          valid_days=30, **more)  # fmt: skip
    save_reward(values, actor=SYSTEM, now=NOW)


def earn(points: int, reference: str = "R-1", *, at: datetime = NOW) -> UUID:
    [done] = record_purchases(
        [Bought("till", reference, Reference("external", "4711", "crm"), at, points * 100, "EUR")],
        actor=SYSTEM, now=at,
    )  # fmt: skip
    assert done.id is not None
    return done.id


def redeem(reward: str = "coffee", *, now: datetime = NOW, **more: Any) -> str:
    """`done`, or the code of the refusal."""
    wanted = Wanted(Reference("external", "4711", "crm"), reward, **more)
    try:
        redeem_reward.redeem_reward(wanted, actor=SYSTEM, now=now)
    except Problem as refused:
        return refused.code
    return "done"


def wrong() -> list[str]:
    return [check.name for check in verify() if check.wrong]


def test_of_sixty_four_redemptions_of_seventy_against_nine_hundred_twelve_are_taken(
    anna: UUID,
) -> None:
    a_coupon()
    for number in range(9):
        earn(100, f"R-{number}", at=NOW - timedelta(days=number))
    answers = Counter(at_once([redeem] * CLIENTS))
    assert answers == {"done": 12, "not-enough-points": CLIENTS - 12}
    account = Account.objects.get(customer_id=anna)
    assert (account.posted, account.held, account.debt) == (60, 0, 0)
    assert wrong() == []


@promise("LOY-32")
def test_what_ends_soonest_is_used_first_and_what_never_ends_last(anna: UUID) -> None:
    for number, life in enumerate(({}, {"days": 20}, {"days": 5})):
        Currency.objects.update(life=life)
        earn(100, f"R-{number}", at=NOW - timedelta(days=1))
    a_coupon(price=150)
    assert redeem() == "done"
    left = {lot.expires_at is None: lot.remaining for lot in Lot.objects.filter(remaining__gt=0)}
    assert left == {True: 100, False: 50}
    a_coupon("tea", price=100)
    assert redeem("tea") == "done"
    [last] = Lot.objects.filter(remaining__gt=0)
    assert (last.expires_at, last.remaining) == (None, 50)


@promise("LOY-61")
def test_a_hold_is_settled_in_part_released_or_timed_out_and_ends_once(anna: UUID) -> None:
    cash = RewardValues("cash", "cash", {"en": "Cash"}, {"": 100}, minor=25, money_code="EUR")
    trip = RewardValues(
        "trip", "travel", {"en": "Trip"}, {"": 100}, partner="Ferry", reply_hours=48
    )
    for values in (cash, trip):
        save_reward(values, actor=SYSTEM, now=NOW)
    earn(300)
    assert redeem("cash", payout=Payout("bill")) == "done"
    made = Redemption.objects.get()
    with transactions.open():
        redeeming.settle_hold(made, actor=SYSTEM, now=NOW, points=60)
    with pytest.raises(redeeming.HoldHasEnded), transactions.open():
        redeeming.settle_hold(made, actor=SYSTEM, now=NOW)
    with pytest.raises(redeeming.HoldHasEnded), transactions.open():
        redeeming.release_hold(made, actor=SYSTEM, now=NOW)
    account = Account.objects.get(customer_id=anna)
    assert (account.posted, account.held) == (240, 0)
    assert redeem("trip", traveller="Anna") == "done"
    account.refresh_from_db()
    assert (account.posted, account.held) == (240, 100)
    travel_orders.time_out_travel_orders(actor=SYSTEM, now=NOW + timedelta(hours=47))
    account.refresh_from_db()
    assert account.held == 100
    travel_orders.time_out_travel_orders(actor=SYSTEM, now=NOW + timedelta(hours=48))
    account.refresh_from_db()
    assert (account.posted, account.held) == (240, 0)
    assert wrong() == []


def test_the_last_piece_of_stock_goes_to_one(anna: UUID) -> None:
    a_coupon(stock=1)
    earn(900)
    assert Counter(at_once([redeem] * 16)) == {"done": 1, "reward-sold-out": 15}
    assert wrong() == []


def test_the_last_code_of_a_pool_goes_to_one(anna: UUID) -> None:
    a_coupon(coupons_max=1)
    earn(900)
    assert Counter(at_once([redeem] * 16)) == {"done": 1, "coupons-given-out": 15}
    assert wrong() == []


def test_one_reference_from_sixteen_clients_is_one_redemption(anna: UUID) -> None:
    a_coupon()
    earn(900)
    named = partial(redeem, source="till", reference="V-1")
    assert Counter(at_once([named] * 16)) == {"done": 16}
    assert Redemption.objects.count() == 1
    assert Account.objects.get(customer_id=anna).posted == 830
    assert wrong() == []


def test_a_coupon_is_taken_at_one_till_only(anna: UUID) -> None:
    from clientela.flows.coupons import use_coupon

    a_coupon()
    earn(900)
    redeem()
    code = Coupon.objects.get().number

    def take() -> str:
        try:
            use_coupon(code, actor=SYSTEM, now=NOW)
        except Problem as refused:
            return refused.code
        return "taken"

    assert Counter(at_once([take] * 16)) == {"taken": 1, "coupon-used": 15}
    assert CouponUse.objects.count() == 1


def test_redeeming_returning_and_sweeping_one_account_at_once_lose_nothing(anna: UUID) -> None:
    a_coupon()
    Currency.objects.update(life={"days": 2})
    bought = [earn(100, f"R-{number}", at=NOW - timedelta(days=number % 3)) for number in range(12)]

    def give_back(purchase: UUID) -> str:
        new = NewReturn(source="till", reference=f"B-{purchase.hex}", returned_at=NOW,
                        amount_minor=10_000, lines=())  # fmt: skip
        return_purchase(new, purchase_id=purchase, actor=SYSTEM, now=NOW)
        return "returned"

    def sweep() -> str:
        expire_points.expire_points(actor=SYSTEM, now=NOW + timedelta(days=1))
        return "swept"

    at_once([redeem] * 8 + [partial(give_back, one) for one in bought[:6]] + [sweep] * 2)
    assert wrong() == []


def test_a_reversal_from_eight_clients_gives_back_once(anna: UUID) -> None:
    a_coupon()
    earn(900)
    redeem()
    made = Redemption.objects.get()

    def undo() -> str:
        try:
            redeem_reward.reverse_redemption(made.id, cause="", actor=SYSTEM, now=NOW)
        except Problem as refused:
            return refused.code
        return "done"

    assert Counter(at_once([undo] * 8)) == {"done": 1, "already-reversed": 7}
    assert Account.objects.get(customer_id=anna).posted == 900
    assert wrong() == []


@promise("LOY-33")
def test_points_that_are_over_are_neither_shown_nor_spendable_before_any_sweep(anna: UUID) -> None:
    Currency.objects.update(life={"days": 2})
    Programme.objects.update(time_zone="Europe/Riga")
    a_coupon()
    earn(100, at=NOW)
    last = datetime(2026, 11, 22, 23, 59, 59, 999_999, tzinfo=RIGA)
    over = datetime(2026, 11, 23, 0, 0, tzinfo=RIGA)
    currency = Currency.objects.get().id
    assert rewards.available_to([anna], now=last) == {currency: 100}
    assert rewards.available_to([anna], now=over) == {currency: 0}
    assert redeem(now=over) == "not-enough-points"
    assert redeem(now=last) == "done"
    swept = expire_points.expire_points(actor=SYSTEM, now=over)
    assert (swept.lots, swept.points) == (1, 30)
    again = expire_points.expire_points(actor=SYSTEM, now=over + timedelta(days=3))
    assert (again.lots, again.points) == (0, 0)
    assert Posting.objects.get(kind="expire").occurred_at == over
    assert wrong() == []


@promise("LOY-62")
@pytest.mark.parametrize(("grace", "usable"), [(0, 0), (7, 70)])
def test_what_comes_back_after_its_end_is_over_or_has_the_days_of_grace(
    anna: UUID, grace: int, usable: int
) -> None:
    Currency.objects.update(life={"days": 2}, grace_days=grace)
    Programme.objects.update(time_zone="Europe/Riga")
    a_coupon()
    earn(100)
    redeem()
    late = NOW + timedelta(days=10)
    redeem_reward.reverse_redemption(Redemption.objects.get().id, cause="", actor=SYSTEM, now=late)
    currency = Currency.objects.get().id
    assert rewards.available_to([anna], now=late) == {currency: usable}
    assert wrong() == []
    if not grace:
        return
    last = datetime(2026, 12, 7, 23, 59, tzinfo=RIGA)
    assert rewards.available_to([anna], now=last) == {currency: 70}
    swept = expire_points.expire_points(actor=SYSTEM, now=last + timedelta(minutes=1))
    assert (swept.lots, swept.points) == (1, 70)
    assert [move.cause for move in LotLife.objects.all()] == ["grace"]
    assert wrong() == []


@promise("LOY-17")
def test_what_is_booked_at_the_very_moment_a_cap_is_set_counts(anna: UUID) -> None:
    earn(40)
    set_cap(Cap(currency="points", period="month", most=100), actor=SYSTEM, now=NOW)
    earn(30, "R-2", at=NOW - timedelta(seconds=1))  # asked for before
    assert not Limit.objects.exists()
    earn(50, "R-3")
    assert Limit.objects.get().used == 90
    earn(50, "R-4")
    assert Account.objects.get(customer_id=anna).posted == 40 + 30 + 50 + 10
    assert wrong() == []


@promise("LOY-17")
def test_a_cap_below_what_was_booked_at_its_very_moment_gives_nothing_more(anna: UUID) -> None:
    earn(100)
    set_cap(Cap(currency="points", period="month", most=60), actor=SYSTEM, now=NOW)
    earn(50, "R-2")
    assert Limit.objects.get().used == 60
    assert Account.objects.get(customer_id=anna).posted == 100
    assert wrong() == []


def test_a_merged_record_spends_what_both_have(anna: UUID) -> None:
    from clientela.customers.models import Customer

    a_coupon(price=150)
    earn(100)
    other, _ = register_customer(
        Details(name="A. Kalniņa", source="crm", external_id="4712"), actor=SYSTEM, now=NOW
    )
    record_purchases(
        [Bought("till", "O-1", Reference("external", "4712", "crm"), NOW, 10_000, "EUR")],
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    Customer.objects.filter(id=other).update(merged_into=anna, status="tombstone")
    assert redeem() == "done"
    assert sum(Account.objects.values_list("posted", flat=True)) == 50
    made = Redemption.objects.get()
    redeem_reward.reverse_redemption(made.id, cause="", actor=SYSTEM, now=NOW)
    assert sorted(Account.objects.values_list("posted", flat=True)) == [100, 100]
    assert wrong() == []


TAMPERED = {
    "an earning and its reversal by the same amount": (
        "UPDATE loyalty_entry SET amount = amount + 7",
        "entries are what their lots gave and took",
    ),
    "a hold without its lot": (
        "UPDATE loyalty_lot SET held = 0; UPDATE loyalty_account SET held = 0",
        "holds are covered by lots",
    ),
    "a redemption of other points": (
        "UPDATE loyalty_redemption SET points = points + 1",
        "redemptions have their points",
    ),
    "a coupon of nobody": (
        "DELETE FROM loyalty_couponkey",
        "coupons have their redemption and code",
    ),
}


@promise("LOY-78")
@pytest.mark.parametrize("edit", TAMPERED)
def test_verify_finds(anna: UUID, edit: str) -> None:
    a_coupon()
    cash = RewardValues("cash", "cash", {"en": "Cash"}, {"": 50}, minor=25, money_code="EUR")
    save_reward(cash, actor=SYSTEM, now=NOW)
    purchase = earn(300)
    redeem()
    redeem("cash", payout=Payout("bill"))
    new = NewReturn(source="till", reference="B", returned_at=NOW, amount_minor=5_000, lines=())
    return_purchase(new, purchase_id=purchase, actor=SYSTEM, now=NOW)
    assert wrong() == []
    statement, found = TAMPERED[edit]
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert found in wrong()
