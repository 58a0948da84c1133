"""A cashier lets a customer pay part of a purchase with points, in one request."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models import Sum

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.api.tests.test_reward_kinds import euros, offered, reward
from clientela.api.tests.test_rewards import agrees, balance
from clientela.flows.tests.test_concurrency import at_once
from clientela.loyalty.models import Entry, Redemption
from clientela.loyalty.models.ledger import REDEEMED
from clientela.platform.promises import promise

RATE = reward("till", "money_off", 200, money=euros(100), valid_days=30, points_min=400,
              share_max=50)  # fmt: skip


@pytest.fixture
def rich(api: Caller, anna: dict[str, Any]) -> str:
    """Anna with 2,000 points, and a rate of €1 for 200."""
    api.post("/purchases", {"purchases": [a_purchase(total=euros(200_000))]})
    offered(api, RATE)
    return str(anna["id"])


def buy(api: Caller, minor: int, *payments: dict[str, Any], reference: str = "R-2") -> Any:
    now = (datetime.now(UTC) - timedelta(minutes=1)).replace(microsecond=0)
    bought = a_purchase(
        reference=reference, total=euros(minor), payments=list(payments),
        purchased_at=now.replace(second=0).isoformat() if reference == "R-2" else now.isoformat(),
    )  # fmt: skip
    answer = api.post("/purchases", {"purchases": [bought]})
    assert answer.status_code == 200, answer.json()
    [result] = answer.json()["results"]
    return result


@promise("LOY-52")
@pytest.mark.django_db
def test_points_pay_up_to_a_share_in_whole_blocks(api: Caller, rich: str) -> None:
    paid = buy(api, 1_950, {"up_to": True})
    [one] = paid["payments"]
    assert (one["points"], one["money"]) == (1_800, euros(900))  # half is 9.75: nine blocks
    # what points paid earns nothing: 19.50 - 9.00 is ten points
    assert [(gain["earned"], gain["balance"]) for gain in paid["points"]] == [(10, 210)]
    assert balance(api, rich)["available"] == 210
    assert agrees()


@promise("LOY-52")
@pytest.mark.django_db
def test_a_number_of_points_is_taken_exactly_or_refused(api: Caller, rich: str) -> None:
    for points, reason in ((300, "below-minimum"), (500, "not-whole-blocks"),
                           (2_000, "above-share"), (40_000, "nothing-due")):  # fmt: skip
        refused = buy(api, 1_900, {"points": points})
        assert refused["state"] == "refused"
        assert (refused["error"]["code"], refused["error"]["reason"]) == (
            "payment-not-possible", reason,
        )  # fmt: skip
    missing = buy(api, 100_000, {"points": 4_000}, reference="R-3")["error"]
    assert (missing["code"], missing["missing"]) == ("not-enough-points", 1_020)
    assert api.get(f"/customers/{rich}/purchases").status_code in (200, 404)
    exact = buy(api, 1_900, {"points": 600})
    assert (exact["state"], exact["payments"][0]["money"]) == ("new", euros(300))
    assert balance(api, rich)["available"] == 2_000 - 600 + 16
    assert agrees()


@pytest.mark.django_db
def test_points_of_the_same_purchase_can_pay_for_it(api: Caller, rich: str) -> None:
    buy(api, 4_000, {"points": 2_000}, reference="R-5")
    # thirty were earned by the money paid; 5,000 euro more earn what pays a part of them
    again = buy(api, 500_000, {"points": 4_400}, reference="R-6")
    assert again["state"] == "new"
    assert balance(api, rich)["available"] == 30 + 4_978 - 4_400
    assert agrees()


@promise("LOY-52")
@pytest.mark.django_db
def test_too_little_for_the_minimum_uses_none_and_says_why(api: Caller, rich: str) -> None:
    [one] = buy(api, 300, {"up_to": True})["payments"]
    assert (one["points"], one["why"], one["redemption"]) == (0, "below-minimum", None)
    assert balance(api, rich)["available"] == 2_003


@pytest.mark.django_db(transaction=True)
def test_a_retry_never_pays_twice(api: Caller, rich: str) -> None:
    pay = partial(buy, api, 1_900, {"up_to": True})
    answers = at_once([pay] * 6)
    assert Counter(one["state"] for one in answers) == {"new": 1, "repeated": 5}
    assert len({str(one["payments"]) for one in answers}) == 1
    assert Redemption.objects.count() == 1
    other = buy(api, 1_900, {"points": 600})
    assert (other["state"], other["error"]["code"]) == ("refused", "reference-taken")
    assert agrees()


@pytest.mark.django_db
def test_a_return_gives_the_points_back_to_their_lots(api: Caller, rich: str) -> None:
    paid = buy(api, 1_900, {"points": 600})
    made = paid["payments"][0]["redemption"]
    by_hand = api.post(f"/redemptions/{made}/reversal", {}).json()
    assert by_hand["code"] == "paid-with-points"
    back = api.post(f"/purchases/{paid['id']}/returns", {
        "reference": "B-1", "returned_at": datetime.now(UTC).isoformat()}).json()  # fmt: skip
    assert back["state"] == "new"
    assert balance(api, rich)["available"] == 2_000
    assert agrees()


@promise("LOY-63")
@pytest.mark.django_db
def test_points_that_paid_come_back_in_proportion_to_the_last_one(api: Caller, rich: str) -> None:
    paid = buy(api, 1_900, {"points": 600})
    returned = 0
    for number, minor in enumerate((700, 1, 333, 866)):
        returned += minor
        back = api.post(f"/purchases/{paid['id']}/returns", {
            "reference": f"B-{number}", "returned_at": datetime.now(UTC).isoformat(),
            "amount": euros(minor)})  # fmt: skip
        assert back.status_code == 200, back.content
        gone = Entry.objects.filter(debit_id=REDEEMED).aggregate(points=Sum("amount"))
        assert gone["points"] == 600 * returned // 1_900
    assert balance(api, rich)["available"] == 2_000
    made = paid["payments"][0]["redemption"]
    assert api.post(f"/redemptions/{made}/reversal", {}).status_code == 409
    assert agrees()


@promise("LOY-63")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("order", "restored", "reversed_"),
    [("points_first", [600, 0, 0], [1, 13, 2]), ("points_last", [0, 200, 400], [4, 12, 0])],
)
def test_points_that_paid_come_back_before_or_after_the_money_where_their_kind_says_so(
    api: Caller, rich: str, order: str, restored: list[int], reversed_: list[int]
) -> None:
    """19.00, of which 600 points paid 3.00: 4.00 come back, then 13.00, then 2.00. What points paid
    of the rest earns nothing.
    """
    told = api.patch("/currencies/points", {"part_back": order}).json()
    assert told["part_back"] == order
    paid = buy(api, 1_900, {"points": 600})
    before = balance(api, rich)["available"]
    for number, minor in enumerate((400, 1_300, 200)):
        done = api.post(f"/purchases/{paid['id']}/returns", {
            "reference": f"B-{number}", "returned_at": datetime.now(UTC).isoformat(),
            "amount": euros(minor)}).json()  # fmt: skip
        assert sum(one["reversed"] for one in done["points"]) == reversed_[number]
        before += restored[number] - reversed_[number]
        assert balance(api, rich)["available"] == before
    assert before == 2_000
    assert agrees()


@pytest.mark.django_db
def test_one_that_cannot_be_paid_is_refused_alone(api: Caller, rich: str) -> None:
    body = {"purchases": [
        a_purchase(reference="R-7", total=euros(500)),
        a_purchase(reference="R-8", total=euros(900), payments=[{"points": 300}]),
        a_purchase(reference="R-9", total=euros(1_000), payments=[{"points": 400}]),
    ]}  # fmt: skip
    answer = api.post("/purchases", body).json()
    assert [one["state"] for one in answer["results"]] == ["new", "refused", "new"]
    assert (answer["new"], answer["refused"]) == (2, 1)
    assert agrees()


@pytest.mark.django_db
def test_a_rate_in_another_currency_pays_nothing(api: Caller, rich: str) -> None:
    bought = a_purchase(reference="R-4", total={"minor": 900, "currency": "USD"},
                        payments=[{"up_to": True}])  # fmt: skip
    [result] = api.post("/purchases", {"purchases": [bought]}).json()["results"]
    assert (result["state"], result["error"]["field"]) == ("refused", "payments.0")
