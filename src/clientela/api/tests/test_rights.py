"""Who sees what, by the API: hidden fields, masked ones, branches, and who looked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.customers import sight
from clientela.customers.access import queries as access
from clientela.flows.shapes.fields import define_field
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.staff import branches, keys
from clientela.staff.models import ApiKey

FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "income", "type": "integer", "labels": {"en": "Income"}, "data_class": "financial"},
    {"key": "allergies", "type": "text", "labels": {"en": "Allergies"}, "data_class": "health"},
)


@pytest.fixture(autouse=True)
def fresh_sight() -> Iterator[None]:
    sight.forget()
    yield
    sight.forget()


@pytest.fixture
def ilze(api: Caller) -> dict[str, Any]:
    """Ilze has a city, an income and something about her health."""
    for field in FIELDS:
        define_field("person", field, actor=SYSTEM, now=datetime.now(UTC))
    sight.forget()
    body = {
        "name": "Ilze Liepa", "phones": ["2912 3456"],
        "attributes": {"city": "Cēsis", "income": 1200, "allergies": "nuts"},
    }  # fmt: skip
    registered: dict[str, Any] = api.post("/customers", body).json()["customer"]
    return registered


@promise("CUS-05")
def test_a_key_that_names_kinds_of_data_sees_these_and_no_others(
    ilze: dict[str, Any], caller_with: MakeCaller
) -> None:
    narrow = caller_with("customers.view", "customers.edit", "customers.see:contact")
    for path in (f"/customers/{ilze['id']}", f"/customers/{ilze['id']}/profile"):
        found = narrow.get(path).json()
        record = found.get("customer", found)
        assert record["attributes"] == {"city": "Cēsis"}
        assert "1200" not in str(found)
        assert "nuts" not in str(found)
    refused = narrow.patch(f"/customers/{ilze['id']}", {"attributes": {"income": 1}})
    assert (refused.status_code, refused.json()["code"]) == (403, "field-not-visible")
    assert refused.json()["field"] == "attributes.income"
    locked = narrow.patch(f"/customers/{ilze['id']}", {"attributes": {"city": "Rīga"}})
    assert (locked.status_code, locked.json()["code"]) == (403, "field-not-editable")


def test_a_hidden_telephone_neither_shows_nor_finds(
    ilze: dict[str, Any], caller_with: MakeCaller
) -> None:
    narrow = caller_with("customers.view", "customers.see:general")
    assert narrow.get("/customers?search=3456").json()["items"] == []
    (hit,) = narrow.get("/customers?search=liepa").json()["items"]
    assert hit["phone"] == ""
    assert narrow.get(f"/customers/{ilze['id']}/profile").json()["identities"] == []
    assert narrow.get("/callers/29123456").json()["code"] == "field-not-visible"


@promise("PRV-01")
def test_what_is_sensitive_is_masked_until_somebody_says_why(
    api: Caller, ilze: dict[str, Any], caller_with: MakeCaller
) -> None:
    found = api.get(f"/customers/{ilze['id']}").json()
    assert "allergies" not in found["attributes"]
    assert found["masked"] == ["allergies"]
    assert api.get(f"/customers/{ilze['id']}/profile").json()["customer"]["masked"] == ["allergies"]
    address = f"/customers/{ilze['id']}/reveals"
    assert api.post(address, {"fields": ["allergies"], "reason": "no"}).status_code == 422
    told = api.post(address, {"fields": ["allergies"], "reason": "Asked for by herself"}).json()
    assert told == {"attributes": {"allergies": "nuts"}, "identities": []}
    plain = caller_with("customers.view", "customers.see:health")
    refused = plain.post(address, {"fields": ["allergies"], "reason": "Curious as always"})
    assert (refused.status_code, refused.json()["code"]) == (403, "field-not-revealed")
    rows = api.get(f"/accesses?customer={ilze['id']}").json()["items"]
    revealed = [row for row in rows if row["fields"]]
    assert [(row["fields"], row["reason"]) for row in revealed] == [
        (["allergies"], "Asked for by herself")
    ]
    assert [row["channel"] for row in rows] == ["api", "api", "api"]
    assert all(row["request"] for row in rows)


@promise("CUS-53", "SEC-03")
def test_a_customer_of_another_branch_is_not_there(
    api: Caller, ilze: dict[str, Any], caller_with: MakeCaller
) -> None:
    for key in ("riga-1", "riga-2"):
        with transactions.open():
            branches.define(key=key, name=key)
    assigned = api.post(f"/customers/{ilze['id']}/assignment", {"branch": "riga-1"})
    assert assigned.json() == {"changed": ["branch"]}
    theirs, others = caller_with("customers.view"), caller_with("customers.view", "customers.edit")
    _placed(theirs, "riga-1")
    _placed(others, "riga-2")
    unknown = f"cus_{32 * '1'}"
    assert theirs.get(f"/customers/{ilze['id']}").status_code == 200
    for tail in ("", "/profile", "/points", "/redemptions", "/flags", "/needs"):
        hidden = others.get(f"/customers/{ilze['id']}{tail}")
        missing = others.get(f"/customers/{unknown}{tail}")
        assert _told(hidden) == _told(missing), tail
    patched = others.patch(f"/customers/{ilze['id']}", {"name": "Somebody"})
    assert _told(patched) == _told(others.patch(f"/customers/{unknown}", {"name": "Somebody"}))
    assert others.get("/customers?search=liepa").json()["items"] == []
    assert others.get("/callers/29123456").json()["match"] == "none"
    assert theirs.get("/callers/29123456").json()["match"] == "one"
    somebody = {"name": "Juris Liepa", "phones": ["2912 3456"]}
    told = {"accept_duplicate": True, "reason": "Her brother, at the same number"}
    assert api.post("/customers", {**somebody, **told}).status_code == 200
    shared = others.get("/callers/29123456").json()
    assert (shared["match"], len(shared["candidates"]), shared["others"]) == ("many", 1, 1)


def test_rights_on_fields_are_decided_and_taken_back(api: Caller, ilze: dict[str, Any]) -> None:
    hide = {"role": "agent", "may": "hidden", "profile_type": "person", "field": "income"}
    assert api.post("/field-rights", {"decisions": [hide]}).json() == {"changed": 1}
    assert api.post("/field-rights", {"decisions": [hide]}).json() == {"changed": 0}
    rows = api.get("/field-rights").json()["items"]
    mine = [row for row in rows if row["field"] == "income" and row["role"] == "agent"]
    assert [(row["may"], row["effective"]) for row in mine] == [("hidden", "hidden")]
    assert api.post("/field-rights", {"decisions": [{**hide, "may": "standard"}]}).json() == {
        "changed": 1
    }
    refused = api.post("/field-rights", {"decisions": [{**hide, "role": "administrator"}]})
    assert refused.status_code == 422


def _told(response: Any) -> tuple[int, dict[str, Any], list[str]]:
    body = {key: value for key, value in response.json().items() if key != "request_id"}
    return response.status_code, body, sorted(response.headers)


def _placed(caller: Caller, branch: str) -> None:
    key = ApiKey.objects.get(digest=keys.digest(caller.secret))
    with transactions.open():
        branches.place_key(key_id=key.id, branches=[branch], actor=SYSTEM)
    sight.forget()


@promise("PRV-10")
def test_whose_data_somebody_has_seen_is_listed_once_for_each_customer(
    api: Caller, ilze: dict[str, Any], anna: dict[str, Any], caller_with: MakeCaller
) -> None:
    till = caller_with("customers.view")
    for customer in (ilze, anna, ilze):
        till.get(f"/customers/{customer['id']}/profile")
    key = ApiKey.objects.get(digest=keys.digest(till.secret)).public_id
    found = access.exposed(access.Wanted(key))
    assert [(ids.public("cus", one.customer_id), one.times) for one in found] == [
        (ilze["id"], 2), (anna["id"], 1)
    ]  # fmt: skip
    assert access.exposed(access.Wanted(key, since=datetime.now(UTC))) == []
    listed = api.get(f"/accesses?actor={key}&limit=2").json()
    assert [row["customer"] for row in listed["items"]] == [ilze["id"], anna["id"]]
    assert len(api.get(f"/accesses?actor={key}&after={listed['next']}").json()["items"]) == 1


def test_a_refusal_does_not_tell_a_hidden_value_by_what_it_makes_needed(
    api: Caller, ilze: dict[str, Any], caller_with: MakeCaller
) -> None:
    asked = {"fact": "customer.income", "op": "ge", "value": 1000}
    field = {
        "key": "tax_code",
        "type": "text",
        "labels": {"en": "Tax code"},
        "required_when": asked,
    }
    define_field("person", field, actor=SYSTEM, now=datetime.now(UTC))
    sight.forget()
    address, moved = f"/customers/{ilze['id']}", {"attributes": {"city": "Sigulda"}}
    refused = api.patch(address, moved).json()
    assert [one["field"] for one in refused["faults"]] == ["attributes.tax_code"]
    narrow = caller_with("customers.view", "customers.edit", "customers.edit:general",
                         "customers.edit:contact")  # fmt: skip
    assert "income" not in narrow.get(address).json()["attributes"]
    assert narrow.patch(address, moved).status_code == 200
