"""Many rewards at once: new, known, in conflict or refused, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.flows.redeem_batch import BATCH_ROWS_MAX
from clientela.flows.verify import verify
from clientela.loyalty.models import Account, Coupon, Redemption, RedemptionKey

COUPON = {
    "key": "coffee", "kind": "coupon", "labels": {"en": "Coffee"}, "prices": {"": 100},
    "money": {"minor": 250, "currency": "EUR"}, "valid_days": 30,
}  # fmt: skip
OFF = {
    "key": "off", "kind": "money_off", "labels": {"en": "Money off"}, "prices": {"": 50},
    "money": {"minor": 25, "currency": "EUR"}, "valid_days": 30, "points_min": 100,
}  # fmt: skip
CASH = {
    "key": "cash", "kind": "cash", "labels": {"en": "Cash"}, "prices": {"": 100},
    "money": {"minor": 50, "currency": "EUR"},
}  # fmt: skip
PEOPLE = ("anna", "berta", "dace")


@pytest.fixture
def people(api: Caller) -> Caller:
    """Three customers with 300 points each, and a catalogue."""
    for name in PEOPLE:
        body = {"name": name.title(), "external": {"source": "crm", "id": name}}
        assert api.post("/customers", body).status_code == 200
    sold = [
        a_purchase(reference=name, customer=of(name), total={"minor": 30_000, "currency": "EUR"})
        for name in PEOPLE
    ]
    assert api.post("/purchases", {"purchases": sold}).json()["new"] == len(PEOPLE)
    for reward in (COUPON, OFF, CASH):
        assert api.post("/rewards", reward).json()["state"] == "new"
    return api


def of(name: str) -> dict[str, str]:
    return {"source": "crm", "id": name}


def a_row(reference: str, name: str = "anna", reward: str = "coffee", **more: Any) -> Any:
    named = {"source": "app", "reference": reference}
    return {**named, "reward": reward, "customer": of(name), **more}


def send(api: Caller, *rows: Any, **headers: str) -> Any:
    answer = api.post("/points/redemptions", {"redemptions": rows}, **headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def states(told: Any) -> list[str]:
    return [one["error"]["code"] if one["error"] else one["state"] for one in told["results"]]


def posted() -> list[int]:
    return [account.posted for account in Account.objects.order_by("posted")]


def wrong() -> list[str]:
    return [check.name for check in verify() if check.wrong]


def test_each_row_is_new_known_in_conflict_or_refused_and_the_others_stand(people: Caller) -> None:
    rows = [
        a_row("1"), a_row("2", reward="off", points=150), a_row("3"), a_row("4", reward="off"),
        a_row("5", "berta", "cash", payout={"way": "bill"}), a_row("6", "nobody"),
        a_row("7", "dace", "no-such"), a_row("8", "dace", "off", points=120),
        a_row("1"), a_row("2", reward="off", points=100),
        a_row("9", "dace", "cash", payout={"way": "bank", "iban": "LV00"}),
        {**a_row("10"), "customer": "cus_1"}, a_row("11", "dace"),
    ]  # fmt: skip
    told = send(people, *rows)
    assert states(told) == [
        "new", "new", "not-enough-points", "not-enough-points", "new", "no-such-customer",
        "no-such-reward", "invalid-input", "known", "reference-taken", "invalid-input",
        "invalid-input", "new",
    ]  # fmt: skip
    assert {name: told[name] for name in ("new", "known", "conflict", "refused")} == {
        "new": 4, "known": 1, "conflict": 1, "refused": 7,
    }  # fmt: skip
    assert posted() == [50, 200, 300]  # Berta's 100 are held
    short, bad = told["results"][2]["error"], told["results"][11]["error"]
    assert (short["missing"], short["available"]) == (50, 50)
    assert bad["field"] == "redemptions.11.customer"
    assert wrong() == []
    again = send(people, *rows)
    assert states(again)[:5] == [
        "known",
        "known",
        "not-enough-points",
        "not-enough-points",
        "known",
    ]
    assert (again["new"], again["known"], again["conflict"], again["refused"]) == (0, 5, 1, 7)
    assert posted() == [50, 200, 300]
    assert Redemption.objects.count() == RedemptionKey.objects.count() == 4
    codes = {one["redemption"]["coupon"]["code"] for one in (told["results"][0],
             again["results"][0], again["results"][8])}  # fmt: skip
    assert len(codes) == 1


def test_a_batch_answers_as_each_alone_would(people: Caller) -> None:
    """The same for one customer by the batch, for another one by one."""
    wishes: list[dict[str, Any]] = [
        {"reward": "off", "points": 100},
        {"reward": "coffee"},
        {"reward": "off"},
    ]
    rows = [a_row(str(number), "anna", **wish) for number, wish in enumerate(wishes)]
    together = [one["redemption"] for one in send(people, *rows)["results"]]
    alone = [
        people.post("/redemptions", {"customer": of("berta"), **wish}).json() for wish in wishes
    ]
    for one in (*together, *alone):
        for name in ("id", "customer", "redeemed_at"):
            assert one.pop(name)
        assert one["coupon"].pop("code")
        assert one["coupon"].pop("id")
    told = [{**one, "coupon": {**one["coupon"], "expires_at": ""}} for one in together]
    assert told == [{**one, "coupon": {**one["coupon"], "expires_at": ""}} for one in alone]


def test_what_there_is_only_so_much_of_goes_to_so_many(people: Caller) -> None:
    for more in ({"stock": 2}, {"coupons_max": 1, "key": "rare"}, {"member_max": 1, "key": "once"}):
        people.post("/rewards", {**COUPON, "prices": {"": 10}, **more})
    told = send(
        people, *(a_row(name, name) for name in PEOPLE),
        *(a_row(f"r{name}", name, "rare") for name in PEOPLE),
        *(a_row(f"o{number}", "anna", "once") for number in range(2)),
    )  # fmt: skip
    assert states(told) == [
        "new", "new", "reward-sold-out", "new", "coupons-given-out", "coupons-given-out",
        "new", "limit-reached",
    ]  # fmt: skip
    assert states(send(people, a_row("late", "dace"), a_row("o3", "anna", "once"))) == [
        "reward-sold-out", "limit-reached",
    ]  # fmt: skip
    assert wrong() == []


def test_points_of_a_merged_record_are_used_too(people: Caller) -> None:
    [anna, berta] = [
        people.get(f"/customers?search={name.title()}").json()["items"][0]["id"]
        for name in ("anna", "berta")
    ]
    merge = {"others": [berta], "reason": "the same"}
    assert people.post(f"/customers/{anna}/merges", merge).status_code == 200
    told = send(people, *(a_row(str(number), "berta") for number in range(7)))
    assert states(told) == [*["new"] * 6, "not-enough-points"]
    assert {one["redemption"]["merged_from"] for one in told["results"][:6]} == {berta}
    assert wrong() == []


def test_a_batch_under_a_key_is_answered_again(people: Caller) -> None:
    first, again = (send(people, a_row("1"), idempotency_key="K-1") for _ in range(2))
    assert first == again
    assert Coupon.objects.count() == 1


def test_a_batch_has_a_most_and_every_row_its_name(people: Caller) -> None:
    row = a_row("1")
    answer = people.post("/points/redemptions", {"redemptions": [row] * (BATCH_ROWS_MAX + 1)})
    assert (answer.status_code, answer.json()["code"]) == (413, "batch-too-large")
    assert answer.json()["field"] == "redemptions"
    row.pop("reference")
    answer = people.post("/points/redemptions", {"redemptions": [row]})
    assert (answer.status_code, answer.json()["field"]) == (422, "redemptions.0.reference")
    assert Redemption.objects.count() == 0
