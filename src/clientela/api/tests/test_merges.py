"""Merging, parting and deciding duplicates as another system does it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from clientela.api.tests.conftest import NOW, Caller, MakeCaller
from clientela.flows import accept_duplicates
from clientela.matching.actions import pairs
from clientela.matching.models import Pair
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM
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


def test_a_list_of_merges_is_walked_by_its_own_next(api: Caller, anna: dict[str, Any]) -> None:
    for place in range(4):
        again = register(api, f"Anna {place}").json()["customer"]["id"]
        api.post("/merges", {"survivor": anna["id"], "others": [again]})
    seen, following = [], ""
    for _page in range(4):
        page = api.get(f"/merges?limit=1&after={quote(following)}").json()
        seen += [one["id"] for one in page["items"]]
        following = page["next"]
    assert len(set(seen)) == 4
    assert seen == sorted(seen, reverse=True)


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


@promise("CUS-35")
def test_every_body_that_names_a_merged_customer_says_so_in_its_answer(
    api: Caller, anna: dict[str, Any], other: str
) -> None:
    api.post("/products", {"code": "TV", "name": "Television", "kind": "goods"})
    before = api.post("/holdings", {"customer": other, "product": "TV"}).json()
    api.post(f"/customers/{other}/notes", {"words": "Prefers letters"})
    api.post(f"/customers/{anna['id']}/merges", {"others": [other]})
    by_source = {"source": "crm", "id": "4712"}
    for named in (other, by_source, {"phone": "+37129998888"}):
        holding = api.post("/holdings", {"customer": named, "product": "TV"}).json()
        assert (holding["customer"], holding["merged_from"]) == (anna["id"], other)
        issue = api.post("/issues", {"customer": named, "text": "It is broken"}).json()["issue"]
        assert (issue["customer"], issue["merged_from"]) == (anna["id"], other)
        offered = api.post("/proposals", {"customer": named}).json()
        assert (offered["customer"], offered["merged_from"]) == (anna["id"], other)
    assert "merged_from" not in api.post("/proposals", {"customer": anna["id"]}).json()
    held = api.get(f"/holdings/{before['id']}").json()
    assert (held["customer"], held["merged_from"]) == (anna["id"], other)
    [holder] = held["holders"]
    assert (holder["customer"], holder["merged_from"]) == (anna["id"], other)
    [note] = api.get(f"/customers/{anna['id']}/notes").json()["items"]
    assert (note["customer"], note["merged_from"]) == (anna["id"], other)


@promise("CUS-35")
def test_what_a_source_sends_again_after_a_merge_changes_nothing(
    api: Caller, anna: dict[str, Any], other: str
) -> None:
    api.post("/products", {"code": "TV", "name": "Television", "kind": "goods"})
    sent = {"customer": {"source": "crm", "id": "4712"}, "product": "TV", "number": "TV-1",
            "external": {"source": "crm", "id": "H-1"}}  # fmt: skip
    first = api.post("/holdings", sent).json()
    api.post(f"/customers/{anna['id']}/merges", {"others": [other]})
    again = api.post("/holdings", sent).json()
    assert (again["id"], again["state"]) == (first["id"], "unchanged")
    assert len(api.get(f"/holdings/{first['id']}").json()["holders"]) == 1
    known = register(api, "Anna Kalnina", external={"source": "crm", "id": "4712"}).json()
    assert (known["state"], known["customer"]["id"]) == ("known", anna["id"])


@promise("CUS-33")
def test_a_value_only_one_may_have_comes_along_and_goes_back(
    api: Caller, anna: dict[str, Any]
) -> None:
    api.post("/fields", {"profile_type": "person",
        "key": "passport", "type": "text", "labels": {"en": "Passport"}, "unique": True,
    })  # fmt: skip
    other = register(api, "Anna Kalnina", attributes={"passport": "LV-7"}).json()["customer"]["id"]
    made = api.post("/merges", {"survivor": anna["id"], "others": [other]}).json()
    assert made["merge"]["after"]["passport"] == "LV-7"
    kept = api.patch(f"/customers/{anna['id']}", {"attributes": {"passport": "LV-7"}})
    assert kept.status_code == 200
    stranger = register(api, "Zane", attributes={"passport": "LV-7"})
    assert stranger.status_code in (409, 422)
    back = api.post(f"/merges/{made['merge']['id']}/reversal", {})
    assert back.status_code == 200
    for id, passport in ((anna["id"], None), (other, "LV-7")):
        assert api.get(f"/customers/{id}").json()["attributes"].get("passport") == passport


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


def paired(one: str, two: str, probability: float = 0.97) -> str:
    low, high = sorted(ids.parse("cus", id) for id in (one, two))
    with transactions.open():
        pairs.list_pairs(
            [{"customer_id": low, "other_id": high, "probability": probability,
              "weakest": "phones", "grade": "accept",
              "parts": [{"field": "surname", "likeness": "same", "weight": 9.1}]}],
            origin=Pair.Origin.SEARCH, now=NOW,
        )  # fmt: skip
    return Pair.objects.get(customer_id=low, other_id=high).public_id


def test_sure_pairs_are_accepted_after_a_look_at_their_sample(
    api: Caller, anna: dict[str, Any], other: str
) -> None:
    third = register(api, "Zane Liepa").json()["customer"]["id"]
    fourth = register(api, "Zane Liepiņa").json()["customer"]["id"]
    sure, wrong = paired(anna["id"], other), paired(third, fourth)
    offered = api.get("/duplicates/acceptance?threshold=0.95").json()
    assert (offered["pairs"], {one["id"] for one in offered["sample"]}) == (2, {sure, wrong})
    assert api.get("/duplicates/acceptance?threshold=0.98").json()["pairs"] == 0
    wish = {"threshold": 0.95, "looked_at": [sure]}
    unseen = api.post("/duplicates/acceptances", wish)
    assert (unseen.status_code, unseen.json()["code"]) == (409, "sample-not-looked-at")
    faulty = api.post(
        "/duplicates/acceptances", {**wish, "looked_at": [sure, wrong], "wrong": [wrong]}
    )
    assert (faulty.status_code, faulty.json()["code"]) == (409, "sample-has-faults")
    begun = api.post("/duplicates/acceptances", wish).json()
    assert begun["ended_at"] is None
    for _again in range(2):  # a job that was killed runs once more
        accept_duplicates.run(ids.parse("acc", begun["id"]), actor=SYSTEM, now=NOW)
    done = api.get(f"/duplicates/acceptances/{begun['id']}").json()
    assert done["ended_at"] is not None
    assert (done["merged"], done["refused"]) == (1, 0)
    assert api.get(f"/customers/{other}").status_code == 308
    assert api.get(f"/customers/{fourth}").status_code == 200
    assert len(api.get("/merges").json()["items"]) == 1


def test_only_who_may_merge_merges(
    api: Caller, anna: dict[str, Any], other: str, caller_with: MakeCaller
) -> None:
    clerk = caller_with("customers.view", "customers.edit")
    refused = clerk.post("/merges", {"survivor": anna["id"], "others": [other]})
    assert refused.status_code == 403
