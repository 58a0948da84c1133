"""Products and what customers hold of them, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, a_purchase
from clientela.platform.promises import promise

LOAN = {"product": "LOAN", "external": {"source": "bank", "id": "L-1"}}


@pytest.fixture
def loan(api: Caller) -> None:
    api.post("/products", {"code": "LOAN", "name": "Home loan", "kind": "Mortgage"})


def _hold(api: Caller, customer: dict[str, Any], **more: Any) -> Any:
    return api.post("/holdings", {**LOAN, "customer": customer["id"], **more})


@promise("CUS-15")
def test_a_product_is_a_good_or_service_of_a_kind_with_fields_of_its_own(api: Caller) -> None:
    shapes = [
        {"key": "litres", "type": "integer", "labels": {"en": "Litres"}, "rules": {"min": 1}},
        {"key": "energy", "type": "choice", "labels": {"en": "Energy"},
         "choices": [{"code": "A", "labels": {"en": "A"}}]},
    ]  # fmt: skip
    kind = {"key": "fridge", "labels": {"en": "Fridge"}, "held": True, "fields": shapes}
    assert api.post("/product-kinds", kind).json()["state"] == "new"
    assert api.post("/product-kinds", kind).json()["state"] == "unchanged"
    api.post("/categories", {"key": "kitchen", "labels": {"en": "Kitchen"}})
    api.post("/categories", {"key": "cold", "labels": {"en": "Cold"}, "parent": "kitchen"})
    loop = api.post("/categories", {"key": "kitchen", "labels": {"en": "K"}, "parent": "cold"})
    assert (loop.status_code, loop.json()["field"]) == (422, "parent")

    body = {"code": "ZN-1", "name": "Fridge ZN-1", "kind": "fridge", "form": "good",
            "price": {"minor": 49900, "currency": "EUR"}, "category": "cold",
            "attributes": {"litres": 240, "energy": "A"}, "terms": "Two years."}  # fmt: skip
    assert api.post("/products", body).json()["state"] == "new"
    assert api.post("/products", body).json()["state"] == "unchanged"
    bad = api.post("/products", {**body, "attributes": {"litres": 0, "colour": "red"}}).json()
    assert (bad["code"], {one["field"] for one in bad["faults"]}) == (
        "invalid-profile", {"attributes.litres", "attributes.colour"},
    )  # fmt: skip
    api.post("/products", {**body, "code": "ZN-2", "name": "Fridge ZN-2"})
    api.post("/products", {"code": "zn-1", "successor": "ZN-2", "retired": True})
    read = api.get("/products/ZN-1").json()
    assert (read["successor"], read["held"], read["category"], read["form"]) == (
        "ZN-2", True, "cold", "good",
    )  # fmt: skip
    assert read["retired_at"] is not None
    assert read["attributes"] == {"litres": 240, "energy": "A"}
    assert (
        api.post("/products", {"code": "ZN-1", "successor": "ZN-1"}).json()["field"] == "successor"
    )
    first = api.get("/products?search=zn&limit=1").json()
    second = api.get(f"/products?search=zn&limit=1&after={first['next']}").json()
    assert [one["code"] for one in (*first["items"], *second["items"])] == ["ZN-1", "ZN-2"]
    tree = api.get("/categories").json()["items"]
    assert [(one["key"], one["parent"]) for one in tree] == [("kitchen", None), ("cold", "kitchen")]


@promise("CUS-15")
def test_a_product_marked_as_held_opens_a_holding_without_a_serial(
    api: Caller, anna: dict[str, Any]
) -> None:
    api.post("/products", {"code": "CARE", "name": "Care plan", "kind": "Plan", "held": True})
    line = {"product": "CARE", "total_minor": 1999}
    api.post("/purchases", {"purchases": [a_purchase(lines=[line])]})
    [held] = api.get(f"/customers/{anna['id']}/holdings").json()["items"]
    assert held["product"] == "Care plan"


@promise("CUS-16")
def test_a_holding_has_all_its_terms_and_is_changed_and_closed(
    api: Caller, anna: dict[str, Any], loan: None
) -> None:
    terms = {
        "number": "LV-001-2", "opened_on": "2020-01-31", "matures_on": "2030-01-31",
        "fixed_until_on": "2027-01-31", "balance": {"minor": 5_000_000, "currency": "EUR"},
        "balance_on": "2026-11-01", "limit": {"minor": 9_000_000, "currency": "EUR"},
        "rate": "3.15", "term_months": 120,
    }  # fmt: skip
    id = _hold(api, anna, **terms).json()["id"]
    read = api.get(f"/holdings/{id}").json()
    assert {key: read[key] for key in terms} == terms
    changed = api.patch(f"/holdings/{id}", {"status": "dormant", "number": "LV-001-3"}).json()
    assert (changed["status"], changed["rate"]) == ("dormant", "3.15")
    for number, match in (("LV0012", "none"), ("lv 001 3", "one")):
        found = api.post("/lookups", {"kind": "holding", "value": number}).json()
        assert found["match"] == match
    next_ = _hold(api, anna, external={"source": "bank", "id": "L-2"}, renewal_of=id).json()["id"]
    held = {one["id"]: one for one in api.get(f"/customers/{anna['id']}/holdings").json()["items"]}
    assert (held[id]["days_left"], held[id]["renewed"]) == (None, True)
    assert api.patch(f"/holdings/{next_}", {"renewal_of": next_}).json()["field"] == "renewal_of"

    closed = api.post(f"/holdings/{id}/closing", {"on": "2026-11-19", "status": "matured"}).json()
    assert (closed["status"], closed["closed_on"]) == ("matured", "2026-11-19")
    assert api.post(f"/holdings/{id}/closing", {}).json()["code"] == "holding-closed"
    early = api.patch(f"/holdings/{next_}", {"opened_on": "2026-01-02", "closed_on": "2026-01-01"})
    assert early.json()["field"] == "closed_on"
    card = api.patch(f"/holdings/{next_}", {"number": "4111 1111 1111 1111"})
    assert (card.status_code, card.json()["reason"]) == (422, "payment-card")


@promise("CUS-17")
def test_a_sources_code_means_a_status_for_a_kind_and_an_unmapped_one_is_refused(
    api: Caller, anna: dict[str, Any], loan: None
) -> None:
    api.post("/products", {"code": "SAVE", "name": "Savings", "kind": "Deposit"})
    unknown = _hold(api, anna, status="D")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-status")
    assert (unknown.json()["value"], unknown.json()["kind"]) == ("D", "mortgage")
    for kind, status in (("mortgage", "written_off"), ("deposit", "dormant")):
        mapped = api.post("/status-maps", {"source": "bank", "kind": kind, "code": "D",
                                           "status": status})  # fmt: skip
        assert mapped.json()["status"] == status
    loan_id = _hold(api, anna, status="d").json()["id"]
    saved = _hold(api, anna, status="D", product="SAVE", external={"source": "bank", "id": "S-1"})
    assert api.get(f"/holdings/{loan_id}").json()["status"] == "written_off"
    assert api.get(f"/holdings/{saved.json()['id']}").json()["status"] == "dormant"
    other = _hold(api, anna, status="D", external={"source": "till", "id": "T-1"})
    assert other.json()["code"] == "unknown-status"
    [first, *_rest] = api.get("/status-maps?source=bank").json()["items"]
    api.client.delete(f"/api/v1/status-maps/{first['id']}",
                      headers={"Authorization": f"Bearer {api.secret}"})  # fmt: skip
    assert len(api.get("/status-maps").json()["items"]) == 1


@promise("CUS-18")
def test_each_holder_sees_a_holding_and_the_main_one_stays(
    api: Caller, anna: dict[str, Any], loan: None
) -> None:
    janis = api.post("/customers", {"name": "Jānis Kalniņš"}).json()["customer"]
    id = _hold(api, anna).json()["id"]
    part = {"customer": janis["id"], "role": "guarantor"}
    assert len(api.post(f"/holdings/{id}/holders", part).json()["holders"]) == 2
    assert len(api.post(f"/holdings/{id}/holders", part).json()["holders"]) == 2
    for customer, role in ((anna, "owner"), (janis, "guarantor")):
        [seen] = api.get(f"/customers/{customer['id']}/holdings").json()["items"]
        assert (seen["id"], seen["role"], seen["holders"]) == (id, role, 2)
    main = api.post(f"/holdings/{id}/holders/removal", {"customer": anna["id"], "role": "owner"})
    assert main.json()["code"] == "main-holder-stays"
    assert len(api.post(f"/holdings/{id}/holders/removal", part).json()["holders"]) == 1
