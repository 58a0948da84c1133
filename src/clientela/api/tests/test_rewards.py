"""Points become coupons, money and journeys, as a till, a shop and a back office do it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.flows.verify import verify

COUPON = {
    "key": "ten-off", "kind": "coupon", "labels": {"en": "€10 off", "lv": "10 € atlaide"},
    "prices": {"": 1_000}, "money": {"minor": 1_000, "currency": "EUR"}, "valid_days": 90,
    "terms": {"en": "Once, in our shops."},
}  # fmt: skip
CASH = {
    "key": "cash", "kind": "cash", "labels": {"en": "Cash"}, "prices": {"": 200},
    "money": {"minor": 100, "currency": "EUR"}, "points_min": 400,
}  # fmt: skip
TRAVEL = {
    "key": "tallinn", "kind": "travel", "labels": {"en": "A night in Tallinn"},
    "prices": {"": 1_500}, "partner": "Baltic Ferries", "reply_hours": 48,
    "travel_from_on": "2026-01-01", "travel_until_on": "2036-12-31", "stock": 1,
}  # fmt: skip
IBAN = "LV80 BANK 0000 4351 9500 1"
BANK = {"way": "bank", "iban": IBAN, "payee": "Anna Kalniņa"}
TRIP = {"traveller": "Anna Kalniņa", "starts_on": "2030-05-01"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(api: Caller, anna: dict[str, Any]) -> str:
    """Anna with 2,000 points and the whole catalogue before her."""
    api.post("/purchases", {"purchases": [a_purchase(total={"minor": 200_000, "currency": "EUR"})]})
    for reward in (COUPON, CASH, TRAVEL):
        assert api.post("/rewards", reward).json()["state"] == "new"
    return str(anna["id"])


def redeem(caller: Caller, customer: str, reward: str, **more: Any) -> Any:
    return caller.post("/redemptions", {"customer": customer, "reward": reward, **more})


def balance(api: Caller, customer: str) -> dict[str, Any]:
    [points] = api.get(f"/customers/{customer}/points").json()["items"]
    found: dict[str, Any] = points
    return found


def agrees() -> bool:
    return not [check for check in verify() if check.wrong]


def test_a_coupon_is_given_checked_and_used_once(api: Caller, rich: str) -> None:
    given = redeem(api, rich, "ten-off").json()
    assert (given["state"], given["points"], given["balance"]) == ("done", 1_000, 1_000)
    code = given["coupon"]["code"]
    spoken = code.replace("-", " ").lower()
    checked = api.post("/coupons/checks", {"code": spoken}).json()
    assert (checked["state"], checked["coupon"]["money"]["minor"]) == ("good", 1_000)
    assert api.post("/coupons/uses", {"code": spoken}).json()["state"] == "used"
    again = api.post("/coupons/uses", {"code": code})
    assert (again.status_code, again.json()["code"]) == (409, "coupon-used")
    assert api.post("/coupons/checks", {"code": code}).json()["state"] == "used"
    assert agrees()


def test_guessing_codes_is_slow(api: Caller, rich: str) -> None:
    code = redeem(api, rich, "ten-off").json()["coupon"]["code"]
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    answers = [api.post("/coupons/checks", {"code": wrong}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [404] * 10 + [429]
    assert answers[0].json()["code"] == "coupon-unknown"
    assert api.post("/coupons/checks", {"code": code}).json()["code"] == "too-many-tries"


def test_too_few_points_say_how_many_are_missing(api: Caller, rich: str) -> None:
    redeem(api, rich, "ten-off")
    refused = redeem(api, rich, "tallinn", travel=TRIP)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-enough-points")
    body = refused.json()
    assert (body["missing"], body["available"], body["next_expiry"]) == (500, 1_000, None)
    assert balance(api, rich)["held"] == 0


def test_what_a_customer_can_have_comes_with_its_reasons(api: Caller, rich: str) -> None:
    redeem(api, rich, "tallinn", travel=TRIP)
    found = api.get(f"/customers/{rich}/rewards").json()["items"]
    told = {
        one["reward"]["key"]: (one["can_be_had"], one["why_not"], one["missing"]) for one in found
    }
    assert told == {
        "ten-off": (False, "not-enough-points", 500), "cash": (True, None, 0),
        "tallinn": (False, "sold-out", 0),
    }  # fmt: skip


def test_cash_is_held_approved_by_a_second_person_and_paid(
    api: Caller, rich: str, caller_with: MakeCaller
) -> None:
    asked = redeem(api, rich, "cash", points=1_000, payout=BANK).json()
    assert (asked["state"], asked["cash_out"]["money"]["minor"]) == ("waiting", 500)
    assert (balance(api, rich)["available"], balance(api, rich)["held"]) == (1_000, 1_000)
    path = f"/cash-outs/{asked['cash_out']['id']}"
    own = api.post(f"{path}/decision", {"approved": True})
    assert (own.status_code, own.json()["code"]) == (403, "needs-second-person")
    second = caller_with("loyalty.decide_cash_out", "loyalty.view")
    early = second.post(f"{path}/payment", {"reference": "B-1"})
    assert early.json()["code"] == "not-approved"
    decided = second.post(f"{path}/decision", {"approved": True}).json()
    assert decided["cash_out"]["state"] == "approved"
    assert [one["id"] for one in second.get("/cash-outs").json()["items"]] == [decided["id"]]
    paid = second.post(f"{path}/payment", {"reference": "B-1"}).json()
    assert paid["cash_out"]["state"] == "paid"
    assert (balance(api, rich)["available"], balance(api, rich)["held"]) == (1_000, 0)
    assert second.get("/cash-outs").json()["items"] == []
    assert agrees()


def test_requests_for_money_and_journeys_are_listed_page_by_page(api: Caller, rich: str) -> None:
    asked = [redeem(api, rich, "cash", points=400, payout={"way": "bill"}).json() for _ in range(3)]
    first = api.get("/cash-outs?limit=2").json()
    second = api.get(f"/cash-outs?limit=2&after={quote(first['next'])}").json()
    listed = [one["cash_out"]["id"] for one in (*first["items"], *second["items"])]
    assert listed == [one["cash_out"]["id"] for one in asked]
    assert second["next"] is None
    assert api.get("/cash-outs?after=soon").json()["field"] == "after"
    assert api.get("/travel-orders?after=soon").json()["field"] == "after"
    assert api.get("/travel-orders?limit=2").json() == {"items": [], "next": None}


def test_cash_that_is_refused_frees_the_points(
    api: Caller, rich: str, caller_with: MakeCaller
) -> None:
    asked = redeem(api, rich, "cash", points=400, payout={"way": "bill"}).json()
    second = caller_with("loyalty.decide_cash_out")
    path = f"/cash-outs/{asked['cash_out']['id']}/decision"
    assert second.post(path, {"approved": False}).json()["cash_out"]["state"] == "refused"
    assert second.post(path, {"approved": True}).json()["code"] == "already-decided"
    assert (balance(api, rich)["available"], balance(api, rich)["held"]) == (2_000, 0)
    assert agrees()


@pytest.mark.parametrize(
    ("points", "payout", "field"),
    [
        (500, BANK, "points"),
        (200, BANK, "points"),
        (400, None, "payout"),
        (400, {**BANK, "iban": "LV81BANK0000435195001"}, "payout.iban"),
        (400, {**BANK, "iban": "LV80BANK000043519500"}, "payout.iban"),
        (400, {**BANK, "payee": ""}, "payout.payee"),
    ],
)
def test_cash_is_whole_blocks_to_an_account_that_can_be(
    api: Caller, rich: str, points: int, payout: Any, field: str
) -> None:
    refused = redeem(api, rich, "cash", points=points, **({"payout": payout} if payout else {}))
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert balance(api, rich)["available"] == 2_000


def test_a_journey_is_held_then_confirmed_with_a_voucher(api: Caller, rich: str) -> None:
    ordered = redeem(api, rich, "tallinn", travel=TRIP).json()
    order = ordered["travel_order"]
    assert (order["state"], order["voucher"]) == ("waiting", None)
    assert redeem(api, rich, "tallinn", travel=TRIP).json()["code"] == "not-enough-points"
    answered = api.post(f"/travel-orders/{order['id']}/answer", {"confirmed": True}).json()
    assert (answered["travel_order"]["state"], len(answered["travel_order"]["voucher"])) == (
        "confirmed", 14,
    )  # fmt: skip
    again = api.post(f"/travel-orders/{order['id']}/answer", {"confirmed": False})
    assert again.json()["code"] == "already-answered"
    assert (balance(api, rich)["available"], balance(api, rich)["held"]) == (500, 0)
    assert agrees()


def test_a_refused_journey_gives_points_and_place_back(api: Caller, rich: str) -> None:
    order = redeem(api, rich, "tallinn", travel=TRIP).json()["travel_order"]
    api.post(f"/travel-orders/{order['id']}/answer", {"confirmed": False, "note": "Full."})
    assert balance(api, rich)["available"] == 2_000
    assert redeem(api, rich, "tallinn", travel=TRIP).status_code == 200


@pytest.mark.parametrize(
    ("travel", "field"),
    [({"traveller": "Anna"}, "travel.starts_on"),
     ({"traveller": "Anna", "starts_on": "2046-01-01"}, "travel.starts_on")],
)  # fmt: skip
def test_a_journey_lies_within_its_offer(
    api: Caller, rich: str, travel: dict[str, str], field: str
) -> None:
    refused = redeem(api, rich, "tallinn", travel=travel)
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_a_reversed_coupon_gives_its_points_back_once(api: Caller, rich: str) -> None:
    given = redeem(api, rich, "ten-off").json()
    path = f"/redemptions/{given['id']}/reversal"
    assert api.post(path, {"cause": "a mistake"}).json() == {"id": given["id"], "points": 1_000}
    again = api.post(path, {})
    assert (again.status_code, again.json()["code"]) == (409, "already-reversed")
    assert (
        api.post("/coupons/uses", {"code": given["coupon"]["code"]}).json()["code"] == "coupon-over"
    )
    assert balance(api, rich)["available"] == 2_000
    assert agrees()


def test_a_used_coupon_cannot_be_reversed(api: Caller, rich: str) -> None:
    given = redeem(api, rich, "ten-off").json()
    api.post("/coupons/uses", {"code": given["coupon"]["code"], "place": "riga-1"})
    refused = api.post(f"/redemptions/{given['id']}/reversal", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "coupon-used")


def test_what_waits_is_refused_and_not_reversed(api: Caller, rich: str) -> None:
    asked = redeem(api, rich, "cash", points=400, payout={"way": "bill"}).json()
    refused = api.post(f"/redemptions/{asked['id']}/reversal", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "hold-is-open")


def test_the_same_reference_is_one_redemption(api: Caller, rich: str) -> None:
    named = {"source": "till-3", "reference": "V-1"}
    first, second = (redeem(api, rich, "ten-off", **named).json() for _ in range(2))
    assert first["replayed"] is False
    assert second == {**first, "replayed": True}
    other = redeem(api, rich, "cash", points=400, payout={"way": "bill"}, **named)
    assert (other.status_code, other.json()["code"]) == (409, "reference-taken")
    assert api.get(f"/redemptions/{first['id']}").json()["coupon"] == first["coupon"]


def test_the_same_idempotency_key_is_one_redemption(api: Caller, rich: str) -> None:
    body = {"customer": rich, "reward": "ten-off"}
    answers = [api.post("/redemptions", body, Idempotency_Key="k-1") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert balance(api, rich)["available"] == 1_000


def test_a_limit_for_each_member_and_an_end(api: Caller, rich: str) -> None:
    api.post("/rewards", {**COUPON, "prices": {"": 10}, "member_max": 1})
    assert redeem(api, rich, "ten-off").status_code == 200
    assert redeem(api, rich, "ten-off").json()["code"] == "limit-reached"
    over = {**CASH, "ends_at": "2026-01-01T00:00:00Z"}
    assert api.post("/rewards", over).json()["state"] == "changed"
    refused = redeem(api, rich, "cash", points=400, payout={"way": "bill"}).json()
    assert (refused["code"], refused["reason"]) == ("reward-not-available", "over")


def test_a_pool_gives_out_no_more_codes_than_it_may(api: Caller, rich: str) -> None:
    api.post("/rewards", {**COUPON, "prices": {"": 10}, "coupons_max": 1})
    assert redeem(api, rich, "ten-off").status_code == 200
    assert redeem(api, rich, "ten-off").json()["code"] == "coupons-given-out"
    assert balance(api, rich)["available"] == 1_990


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"percent": 10}, "percent"),
        ({"valid_days": None}, "valid_days"),
        ({"prices": {}}, "prices"),
        ({"prices": {"gold": 5}}, "prices.gold"),
        ({"labels": {"lv": "Atlaide"}}, "labels.en"),
        ({"labels": {"en": "x", "de": "x"}}, "labels.de"),
    ],
)
def test_a_reward_that_cannot_be_names_its_field(
    api: Caller, change: dict[str, Any], field: str
) -> None:
    refused = api.post("/rewards", {**COUPON, **change})
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_redeeming_needs_its_right(caller_with: MakeCaller, rich: str) -> None:
    caller = caller_with("loyalty.view")
    assert redeem(caller, rich, "ten-off").json()["code"] == "right-missing"
    assert caller.post("/rewards", COUPON).status_code == 403
    assert caller.get("/rewards").status_code == 200


def test_the_timeline_tells_it(api: Caller, rich: str) -> None:
    redeem(api, rich, "ten-off")
    told = [row["text"] for row in api.get(f"/customers/{rich}/profile").json()["timeline"]]
    assert "Coupon given: €10 off · 1000 points used" in told
