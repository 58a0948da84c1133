"""What time does to points: they begin, live on, end, and the day is closed however late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from clientela.customers.queries import Reference
from clientela.events.models import Event
from clientela.flows import keep_points
from clientela.flows.close_loyalty_day import STEPS, close_loyalty_day
from clientela.flows.define_programme import define_programme
from clientela.flows.points import balances_of
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.loyalty.actions.lives import LotNotMovable
from clientela.loyalty.models import (
    Account,
    Currency,
    DayStep,
    Lot,
    LotLife,
    Posting,
    PostingReason,
    Programme,
)
from clientela.loyalty.queries import rewards
from clientela.platform import ids, periods
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.purchases.actions import NewReturn

RIGA = ZoneInfo("Europe/Riga")
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def earn(
    points: int, reference: str = "R-1", *, at: datetime = NOW, now: datetime | None = None
) -> UUID:
    [done] = record_purchases(
        [Bought("till", reference, Reference("external", "4711", "crm"), at, points * 100, "EUR")],
        actor=SYSTEM, now=now or at,
    )  # fmt: skip
    assert done.id is not None
    return done.id


def give_back(purchase: UUID, points: int, *, now: datetime = NOW) -> None:
    new = NewReturn(source="till", reference=f"B-{points}", returned_at=now,
                    amount_minor=points * 100, lines=())  # fmt: skip
    return_purchase(new, purchase_id=purchase, actor=SYSTEM, now=now)


def usable(customer: UUID, now: datetime) -> int:
    return rewards.available_to([customer], now=now).get(Currency.objects.get().id, 0)


def set_life(zone: str = "Europe/Riga", **life: Any) -> None:
    Currency.objects.update(life=life)
    Programme.objects.update(time_zone=zone)


def wrong() -> list[str]:
    return [check.name for check in verify() if check.wrong]


ENDS = (
    ("Europe/Riga", {"days": 1}, "2026-03-28T10:00+02:00", "2026-03-30T00:00+03:00"),
    ("Europe/Riga", {"days": 1}, "2026-10-24T10:00+03:00", "2026-10-26T00:00+02:00"),
    ("Europe/Riga", {"months": 12}, "2024-02-29T23:30+02:00", "2025-03-01T00:00+02:00"),
    ("Europe/Riga", {"days": 0, "until": "year"}, "2026-12-31T23:59:59+02:00",
     "2027-01-01T00:00+02:00"),
    ("Europe/Riga", {"dates": ["02-29"]}, "2025-01-05T10:00+02:00", "2025-03-01T00:00+02:00"),
    ("Europe/Riga", {"on": "2026-12-31"}, "2026-06-01T10:00+03:00", "2027-01-01T00:00+02:00"),
    # Santiago: at midnight of 6 September 2026 the clock jumps to 1:00
    ("America/Santiago", {"days": 1}, "2026-09-04T20:00-04:00", "2026-09-06T01:00-03:00"),
    # and at midnight of 5 April 2026 it goes back to 23:00 of the 4th
    ("America/Santiago", {"days": 1}, "2026-04-03T20:00-03:00", "2026-04-05T00:00-04:00"),
    ("America/Santiago", {"months": 1}, "2026-08-31T12:00-04:00", "2026-10-01T00:00-03:00"),
    ("Asia/Kolkata", {"until": "year"}, "2026-12-31T23:59+05:30", "2027-01-01T00:00+05:30"),
    ("Asia/Kolkata", {"until": "half_year"}, "2026-06-30T18:29+00:00",
     "2026-07-01T00:00+05:30"),
    ("Asia/Kolkata", {"until": "half_year"}, "2026-06-30T18:30+00:00",
     "2027-01-01T00:00+05:30"),
)  # fmt: skip


@pytest.mark.parametrize(("zone", "life", "bought_at", "ends_at"), ENDS)
def test_points_end_at_a_midnight_of_the_programme_whatever_its_clock_does(
    anna: UUID, zone: str, life: dict[str, Any], bought_at: str, ends_at: str
) -> None:
    set_life(zone, **life)
    at, end = datetime.fromisoformat(bought_at), datetime.fromisoformat(ends_at)
    earn(100, at=at)
    assert Lot.objects.get().expires_at == end
    assert usable(anna, end - timedelta(microseconds=1)) == 100
    assert usable(anna, end) == 0
    close_loyalty_day(actor=SYSTEM, now=end + 3 * DAY)  # three days late
    assert Posting.objects.get(kind="expire").occurred_at == end
    assert wrong() == []


@promise("LOY-30")
@pytest.mark.parametrize(
    ("life", "last_day"),
    [({}, None), ({"days": 30}, date(2026, 12, 20)), ({"months": 3}, date(2027, 2, 20)),
     ({"years": 2}, date(2028, 11, 20)), ({"until": "month"}, date(2026, 11, 30)),
     ({"until": "quarter"}, date(2026, 12, 31)), ({"until": "half_year"}, date(2026, 12, 31)),
     ({"years": 1, "until": "year"}, date(2027, 12, 31)),
     ({"dates": ["03-31", "09-30"]}, date(2027, 3, 31)),
     ({"days": 200, "dates": ["03-31", "09-30"]}, date(2027, 9, 30)),
     ({"on": "2027-06-30"}, date(2027, 6, 30))],
)  # fmt: skip
def test_points_live_as_the_programme_says(
    anna: UUID, life: dict[str, Any], last_day: date | None
) -> None:
    set_life(**life)
    earn(100)
    found = Lot.objects.get().expires_at
    assert found == (periods.local_midnight(last_day + DAY, RIGA) if last_day else None)


def test_a_new_currency_lives_two_years_to_the_end_of_the_month(latvian_company: None) -> None:
    body: dict[str, Any] = {"programme": "club", "currency": "stars", "labels": {"en": "Stars"},
                            "rules": [{"key": "base", "labels": {"en": "Base"}, "body": {
                                "earn": "per_money", "points": 1, "per": "1.00"}}]}  # fmt: skip
    define_programme(body, actor=SYSTEM, now=NOW)
    stars = Currency.objects.get(code="stars")
    assert stars.life == {"months": 24, "until": "month"}
    more = {"activity_extends": "earn", "life_max": {"years": 5}, "grace_days": 10,
            "negative_policy": "clamp", "transfers": {"day_max": 500}}  # fmt: skip
    define_programme({**body, **more, "life": {}}, actor=SYSTEM, now=NOW)
    define_programme(body, actor=SYSTEM, now=NOW)
    stars.refresh_from_db()
    assert (stars.life, stars.activity_extends, stars.grace_days) == ({}, "earn", 10)
    assert (stars.negative_policy, stars.transfers) == ("clamp", {"day_max": 500})
    for name, bad in (("activity_extends", "often"), ("debt_max", -1),
                      ("transfers", {"day_max": 0}), ("life", {"dates": ["13-01"]})):  # fmt: skip
        with pytest.raises(InvalidInput):
            define_programme({**body, name: bad}, actor=SYSTEM, now=NOW)


def test_what_is_told_so_late_that_it_is_over_is_booked_and_ends_at_once(anna: UUID) -> None:
    set_life(days=10)
    earn(100, at=NOW - 40 * DAY, now=NOW)
    kinds = Posting.objects.order_by("id").values_list("kind", "occurred_at")
    over = periods.local_midnight(periods.day_of(NOW - 29 * DAY, RIGA), RIGA)
    assert list(kinds) == [("earn", NOW - 40 * DAY), ("expire", over)]
    names = Event.objects.filter(customer_id=anna).values_list("name", flat=True)
    assert {"points.earned", "points.expired"} <= set(names)
    assert wrong() == []


def a_waiting_lot(
    customer: UUID, points: int, active_at: datetime | None, ends_at: datetime
) -> Lot:
    """Points that are booked and wait, as a rule with a waiting time books them."""
    account = Account.objects.get(customer_id=customer)
    posting = Posting.objects.create(
        customer_id=customer, currency=account.currency, kind="earn", source="test",
        key=str(ids.uuid7()), body_hash=b"0" * 16, occurred_at=NOW, posted_at=NOW, actor="test",
    )  # fmt: skip
    from clientela.loyalty.models import Entry

    Entry.objects.create(customer_id=customer, posting_id=posting.id, debit_id=-1,
                         credit_id=account.id, amount=points, occurred_at=NOW)  # fmt: skip
    Account.objects.filter(id=account.id).update(
        posted=account.posted + points, pending=account.pending + points
    )
    return Lot.objects.create(
        id=ids.uuid7(), customer_id=customer, account_id=account.id, posting_id=posting.id,
        amount=points, remaining=points, active_at=active_at, expires_at=ends_at,
    )  # fmt: skip


def test_points_that_waited_are_usable_from_their_midnight_and_pay_what_is_owed_first(
    anna: UUID,
) -> None:
    set_life(days=1)
    purchase = earn(100)
    begins = periods.local_midnight(date(2026, 11, 25), RIGA)
    lot = a_waiting_lot(anna, 300, begins, begins + 30 * DAY)
    late = NOW + 3 * DAY
    assert usable(anna, late) == 0
    give_back(purchase, 100, now=late)  # its own points are over: what waits is taken, rule 36
    lot.refresh_from_db()
    assert (lot.remaining, Account.objects.get().pending) == (200, 200)
    assert usable(anna, begins - timedelta(microseconds=1)) == 0
    assert usable(anna, begins) == 200
    assert balances_of([anna], now=begins)[0]["available"] == 200
    Account.objects.update(debt=0)
    close_loyalty_day(actor=SYSTEM, now=begins + 5 * DAY)
    lot.refresh_from_db()
    assert (lot.activated_at, Account.objects.get().pending) == (begins, 0)
    told = Event.objects.get(name="points.activated")
    assert (told.occurred_at, told.data["points"]) == (begins, 200)
    assert wrong() == []


def test_what_is_owed_is_paid_when_points_begin(anna: UUID) -> None:
    set_life()
    purchase = earn(100)
    lot = Lot.objects.get()
    Lot.objects.update(held=100)  # held for an order: a return never takes it
    Account.objects.update(held=100)
    give_back(purchase, 60)
    assert Account.objects.get().debt == 60
    begins = periods.local_midnight(date(2026, 11, 25), RIGA)
    waiting = a_waiting_lot(anna, 80, begins, begins + 30 * DAY)
    close_loyalty_day(actor=SYSTEM, now=begins + DAY)
    waiting.refresh_from_db()
    account = Account.objects.get()
    assert (waiting.remaining, account.debt, account.pending) == (20, 0, 0)
    assert lot.id != waiting.id


@promise("LOY-31")
def test_activity_moves_the_end_up_to_the_longest_life_and_never_back(anna: UUID) -> None:
    set_life(days=10)
    Currency.objects.update(activity_extends="earn", life_max={"days": 15})
    earn(100, "R-1")
    earn(10, "R-2", at=NOW + 4 * DAY)
    first = Lot.objects.order_by("id").first()
    assert first is not None
    assert first.expires_at == periods.local_midnight(date(2026, 12, 5), RIGA)
    earn(10, "R-3", at=NOW + 9 * DAY)
    first.refresh_from_db()
    capped = periods.local_midnight(date(2026, 12, 6), RIGA)
    assert (first.expires_at, first.life_end_at) == (capped, capped)
    earn(10, "R-4", at=NOW - 5 * DAY, now=NOW + 9 * DAY)  # told late: moves nothing back
    first.refresh_from_db()
    assert first.expires_at == capped
    moves = LotLife.objects.filter(lot_id=first.id).order_by("id")
    assert [(move.cause, move.new_at) for move in moves] == [
        ("activity", periods.local_midnight(date(2026, 12, 5), RIGA)), ("activity", capped),
    ]  # fmt: skip
    done = keep_points.extend_points(
        first.id, last_on=date(2027, 3, 31), reason="The post was on strike", actor=SYSTEM,
        now=NOW + 9 * DAY,
    )  # fmt: skip
    first.refresh_from_db()
    assert first.expires_at == periods.local_midnight(date(2027, 4, 1), RIGA)
    assert done.points == 100
    assert wrong() == []


def test_expired_points_come_back_once_and_pay_what_is_owed_first(anna: UUID) -> None:
    set_life(days=10)
    earn(100)
    late = NOW + 20 * DAY
    close_loyalty_day(actor=SYSTEM, now=late)
    lot = Lot.objects.get()
    assert (usable(anna, late), lot.remaining) == (0, 0)
    done = keep_points.extend_points(
        lot.id, last_on=date(2026, 12, 31), reason="We were closed", actor=SYSTEM, now=late
    )
    assert (done.points, usable(anna, late)) == (100, 100)
    with pytest.raises(LotNotMovable):
        keep_points.extend_points(
            lot.id, last_on=date(2026, 12, 31), reason="Again", actor=SYSTEM, now=late
        )
    assert PostingReason.objects.get().words == "We were closed"
    over = periods.local_midnight(date(2027, 1, 1), RIGA)
    close_loyalty_day(actor=SYSTEM, now=over + DAY)
    assert list(Posting.objects.order_by("id").values_list("kind", flat=True)) == [
        "earn", "expire", "reinstate", "expire",
    ]  # fmt: skip
    assert wrong() == []


@pytest.mark.parametrize("policy", ["debt", "clamp"])
@promise("LOY-34")
def test_points_that_a_return_cannot_take_become_a_debt_or_are_forgiven_and_others_still_end(
    anna: UUID, policy: str
) -> None:
    set_life(days=10)
    Currency.objects.update(negative_policy=policy, debt_max=50)
    purchase = earn(100)
    close_loyalty_day(actor=SYSTEM, now=NOW + 12 * DAY)  # all of them are over
    now = NOW + 13 * DAY
    give_back(purchase, 80, now=now)
    account, reverse = Account.objects.get(), Posting.objects.get(kind="reverse")
    assert (account.debt, reverse.forgiven) == ((50, 30) if policy == "debt" else (0, 80))
    earn(70, "R-2", at=now)
    account.refresh_from_db()
    assert (account.debt, usable(anna, now)) == (0, 20 if policy == "debt" else 70)
    close_loyalty_day(actor=SYSTEM, now=now + 20 * DAY)
    assert usable(anna, now + 20 * DAY) == 0
    assert wrong() == []


def test_a_debt_is_forgiven_by_a_person_who_says_why(anna: UUID) -> None:
    set_life(days=1)
    purchase = earn(100)
    now = NOW + 5 * DAY
    give_back(purchase, 100, now=now)
    person = Reference("external", "4711", "crm")
    done = keep_points.forgive_debt(
        person, currency="points", points=40, reason="Our mistake", actor=SYSTEM, now=now
    )
    assert (done.points, Account.objects.get().debt) == (40, 60)
    keep_points.forgive_debt(person, currency="points", reason="Rest", actor=SYSTEM, now=now)
    account = Account.objects.get()
    assert (account.debt, account.posted) == (0, 0)
    assert wrong() == []


def test_a_day_is_closed_once_each_step_in_order_however_late(anna: UUID) -> None:
    set_life(days=3)
    earn(100)
    close_loyalty_day(actor=SYSTEM, now=NOW)
    days = DayStep.objects.values_list("day_on", flat=True).distinct()
    assert list(days) == [date(2026, 11, 19)]
    late = NOW + 7 * DAY
    closed = close_loyalty_day(actor=SYSTEM, now=late)
    keys = [step.key for step in STEPS]
    assert [one.step for one in closed] == keys * 7
    assert sum(one.done for one in closed if one.step == "expire") == 1
    over = periods.local_midnight(date(2026, 11, 24), RIGA)
    gone = Posting.objects.get(kind="expire")
    assert gone.occurred_at == over
    assert {one.step: one.done for one in closed if one.day == date(2026, 11, 23)} == {
        **dict.fromkeys(keys, 0), "expire": 1,
    }  # fmt: skip
    assert close_loyalty_day(actor=SYSTEM, now=late) == []
    with pytest.raises(InvalidInput):
        close_loyalty_day(actor=SYSTEM, now=late, until=date(2026, 11, 27))
    assert Posting.objects.filter(kind="expire").count() == 1


def test_a_day_closes_at_its_own_midnight_in_each_zone(anna: UUID) -> None:
    set_life("America/Santiago", days=1)
    at = datetime(2026, 12, 31, 2, 0, tzinfo=UTC)  # still the 30th in Santiago
    earn(100, at=at)
    close_loyalty_day(actor=SYSTEM, now=datetime(2027, 1, 1, 2, 59, tzinfo=UTC))
    assert not Posting.objects.filter(kind="expire").exists()
    close_loyalty_day(actor=SYSTEM, now=datetime(2027, 1, 1, 3, 0, tzinfo=UTC))
    assert Posting.objects.get(kind="expire").occurred_at == datetime(2027, 1, 1, 3, tzinfo=UTC)
