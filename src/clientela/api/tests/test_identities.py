"""What customers are found by, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller
from clientela.platform.promises import promise


def _of(api: Caller, customer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    items = api.get(f"/customers/{customer['id']}/identities").json()["items"]
    return {one["kind"]: one for one in items}


def _add(api: Caller, customer: dict[str, Any], kind: str, value: str, **more: Any) -> Any:
    body = {"kind": kind, "value": value, **more}
    return api.post(f"/customers/{customer['id']}/identities", body)


@promise("CUS-09")
def test_an_identity_lives_from_being_added_to_being_ended(
    api: Caller, anna: dict[str, Any]
) -> None:
    added = _add(api, anna, "phone", "+34 612 345 678", shared=True).json()
    assert (added["state"], added["identity"]["value"]) == ("new", "+34612345678")
    assert (added["identity"]["primary"], added["identity"]["shared"]) == (False, True)
    path = f"/customers/{anna['id']}/identities/{added['identity']['id']}"
    assert _add(api, anna, "phone", "0034612345678").json()["state"] == "known"

    assert api.patch(path, {"primary": True, "bouncing": True}).json()["bounced_at"] is not None
    items = api.get(f"/customers/{anna['id']}/identities").json()["items"]
    primary = [one["value"] for one in items if one["kind"] == "phone" and one["primary"]]
    assert primary == ["+34612345678"]

    verified = api.post(f"{path}/verifications", {"method": "code", "until": "2999-01-01"}).json()
    assert (verified["verification"]["method"], verified["verification"]["valid"]) == ("code", True)
    assert verified["bounced_at"] is None
    wrong = api.post(f"{path}/verifications", {"method": "a feeling"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "method")

    assert api.get("/callers/+34612345678").json()["match"] == "one"
    ended = api.post(f"{path}/ending", {}).json()
    assert (ended["ended_at"] is not None, ended["primary"]) == (True, False)
    assert api.get("/callers/+34612345678").json()["match"] == "none"
    assert api.patch(path, {"shared": False}).json()["code"] == "identity-ended"
    assert _of(api, anna)["email"]["primary"]

    again = _add(api, anna, "phone", "+34612345678").json()
    assert (again["state"], again["identity"]["ended_at"]) == ("new", None)
    told = [line["name"] for line in api.get(f"/customers/{anna['id']}/profile").json()["timeline"]]
    assert {"identity.verified", "identity.ended", "identity.preferred"} <= set(told)


@promise("CUS-09")
@pytest.mark.parametrize(
    ("kind", "value"),
    [("account", "LV80 BANK 0000 4351 95001"), ("card", "CLUB-0042"), ("login", "anna.k"),
     ("national-id", "140572-11234"), ("device", "aa:bb:cc")],
)  # fmt: skip
def test_a_customer_is_looked_up_by_every_kind(
    api: Caller, anna: dict[str, Any], kind: str, value: str
) -> None:
    _add(api, anna, kind, value)
    found = api.post("/lookups", {"kind": kind, "value": value.upper()}).json()
    assert found["match"] == "one"
    assert [one["id"] for one in found["candidates"]] == [anna["id"]]


def test_what_identifies_one_customer_cannot_be_anothers(api: Caller, anna: dict[str, Any]) -> None:
    other = api.post("/customers", {"name": "Jānis Kalniņš"}).json()["customer"]
    _add(api, anna, "account", "LV80BANK0000435195001")
    taken = _add(api, other, "account", "lv80 bank 0000435195001")
    assert (taken.status_code, taken.json()["code"]) == (409, "identity-taken")
    assert _add(api, other, "phone", "2612 3456").json()["state"] == "new"
    many = api.post("/lookups", {"kind": "phone", "value": "26123456"}).json()
    assert (many["match"], len(many["candidates"]), many["shared"]) == ("many", 2, False)


def test_what_many_have_tells_a_household_and_no_person(api: Caller, anna: dict[str, Any]) -> None:
    for name in ("Jānis Kalniņš", "Elīna Kalniņa", "Pēteris Kalniņš"):
        other = api.post("/customers", {"name": name}).json()["customer"]
        _add(api, other, "phone", "26123456")
    assert api.post("/lookups", {"kind": "phone", "value": "26123456"}).json()["shared"]
    assert _of(api, other)["phone"]["shared"]


@promise("SEC-21")
def test_the_number_of_a_payment_card_is_refused(api: Caller, anna: dict[str, Any]) -> None:
    for kind in ("card", "account", "login"):
        refused = _add(api, anna, kind, "4111111111111111")
        assert (refused.status_code, refused.json()["code"]) == (422, "bad-identity")
        assert refused.json()["reason"] == "payment-card"


def test_a_national_id_is_not_told_only_that_it_is_there(api: Caller, anna: dict[str, Any]) -> None:
    added = _add(api, anna, "national-id", "140572-11234").json()["identity"]
    assert added["value"] == added["shown"] == "••••"
    assert "11234" not in api.get(f"/customers/{anna['id']}/profile").content.decode()


def test_a_look_up_by_number_and_source(api: Caller, anna: dict[str, Any]) -> None:
    for body in ({"kind": "customer-number", "value": str(anna["number"])},
                 {"kind": "source", "source": "crm", "value": "4711"}):  # fmt: skip
        assert api.post("/lookups", body).json()["match"] == "one"
    assert api.post("/lookups", {"kind": "holding", "value": "0"}).json()["match"] == "none"
    assert api.post("/lookups", {"kind": "source", "value": "1"}).json()["field"] == "source"
    assert api.post("/lookups", {"kind": "fax", "value": "1"}).json()["field"] == "kind"
