"""Every kind of reward from the catalogue to the customer's hand, and whom each is kept from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.api.tests.test_rewards import agrees, balance, redeem
from clientela.api.tests.test_warranty import CARE_PLUS, WASHER
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.staff import company as companies

EUR = "EUR"
POINTS = 20_000
pytestmark = pytest.mark.django_db


def reward(key: str, kind: str, price: int, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "labels": {"en": key}, "prices": {"": price}, **more}


def euros(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": EUR}


@pytest.fixture
def rich(api: Caller, anna: dict[str, Any]) -> str:
    """Anna with 20,000 points, a washer, and a shop that sells covers for it."""
    for code, kind in (("WM-9", "washer"), ("CARE", "cover"), ("BAG", "household")):
        api.post("/products", {"code": code, "name": f"{code} of ours", "kind": kind,
                               "price": euros(900)})  # fmt: skip
    assert api.post("/warranty/plans", CARE_PLUS).json()["state"] == "new"
    lines = [WASHER, {"quantity": "1", "total_minor": POINTS * 100 - 54900}]
    sold = api.post("/purchases", {"purchases": [a_purchase(
        purchased_at=datetime.now(UTC).isoformat(), lines=lines, total=euros(POINTS * 100)
    )]})  # fmt: skip
    assert sold.json()["new"] == 1, sold.json()
    return str(anna["id"])


def offered(api: Caller, *rewards: dict[str, Any]) -> None:
    for one in rewards:
        answer = api.post("/rewards", one)
        assert answer.status_code == 200, answer.json()


def washer_of(api: Caller, customer: str) -> str:
    [held] = api.get(f"/customers/{customer}/holdings").json()["items"]
    return str(held["id"])


def why_not(api: Caller, customer: str) -> dict[str, str | None]:
    found = api.get(f"/customers/{customer}/rewards").json()["items"]
    return {one["reward"]["key"]: one["why_not"] for one in found}


def test_money_off_is_a_code_worth_as_many_blocks_as_were_chosen(api: Caller, rich: str) -> None:
    offered(api, reward("till", "money_off", 200, money=euros(100), valid_days=30,
                        points_min=400, points_max=2_000))  # fmt: skip
    given = redeem(api, rich, "till", points=1_000).json()
    assert given["coupon"]["money"] == euros(500)
    assert redeem(api, rich, "till", points=300).json()["field"] == "points"
    assert redeem(api, rich, "till", points=2_200).json()["field"] == "points"
    assert balance(api, rich)["available"] == POINTS - 1_000
    assert agrees()


def test_percent_off_says_what_it_takes_at_most_and_of_which_basket(api: Caller, rich: str) -> None:
    offered(api, reward("tenth", "percent_off", 800, percent=10, valid_days=30, most_minor=2_000,
                        least_minor=3_000, money_code=EUR))  # fmt: skip
    listed = api.get("/rewards").json()["items"][0]
    assert (listed["percent"], listed["most_minor"], listed["least_minor"]) == (10, 2_000, 3_000)
    assert redeem(api, rich, "tenth").json()["coupon"]["percent"] == 10


def test_a_free_product_is_handed_over_now_or_later_once(api: Caller, rich: str) -> None:
    offered(api, reward("bag", "product", 900, product="bag", stock=3))
    now = redeem(api, rich, "bag", handed=True).json()
    assert (now["state"], now["benefit"]["state"], now["benefit"]["product"]) == (
        "done", "given", "BAG of ours",
    )  # fmt: skip
    later = redeem(api, rich, "bag").json()
    assert (later["state"], later["benefit"]["state"]) == ("waiting", "open")
    [waiting] = api.get("/benefits").json()["items"]
    assert waiting["id"] == later["benefit"]["id"]
    path = f"/benefits/{waiting['id']}/answer"
    assert api.post(path, {"given": True, "reference": "R-7"}).json()["benefit"]["state"] == "given"
    again = api.post(path, {"given": True})
    assert (again.status_code, again.json()["code"]) == (409, "benefit-answered")
    assert api.get("/benefits").json()["items"] == []
    back = api.post(f"/redemptions/{later['id']}/reversal", {"cause": "broken"}).json()
    assert back["points"] == 900
    assert api.get("/rewards").json()["items"][0]["stock_left"] == 2
    assert agrees()


def test_what_cannot_be_given_gives_its_points_back(api: Caller, rich: str) -> None:
    offered(api, reward("bag", "product", 900, product="BAG", stock=1))
    made = redeem(api, rich, "bag").json()
    path = f"/benefits/{made['benefit']['id']}/answer"
    refused = api.post(path, {"given": False, "reference": "broken in the shop"}).json()
    assert refused["benefit"]["state"] == "refused"
    assert balance(api, rich)["available"] == POINTS
    assert why_not(api, rich) == {"bag": None}
    assert agrees()


def test_a_credit_goes_to_the_bill_and_stays_there(api: Caller, rich: str) -> None:
    offered(api, reward("bill", "bill_credit", 200, money=euros(100), points_min=600))
    made = redeem(api, rich, "bill", points=1_000).json()
    assert made["benefit"]["money"] == euros(500)
    answer = f"/benefits/{made['benefit']['id']}/answer"
    booked = api.post(answer, {"given": True, "reference": "INV-7"}).json()
    assert booked["benefit"]["reference"] == "INV-7"
    kept = api.post(f"/redemptions/{made['id']}/reversal", {})
    assert (kept.status_code, kept.json()["code"]) == (409, "benefit-given")
    assert agrees()


def test_free_months_are_for_something_the_customer_holds(api: Caller, rich: str) -> None:
    offered(api, reward("month", "service_month", 2_400, quantity=2))
    assert redeem(api, rich, "month").json()["field"] == "holding"
    other = ids.public("hol", ids.uuid7())
    assert redeem(api, rich, "month", holding=other).json()["field"] == "holding"
    made = redeem(api, rich, "month", holding=washer_of(api, rich)).json()
    assert (made["benefit"]["quantity"], made["benefit"]["state"]) == (2, "open")
    assert balance(api, rich)["available"] == POINTS - 2_400


def test_a_longer_warranty_is_a_policy_and_goes_with_its_reversal(api: Caller, rich: str) -> None:
    offered(api, reward("care", "warranty", 3_000, plan="care-plus", quantity=12))
    washer = washer_of(api, rich)
    made = redeem(api, rich, "care", holding=washer).json()
    assert (made["state"], made["benefit"]["state"]) == ("done", "given")
    policy = api.get(f"/warranty/policies/{made['benefit']['policy']}").json()
    assert (policy["plan"], policy["holding"]) == ("care-plus", washer)
    twice = redeem(api, rich, "care", holding=washer)
    assert (twice.status_code, twice.json()["code"]) == (409, "not-eligible")
    assert api.post(f"/redemptions/{made['id']}/reversal", {}).json()["points"] == 3_000
    ended = api.get(f"/warranty/policies/{made['benefit']['policy']}").json()
    assert ended["cancelled"] is not None
    assert agrees()


def test_without_the_programme_there_is_no_longer_warranty(api: Caller, rich: str) -> None:
    offered(api, reward("care", "warranty", 3_000, plan="care-plus", quantity=12))
    with transactions.open():
        companies.change({"off": ["warranty"]}, actor=SYSTEM, now=datetime.now(UTC))
    companies.forget()
    assert why_not(api, rich) == {}
    refused = redeem(api, rich, "care").json()
    assert (refused["code"], refused["reason"]) == ("reward-not-available", "programme-off")


def test_miles_go_to_a_membership_and_are_booked_with_the_partner(api: Caller, rich: str) -> None:
    offered(api, reward("miles", "miles", 100, quantity=50, partner="Baltic Wings"))
    assert redeem(api, rich, "miles", points=500).json()["field"] == "member"
    made = redeem(api, rich, "miles", points=500, member="BW 4471").json()
    assert (made["benefit"]["quantity"], made["benefit"]["partner"]) == (250, "Baltic Wings")


def test_what_was_got_stands_on_the_timeline_and_on_the_record(api: Caller, rich: str) -> None:
    offered(api, reward("bag", "product", 900, product="BAG"))
    made = redeem(api, rich, "bag").json()
    told = [one["text"] for one in api.get(f"/customers/{rich}/timeline").json()["items"]]
    assert any("bag" in words for words in told), told
    read = api.get(f"/redemptions/{made['id']}").json()
    assert read["benefit"] == made["benefit"]


@promise("LOY-51")
def test_a_reward_says_whom_it_is_for_and_when(api: Caller, rich: str) -> None:
    today = datetime.now(UTC).astimezone().date()
    span = [(today - timedelta(days=2)).isoformat(), (today + timedelta(days=2)).isoformat()]
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    views = [
        api.post("/views", {"name": name, "state": {"filter": {
            "fact": "customer.language", "op": "eq", "value": name}}}).json()["id"]
        for name in ("es", "lv")
    ]  # fmt: skip
    offered(
        api,
        reward("all", "product", 100, product="BAG"),
        reward("latvian", "product", 100, product="BAG",
               audience={"fact": "customer.language", "op": "eq", "value": "lv"}),
        reward("spanish", "product", 100, product="BAG",
               audience={"fact": "customer.language", "op": "eq", "value": "es"}),
        reward("listed", "product", 100, product="BAG", audience_list=views[1]),
        reward("unlisted", "product", 100, product="BAG", audience_list=views[0]),
        reward("dark", "product", 100, product="BAG", blackouts=[span]),
        reward("soon", "product", 100, product="BAG", starts_at=soon),
        reward("dear", "product", 100_000, product="BAG"),
        reward("once", "product", 100, product="BAG", member_max=1),
    )  # fmt: skip
    assert redeem(api, rich, "once").status_code == 200
    assert why_not(api, rich) == {
        "all": None, "latvian": None, "spanish": "not-for-them", "listed": None,
        "unlisted": "not-for-them", "dark": "not-today",
        "soon": "not-yet", "dear": "not-enough-points", "once": "limit-reached",
    }  # fmt: skip
    assert redeem(api, rich, "spanish").json()["reason"] == "not-for-them"
    assert redeem(api, rich, "dark").json()["reason"] == "not-today"
    assert redeem(api, rich, "latvian").status_code == 200


@promise("LOY-51")
def test_points_and_money_together_are_both_asked_for(api: Caller, rich: str) -> None:
    offered(api, reward("kettle", "product", 1_200, product="BAG", money_prices={"": 990},
                        price_code=EUR))  # fmt: skip
    [one] = api.get(f"/customers/{rich}/rewards").json()["items"]
    assert (one["points"], one["money"]) == (1_200, euros(990))
    assert redeem(api, rich, "kettle").json()["to_pay"] == euros(990)


@pytest.mark.parametrize(
    ("faulty", "field"),
    [
        (reward("a", "product", 1), "product"),
        (reward("a", "product", 1, product="NONE"), "product"),
        (reward("a", "miles", 1, partner="P"), "quantity"),
        (reward("a", "warranty", 1, quantity=12), "plan"),
        (reward("a", "bill_credit", 1), "minor"),
        (reward("a", "percent_off", 1, valid_days=3), "percent"),
        (reward("a", "product", 1, product="BAG", money_prices={"": 5}), "price_code"),
        (reward("a", "product", 1, product="BAG", audience={"fact": "no", "op": "eq"}),
         "audience.fact"),
        (reward("a", "product", 1, product="BAG", blackouts=[["2026-02-02", "2026-02-01"]]),
         "blackouts.0"),
    ],
)  # fmt: skip
def test_a_reward_that_cannot_work_names_its_field(
    api: Caller, rich: str, faulty: dict[str, Any], field: str
) -> None:
    refused = api.post("/rewards", faulty)
    assert (refused.status_code, refused.json()["field"]) == (422, field)
