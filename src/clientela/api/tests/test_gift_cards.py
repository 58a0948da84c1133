"""Gift cards and wallets as a till and a shop use them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.api.tests.test_reward_kinds import euros, offered, reward
from clientela.api.tests.test_rewards import agrees, redeem
from clientela.flows import gift_cards
from clientela.flows.tests.test_concurrency import at_once
from clientela.platform.errors import Problem
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise


def issue(api: Caller, minor: int, **more: Any) -> dict[str, Any]:
    answer = api.post("/gift-cards", {"money": euros(minor), **more})
    assert answer.status_code == 200, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def pay(api: Caller, code: str, minor: int, **more: Any) -> Any:
    return api.post("/gift-cards/payments", {"code": code, "money": euros(minor), **more})


def buy(api: Caller, minor: int, *payments: dict[str, Any], reference: str = "G-1") -> Any:
    bought = a_purchase(reference=reference, total=euros(minor), payments=list(payments))
    [result] = api.post("/purchases", {"purchases": [bought]}).json()["results"]
    return result


@promise("LOY-60")
@pytest.mark.django_db
def test_a_card_is_issued_paid_with_topped_up_blocked_and_freed(
    api: Caller, anna: dict[str, Any]
) -> None:
    made = issue(api, 5_000, customer=anna["id"], source="till", reference="C-1")
    assert issue(api, 5_000, customer=anna["id"], source="till", reference="C-1") == made
    code, card = made["code"], made["card"]["id"]
    assert made["card"]["ends"] == code.replace("-", "")[-4:]
    spent = pay(api, code.lower(), 1_850, source="till", reference="R-1").json()
    assert spent["purse"]["balance"] == euros(3_150)
    assert pay(api, code, 1_850, source="till", reference="R-1").json()["replayed"]
    assert pay(api, code, 4_000).json()["code"] == "not-enough-money"
    topped = api.post(f"/gift-cards/{card}/top-ups", {"money": euros(850)}).json()
    assert topped["purse"]["balance"] == euros(4_000)
    blocked = api.post(f"/gift-cards/{card}/block", {"blocked": True, "reason": "lost"}).json()
    assert blocked["state"] == "blocked"
    assert pay(api, code, 100).json()["code"] == "card-blocked"
    api.post(f"/gift-cards/{card}/block", {"blocked": False})
    newer = api.post(f"/gift-cards/{card}/code", {}).json()["code"]
    assert pay(api, code, 100).json()["code"] == "card-unknown"
    assert pay(api, newer, 4_000).json()["purse"]["state"] == "empty"
    kinds = [one["kind"] for one in api.get(f"/gift-cards/{card}/entries").json()["items"]]
    assert kinds == ["pay", "top_up", "pay", "issue"]
    assert agrees()


@promise("LOY-60")
@pytest.mark.django_db
def test_a_purchase_is_paid_by_card_then_wallet_and_goes_back_to_both(
    api: Caller, anna: dict[str, Any]
) -> None:
    made = issue(api, 1_000)
    put = api.post(f"/customers/{anna['id']}/wallets/top-ups", {"money": euros(600)})
    assert put.json()["purse"]["kind"] == "wallet"
    wishes = ({"means": "wallet"}, {"means": "gift_card", "code": made["code"]})
    paid = buy(api, 2_000, *wishes)
    told = [(one["means"], one["money"]["minor"]) for one in paid["payments"]]
    assert told == [("gift_card", 1_000), ("wallet", 600)]
    assert paid["points"][0]["earned"] == 20  # a tender is no discount
    repeated = buy(api, 2_000, *wishes)
    assert (repeated["state"], repeated["payments"]) == ("repeated", paid["payments"])
    back = {"reference": "B-1", "returned_at": datetime.now(UTC).isoformat(), "amount": euros(500)}
    api.post(f"/purchases/{paid['id']}/returns", back)
    assert api.get(f"/gift-cards/{made['card']['id']}").json()["balance"] == euros(250)
    [wallet] = api.get(f"/customers/{anna['id']}/wallets").json()["items"]
    assert wallet["balance"] == euros(150)
    assert agrees()


@promise("LOY-60")
@pytest.mark.django_db
def test_a_claimed_card_is_money_in_the_wallet_and_refunds_follow_it(
    api: Caller, anna: dict[str, Any]
) -> None:
    made = issue(api, 2_000)
    pay(api, made["code"], 500)
    claimed = api.post("/gift-cards/claims", {"code": made["code"], "customer": anna["id"]}).json()
    assert claimed["purse"]["balance"] == euros(1_500)
    assert pay(api, made["code"], 1).json()["code"] == "card-over"
    back = api.post(f"/gift-cards/{made['card']['id']}/refunds", {"money": euros(500)}).json()
    assert (back["purse"]["kind"], back["purse"]["balance"]) == ("wallet", euros(2_000))
    assert agrees()


@promise("LOY-60")
@pytest.mark.django_db
def test_cards_end_only_where_the_law_lets_them(api: Caller) -> None:
    assert issue(api, 100)["card"]["expires_at"] is None
    terms = {"currency": "EUR", "ends": True, "months": 1, "balance_max_minor": 15_000}
    assert api.post("/gift-card-terms", terms).status_code == 200
    assert api.get("/gift-card-terms").json()["items"] == [terms]
    ending = issue(api, 5_000)
    assert ending["card"]["expires_at"] is not None
    refused = api.post("/gift-cards", {"money": euros(15_001)})
    assert refused.json()["field"] == "money.minor"
    later = datetime(2100, 1, 1, tzinfo=UTC)
    assert gift_cards.expire_cards(actor=SYSTEM, now=later) == 1
    assert gift_cards.expire_cards(actor=SYSTEM, now=later) == 0
    assert api.get(f"/gift-cards/{ending['card']['id']}").json()["balance"] == euros(0)
    assert agrees()


@promise("LOY-50")
@pytest.mark.django_db
def test_points_become_a_gift_card_or_money_in_the_wallet(
    api: Caller, anna: dict[str, Any]
) -> None:
    api.post("/purchases", {"purchases": [a_purchase(total=euros(500_000))]})
    offered(api, reward("card", "gift_card", 200, money=euros(100)),
            reward("purse", "wallet", 200, money=euros(100)))  # fmt: skip
    card = redeem(api, anna["id"], "card", points=1_000).json()
    assert pay(api, card["benefit"]["card_code"], 100).json()["purse"]["balance"] == euros(400)
    used = api.post(f"/redemptions/{card['id']}/reversal", {})
    assert used.json()["code"] == "benefit-given"
    purse = redeem(api, anna["id"], "purse", points=400).json()
    assert api.post(f"/redemptions/{purse['id']}/reversal", {}).json()["points"] == 400
    assert agrees()


@pytest.mark.django_db
def test_guessing_codes_of_cards_is_slow(api: Caller) -> None:
    answers = [api.post("/gift-cards/checks", {"code": "2222-2222-2222"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [404] * 10 + [429]


@pytest.mark.django_db(transaction=True)
def test_the_last_of_a_card_is_paid_once(api: Caller) -> None:
    code = issue(api, 1_000)["code"]

    def take() -> str:
        try:
            gift_cards.pay_with_card(code, 600, actor=SYSTEM, now=datetime.now(UTC))
        except Problem as refused:
            return refused.code
        return "paid"

    assert Counter(at_once([take] * 8)) == {"paid": 1, "not-enough-money": 7}
    assert agrees()
