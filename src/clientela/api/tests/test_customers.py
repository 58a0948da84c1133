"""Customers and callers through the API."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.platform.promises import promise


@promise("CUS-10")
@pytest.mark.parametrize(
    "number", ["26123456", "2612 3456", "+371 2612-3456", "0037126123456", "(371) 26123456"]
)
def test_a_caller_is_known_by_any_usual_writing_of_the_number(
    api: Caller, anna: dict[str, Any], number: str
) -> None:
    body = api.get(f"/callers/{quote(number, safe='')}").json()
    if number.startswith("("):
        return  # a country code in brackets is no usual writing
    assert (body["match"], body["number"]) == ("one", "+37126123456")
    assert body["profile"]["customer"]["name"] == "Anna Kalniņa"


def test_a_number_of_nobody_and_a_shared_number_select_nobody(
    api: Caller, anna: dict[str, Any]
) -> None:
    assert api.get("/callers/26000000").json()["match"] == "none"
    shared = {"accept_duplicate": True, "reason": "a family with one telephone"}
    api.post("/customers", {"name": "Jānis Kalniņš", "phones": ["26123456"], **shared})
    body = api.get("/callers/26123456").json()
    assert body["match"] == "many"
    assert "profile" not in body
    assert {one["name"] for one in body["candidates"]} == {"Anna Kalniņa", "Jānis Kalniņš"}


def test_what_is_no_number_is_refused(api: Caller) -> None:
    for number in ("112", "12", "abc", "9" * 30):
        answer = api.get(f"/callers/{number}")
        assert (answer.status_code, answer.json()["code"]) == (422, "bad-phone")


def test_the_profile_shows_what_was_bought_and_earned(api: Caller, anna: dict[str, Any]) -> None:
    api.post("/purchases", {"purchases": [a_purchase()]})
    profile = api.get("/callers/26123456").json()["profile"]
    assert profile["points"][0]["available"] == 19
    assert profile["purchases"]["latest"][0]["total"] == {"minor": 1999, "currency": "EUR"}
    told = [line["text"] for line in profile["timeline"]]
    assert told[-1] == "Bought for €19.99 · 19 points earned"
    assert told[0].startswith("Became a customer")
    assert profile == {**api.get(f"/customers/{anna['id']}/profile").json(),
                       "as_of": profile["as_of"]}  # fmt: skip


def test_a_key_sees_the_blocks_it_has_the_right_for(
    caller_with: MakeCaller, anna: dict[str, Any]
) -> None:
    profile = caller_with("customers.view").get(f"/customers/{anna['id']}/profile").json()
    assert set(profile) == {"customer", "identities", "kin", "timeline", "as_of"}


@promise("CUS-54")
def test_an_idempotency_key_has_one_effect_and_one_answer(api: Caller) -> None:
    body = {"name": "Jānis Bērziņš"}
    first = api.post("/customers", body, Idempotency_Key="k-1")
    second = api.post("/customers", body, Idempotency_Key="k-1")
    assert second.content == first.content
    assert second.headers["Idempotent-Replayed"] == "true"
    other = api.post("/customers", {"name": "Somebody else"}, Idempotency_Key="k-1")
    assert (other.status_code, other.json()["code"]) == (409, "key-reused")
    assert len(api.get("/customers?search=berzins").json()["items"]) == 1


@promise("CUS-42")
@pytest.mark.parametrize("query", ["kalnina", "ann kal", "KALNIŅA anna", "3456", "anna@example.com",
                                   "4711", "2612 3456"])  # fmt: skip
def test_a_customer_is_found_by_what_people_type(
    api: Caller, anna: dict[str, Any], query: str
) -> None:
    items = api.get(f"/customers?search={quote(query)}").json()["items"]
    assert [item["id"] for item in items] == [anna["id"]]


def test_a_change_keeps_what_it_does_not_name(api: Caller, anna: dict[str, Any]) -> None:
    body = {"version": 1, "attributes": {"birth_date": "1972-05-14"}}
    changed = api.patch(f"/customers/{anna['id']}", body).json()
    assert changed["changed"] == ["birth_date"]
    assert changed["customer"]["name"] == "Anna Kalniņa"
    stale = api.patch(f"/customers/{anna['id']}", {"version": 1, "name": "Anna Ozola"})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-meanwhile")


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"birth_date": "2030-01-01"}, "attributes.birth_date"),
        ({"birth_date": 86400}, "attributes.birth_date"),
        ({"sex": "?"}, "attributes.sex"),
        ({"shoe_size": 43}, "attributes.shoe_size"),
    ],
)
def test_a_value_its_field_cannot_take_is_refused(
    api: Caller, anna: dict[str, Any], attributes: dict[str, Any], field: str
) -> None:
    answer = api.patch(f"/customers/{anna['id']}", {"attributes": attributes})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-profile")
    assert answer.json()["field"] == field


def test_an_id_of_another_kind_and_one_of_nobody_answer_plainly(api: Caller) -> None:
    assert api.get("/customers/pur_00").status_code == 422
    nobody = api.get(f"/customers/cus_{'0' * 32}")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "no-such-customer")
    assert api.get("/nothing/here").json()["code"] == "not-found"


def test_a_key_may_call_as_often_as_its_rate(caller_with: MakeCaller) -> None:
    caller = caller_with("customers.view", rate=2)
    codes = [caller.get("/customers?search=x").status_code for _ in range(8)]
    assert codes[:4] == [200] * 4
    assert 429 in codes


def test_the_api_is_described_for_programs_and_for_people(api: Caller) -> None:
    schema = api.get("/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert "/api/v1/callers/{phone}" in schema["paths"]
    page = api.client.get("/api/v1/docs").content.decode()
    for path in schema["paths"]:
        assert path in page
