"""A long random life of points of three members, step by step beside a plain ledger."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from clientela.customers.queries import Reference
from clientela.flows import (
    cash_outs,
    close_loyalty_day,
    expire_points,
    keep_points,
    redeem_reward,
    travel_orders,
)
from clientela.flows.make_reward import save_reward
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.redeem_reward import Wanted
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.plain_ledger import Parts, Plain, PlainLot
from clientela.flows.transfer_points import transfer_points
from clientela.flows.verify import verify
from clientela.loyalty.actions.cash import Payout
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.actions.debts import NothingOwed
from clientela.loyalty.models import (
    Account,
    CashOut,
    Currency,
    Lot,
    Posting,
    Programme,
    Redemption,
    TravelOrder,
)
from clientela.loyalty.queries import rewards
from clientela.loyalty.rules import lives
from clientela.platform import periods
from clientela.platform.errors import Problem
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.platform.promises import promise
from clientela.purchases.actions import NewReturn

BOSS = Actor(id="per_boss", name="Boss", rights=frozenset({"all"}))
STEPS, STEPS_SHORT = 200, 60
SHORT = 7
MEMBERS = ("4711", "4712", "4713")
INVARIANTS = (
    "balances are ledgers", "lots are what allocations left of them",
    "entries are what their lots gave and took", "points end when their last move says",
    "holds are covered by lots", "redemptions have their points",
)  # fmt: skip
ZONES = ("Europe/Riga", "America/Santiago", "Asia/Kolkata")
LIVES: tuple[dict[str, Any], ...] = (
    {"days": 5}, {"days": 9}, {"until": "month"}, {"months": 1}, {"dates": ["11-30", "12-24"]},
    {"on": "2026-12-20"}, {},
)  # fmt: skip

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Sale:
    id: UUID
    who: str
    points: int
    at: datetime
    own: PlainLot
    back: int = 0


@dataclass
class Got:
    who: str
    parts: Parts


@dataclass
class World:
    """The product and the clerk's paper, side by side."""

    chance: random.Random
    now: datetime
    zone: ZoneInfo
    life: lives.Life
    extends: bool
    longest: lives.Life
    ids: dict[str, UUID]
    paper: dict[str, Plain]
    sales: list[Sale] = field(default_factory=list)
    got: dict[UUID, Got] = field(default_factory=dict)
    number: int = 0
    is_short: bool = False

    def someone(self) -> str:
        return self.chance.choice(MEMBERS)

    def ends(self, at: datetime) -> datetime | None:
        return self.life.expires_at(at, self.zone)


def ref(who: str) -> Reference:
    return Reference("external", who, "crm")


def said(carry_out: Callable[[], None]) -> str:
    """`done`, or the code of the refusal."""
    try:
        carry_out()
    except Problem as refused:
        return refused.code
    return "done"


def buy(world: World, who: str, points: int, at: datetime, reference: str) -> UUID:
    sale = Bought("till", reference, ref(who), at, points * 100, "EUR")
    [done] = record_purchases([sale], actor=SYSTEM, now=world.now)
    assert done.id is not None
    return done.id


def earn(world: World) -> None:
    who, points = world.someone(), world.chance.randint(20, 200)
    at = world.now - timedelta(hours=world.chance.choice([0, 0, 0, 30, 400]))
    world.number += 1
    id = buy(world, who, points, at, f"R-{world.number}")
    plain = world.paper[who]
    own = plain.earn(points, at, world.ends(at), world.now)
    world.sales.append(Sale(id, who, points, at, own))
    if world.extends:
        _live_on(world, plain, at)
    if world.chance.random() < 0.3:
        assert buy(world, who, points, at, f"R-{world.number}") == id  # the till asks again


def _live_on(world: World, plain: Plain, at: datetime) -> None:
    for lot in plain.lots:
        is_open = lot.points + lot.held and lot.ends_at is not None and lot.ends_at > world.now
        wanted = world.life.expires_at(at, world.zone)
        if not is_open or wanted is None or lot.ends_at is None or wanted <= lot.ends_at:
            continue
        latest = world.longest.expires_at(lot.active_at, world.zone)
        lot.ends_at = max(lot.ends_at, min(wanted, latest or wanted))


def redeem(world: World) -> None:
    who, what = world.someone(), world.chance.choice(["coffee", "cash", "trip"])
    price = {"coffee": 70, "trip": 130, "cash": 50 * world.chance.randint(1, 4)}[what]
    more: dict[str, Any] = {}
    if what == "cash":
        more = {"points": price, "payout": Payout("bill")}
    if what == "trip":
        more = {"traveller": "Anna"}
    plain = world.paper[who]

    def carry_out() -> None:
        done = redeem_reward.redeem_reward(
            Wanted(ref(who), what, **more), actor=SYSTEM, now=world.now
        )
        parts = plain.take(price, world.now, hold=what != "coffee")
        world.got[done.redemption.id] = Got(who, parts)

    is_enough = price <= plain.usable(world.now)
    assert said(carry_out) == ("done" if is_enough else "not-enough-points")


def answer(world: World) -> None:
    """Somebody decides what waits: pays or refuses cash, confirms or refuses a journey."""
    is_yes = world.chance.random() < 0.5
    if asked := CashOut.objects.filter(is_open=True).order_by("id").first():
        cash_outs.decide_cash_out(asked.id, approved=is_yes, actor=BOSS, now=world.now)
        if is_yes:
            cash_outs.pay_cash_out(asked.id, reference="B-1", actor=BOSS, now=world.now)
        _ended(world, asked.redemption_id, is_settled=is_yes)
    elif order := TravelOrder.objects.filter(is_open=True).order_by("id").first():
        if order.reply_by <= world.now:
            travel_orders.time_out_travel_orders(actor=SYSTEM, now=world.now)
            for one in TravelOrder.objects.filter(steps__kind="timed_out"):
                if one.redemption_id in world.got:
                    _ended(world, one.redemption_id, is_settled=False)
            return
        travel_orders.answer_travel_order(order.id, confirmed=is_yes, actor=BOSS, now=world.now)
        _ended(world, order.redemption_id, is_settled=is_yes)


def _ended(world: World, redemption: UUID, *, is_settled: bool) -> None:
    got = world.got[redemption]
    if is_settled:
        world.paper[got.who].settle(got.parts)
    else:
        world.paper[got.who].release(world.got.pop(redemption).parts, world.now)


def reverse(world: World) -> None:
    if not world.got:
        return
    chosen = world.chance.choice(sorted(world.got))
    try:
        redeem_reward.reverse_redemption(chosen, cause="", actor=SYSTEM, now=world.now)
    except redeem_reward.HoldIsOpen:
        return
    got = world.got.pop(chosen)
    world.paper[got.who].expire(world.now)
    world.paper[got.who].give_back(got.parts, world.now)


def give_back(world: World) -> None:
    """A return of a purchase, in part or all that is left of it."""
    if not world.sales:
        return
    sale = world.chance.choice(world.sales)
    back = world.chance.choice([sale.points - sale.back, world.chance.randint(1, sale.points)])
    back = min(back, sale.points - sale.back)
    world.number += 1
    new = NewReturn(source="till", reference=f"B-{world.number}", returned_at=world.now,
                    amount_minor=back * 100, lines=())  # fmt: skip
    return_purchase(new, purchase_id=sale.id, actor=SYSTEM, now=world.now)
    sale.back += back
    world.paper[sale.who].reverse(sale.own, back, world.now)
    if sale.back == sale.points:
        world.sales.remove(sale)


def wait(world: World) -> None:
    world.now += timedelta(hours=world.chance.choice([1, 7, 31, 100]))
    if world.chance.random() < 0.3:
        expire_points.expire_points(actor=SYSTEM, now=world.now)
    elif world.chance.random() < 0.4:
        close_loyalty_day.close_loyalty_day(actor=SYSTEM, now=world.now)


def extend(world: World) -> None:
    """Staff let somebody's points be used longer, or again."""
    who = world.someone()
    plain = world.paper[who]
    plain.expire(world.now)
    chosen = [lot for lot in plain.lots if lot.ends_at is not None and (lot.points or lot.gone)]
    if not chosen:
        return
    lot = world.chance.choice(chosen)
    found = _the_lot(world, who, lot)
    last_on = periods.day_of(world.now, world.zone) + timedelta(days=world.chance.randint(0, 40))
    ends_at = periods.local_midnight(last_on + timedelta(days=1), world.zone)
    is_later = lot.ends_at is not None and lot.ends_at < ends_at

    def carry_out() -> None:
        done = keep_points.extend_points(
            found.id, last_on=last_on, reason="Asked for", actor=BOSS, now=world.now
        )
        assert (done.posting_id is not None) == bool(lot.gone)
        back = plain.reinstate(lot, ends_at, world.now)
        assert back in (0, done.points)

    assert said(carry_out) == ("done" if is_later else "lot-not-movable")


def _the_lot(world: World, who: str, lot: PlainLot) -> Lot:
    """The product's lot of the clerk's, by its place among the member's."""
    rows = list(Lot.objects.filter(customer_id=world.ids[who]).order_by("id"))
    return rows[world.paper[who].lots.index(lot)]


def forgive(world: World) -> None:
    who = world.someone()
    plain = world.paper[who]
    points = world.chance.choice([None, world.chance.randint(1, 60)])
    try:
        done = keep_points.forgive_debt(
            ref(who), currency="points", points=points, reason="Ours", actor=BOSS, now=world.now
        )
    except NothingOwed:
        assert plain.debt == 0
        return
    assert done.points == min(plain.debt, plain.debt if points is None else points)
    plain.debt -= done.points


def transfer(world: World) -> None:
    one, other = world.chance.sample(MEMBERS, 2)
    points = world.chance.randint(1, 150)
    is_enough = points <= world.paper[one].usable(world.now)

    def carry_out() -> None:
        transfer_points(
            ref(one), ref(other), currency="points", points=points, actor=BOSS, now=world.now
        )
        world.paper[other].receive(world.paper[one].take(points, world.now), world.now)

    assert said(carry_out) == ("done" if is_enough else "not-enough-points")


DEEDS: tuple[tuple[int, Callable[[World], None]], ...] = (
    (8, earn), (6, redeem), (4, answer), (3, reverse), (5, give_back), (6, wait), (2, extend),
    (1, forgive), (3, transfer),
)  # fmt: skip


@pytest.fixture
def world(latvian_company: None, request: pytest.FixtureRequest) -> World:
    chance = random.Random(request.param)
    zone, body = chance.choice(ZONES), chance.choice(LIVES)
    extends = chance.random() < 0.4
    longest = chance.choice(({}, {"days": 20})) if extends else {}
    Currency.objects.update(
        life=body, activity_extends="earn" if extends else "", life_max=longest,
        debt_max=chance.choice([40, 10_000]), transfers={"life": "keep"},
    )  # fmt: skip
    Programme.objects.update(time_zone=zone)
    for values in (
        RewardValues("coffee", "coupon", {"en": "Coffee"}, {"": 70}, minor=100, money_code="EUR",
                     valid_days=30),
        RewardValues("cash", "cash", {"en": "Cash"}, {"": 50}, minor=25, money_code="EUR"),
        RewardValues("trip", "travel", {"en": "Trip"}, {"": 130}, partner="Ferry",
                     reply_hours=48),
    ):  # fmt: skip
        save_reward(values, actor=SYSTEM, now=NOW)
    ids = {
        who: register_customer(
            Details(name=f"M {who}", source="crm", external_id=who), actor=SYSTEM, now=NOW
        )[0]
        for who in MEMBERS
    }
    debt_max = Currency.objects.get().debt_max
    paper = {who: Plain(debt_max=debt_max) for who in MEMBERS}
    return World(chance, NOW, ZoneInfo(zone), lives.read(body), extends, lives.read(longest), ids,
                 paper, is_short=request.param == SHORT)  # fmt: skip


@promise("LOY-62")
@pytest.mark.parametrize(
    "world", [SHORT, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(100, 124))],
    indirect=True,
)  # fmt: skip
def test_a_long_life_of_points_is_what_a_clerk_would_write(world: World) -> None:
    """Earn, redeem, hold, settle, release, reverse, return, wait, extend, forgive and give away, in
    any order; after each step every balance is the clerk's, and every invariant holds.
    """
    weights = [weight for weight, _ in DEEDS]
    currency = Currency.objects.get().id
    for step in range(STEPS_SHORT if world.is_short else STEPS):
        [(_, deed)] = world.chance.choices(DEEDS, weights)
        deed(world)
        for who in MEMBERS:
            id, plain, told = world.ids[who], world.paper[who], (step, deed.__name__, who)
            usable = rewards.available_to([id], now=world.now).get(currency, 0)
            assert usable == plain.usable(world.now), told
            account = Account.objects.filter(customer_id=id).first()
            if account is not None:
                assert (account.held, account.debt) == (plain.held(), plain.debt), told
        wrong = [check.name for check in verify(INVARIANTS) if check.wrong]
        assert wrong == [], (step, deed.__name__)
    forgiven = sum(Posting.objects.values_list("forgiven", flat=True))
    assert forgiven == sum(plain.forgiven for plain in world.paper.values())
    assert Redemption.objects.count() > 0
    assert date(2026, 11, 20) < world.now.date()
