"""The books of points: closed month by month, tied to the ledger, at every door."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from clientela.customers.queries import Reference
from clientela.flows import books, redeem_reward
from clientela.flows.define_programme import define_programme
from clientela.flows.expire_points import expire_points
from clientela.flows.make_reward import save_reward
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.redeem_reward import Wanted
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.loyalty.actions.books import LedgerDoesNotTie, MonthIsClosed, MonthIsOpen
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.models import Account, Lot, Posting
from clientela.loyalty.models.books import ClosedMonth
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.purchases.actions import NewReturn

CRM_4711 = Reference("external", "4711", "crm")
JULY, AUGUST, SEPTEMBER, OCTOBER = (date(2026, month, 1) for month in (7, 8, 9, 10))
JANUARY = datetime(2026, 1, 20, 10, 0, tzinfo=UTC)
PROGRAMME = {
    "programme": "points", "currency": "points", "labels": {"en": "Points"},
    "time_zone": "Europe/Riga", "life": {"months": 2, "until": "month"},
    "worth": {"points": 2, "minor": 1, "currency": "EUR"},
    "rules": [{"key": "base", "labels": {"en": "Base"},
               "body": {"earn": "per_money", "points": 1, "per": "1.00"}}],
}  # fmt: skip


@pytest.fixture
def shop(anna: UUID) -> UUID:
    define_programme(PROGRAMME, actor=SYSTEM, now=NOW)
    return anna


def buy(reference: str, day: str, minor: int) -> UUID:
    moment = datetime.fromisoformat(f"{day}T12:00:00+00:00").astimezone(UTC)
    sale = Bought("till", reference, CRM_4711, moment, minor, "EUR")
    [outcome] = record_purchases([sale], actor=SYSTEM, now=sale.purchased_at)
    assert outcome.id
    return outcome.id


def give_back(purchase: UUID, day: str, minor: int) -> None:
    moment = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    return_purchase(NewReturn("till", f"B-{day}", moment, amount_minor=minor),
                    purchase_id=purchase, actor=SYSTEM, now=moment)  # fmt: skip


def close(month: date | None = None) -> books.Report:
    return books.close_liability_month(month=month, actor=SYSTEM, now=NOW)


@promise("LOY-75")
def test_months_are_closed_in_turn_and_roll_forward_by_cohort(shop: UUID) -> None:
    first = buy("1", "2026-07-10", 20_000)
    buy("2", "2026-08-10", 10_000)
    give_back(first, "2026-08-15", 5_000)
    expire_points(actor=SYSTEM, now=NOW)  # July ended with September
    july = books.told(close())
    assert (july["month"], july["ledger_points"]) == ("2026-07", 200)
    # 200 points at half a cent are 100; of 20 000 + 100 their part of what was paid is 99.5 cents
    assert (july["deferred_minor"], july["closing_minor"]) == (100, 100)
    august = books.told(close())
    [of_july, of_august] = august["cohorts"]
    assert (of_july["opening_points"], of_july["reversed"], of_july["closing_points"]) == (
        200, 50, 150
    )  # fmt: skip
    assert of_july["deferred_minor"] == -25
    assert (of_august["issued"], of_august["deferred_minor"]) == (100, 50)
    assert august["opening_minor"] == 100
    assert august["closing_minor"] == 100 - 25 + 50 - august["recognised_minor"]
    september = books.told(close())
    [of_july, _] = september["cohorts"]
    assert (of_july["expired"], of_july["recognised_minor"], of_july["closing_minor"]) == (
        150, 75, 0
    )  # fmt: skip
    for report in (july, august, september):
        left = sum(row["closing_points"] for row in report["cohorts"])
        assert left - report["debt_points"] == report["ledger_points"]


def test_an_estimate_counts_from_the_next_month_on_and_is_caught_up_there(shop: UUID) -> None:
    buy("1", "2026-07-10", 1_000_000)
    before = books.told(close())
    books.estimate(share_ppm=400_000, reason="A survey", actor=SYSTEM, now=NOW)
    after = books.told(close())
    assert (before["estimate"], after["estimate"]) == (None, 1)
    assert after["cohorts"][0]["expected"] == 4_000
    assert books.told(books.report(month=JULY)) == before
    assert after["cohorts"][0]["deferred_minor"] == 0  # what was deferred stays as it was


def test_a_month_is_closed_once_in_turn_and_when_it_is_over(shop: UUID) -> None:
    buy("1", "2026-09-10", 1_000)
    close()
    with pytest.raises(MonthIsClosed):
        close(SEPTEMBER)
    with pytest.raises(MonthIsOpen):
        close(date(2026, 12, 1))
    close()
    with pytest.raises(MonthIsOpen):
        close()  # November is not over


def test_books_that_do_not_tie_are_refused(shop: UUID) -> None:
    buy("1", "2026-07-10", 20_000)
    with transactions.open():
        Lot.objects.update(amount=300)
    with pytest.raises(LedgerDoesNotTie) as refused:
        close()
    assert refused.value.extra["ledger"] == 200
    assert not ClosedMonth.objects.exists()


def test_what_is_booked_late_into_a_closed_month_counts_in_the_next(shop: UUID) -> None:
    buy("1", "2026-07-10", 20_000)
    close()
    buy("2", "2026-07-20", 10_000)
    [of_july] = books.told(close())["cohorts"]
    assert (of_july["opening_points"], of_july["issued"]) == (200, 100)


@pytest.fixture
def old(anna: UUID) -> UUID:
    define_programme(PROGRAMME, actor=SYSTEM, now=JANUARY)
    for reference, day in (("1", "2025-08-10"), ("2", "2025-10-10"), ("3", "2025-11-05")):
        buy(reference, day, 10_000)
    return anna


def close_all(through: date | None = None, *, times: int = 99) -> books.Closing:
    left = iter(range(times))
    return books.close_months(through=through, go_on=lambda: next(left, None) is not None,
                              actor=SYSTEM, now=JANUARY)  # fmt: skip


@promise("LOY-75")
def test_all_months_are_closed_as_if_one_by_one_and_only_once(old: UUID) -> None:
    done = close_all(date(2025, 9, 1))
    one_by_one = books.close_liability_month(actor=SYSTEM, now=JANUARY)
    assert [f"{one.closed.month_on:%Y-%m}" for one in done.closed] == ["2025-08", "2025-09"]
    assert f"{one_by_one.closed.month_on:%Y-%m}" == "2025-10"
    rest = close_all()
    assert [one.closed.month_on.month for one in rest.closed] == [11, 12]
    assert (rest.following, rest.stopped, close_all().closed) == (date(2026, 1, 1), None, [])
    with pytest.raises(MonthIsOpen):
        close_all(date(2026, 1, 1))


def test_it_ends_where_there_is_no_more_time_and_goes_on_from_there(old: UUID) -> None:
    first = close_all(times=2)
    assert (len(first.closed), first.following) == (2, date(2025, 10, 1))
    assert len(close_all().closed) == 3


def test_a_month_that_does_not_tie_stops_it_and_what_came_before_stands(
    old: UUID,
) -> None:
    with transactions.open():
        late = Posting.objects.filter(occurred_at__month=10).values("id")
        Lot.objects.filter(posting_id__in=late).update(amount=300)
    told = books.told_closing(close_all())
    assert [one["month"] for one in told["closed"]] == ["2025-08", "2025-09"]
    assert (told["stopped"]["month"], told["stopped"]["code"]) == ("2025-10", "ledger-does-not-tie")
    assert ClosedMonth.objects.count() == 2


def test_a_debt_stands_in_the_books_until_the_day_it_was_paid(shop: UUID) -> None:
    """Points of July that were booked in September pay a debt of August: not in July."""
    values = RewardValues("coffee", "coupon", {"en": "Coffee"}, {"": 80}, minor=100,
                          money_code="EUR", valid_days=30)  # fmt: skip
    save_reward(values, actor=SYSTEM, now=NOW)
    first = buy("1", "2026-07-10", 10_000)
    spent = datetime(2026, 7, 15, 12, tzinfo=UTC)
    redeem_reward.redeem_reward(Wanted(CRM_4711, "coffee"), actor=SYSTEM, now=spent)
    give_back(first, "2026-08-15", 10_000)
    late = Bought("till", "2", CRM_4711, datetime(2026, 7, 20, 12, tzinfo=UTC), 30_000, "EUR")
    record_purchases([late], actor=SYSTEM, now=datetime(2026, 9, 5, 12, tzinfo=UTC))
    assert Account.objects.get().debt == 0
    told = [books.told(close()) for _ in range(3)]
    assert [one["debt_points"] for one in told] == [0, 80, 0]
    assert [one["ledger_points"] for one in told] == [320, 220, 220]
    [of_july] = told[2]["cohorts"]
    assert (of_july["reversed"], of_july["closing_points"]) == (80, 220)
