"""Points go from member to member, and are shared in a household."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from clientela.customers.kin.models import Household, Membership
from clientela.customers.queries import Reference
from clientela.flows import customer_kin, expire_points, redeem_reward, share_points
from clientela.flows.bound_earning import Wanted as CapWanted
from clientela.flows.bound_earning import set_cap
from clientela.flows.make_reward import save_reward
from clientela.flows.pay_with_points import Wish
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.redeem_reward import Wanted
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.sell import Sale, quote_sale, record_sales
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_concurrency import at_once
from clientela.flows.transfer_points import transfer_points
from clientela.flows.verify import verify
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.actions.pools import AlreadyShares
from clientela.loyalty.models import (
    Account,
    Currency,
    Lot,
    Pool,
    PoolMember,
    Posting,
    Programme,
    Redemption,
)
from clientela.loyalty.queries import rewards
from clientela.platform import periods
from clientela.platform.errors import Problem
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

RIGA = ZoneInfo("Europe/Riga")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bert(anna: UUID) -> UUID:
    details = Details(name="Bērts Kalniņš", source="crm", external_id="4712")
    Currency.objects.update(transfers={"day_max": 300, "month_max": 500})
    Programme.objects.update(time_zone="Europe/Riga")
    return register_customer(details, actor=SYSTEM, now=NOW)[0]


def ref(who: str) -> Reference:
    return Reference("external", who, "crm")


def earn(who: str, points: int, reference: str, *, at: datetime = NOW, **life: Any) -> None:
    Currency.objects.update(life=life)
    record_purchases([Bought("till", reference, ref(who), at, points * 100, "EUR")],
                     actor=SYSTEM, now=at)  # fmt: skip


def give(
    points: int, one: str = "4711", other: str = "4712", *, now: datetime = NOW,
    currency: str = "points",
) -> str:  # fmt: skip
    try:
        transfer_points(
            ref(one), ref(other), currency=currency, points=points, actor=SYSTEM, now=now
        )
    except Problem as refused:
        return str(refused.extra.get("reason", refused.code))
    return "done"


def usable(customer: UUID, now: datetime = NOW) -> int:
    return rewards.available_to([customer], now=now).get(Currency.objects.get().id, 0)


def wrong() -> list[str]:
    return [check.name for check in verify() if check.wrong]


@promise("LOY-35")
def test_points_given_away_keep_their_end_within_the_limits_of_day_and_month(
    anna: UUID, bert: UUID
) -> None:
    earn("4711", 400, "R-1", days=20)
    earn("4711", 200, "R-2", days=5)
    assert give(250) == "done"
    lots = Lot.objects.filter(customer_id=bert).order_by("expires_at")
    ends = [periods.local_midnight(date(2026, 11, 26), RIGA),
            periods.local_midnight(date(2026, 12, 11), RIGA)]  # fmt: skip
    assert [(lot.remaining, lot.expires_at) for lot in lots] == [(200, ends[0]), (50, ends[1])]
    assert (usable(anna), usable(bert)) == (350, 250)
    assert give(51) == "day-limit"
    assert give(50) == "done"
    tomorrow = NOW + timedelta(days=1)
    assert give(201, now=tomorrow) == "month-limit"
    assert give(200, now=tomorrow) == "done"
    assert give(1, one="4711", other="4711") == "same-customer"
    assert wrong() == []
    sent, received = Posting.objects.filter(kind__startswith="transfer").order_by("id")[:2]
    assert (sent.member_id, received.member_id, received.pair_id) == (bert, anna, sent.id)


def test_what_waits_is_held_or_over_cannot_be_given_away(anna: UUID, bert: UUID) -> None:
    earn("4711", 100, "R-1", days=2)
    assert give(101) == "not-enough-points"
    assert give(100, now=NOW + timedelta(days=3)) == "not-enough-points"
    Lot.objects.update(activated_at=None, active_at=NOW + timedelta(days=1))
    Account.objects.update(pending=100)
    assert give(100) == "pending"
    Currency.objects.update(transfers={})
    assert give(1) == "switched-off"
    assert give(1, currency="stars") == "invalid-input"


@promise("LOY-35")
def test_points_given_away_begin_a_new_life_where_their_kind_says_so(
    anna: UUID, bert: UUID
) -> None:
    earn("4711", 60, "R-1", days=20)
    earn("4711", 40, "R-2", days=5)
    Lot.objects.update(life={"days": 5}, life_end_at=NOW + timedelta(days=30))
    Currency.objects.update(life={"days": 90}, transfers={"life": "reset"})
    later = NOW + timedelta(days=1)
    assert give(100, now=later) == "done"
    ends = periods.local_midnight(date(2027, 2, 20), RIGA)
    lots = Lot.objects.filter(customer_id=bert).values_list(
        "active_at", "expires_at", "life", "life_end_at"
    )
    assert list(lots) == [(later, ends, None, None)] * 2
    assert give(100, one="4712", other="4711", now=later + timedelta(days=89)) == "done"
    assert usable(anna, later + timedelta(days=150)) == 100
    assert wrong() == []


def test_what_the_receiver_owes_is_paid_first(anna: UUID, bert: UUID) -> None:
    earn("4711", 100, "R-1")
    earn("4712", 10, "R-2")
    Lot.objects.filter(customer_id=bert).update(remaining=0)
    Account.objects.filter(customer_id=bert).update(posted=-30, debt=30)
    assert give(50) == "done"
    assert (usable(bert), Account.objects.get(customer_id=bert).debt) == (20, 0)
    set_cap(CapWanted(currency="points", period="balance", most=50), actor=SYSTEM, now=NOW)
    assert give(31) == "receiver-full"
    assert give(30) == "done"


def test_members_who_give_to_each_other_at_once_do_not_wait_for_ever(
    anna: UUID, bert: UUID
) -> None:
    Currency.objects.update(transfers={"life": "keep"})
    earn("4711", 500, "R-1", days=9)
    earn("4712", 500, "R-2", days=9)
    calls = [partial(give, 30, "4711", "4712"), partial(give, 40, "4712", "4711")] * 8
    assert Counter(at_once(calls)) == {"done": 16}
    assert (usable(anna), usable(bert)) == (500 - 8 * 30 + 8 * 40, 500 + 8 * 30 - 8 * 40)
    assert wrong() == []


def a_coupon(price: int = 70) -> None:
    values = RewardValues("coffee", "coupon", {"en": "Coffee"}, {"": price}, minor=100,
                          money_code="EUR", valid_days=30)  # fmt: skip
    save_reward(values, actor=SYSTEM, now=NOW)


def redeem(who: str, *, now: datetime = NOW) -> str:
    try:
        redeem_reward.redeem_reward(Wanted(ref(who), "coffee"), actor=SYSTEM, now=now)
    except Problem as refused:
        return refused.code
    return "done"


@pytest.fixture
def home(anna: UUID, bert: UUID) -> Household:
    carl = Details(name="Kārlis Kalniņš", source="crm", external_id="4713")
    register_customer(carl, actor=SYSTEM, now=NOW)
    return customer_kin.found_household(
        "Kalniņi", members=[(anna, "head"), (bert, "partner"), (ref("4713"), "child")],
        actor=SYSTEM, now=NOW,
    )  # fmt: skip


def share(home: Household) -> share_points.Together:
    return share_points.share_points(home.id, currency="points", actor=SYSTEM, now=NOW)


def change(together: share_points.Together, place: int, *, may: bool, most: int | None) -> None:
    member = together.members[place].member
    share_points.change_share(
        together.pool.id, member.id, may_spend=may, month_max=most, actor=SYSTEM, now=NOW
    )


@promise("LOY-36")
def test_a_household_uses_its_points_together_within_limits_and_nobody_loses_any(
    anna: UUID, bert: UUID, home: Household
) -> None:
    a_coupon(70)
    earn("4711", 100, "R-1", days=20)
    earn("4712", 100, "R-2", days=5)
    together = share(home)
    assert [one.member.may_spend for one in together.members] == [True, True, False]
    carl = together.members[2].family[0]
    assert (usable(anna), usable(bert), usable(carl)) == (200, 200, 0)
    assert redeem("4713") == "not-enough-points"
    assert redeem("4711") == "done"
    assert (usable(anna), usable(bert)) == (130, 130)
    assert redeem("4711") == "done"  # 30 of her own, 40 of his
    of_bert = Posting.objects.get(customer_id=bert, kind="redeem")
    assert of_bert.member_id == anna
    assert wrong() == []
    change(together, 0, may=True, most=60)
    change(together, 2, may=True, most=20)
    assert (usable(anna), usable(carl)) == (20, 20)
    earn("4713", 60, "R-3", days=9)
    assert redeem("4713") == "done"  # 60 of his own, 10 of the others
    assert usable(carl) == 10
    share_points.leave_pool(together.pool.id, together.members[1].member.id, actor=SYSTEM, now=NOW)
    assert usable(bert) == 50  # what is left of what he earned
    newest = Redemption.objects.order_by("-redeemed_at", "-id").last()
    assert newest is not None
    for made in Redemption.objects.all():
        redeem_reward.reverse_redemption(made.id, cause="", actor=SYSTEM, now=NOW)
    assert (usable(bert), usable(anna)) == (100, 100 + 60)
    assert wrong() == []


@promise("LOY-36")
def test_points_that_a_household_shares_pay_at_the_till(
    anna: UUID, bert: UUID, home: Household
) -> None:
    rate = RewardValues("till", "money_off", {"en": "till"}, {"": 10}, minor=100,
                        money_code="EUR", valid_days=30)  # fmt: skip
    save_reward(rate, actor=SYSTEM, now=NOW)
    earn("4711", 100, "R-1", days=20)
    earn("4712", 100, "R-2", days=5)
    change(share(home), 0, may=True, most=60)
    bought = Bought("till", "S-1", ref("4711"), NOW, 1_600, "EUR")
    sale = Sale(bought, (Wish(120), Wish()))
    quoted = quote_sale(sale, actor=SYSTEM, now=NOW)
    [sold] = record_sales([sale], actor=SYSTEM, now=NOW)
    assert sold.outcome.state == "new", sold.outcome.error
    assert [one.points for one in sold.payments] == [one.points for one in quoted.payments]
    # 100 of her own and 60 of his, for that is all she may use of the others in a month
    assert [one.points for one in sold.payments] == [120, 40]
    assert (usable(anna), usable(bert)) == (0, 40)
    assert wrong() == []


def test_who_leaves_the_household_leaves_the_pool_and_the_last_one_closes_it(
    anna: UUID, bert: UUID, home: Household
) -> None:
    earn("4711", 100, "R-1", days=20)
    together = share(home)
    with pytest.raises(AlreadyShares):
        share_points.join_pool(
            together.pool.id, ref("4712"), may_spend=True, month_max=None, actor=SYSTEM, now=NOW
        )
    for row in Membership.objects.filter(household_id=home.id).order_by("id"):
        customer_kin.leave(home.id, row.id, on=date(2026, 11, 20), actor=SYSTEM, now=NOW)
    assert usable(anna) == 100  # the head left first: her points are hers
    assert PoolMember.objects.filter(left_at=None).count() == 0
    assert Pool.objects.get().closed_at == NOW


def test_a_household_that_redeems_at_once_spends_no_point_twice(
    anna: UUID, bert: UUID, home: Household
) -> None:
    a_coupon(70)
    for number in range(4):
        earn("4711", 100, f"A-{number}", days=20 + number)
        earn("4712", 125, f"B-{number}", days=3 + number)
    share(home)

    def swept() -> str:
        expire_points.expire_points(actor=SYSTEM, now=NOW)
        return "swept"

    calls: list[Callable[[], str]] = [partial(redeem, "4711"), partial(redeem, "4712")] * 8
    answers = Counter(at_once([*calls, swept]))
    assert answers == {"done": 12, "not-enough-points": 4, "swept": 1}
    assert wrong() == []
