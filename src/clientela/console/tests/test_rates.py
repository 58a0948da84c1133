"""What whoever answers for points keeps and decides: rates, what was let go, what is set aside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.customers.queries import Reference
from clientela.flows import hold_points
from clientela.flows.amend_purchase import amend_purchase
from clientela.flows.grant_points import Wanted, adjust_points
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.loyalty.models import Account, Currency, ExchangeRate, HoldEnd, Posting
from clientela.platform import ids
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.actions import NewReturn
from clientela.purchases.models import Purchase

QUERIES_MAX = 12
pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(sign_in: SignIn) -> Client:
    return sign_in(role="manager")


def test_a_rate_is_kept_and_said_by_the_why_of_a_purchase(boss: Client, anna: UUID) -> None:
    assert "There are no rates yet" in text_of(boss.get("/loyalty/exchange-rates"))
    typed = {"currency": "USD", "day": "2026-11-18", "rate": "1,25", "per": "home",
             "idempotency_key": "r-1"}  # fmt: skip
    for _twice in range(2):
        assert boss.post("/loyalty/exchange-rates/new", typed).status_code == 303
    assert ExchangeRate.objects.get().for_one_home
    with CaptureQueriesContext(connection) as asked:
        listed = text_of(boss.get("/loyalty/exchange-rates"))
    assert len(asked) <= QUERIES_MAX
    assert "1 EUR = 1.25 USD" in listed
    Currency.objects.update(home_money="EUR")
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    sale = Bought("till", "R-8", Reference("id", str(anna)), at, 10_000, "USD")
    record_purchases([sale], actor=SYSTEM, now=at)
    posting = Posting.objects.get(kind="earn", money_minor=8_000)
    why = text_of(boss.get(f"/customers/{ids.public('cus', anna)}/points/{posting.public_id}/why"))
    assert "Rate of exchange" in why
    assert "1 EUR = 1.25 USD, the rate of" in why
    assert "80" in why


def test_what_an_amended_purchase_earned_before_stands_in_its_why(boss: Client, anna: UUID) -> None:
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    for minor in (2_000, 5_000):
        sale = Bought("till", "R-9", Reference("id", str(anna)), at, minor, "EUR")
        amend_purchase(sale, actor=SYSTEM, now=at)
    posting = Posting.objects.latest("id")
    customer = ids.public("cus", anna)
    why = text_of(boss.get(f"/customers/{customer}/points/{posting.public_id}/why"))
    assert "Counts besides" in why
    assert "Earned before" in why
    assert "Why 30 points?" in why
    amend_purchase(Bought("till", "R-9", Reference("id", str(anna)), at, 5_001, "EUR"),
                   actor=SYSTEM, now=at)  # fmt: skip
    newest = Purchase.objects.get(total_minor=5_001)
    amend_purchase(Bought("till", "R-8", Reference("id", str(anna)), at, 900, "EUR"),
                   actor=SYSTEM, now=at)  # fmt: skip
    amend_purchase(Bought("till", "R-8", Reference("id", str(anna)), at, 300, "EUR"),
                   actor=SYSTEM, now=at + timedelta(hours=1))  # fmt: skip
    less = Posting.objects.latest("id")
    assert (less.kind, less.occurred_at) == ("reverse", at + timedelta(hours=1))
    why = text_of(boss.get(f"/customers/{customer}/points/{less.public_id}/why"))
    assert ("Counts no more" in why, "Earned before" in why) == (True, True)
    address = f"/customers/{customer}/purchases/{newest.public_id}"
    why = text_of(boss.get(f"{address}/why"))
    assert "Earned before" in why
    assert "Nothing was booked" in why
    assert "Puts right" in text_of(boss.get(address))
    before = ids.public("pur", newest.amends) if newest.amends else ""
    assert "It was recorded anew" in text_of(boss.get(f"/customers/{customer}/purchases/{before}"))


def test_the_page_names_what_purchases_wait_for_and_says_what_they_earned(
    boss: Client, anna: UUID
) -> None:
    Currency.objects.update(home_money="EUR")
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    sale = Bought("till", "R-9", Reference("id", str(anna)), at, 110_000, "NOK")
    record_purchases([sale], actor=SYSTEM, now=at)
    with CaptureQueriesContext(connection) as asked:
        page = boss.get("/loyalty/exchange-rates")
    assert len(asked) <= QUERIES_MAX
    assert "Purchases that wait for a rate" in text_of(page)
    address = "/loyalty/exchange-rates/new?currency=NOK&day=2026-11-20"
    assert address.replace("&", "&amp;") in page.content.decode()
    assert '<option value="NOK" selected>' in boss.get(address).content.decode()
    typed = {"currency": "NOK", "day": "2026-11-20", "rate": "11", "per": "home",
             "idempotency_key": "r-9"}  # fmt: skip
    assert boss.post("/loyalty/exchange-rates/new", typed).status_code == 303
    shown = text_of(boss.get("/loyalty/exchange-rates"))
    assert "1 purchase that waited for it has earned its points." in shown
    assert "Purchases that wait for a rate" not in shown


def test_a_rate_that_cannot_be_stands_at_its_field(boss: Client) -> None:
    typed = {"currency": "USD", "day": "2026-11-18", "rate": "-1", "per": "home"}
    refused = boss.post("/loyalty/exchange-rates/new", typed)
    assert refused.status_code == 422
    assert "A rate is above 0" in str(refused.context["form"].errors["rate"])


def test_a_kind_of_points_says_what_other_moneys_do(boss: Client) -> None:
    page = text_of(boss.get("/loyalty/points/points"))
    assert "count as they are, one for one" in page
    assert "count in EUR, by the rate of their day" in page


def test_points_a_return_could_not_take_are_decided_on_the_page(
    sign_in: SignIn, boss: Client, anna: UUID
) -> None:
    at = datetime.now(UTC)
    Currency.objects.update(debt_max=0, adjust_alone_max=10**6, adjust_day_max=10**6)
    Account.objects.update(debt_max=0)
    sale = Bought("till", "R-8", Reference("id", str(anna)), at, 10_000, "EUR")
    [sold] = record_purchases([sale], actor=SYSTEM, now=at)
    spendable = sold.earned[0].balance - 20
    adjust_points(
        Wanted(Reference("id", str(anna)), -spendable, "correction"), actor=SYSTEM, now=at
    )
    assert sold.id is not None
    return_purchase(
        NewReturn("till", "B-8", at, amount_minor=10_000), purchase_id=sold.id, actor=SYSTEM, now=at
    )
    adjust_points(Wanted(Reference("id", str(anna)), 30, "goodwill"), actor=SYSTEM, now=at)
    posting = Posting.objects.get(forgiven=80)
    boss.get("/loyalty/checks")
    with CaptureQueriesContext(connection) as asked:
        page = text_of(boss.get("/loyalty/checks"))
    own = [one["sql"] for one in asked if "staff_setting" not in one["sql"]]  # kept for a second
    assert len(own) <= QUERIES_MAX, own
    assert 'data-ui="take-back"' in page
    decision = f"/loyalty/checks/{posting.public_id}/decision"
    takes = {"verdict": "take_back", "reason": "Bought and returned"}
    assert sign_in(role="agent").post(decision, takes).status_code == 403
    assert boss.post(decision, takes).status_code == 303
    told = text_of(boss.get("/loyalty/checks"))
    assert "30 points taken back" in told
    assert "Bought and returned" in told
    assert 'data-ui="take-back"' not in told
    assert boss.post(decision, {"verdict": "let_go", "reason": "No"}).status_code == 303
    assert "This has been decided already" in text_of(boss.get("/loyalty/checks"))


def test_points_held_for_an_order_elsewhere_are_seen_and_freed(
    sign_in: SignIn, boss: Client, anna: UUID
) -> None:
    at = datetime.now(UTC)
    sale = Bought("till", "R-8", Reference("id", str(anna)), at, 10_000, "EUR")
    record_purchases([sale], actor=SYSTEM, now=at)
    held = [
        hold_points.hold_points(
            hold_points.Wanted(Reference("id", str(anna)), 40, 60, source="shop", reference=name),
            actor=SYSTEM, now=at,
        ).hold
        for name in ("O-1", "O-2")
    ]  # fmt: skip
    boss.get(path_of(anna, "/points"))
    with CaptureQueriesContext(connection) as asked:
        page = text_of(boss.get(path_of(anna, "/points")))
    own = [one["sql"] for one in asked if "staff_setting" not in one["sql"]]  # kept for a second
    assert len(own) <= QUERIES_MAX, own
    assert page.count('data-ui="open-hold"') == 2
    assert "shop O-1" in page
    first, second = (ids.public("hld", one.id) for one in held)
    freed = boss.post(path_of(anna, f"/points/holds/{first}/release"))
    assert freed.status_code in (200, 204, 303)
    orders = text_of(boss.get("/loyalty/orders"))
    assert "shop O-2" in orders
    assert "shop O-1" not in orders
    assert boss.post(f"/loyalty/orders/{second}/release").status_code == 303
    assert "No points are set aside for orders elsewhere" in text_of(boss.get("/loyalty/orders"))
    assert HoldEnd.objects.filter(kind="released").count() == 2
    assert sign_in(role="marketer").post(f"/loyalty/orders/{second}/release").status_code == 403
