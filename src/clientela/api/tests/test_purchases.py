"""Purchases and returns as tills send them."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.platform.promises import promise

LINE = {"product": "SKU-9", "quantity": "1", "total_minor": 1999, "tax_minor": 347,
        "discount_minor": 0, "serial": None}  # fmt: skip


def test_the_example_of_the_contract_is_recorded(api: Caller, anna: dict[str, Any]) -> None:
    sent = a_purchase(channel="shop", place="riga-1", lines=[LINE])
    answer = api.post("/purchases", {"purchases": [sent]})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["new"], body["repeated"], body["refused"]) == (1, 0, 0)
    [result] = body["results"]
    assert result["state"] == "new"
    assert result["id"].startswith("pur_")
    assert result["customer"] == anna["id"]
    assert result["points"] == [{"currency": "points", "earned": 19, "balance": 19}]
    assert result["error"] is None


@promise("LOY-71")
def test_a_till_that_sends_again_gets_the_same_answer(api: Caller, anna: dict[str, Any]) -> None:
    body = {"purchases": [a_purchase()]}
    [first] = api.post("/purchases", body).json()["results"]
    [second] = api.post("/purchases", body).json()["results"]
    assert second == {**first, "state": "repeated"}


def test_a_bad_purchase_says_why_and_the_others_are_taken(
    api: Caller, anna: dict[str, Any]
) -> None:
    batch = [a_purchase(), a_purchase(reference="R-2", customer={"source": "crm", "id": "?"})]
    body = api.post("/purchases", {"purchases": batch}).json()
    assert (body["new"], body["refused"]) == (1, 1)
    error = body["results"][1]["error"]
    assert error["code"] == "no-such-customer"
    assert error["type"].endswith("/errors/no-such-customer")


@pytest.mark.parametrize(
    ("customer", "state"),
    [
        ({"phone": "2612-3456"}, "new"),
        ({"phone": "+371 26123456"}, "new"),
        ({"phone": "112"}, "refused"),
        ({"source": "crm", "id": "4711"}, "new"),
        ("cus_00000000000000000000000000000000", "refused"),
        ("4711", "refused"),
    ],
)
def test_a_customer_is_named_in_any_way_there_is(
    api: Caller, anna: dict[str, Any], customer: Any, state: str
) -> None:
    body = api.post("/purchases", {"purchases": [a_purchase(customer=customer)]}).json()
    assert body["results"][0]["state"] == state


@promise("SEC-05")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"total": {"minor": "1999", "currency": "EUR"}}, "purchases.0.total.minor"),
        ({"total": {"minor": True, "currency": "EUR"}}, "purchases.0.total.minor"),
        ({"total": {"minor": 19.99, "currency": "EUR"}}, "purchases.0.total.minor"),
        ({"purchased_at": "2026-11-20"}, "purchases.0.purchased_at"),
        ({"purchased_at": 86400}, "purchases.0.purchased_at"),
        ({"balance": 5}, "purchases.0.balance"),
        ({"reference": ""}, "purchases.0.reference"),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_naming_the_field(
    api: Caller, anna: dict[str, Any], wrong: dict[str, Any], field: str
) -> None:
    answer = api.post("/purchases", {"purchases": [{**a_purchase(), **wrong}]})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    "body", ["{", '{"a":1,"a":2}', '{"a":NaN}', "[" * 40 + "]" * 40, '{"a":"\\u0000"}', b"\xff"]
)
def test_a_body_that_is_no_plain_json_is_a_400(api: Caller, body: Any) -> None:
    assert api.post("/purchases", body).status_code == 400


def test_more_than_ten_thousand_purchases_are_too_many(api: Caller, anna: dict[str, Any]) -> None:
    batch = [a_purchase(reference=str(number)) for number in range(10_001)]
    answer = api.post("/purchases", {"purchases": batch})
    assert (answer.status_code, answer.json()["code"]) == (413, "batch-too-large")


@promise("LOY-63")
def test_a_return_takes_back_the_points_of_what_came_back(
    api: Caller, anna: dict[str, Any]
) -> None:
    [sold] = api.post("/purchases", {"purchases": [a_purchase()]}).json()["results"]
    body = {"reference": "RET-7", "returned_at": "2026-11-21T10:00:00Z",
            "amount": {"minor": 1000, "currency": "EUR"}}  # fmt: skip
    answer = api.post(f"/purchases/{sold['id']}/returns", body)
    assert answer.status_code == 200
    assert answer.json()["points"][0]["reversed"] == 10
    again = api.post(f"/purchases/{sold['id']}/returns", body).json()
    assert (again["state"], again["id"]) == ("repeated", answer.json()["id"])


def test_a_key_without_the_right_writes_nothing(
    caller_with: MakeCaller, api: Caller, anna: dict[str, Any]
) -> None:
    answer = caller_with("customers.view").post("/purchases", {"purchases": [a_purchase()]})
    assert (answer.status_code, answer.json()["right"]) == (403, "purchases.write")
    profile = api.get(f"/customers/{anna['id']}/profile").json()
    assert profile["purchases"]["latest"] == []


def test_an_unknown_or_missing_key_is_a_401(api: Caller) -> None:
    api.secret = api.secret[:-1] + ("0" if api.secret[-1] != "0" else "1")
    assert api.post("/purchases", {"purchases": []}).status_code == 401
    assert api.client.get("/api/v1/customers").status_code == 401
