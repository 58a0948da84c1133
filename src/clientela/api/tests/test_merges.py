"""Merging, parting and deciding duplicates as another system does it."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import NOW, Caller, MakeCaller
from clientela.matching.actions import pairs
from clientela.matching.models import Pair
from clientela.platform import ids, transactions
from clientela.platform.promises import promise


def register(api: Caller, name: str, **more: Any) -> Any:
    return api.post("/customers", {"name": name, **more})


@pytest.fixture
def other(api: Caller, anna: dict[str, Any]) -> str:
    answer = register(api, "Anna Kalnina", phones=["29998888"], country="LV",
                      external={"source": "crm", "id": "4712"}).json()  # fmt: skip
    return str(answer["customer"]["id"])


@promise("CUS-31")
def test_somebody_known_is_refused_with_the_candidates_and_goes_on_when_told(
    api: Caller, anna: dict[str, Any]
) -> None:
    refused = register(api, "A. Kalniņa", phones=["+371 26123456"])
    assert refused.status_code == 409
    body = refused.json()
    assert body["code"] == "likely-duplicate"
    assert [(one["id"], one["likeness"], one["reasons"]) for one in body["candidates"]] == [
        (anna["id"], "same", ["same-phone"])
    ]
    bare = register(api, "A. Kalniņa", phones=["+371 26123456"], accept_duplicate=True)
    assert (bare.status_code, bare.json()["field"]) == (422, "reason")
    told = register(api, "A. Kalniņa", phones=["+371 26123456"], accept_duplicate=True,
                    reason="her daughter, same telephone")  # fmt: skip
    assert told.json()["state"] == "new"


def test_the_same_source_and_id_is_known_not_a_duplicate(api: Caller, anna: dict[str, Any]) -> None:
    again = register(api, "Anna Kalniņa", phones=["26123456"],
                     external={"source": "crm", "id": "4711"})  # fmt: skip
    assert (again.status_code, again.json()["state"]) == (200, "known")


def test_a_company_is_no_duplicate_of_a_person(api: Caller, anna: dict[str, Any]) -> None:
    assert register(api, "Kalniņa SIA", type="company", phones=["26123456"]).status_code == 200


def test_merge_read_and_take_back(api: Caller, anna: dict[str, Any], other: str) -> None:
    wish = {"survivor": anna["id"], "others": [other], "choices": {"name": "longest"}}
    trial = api.post("/merges/trial", wish).json()
    country = next(one for one in trial["fields"] if one["field"] == "country")
    assert (country["value"], country["sources"]) == ("LV", [other])
    made = api.post("/merges", wish).json()
    assert made["state"] == "new"
    merge = made["merge"]["id"]
    assert api.post("/merges", wish).json()["state"] == "known"
    assert [one["id"] for one in api.get("/merges").json()["items"]] == [merge]
    assert [one["id"] for one in api.get(f"/merges?customer={other}").json()["items"]] == [merge]
    seen = api.post(f"/merges/{merge}/reversal/trial", {}).json()
    assert seen["records"] == [other]
    parted = api.post(f"/merges/{merge}/reversal", {"reason": "two people"}).json()
    assert parted["merge"]["reversed_at"] is not None
    again = api.post(f"/merges/{merge}/reversal", {})
    assert (again.status_code, again.json()["code"]) == (409, "already-parted")


def test_an_old_id_in_an_address_leads_to_the_survivor(
    api: Caller, anna: dict[str, Any], other: str
) -> None:
    api.post(f"/customers/{anna['id']}/merges", {"others": [other]})
    for path in ("", "/profile", "/points", "/points/entries?limit=5", "/review", "/rewards"):
        answer = api.get(f"/customers/{other}{path}")
        assert answer.status_code == 308, path
        assert answer.headers["Location"] == f"/api/v1/customers/{anna['id']}{path}"
    moved = api.patch(f"/customers/{other}", {"language": "es"})
    assert moved.status_code == 308


def test_a_merged_customer_in_a_body_is_booked_on_the_survivor(
    api: Caller, anna: dict[str, Any], other: str
) -> None:
    api.post(f"/customers/{anna['id']}/merges", {"others": [other]})
    sale = {
        "source": "till", "reference": "R-1", "customer": other, "purchased_at": NOW.isoformat(),
        "total": {"minor": 500, "currency": "EUR"},
    }  # fmt: skip
    [done] = api.post("/purchases", {"purchases": [sale]}).json()["results"]
    assert (done["customer"], done["merged_from"]) == (anna["id"], other)


def test_refusals_of_a_merge(api: Caller, anna: dict[str, Any], other: str) -> None:
    itself = api.post("/merges", {"survivor": anna["id"], "others": [anna["id"]]})
    assert (itself.status_code, itself.json()["code"]) == (409, "same-record")
    api.post("/merges", {"survivor": anna["id"], "others": [other]})
    back = api.post("/merges", {"survivor": other, "others": [anna["id"]]})
    assert (back.status_code, back.json()["code"]) == (409, "already-merged")
    bad = api.post(
        "/merges/trial", {"survivor": anna["id"], "others": [other], "choices": {"size": "newest"}}
    )
    assert bad.status_code in (409, 422)


def test_pairs_are_listed_and_decided(api: Caller, anna: dict[str, Any], other: str) -> None:
    low, high = sorted(ids.parse("cus", id) for id in (anna["id"], other))
    with transactions.open():
        pairs.list_pairs(
            [{"customer_id": low, "other_id": high, "probability": 0.97, "weakest": "phones",
              "parts": [{"field": "surname", "likeness": "same", "weight": 9.1}],
              "grade": "accept"}],
            origin=Pair.Origin.SEARCH, now=NOW,
        )  # fmt: skip
    [pair] = api.get("/duplicates").json()["items"]
    assert (pair["probability"], pair["weakest"]) == (0.97, "phones")
    later = api.post(f"/duplicates/{pair['id']}/decision", {"decision": "later"})
    assert later.json()["state"] == "put-off"
    assert api.get("/duplicates").json()["items"] == []
    done = api.post(f"/duplicates/{pair['id']}/decision", {"decision": "different"})
    assert done.json()["state"] == "told-apart"
    assert api.get(f"/duplicates/{pair['id']}").status_code == 404


def test_only_who_may_merge_merges(
    api: Caller, anna: dict[str, Any], other: str, caller_with: MakeCaller
) -> None:
    clerk = caller_with("customers.view", "customers.edit")
    refused = clerk.post("/merges", {"survivor": anna["id"], "others": [other]})
    assert refused.status_code == 403
