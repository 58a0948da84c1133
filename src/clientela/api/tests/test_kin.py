"""Addresses, relations and households, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.customers.models import Customer
from clientela.platform import ids
from clientela.platform.promises import promise


@pytest.fixture
def janis(api: Caller) -> dict[str, Any]:
    registered: dict[str, Any] = api.post("/customers", {"name": "Jānis Kalniņš"}).json()[
        "customer"
    ]
    return registered


AT_HOME = {"street": "Brīvības iela 1-2", "city": "Rīga", "postcode": "1050"}


@promise("CUS-11")
def test_an_address_has_a_purpose_a_period_and_its_countrys_layout(
    api: Caller, anna: dict[str, Any]
) -> None:
    path = f"/customers/{anna['id']}/addresses"
    added = api.post(path, {**AT_HOME, "starts_on": "2020-02-01"}).json()
    assert added["state"] == "new"
    assert added["address"]["lines"] == ["Brīvības iela 1-2", "Rīga", "LV-1050"]
    again = api.post(path, {**AT_HOME, "street": "BRIVIBAS iela 1-2", "postcode": "LV-1050"}).json()
    assert (again["state"], again["address"]["id"]) == ("known", added["address"]["id"])
    abroad = {"street": "Calle Mayor 1", "city": "Madrid", "postcode": "28013", "country": "es",
              "purpose": "delivery"}  # fmt: skip
    assert api.post(path, abroad).json()["address"]["lines"] == ["Calle Mayor 1", "28013 Madrid"]

    moved = {"street": "Jūras iela 5", "city": "Ventspils", "postcode": "LV-3601",
             "starts_on": "2026-03-01", "instead_of": added["address"]["id"]}  # fmt: skip
    api.post(path, moved)
    listed = api.get(path).json()["items"]
    assert [(one["city"], one["ends_on"]) for one in listed] == [
        ("Ventspils", None), ("Madrid", None), ("Rīga", "2026-03-01"),
    ]  # fmt: skip


def test_an_address_is_put_right_and_a_bad_one_is_named(api: Caller, anna: dict[str, Any]) -> None:
    path = f"/customers/{anna['id']}/addresses"
    refused = api.post(path, {**AT_HOME, "postcode": "105"})
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        422, "bad-address", "postcode",
    )  # fmt: skip
    assert "LV-1050" in refused.json()["detail"]
    id = api.post(path, AT_HOME).json()["address"]["id"]
    right = api.patch(
        f"{path}/{id}", {**AT_HOME, "street": "Brīvības iela 12", "purpose": "postal"}
    )
    assert (right.json()["street"], right.json()["purpose"]) == ("Brīvības iela 12", "postal")
    over = api.post(f"{path}/{id}/ending", {"on": "2026-11-19"}).json()
    assert over["ends_on"] == "2026-11-19"
    assert api.patch(f"{path}/{id}", AT_HOME).json()["code"] == "address-over"


@promise("CUS-13")
def test_a_relation_is_read_from_both_sides_and_ends(
    api: Caller, anna: dict[str, Any], janis: dict[str, Any]
) -> None:
    path, back = f"/customers/{anna['id']}/relations", f"/customers/{janis['id']}/relations"
    told = api.post(path, {"other": janis["id"], "kind": "guardian", "may_act": True}).json()
    assert told["relation"]["labels"]["lv"] == "ir aizbildnis personai"
    [seen] = api.get(back).json()["items"]
    assert (seen["name"], seen["labels"]["en"]) == ("Anna Kalniņa", "is under the guardianship of")
    assert (seen["may_act"], seen["other_may_act"]) == (False, True)
    profile = api.get(f"/customers/{janis['id']}/profile").json()["kin"]
    assert [one["other_acts"] for one in profile["relations"]] == [True]

    again = api.post(back, {"other": anna["id"], "kind": "guardian", "turned": True})
    assert again.json()["state"] == "known"
    assert api.post(path, {"other": janis["id"], "kind": "spouse"}).json()["state"] == "new"
    assert api.post(back, {"other": anna["id"], "kind": "spouse"}).json()["state"] == "known"

    one = f"{path}/{told['relation']['id']}"
    assert api.patch(one, {"may_act": False, "other_may_act": False}).json()["may_act"] is False
    assert api.post(f"{one}/ending", {"on": "2026-11-01"}).json()["ends_on"] == "2026-11-01"
    assert api.post(f"{one}/ending", {}).json()["code"] == "already-ended"
    itself = api.post(path, {"other": anna["id"], "kind": "spouse"})
    assert (itself.status_code, itself.json()["code"]) == (422, "same-customer")
    assert api.post(path, {"other": janis["id"], "kind": "foe"}).status_code == 404


def _household(api: Caller, *members: dict[str, Any]) -> dict[str, Any]:
    roles = ("head", "partner", "child")
    body = {"name": "Kalniņi", "members": [
        {"customer": one["id"], "role": role} for one, role in zip(members, roles, strict=False)
    ]}  # fmt: skip
    made: dict[str, Any] = api.post("/households", body).json()
    return made


@promise("CUS-12", "CUS-18")
def test_what_members_hold_adds_up_to_their_main_household_joint_things_once(
    api: Caller, anna: dict[str, Any], janis: dict[str, Any]
) -> None:
    api.post("/products", {"code": "SAVE", "name": "Savings", "kind": "Deposit"})
    joint = {"product": "SAVE", "external": {"source": "bank", "id": "D-1"},
             "balance": {"minor": 50_000, "currency": "EUR"}}  # fmt: skip
    api.post("/holdings", {**joint, "customer": anna["id"]})
    api.post("/holdings", {**joint, "customer": janis["id"], "role": "joint"})
    own = {"product": "SAVE", "external": {"source": "bank", "id": "D-2"},
           "balance": {"minor": 700, "currency": "EUR"}}  # fmt: skip
    api.post("/holdings", {**own, "customer": janis["id"]})
    for customer in (anna, janis):
        held = api.get(f"/customers/{customer['id']}/profile").json()["holdings"]
        assert "D-1" in {one["id"] for one in held} or len(held) >= 1
    api.post("/purchases", {"purchases": [a_purchase()]})

    home = _household(api, anna, janis)
    [together] = home["value"]["held"]
    assert (together["count"], together["balance"]["minor"]) == (2, 50_700)
    assert home["value"]["spent_in_a_year"] == [{"minor": 1999, "currency": "EUR"}]

    second = _household(api, janis)
    assert second["value"]["people"] == 0  # the first one stays his main household
    [member] = second["members"]
    api.patch(f"/households/{second['id']}/members/{member['id']}", {"role": "head", "main": True})
    first = api.get(f"/households/{home['id']}").json()["value"]
    other = api.get(f"/households/{second['id']}").json()["value"]
    assert (first["people"], first["held"][0]["balance"]["minor"]) == (1, 50_000)
    assert (other["people"], other["held"][0]["balance"]["minor"]) == (1, 700)


@promise("CUS-12")
def test_people_come_into_a_household_and_leave_it(
    api: Caller, anna: dict[str, Any], janis: dict[str, Any]
) -> None:
    home = _household(api, anna)
    path = f"/households/{home['id']}/members"
    with_both = api.post(path, {"customer": janis["id"], "role": "partner"}).json()
    assert [(one["role"], one["main"]) for one in with_both["members"]] == [
        ("head", True), ("partner", True),
    ]  # fmt: skip
    again = api.post(path, {"customer": janis["id"], "role": "child"})
    assert (again.status_code, again.json()["code"]) == (409, "already-member")
    [of_janis] = api.get(f"/customers/{janis['id']}/households").json()["items"]
    assert (of_janis["role"], of_janis["main"], len(of_janis["members"])) == ("partner", True, 2)
    member = with_both["members"][1]
    left = api.post(f"{path}/{member['id']}/ending", {"on": "2026-11-19"}).json()
    assert left["value"]["people"] == 1
    assert api.get(f"/customers/{janis['id']}/households").json()["items"] == []
    renamed = api.patch(f"/households/{home['id']}", {"name": "Anna's home"}).json()
    assert renamed["name"] == "Anna's home"


def test_a_merged_member_stands_in_the_household_once(
    api: Caller, anna: dict[str, Any], janis: dict[str, Any]
) -> None:
    home = _household(api, anna, janis)
    survivor = ids.parse("cus", anna["id"])
    Customer.objects.filter(id=ids.parse("cus", janis["id"])).update(
        merged_into=survivor, status=Customer.Status.TOMBSTONE
    )
    read = api.get(f"/households/{home['id']}").json()
    assert [one["customer"] for one in read["members"]] == [anna["id"]]
    assert read["value"]["people"] == 1
