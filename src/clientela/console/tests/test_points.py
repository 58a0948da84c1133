"""A customer's points at the desk: what they can have, what it takes, what was got."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.customers.queries import Reference
from clientela.flows.make_reward import save_reward
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.models import Account, Coupon, Posting, Redemption
from clientela.platform.http.actors import SYSTEM

HX = {"HX-Request": "true"}
QUERIES_MAX = 12
pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(company: None) -> None:
    """A coupon for 100 points, cash in blocks of 10, and a journey for more than anybody has."""
    now = datetime.now(UTC)
    for values in (
        RewardValues(
            "one-off", "coupon", {"en": "€1 off", "lv": "1 € atlaide"}, {"": 100}, minor=100,
            money_code="EUR", valid_days=30, terms={"en": "Once.", "lv": "Vienreiz."},
        ),
        RewardValues("cash", "cash", {"en": "Cash"}, {"": 10}, minor=5, money_code="EUR",
                     points_min=20),
        RewardValues("tallinn", "travel", {"en": "Tallinn"}, {"": 99_000}, partner="Ferries",
                     reply_hours=48),
    ):  # fmt: skip
        save_reward(values, actor=SYSTEM, now=now)


def balance(customer: UUID) -> tuple[int, int]:
    account = Account.objects.get(customer_id=customer)
    return account.posted, account.held


def redeemed(agent: Client, anna: UUID, reward: str = "one-off", **typed: str) -> str:
    """Redeem as a person does; the address of what was got."""
    form = {"idempotency_key": f"key-{reward}", **typed}
    answer = agent.post(path_of(anna, f"/points/redeem?reward={reward}"), form)
    assert answer.status_code == 303, text_of(answer)
    return str(answer["Location"])


def test_affordable_rewards_come_first_and_the_others_say_what_is_missing(
    agent: Client, anna: UUID, catalogue: None
) -> None:
    page = text_of(agent.get(path_of(anna, "/points/redeem")))
    assert page.index("€1 off") < page.index("Tallinn")
    assert "98,876 points are missing" in page
    assert 'data-ui="candidate-1"' in page


def test_what_it_takes_is_said_before_and_is_what_happens(
    agent: Client, anna: UUID, catalogue: None
) -> None:
    form = text_of(agent.get(path_of(anna, "/points/redeem?reward=one-off")))
    assert "Leaves" in form
    assert ">24</dd>" in form
    shown = text_of(agent.get(redeemed(agent, anna)))
    coupon = Coupon.objects.get()
    assert coupon.number in shown
    assert f"Jūsu kupons {coupon.number}: 1 € atlaide." in shown
    assert balance(anna) == (24, 0)


def test_a_double_click_redeems_once(agent: Client, anna: UUID, catalogue: None) -> None:
    assert redeemed(agent, anna) == redeemed(agent, anna)
    assert Redemption.objects.count() == 1


def test_the_drawer_holds_the_same_form_and_the_receipt(
    agent: Client, anna: UUID, catalogue: None
) -> None:
    address = path_of(anna, "/points/redeem?reward=one-off")
    drawer = text_of(agent.get(address, headers=HX))
    assert "<html" not in drawer
    assert 'hx-post="' in drawer
    answer = agent.post(address, {"idempotency_key": "k"}, headers=HX)
    receipt = text_of(agent.get(answer["Location"], headers=HX))
    assert "<html" not in receipt
    assert Coupon.objects.get().number in receipt


def test_points_for_cash_follow_the_slider(agent: Client, anna: UUID, catalogue: None) -> None:
    address = path_of(anna, "/points/redeem/quote?reward=cash&points=20&slide=100")
    part = text_of(agent.get(address, headers={**HX, "HX-Trigger-Name": "slide"}))
    assert "€0.50" in part
    assert 'value="100"' in part
    typed = text_of(agent.get(address, headers={**HX, "HX-Trigger-Name": "points"}))
    assert "€0.10" in typed


def test_a_wrong_account_is_said_at_its_field(agent: Client, anna: UUID, catalogue: None) -> None:
    form = {"points": "50", "way": "bank", "iban": "LV80BANK0000435195002", "payee": "Anna"}
    answer = agent.post(path_of(anna, "/points/redeem?reward=cash"), form)
    assert answer.status_code == 422
    assert "its check digits do not fit" in text_of(answer)
    assert balance(anna) == (124, 0)


def test_points_are_given_back_by_a_button(agent: Client, anna: UUID, catalogue: None) -> None:
    address = redeemed(agent, anna)
    agent.post(f"{address}/reversal", {"idempotency_key": "r"})
    agent.post(f"{address}/reversal", {"idempotency_key": "r"})
    assert balance(anna) == (124, 0)
    assert "Given back" in text_of(agent.get(address))


def test_the_points_page_tells_what_was_got_within_its_queries(
    agent: Client, anna: UUID, catalogue: None
) -> None:
    redeemed(agent, anna)
    agent.get(path_of(anna, "/points"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = text_of(agent.get(path_of(anna, "/points")))
    assert "Got for points" in page
    assert page.count("€1 off") >= 2
    assert len(queries) <= QUERIES_MAX, "\n".join(q["sql"][:150] for q in queries)
    used = text_of(agent.get(path_of(anna, "/points?kind=used")))
    assert used.count('data-ui="posting"') == 1


@pytest.mark.parametrize("tab", ["/points/redeem", "/points/redeem?reward=cash"])
def test_redeeming_needs_its_right(sign_in: SignIn, anna: UUID, catalogue: None, tab: str) -> None:
    client = sign_in("customers.view", "loyalty.view")
    assert client.get(path_of(anna, tab)).status_code == 403
    assert 'data-ui="redeem"' not in text_of(client.get(path_of(anna)))


def test_somebody_elses_redemption_is_not_there(
    agent: Client, anna: UUID, catalogue: None, register: Callable[..., UUID]
) -> None:
    address = redeemed(agent, anna)
    other = path_of(register("Somebody else"), "/redemptions/" + address.rsplit("/", 1)[1])
    assert agent.get(other).status_code == 404


def test_the_ledger_says_when_something_was_booked_on_another_day(
    agent: Client, anna: UUID
) -> None:
    happened = datetime(2014, 3, 1, 9, 0, tzinfo=UTC)
    sale = Bought("till", "R-77", Reference("id", str(anna)), happened, 5_000, "EUR")
    record_purchases([sale], actor=SYSTEM, now=datetime(2026, 11, 3, 10, 15, tzinfo=UTC))
    assert "booked 3 Nov " in text_of(agent.get(path_of(anna, "/points")))
    posting = Posting.objects.get(occurred_at=sale.purchased_at)
    why = text_of(agent.get(path_of(anna, f"/points/{posting.public_id}/why")))
    assert "Booked on 3 Nov 2026" in why
