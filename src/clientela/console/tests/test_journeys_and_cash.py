"""Journeys, partners and cash at the desk: the boards, what can be done, files for the bank."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from clientela.console.tests.conftest import SignIn, text_of
from clientela.console.tests.test_loyalty import orders
from clientela.console.tests.test_points import balance, redeemed
from clientela.customers.queries import Reference
from clientela.flows.close_loyalty_day import close_loyalty_day
from clientela.flows.earn_at_partner import Told, earn_at_partner
from clientela.loyalty.actions import travel
from clientela.loyalty.actions.travel import OfferValues
from clientela.loyalty.models import (
    AutomaticAct,
    CashOut,
    Partner,
    PaymentFile,
    Reward,
    TravelOffer,
    TravelOrder,
)
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

__all__ = ["orders"]
QUERIES_MAX = 12
Orders = tuple[CashOut, TravelOrder]
MaxQueries = Callable[[int], Any]
BANK = {"way": "bank", "iban": "LV80BANK0000435195001", "payee": "Anna Kalniņa"}
pytestmark = pytest.mark.django_db


def measured(client: Client, address: str, most: MaxQueries) -> str:
    """The page, asked a second time, within its queries."""
    client.get(address)
    with most(QUERIES_MAX):
        return text_of(client.get(address))


@promise("LOY-53")
def test_a_journey_goes_from_the_board_to_its_voucher_and_is_given_up(
    sign_in: SignIn, anna: UUID, orders: Orders, django_assert_max_num_queries: MaxQueries
) -> None:
    order, manager = orders[1], sign_in(role="manager")
    board = measured(manager, "/loyalty/journeys", django_assert_max_num_queries)
    assert order.public_id in board
    here = f"/loyalty/journeys/{order.public_id}"
    assert 'data-ui="confirm"' in measured(manager, here, django_assert_max_num_queries)
    answer = {"verdict": "confirm", "reference": "F-1"}
    manager.post(f"/loyalty/orders/{order.public_id}/answer", answer)
    page = text_of(manager.get(here))
    assert order.voucher in page
    assert "F-1" in page
    pdf = manager.get(f"{here}/voucher")
    assert pdf.content.startswith(b"%PDF-1.7")
    assert order.public_id in text_of(manager.get("/loyalty/journeys?view=ahead"))
    manager.post(f"{here}/cancellation", {"percent": "100", "cause": "ill"})
    assert "Given up" in text_of(manager.get(here))
    assert balance(anna) == (124, 40)
    assert manager.get(f"{here}/voucher").status_code == 409
    assert order.public_id in text_of(manager.get("/loyalty/journeys?view=cancelled"))


@promise("LOY-56")
def test_cash_goes_from_its_checks_into_a_file_and_comes_back(
    sign_in: SignIn, agent: Client, anna: UUID, orders: Orders,
    django_assert_max_num_queries: MaxQueries,
) -> None:  # fmt: skip
    manager = sign_in(role="manager")
    redeemed(agent, anna, "cash", points="30", idempotency_key="bank", **BANK)
    asked = CashOut.objects.get(way="bank")
    queue = measured(manager, "/loyalty/cash", django_assert_max_num_queries)
    assert queue.count('data-ui="cash-row"') == 2
    assert "0000435195001" not in queue
    here = f"/loyalty/cash/{asked.public_id}"
    page = measured(manager, here, django_assert_max_num_queries)
    assert page.count('data-ui="check-passed"') == 5
    verdict = {"verdict": "approve", "page": "cash-out"}
    answer = manager.post(f"/loyalty/orders/{asked.public_id}/decision", verdict)
    assert answer.headers["Location"] == here
    assert "Paid from" in text_of(manager.get("/loyalty/cash/files"))
    payer = {"name": "Mežrozes SIA", "iban": "LV80 BANK 0000 4351 9500 1", "bic": ""}
    assert manager.post("/loyalty/cash/files", payer).status_code == 303
    made = manager.post("/loyalty/cash/files/new", {})
    file = PaymentFile.objects.get()
    assert made.headers["Location"] == f"/loyalty/cash/files/{file.public_id}"
    listed = measured(manager, "/loyalty/cash/files", django_assert_max_num_queries)
    assert file.message in listed
    one = f"/loyalty/cash/files/{file.public_id}"
    shown = measured(manager, one, django_assert_max_num_queries)
    assert "LV·· ···· 5001" in shown
    assert manager.get(f"{one}/content").content.decode() == file.content
    manager.post(f"{one}/report", {"idempotency_key": "paid"})
    assert balance(anna) == (94, 90)
    line = file.lines.get().end_to_end
    manager.post(f"{one}/report", {"line": line, "reason": "AC04", "idempotency_key": "back"})
    assert "AC04" in text_of(manager.get(here))
    assert balance(anna) == (124, 90)


def test_a_partner_is_made_gets_codes_and_a_journey_gets_days(
    sign_in: SignIn, orders: Orders, django_assert_max_num_queries: MaxQueries
) -> None:
    manager = sign_in(role="manager")
    form = {"name": "Jūrmala Spa", "fulfilment": "pool", "reply_hours": "24", "burn": "7.50",
            "in_use": "on"}  # fmt: skip
    made = manager.post("/loyalty/partners/new", form)
    assert made.status_code == 303, text_of(made)
    spa = Partner.objects.get(key="jurmala-spa")
    assert (spa.burn_points, spa.burn_minor) == (1_000, 750)
    here = f"/loyalty/partners/{spa.public_id}"
    manager.post(f"{here}/codes", {"codes": "A-1\nA-2\n\nA-1"})
    assert "2 codes are left." in measured(manager, here, django_assert_max_num_queries)
    listed = measured(manager, "/loyalty/partners", django_assert_max_num_queries)
    assert "Ferries" in listed
    assert "Jūrmala Spa" in listed
    day = {"journey": "tallinn", "starts_on": "2036-05-01", "ends_on": "2036-05-03", "seats": "7"}
    assert manager.post("/loyalty/journeys/days/new", day).status_code == 303
    days = measured(manager, "/loyalty/journeys/days", django_assert_max_num_queries)
    assert 'data-ui="journey-date"' in days
    wrong = manager.post("/loyalty/journeys/days/new", {**day, "ends_on": "2036-04-01"})
    assert wrong.status_code == 422
    signed = {**form, "fulfilment": "webhook", "address": "http://inside.example"}
    refused = manager.post(here, signed)
    assert refused.status_code == 422
    assert "https://" in text_of(refused)


@promise("LOY-57")
def test_a_customer_wants_cash_by_itself_and_sees_it_in_the_wallet(
    sign_in: SignIn, agent: Client, anna: UUID, orders: Orders,
    django_assert_max_num_queries: MaxQueries,
) -> None:  # fmt: skip
    reward, tab = orders[0].redemption.reward, f"/customers/cus_{anna.hex}/points"
    assert "Cash paid by itself" not in text_of(agent.get(tab))
    Reward.objects.filter(id=reward.id).update(cash_terms={"auto_points": 20, "alone_up_to": 500})
    assert "Cash paid by itself" in text_of(agent.get(tab))
    form = text_of(agent.get(f"{tab}/by-itself"))
    assert 'data-ui="by-itself-form"' in form
    wrong = agent.post(f"{tab}/by-itself", {"reward": "cash", "way": "bank", "iban": "LV00"})
    assert wrong.status_code == 422
    agent.post(f"{tab}/by-itself", {"reward": "cash", "way": "wallet"})
    assert 'data-ui="standing-order"' in text_of(agent.get(tab))
    close_loyalty_day(actor=SYSTEM, now=datetime.now(UTC) + timedelta(days=1))
    page = measured(agent, tab, django_assert_max_num_queries)
    assert 'data-ui="wallet-balance">€0.15<' in page
    assert page.count('data-ui="wallet-move"') == 1
    AutomaticAct.objects.update(stopped="payout-not-verified")
    queue = text_of(sign_in(role="manager").get("/loyalty/cash"))
    assert "There is no account to pay to" in queue
    agent.post(f"{tab}/by-itself/cash/ending", {})
    assert 'data-ui="standing-order"' not in text_of(agent.get(tab))


@promise("LOY-55")
def test_a_month_with_a_partner_is_settled_on_its_page(
    sign_in: SignIn, anna: UUID, django_assert_max_num_queries: MaxQueries
) -> None:
    manager = sign_in(role="manager")
    manager.post("/loyalty/partners/new", {"name": "Ferries", "fulfilment": "desk", "earn": "12.50",
                                           "reply_hours": "48", "in_use": "on"})  # fmt: skip
    ferries = Partner.objects.get()
    now = datetime.now(UTC)
    last = (now.replace(day=1) - timedelta(days=1)).replace(day=15)
    told = [Told(Reference("id", str(anna)), "T-77", 400, last)]
    earn_at_partner("ferries", told, actor=SYSTEM, now=last)
    here = f"/loyalty/partners/{ferries.public_id}"
    page = measured(manager, here, django_assert_max_num_queries)
    assert "T-77" in page
    assert "No month is settled yet." in page
    manager.post(f"{here}/statements", {"month": f"{now:%Y-%m}"})
    assert "This month is not over yet" in text_of(manager.get(here))
    made = manager.post(f"{here}/statements", {"month": f"{last:%Y-%m}"})
    address = made["Location"]
    shown = measured(manager, address, django_assert_max_num_queries)
    assert shown.count('data-ui="statement-line"') == 1
    assert "Ferries pays €5.00." in shown
    assert manager.get(f"{address}/content.pdf").content.startswith(b"%PDF-1.7")
    assert b"T-77" in manager.get(f"{address}/content.csv").content
    assert manager.get(f"{address}/content.doc").status_code == 404
    listed = measured(manager, "/loyalty/partners/statements", django_assert_max_num_queries)
    assert address in listed


def test_the_counter_quotes_the_day_that_is_chosen(
    sign_in: SignIn, agent: Client, anna: UUID, orders: Orders
) -> None:
    reward = orders[1].redemption.reward
    first, other = (datetime.now(UTC).date() + timedelta(days=days) for days in (30, 60))
    with transactions.open():
        days = [OfferValues(first, 3), OfferValues(other, 2, points=20)]
        travel.save_offers(reward, days, now=datetime.now(UTC))
    here = f"/customers/cus_{anna.hex}/points/redeem"
    page = text_of(agent.get(f"{here}?reward=tallinn"))
    assert f'<option value="{first}">' in page
    assert "2 seats left · 20 points" in page
    quoted = text_of(agent.get(f"{here}/quote?reward=tallinn&starts_on={other}"))
    assert '<dd class="points">20</dd>' in quoted
    before = balance(anna)
    redeemed(agent, anna, "tallinn", traveller="Anna", starts_on=str(other), idempotency_key="day")
    assert balance(anna) == (before[0], before[1] + 20)


def test_a_day_is_given_a_price_of_its_own_and_keeps_it_when_changed(
    sign_in: SignIn, agent: Client, anna: UUID, orders: Orders
) -> None:
    manager = sign_in(role="manager")
    first = datetime.now(UTC).date() + timedelta(days=40)
    typed = {"journey": "tallinn", "starts_on": str(first), "seats": "3", "points": "30",
             "money": "12.50", "idempotency_key": "day-1"}  # fmt: skip
    assert manager.post("/loyalty/journeys/days/new", typed).status_code == 303
    offer = TravelOffer.objects.get(starts_on=first)
    assert (offer.points, offer.money_minor) == (30, 1_250)
    page = text_of(manager.get(f"/loyalty/journeys/days?change={offer.public_id}"))
    assert 'value="12.50"' in page
    assert "€12.50" in page
    choices = text_of(agent.get(f"/customers/cus_{anna.hex}/points/redeem?reward=tallinn"))
    assert "3 seats left · 30 points · €12.50 besides" in choices


def test_the_agent_sees_days_and_no_queue(agent: Client, orders: Orders) -> None:
    assert agent.get("/loyalty/journeys/days").status_code == 200
    assert agent.post("/loyalty/journeys/days/new", {}).status_code == 403
    for page in ("/loyalty/journeys", "/loyalty/cash", "/loyalty/cash/files", "/loyalty/partners"):
        assert agent.get(page).status_code == 403
