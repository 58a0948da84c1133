"""The loyalty desk: finding who asks, the catalogue, what waits for a person, the ladder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.console.tests.test_points import balance, redeemed
from clientela.flows.define_programme import define_programme
from clientela.flows.lay_out import POINTS
from clientela.flows.make_reward import save_reward
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.models import CashOut, Reward, TravelOrder
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.staff import company as companies

QUERIES_MAX = 12
MaxQueries = Callable[[int], Any]
pytestmark = pytest.mark.django_db


@pytest.fixture
def orders(agent: Client, anna: UUID) -> tuple[CashOut, TravelOrder]:
    """Anna asked for money, and ordered a journey."""
    now = datetime.now(UTC)
    for values in (
        RewardValues("cash", "cash", {"en": "Cash"}, {"": 10}, minor=5, money_code="EUR"),
        RewardValues("tallinn", "travel", {"en": "Tallinn", "lv": "Tallina"}, {"": 50},
                     partner="Ferries", reply_hours=48),
    ):  # fmt: skip
        save_reward(values, actor=SYSTEM, now=now)
    redeemed(agent, anna, "cash", points="40", way="bill")
    redeemed(agent, anna, "tallinn", traveller="Anna Kalniņa")
    return CashOut.objects.get(), TravelOrder.objects.get()


def test_the_desk_opens_who_is_found_and_lists_several(
    agent: Client, anna: UUID, register: Callable[..., UUID]
) -> None:
    found = agent.get("/loyalty/desk?q=26123456")
    assert (found.status_code, found["Location"]) == (302, path_of(anna, "/points/redeem"))
    register("Anna Kalniņa", phones=["2700 0001"])
    several = text_of(agent.get("/loyalty/desk?q=kalnina"))
    assert several.count('data-ui="candidate-') == 2
    assert "Nobody fits" in text_of(agent.get("/loyalty/desk?q=zzzz"))


def test_a_reward_of_each_kind_is_made_changed_and_retired(sign_in: SignIn) -> None:
    manager = sign_in(role="manager")
    forms = {
        "coupon": {"amount": "10.00", "valid_days": "90"},
        "cash": {"amount": "1.00"},
        "travel": {"partner": "Ferries", "reply_hours": "48"},
    }
    for kind, more in forms.items():
        form = {"label_en": f"A {kind}", "points": "100", "offered": "on", **more}
        answer = manager.post(f"/loyalty/rewards/new?kind={kind}", form)
        assert answer.status_code == 303, text_of(answer)
    reward = Reward.objects.get(kind="coupon")
    assert (reward.key, reward.pool and reward.pool.minor) == ("a-coupon", 1000)
    address = f"/loyalty/rewards/{reward.public_id}"
    assert 'value="10.00"' in text_of(manager.get(address))
    changed = {"label_en": "Ten off", "points": "90", "amount": "10.00", "valid_days": "30"}
    manager.post(address, changed)
    reward.refresh_from_db()
    assert (reward.labels["en"], reward.retired_at is None) == ("Ten off", False)
    assert "retired" in text_of(manager.get("/loyalty/rewards"))


def test_cash_has_limits_and_a_journey_terms_of_cancellation(sign_in: SignIn) -> None:
    manager = sign_in(role="manager")
    cash = {"label_en": "Cash", "points": "100", "offered": "on", "amount": "1.00", "day": "20.00",
            "month": "90.00", "alone": "5.00", "cooling_hours": "24"}  # fmt: skip
    wrong = {**cash, "month": "10.00", "auto_points": "50"}
    page = text_of(manager.post("/loyalty/rewards/new?kind=cash", wrong))
    assert "A month cannot pay less than a day." in page
    assert "With so few points nothing can be paid out." in page
    manager.post("/loyalty/rewards/new?kind=cash", cash)
    kept = Reward.objects.get(kind="cash")
    terms = {"day": 2_000, "month": 9_000, "alone_up_to": 500, "cooling_hours": 24}
    assert kept.cash_terms == terms
    shown = text_of(manager.get(f"/loyalty/rewards/{kept.public_id}"))
    assert 'value="20.00"' in shown
    trip = {"label_en": "Tallinn", "points": "100", "offered": "on", "partner": "Ferries",
            "reply_hours": "48"}  # fmt: skip
    for steps, words in (
        ("thirty", "such as 30: 100"), ("30: 150", "0 to 100 percent"),
        ("30: 50\n7: 80", "Whoever cancels later"), ("9: 9\n9: 8", "stands here twice"),
    ):  # fmt: skip
        sent = manager.post("/loyalty/rewards/new?kind=travel", {**trip, "cancellation": steps})
        assert (sent.status_code, words in text_of(sent)) == (422, True), steps
    manager.post("/loyalty/rewards/new?kind=travel", {**trip, "cancellation": "30: 100\n7: 50 %"})
    journey = Reward.objects.get(kind="travel")
    assert journey.cancellation == [{"days": 30, "percent": 100}, {"days": 7, "percent": 50}]
    assert "7: 50" in text_of(manager.get(f"/loyalty/rewards/{journey.public_id}"))


def test_a_wrong_reward_says_so_at_its_field(sign_in: SignIn) -> None:
    manager = sign_in(role="manager")
    form = {"label_en": "A coupon", "points": "100", "valid_days": "90"}
    answer = manager.post("/loyalty/rewards/new?kind=coupon", form)
    assert answer.status_code == 422
    assert "worth money or percent" in text_of(answer)


def test_money_is_approved_by_a_second_person_and_marked_as_paid(
    sign_in: SignIn, anna: UUID, orders: tuple[CashOut, TravelOrder]
) -> None:
    asked, manager = orders[0], sign_in(role="manager")
    page = text_of(manager.get("/loyalty/orders"))
    assert "Anna Kalniņa" in page
    manager.post(f"/loyalty/orders/{asked.public_id}/decision", {"verdict": "approve"})
    assert "Mark as paid" in text_of(manager.get("/loyalty/orders"))
    manager.post(f"/loyalty/orders/{asked.public_id}/payment", {"reference": "B-1"})
    assert "Nobody waits for money" in text_of(manager.get("/loyalty/orders"))
    assert balance(anna) == (84, 50)


def test_who_asked_for_money_cannot_approve_it(
    sign_in: SignIn, anna: UUID, orders: tuple[CashOut, TravelOrder]
) -> None:
    CashOut.objects.update(requested_by="nobody")
    manager = sign_in("loyalty.view", "loyalty.decide_cash_out", "customers.view")
    person = manager.get("/loyalty/orders").context["person"]
    CashOut.objects.update(requested_by=person.public_id)
    assert "Somebody else has to decide" in text_of(manager.get("/loyalty/orders"))
    path = f"/loyalty/orders/{orders[0].public_id}/decision"
    assert manager.post(path, {"verdict": "approve"}).status_code == 303
    assert "Somebody else has to decide this" in text_of(manager.get("/loyalty/orders"))
    assert balance(anna) == (124, 90)


def test_a_confirmed_journey_has_a_voucher_in_the_customers_language(
    sign_in: SignIn, agent: Client, anna: UUID, orders: tuple[CashOut, TravelOrder]
) -> None:
    order, manager = orders[1], sign_in(role="manager")
    voucher = path_of(anna, f"/redemptions/red_{order.redemption_id.hex}/voucher")
    assert agent.get(voucher).status_code == 404
    manager.post(f"/loyalty/orders/{order.public_id}/answer", {"verdict": "confirm"})
    page = text_of(agent.get(voucher))
    assert order.voucher in page
    assert "Vaučers" in page
    assert "Tallina" in page
    assert balance(anna) == (74, 40)


def test_the_ladder_shows_its_steps_and_who_would_move(admin: Client, anna: UUID) -> None:
    assert "There are no tiers yet" in text_of(admin.get("/loyalty/tiers"))
    ladder = {
        "key": "club", "labels": {"en": "Club"}, "measure": "spend", "currency": "EUR",
        "tiers": [{"key": "gold", "labels": {"en": "Gold"}, "threshold": 10_000,
                   "factor": "1.5", "benefits": {"en": "Free delivery"}}],
    }  # fmt: skip
    past = datetime.now(UTC) - timedelta(days=1)
    define_programme({**POINTS, "ladder": ladder}, actor=SYSTEM, now=past)
    page = text_of(admin.get("/loyalty/tiers"))
    for words in ("€100.00", "Gold × 1.5", "Free delivery", "Nobody’s time"):
        assert words.replace("’", "&#x27;") in page or words.replace("’", "'") in page
    record = text_of(admin.get(path_of(anna)))
    assert "Gold" in record


@pytest.mark.parametrize("path", ["desk", "desk?q=26123456", "rewards", "orders", "tiers"])
def test_a_page_of_the_desk_takes_twelve_queries_at_most(
    admin: Client, orders: tuple[CashOut, TravelOrder], path: str,
    django_assert_max_num_queries: MaxQueries,
) -> None:  # fmt: skip
    admin.get("/settings/preferences")
    with django_assert_max_num_queries(QUERIES_MAX):
        assert admin.get(f"/loyalty/{path}").status_code in (200, 302)


def test_switched_off_there_is_no_desk(admin: Client, anna: UUID) -> None:
    with transactions.open():
        companies.change({"off": ["loyalty"]}, actor=SYSTEM, now=datetime.now(UTC))
    companies.forget()
    for path in ("desk", "rewards", "orders", "tiers"):
        assert admin.get(f"/loyalty/{path}").status_code == 404
    assert admin.get(path_of(anna, "/points/redeem")).status_code == 404
    assert 'data-ui="nav-loyalty"' not in text_of(admin.get("/"))


@pytest.mark.parametrize(
    ("path", "right"),
    [("desk", "loyalty.redeem"), ("rewards/new", "loyalty.configure")],
)
def test_each_page_needs_its_right(sign_in: SignIn, path: str, right: str) -> None:
    client = sign_in("customers.view", "loyalty.view")
    assert client.get(f"/loyalty/{path}").status_code == 403
    assert right
