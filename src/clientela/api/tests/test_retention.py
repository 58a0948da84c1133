"""Offers through the API: what a caller is offered, why, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.flows import offers as flow
from clientela.flows.verify import verify
from clientela.platform.promises import promise
from clientela.retention import queries as retention


def words(headline: str) -> dict[str, str]:
    return {
        "headline": headline, "why": "Never late with {product}",
        "why_now": "The fixed rate ends on {ends_on}", "script": f"{headline}, {{name}}!",
    }  # fmt: skip


def an_offer(key: str = "fix-the-rate", **more: Any) -> dict[str, Any]:
    return {
        "key": key, "group": key, "labels": {"en": key, "lv": f"{key} lv"}, "value": 50_000,
        "wording": {"en": words("Fix the rate"), "lv": words("Fiksēt likmi")}, **more,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    retention.forget()
    yield
    retention.forget()


@pytest.fixture
def card(api: Caller) -> None:
    api.post("/products", {"code": "CARD-1", "name": "Travel card", "kind": "Credit card"})


def propose(api: Caller, anna: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    answer = api.post("/proposals", {"customer": anna["id"]}, **headers)
    assert answer.status_code == 200, answer.json()
    offers: list[dict[str, Any]] = answer.json()["offers"]
    return offers


def test_a_caller_is_offered_what_holds_now_in_two_languages(
    api: Caller, anna: dict[str, Any]
) -> None:
    assert api.post("/offers", an_offer()).json() == {
        "key": "fix-the-rate", "version": 1, "state": "new"
    }  # fmt: skip
    [offer] = propose(api, anna)
    assert offer["headline"] == "Fix the rate"
    assert offer["script"] == "Fiksēt likmi, Anna!"
    assert offer["why_now"] == "The fixed rate ends on"
    profile = api.get("/callers/2612%203456").json()["profile"]
    assert [one["id"] for one in profile["offers"]] == [offer["id"]]
    assert {"id", "headline", "why", "why_now", "script"} <= set(profile["offers"][0])


@promise("RET-08")
def test_three_offers_say_why_and_what_to_say_and_the_others_why_not(
    api: Caller, anna: dict[str, Any]
) -> None:
    for number in range(4):
        api.post("/offers", an_offer(f"offer-{number}", value=10_000 - number))
    api.post("/offers", an_offer("grown", eligibility={
        "fact": "customer.age", "op": "ge", "value": 18}))  # fmt: skip
    api.post("/products", {"code": "ML", "name": "Mortgage", "kind": "Mortgage"})
    offers = propose(api, anna)
    assert [one["place"] for one in offers] == [1, 2, 3]
    assert all(one["why"] and one["why_now"] and one["script"] for one in offers)
    assert {one["script"] for one in offers} == {"Fiksēt likmi, Anna!"}
    trace = api.get(f"/decisions/{offers[0]['decision']}").json()
    others = [one for one in trace["sentences"] if one["place"] is None]
    assert {one["offer"] for one in others} == {"offer-3", "grown"}
    assert all(one["sentence"] for one in others)


@promise("RET-04")
def test_a_flag_has_its_reason_source_and_day_of_review(api: Caller, anna: dict[str, Any]) -> None:
    for kind in ("vulnerable", "arrears", "bereavement"):
        body = {"kind": kind, "reason": "A letter", "source": "branch", "review_on": "2090-01-31"}
        assert api.post(f"/customers/{anna['id']}/flags", body).status_code == 200
    again = api.post(f"/customers/{anna['id']}/flags", {"kind": "arrears"})
    assert again.json()["code"] == "flag-already-set"
    flags = api.get(f"/customers/{anna['id']}/profile").json()["flags"]
    assert {one["kind"] for one in flags} == {"vulnerable", "arrears", "bereavement"}
    assert {(one["reason"], one["source"], one["review_on"]) for one in flags} == {
        ("A letter", "branch", "2090-01-31")
    }


@promise("RET-07")
def test_a_need_has_its_source_date_confidence_and_expiry_and_closes_with_an_outcome(
    api: Caller, anna: dict[str, Any]
) -> None:
    at = f"/customers/{anna['id']}/needs"
    for source in ("stated", "seen", "inferred"):
        body = {"kind": source, "source": source, "confidence": 60, "expires_on": "2090-01-31"}
        api.post(at, body)
    api.post(at, {"kind": "over", "expires_on": "2020-01-31"})
    needs = api.get(at).json()["items"]
    assert {one["source"] for one in needs} == {"stated", "seen", "inferred"}
    assert {(one["confidence"], one["expires_on"]) for one in needs} == {(60, "2090-01-31")}
    assert all(one["noted_at"] for one in needs)
    closed = api.post(f"/needs/{needs[0]['id']}/closing", {"result": "answered"}).json()
    assert (closed["result"], closed["closed_at"] is not None) == ("answered", True)
    again = api.post(f"/needs/{needs[0]['id']}/closing", {"result": "answered"})
    assert (again.status_code, again.json()["code"]) == (409, "already-over")


def test_the_profile_decides_when_no_decision_stands(api: Caller, anna: dict[str, Any]) -> None:
    assert api.get(f"/customers/{anna['id']}/profile").json()["offers"] == []
    api.post("/offers", an_offer())
    first = api.get(f"/customers/{anna['id']}/profile").json()["offers"]
    again = api.get(f"/customers/{anna['id']}/profile").json()["offers"]
    assert [one["id"] for one in first] == [one["id"] for one in again] != []


def test_without_an_offer_nothing_is_decided(
    api: Caller, anna: dict[str, Any], django_assert_num_queries: Any
) -> None:
    with patch.object(flow, "decide") as decide:
        api.get(f"/customers/{anna['id']}/profile")
    decide.assert_not_called()


def test_a_flag_silences_selling_at_once_and_says_so(api: Caller, anna: dict[str, Any]) -> None:
    api.post("/offers", an_offer())
    api.post("/offers", an_offer("call-to-help", sells=False))
    assert len(propose(api, anna)) == 2
    body = {"kind": "do_not_sell", "instruction": "Do not offer anything"}
    flag = api.post(f"/customers/{anna['id']}/flags", body).json()
    left = propose(api, anna)
    assert [one["offer"] for one in left] == ["call-to-help"]
    trace = api.get(f"/decisions/{left[0]['decision']}").json()
    said = {one["offer"]: one["sentence"] for one in trace["sentences"]}
    assert said["fix-the-rate"] == "The customer does not want to be sold anything."
    api.post(f"/flags/{flag['id']}/clearance", {})
    assert len(propose(api, anna)) == 2


def test_every_gate_is_in_the_trace_of_every_decision(api: Caller, anna: dict[str, Any]) -> None:
    api.post("/offers", an_offer(eligibility={"fact": "customer.age", "op": "ge", "value": 18}))
    assert propose(api, anna) == []
    decision = retention.latest_decision([_uuid(anna)])
    assert decision is not None
    trace = api.get(f"/decisions/{decision.public_id}", Accept_Language="en").json()
    assert {one["gate"] for one in trace["trace"]["gates"]} == {
        "complaint", "arrears", "fraud", "bereavement", "do-not-sell", "vulnerable"
    }  # fmt: skip
    [told] = trace["sentences"]
    assert told["sentence"] == "It is only for customers where Age is at least 18."
    assert told["steps"][0]["seen"] == "Age: nothing"


def test_a_sensitive_flag_needs_a_day_of_review(api: Caller, anna: dict[str, Any]) -> None:
    answer = api.post(f"/customers/{anna['id']}/flags", {"kind": "vulnerable"})
    assert (answer.status_code, answer.json()["field"]) == (422, "review_on")


def test_an_acceptance_is_followed_until_the_product_is_held(
    api: Caller, anna: dict[str, Any], card: None
) -> None:
    api.post("/offers", an_offer("travel-card", products=["CARD-1"]))
    [offer] = propose(api, anna)
    done = api.post(f"/proposals/{offer['id']}/outcome", {"outcome": "accepted"}).json()
    assert (done["outcome"], done["state"]) == ("accepted", "new")
    assert [one["id"] for one in api.get("/leads").json()["items"]] == [done["lead"]]
    assert propose(api, anna) == []
    api.post("/holdings", {"customer": anna["id"], "product": "CARD-1"})
    assert api.get("/leads").json()["items"] == []
    names = [one["name"] for one in api.get(f"/customers/{anna['id']}/profile").json()["timeline"]]
    assert {"lead.won", "lead.opened", "offer.accepted", "offer.proposed"} <= set(names)
    assert [one.name for one in verify() if one.wrong] == []


def test_a_purchase_closes_the_lead_as_well(api: Caller, anna: dict[str, Any], card: None) -> None:
    api.post("/offers", an_offer("travel-card", products=["card-1"]))
    [offer] = propose(api, anna)
    api.post(f"/proposals/{offer['id']}/outcome", {"outcome": "accepted"})
    line = {"product": "CARD-1", "quantity": "1", "total_minor": 1999, "serial": "S-1"}
    [state] = api.post("/purchases", {"purchases": [{
        "source": "till", "reference": "1", "customer": anna["id"],
        "purchased_at": _now(), "total": {"minor": 1999, "currency": "EUR"}, "lines": [line],
    }]}).json()["results"]  # fmt: skip
    assert state["state"] == "new"
    assert api.get("/leads").json()["items"] == []


def test_an_outcome_is_recorded_once(api: Caller, anna: dict[str, Any]) -> None:
    api.post("/offers", an_offer())
    [offer] = propose(api, anna)
    at = f"/proposals/{offer['id']}/outcome"
    body = {"outcome": "not_interested", "reason": "price"}
    assert api.post(at, body).json()["state"] == "new"
    assert api.post(at, body).json()["state"] == "repeated"
    other = api.post(at, {"outcome": "accepted"})
    assert (other.status_code, other.json()["code"]) == (409, "outcome-already-recorded")
    assert propose(api, anna) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "later"}, "until"),
        ({"outcome": "later", "until": "2020-01-01"}, "until"),
        ({"outcome": "not_interested"}, "reason"),
        ({"outcome": "perhaps"}, "outcome"),
    ],
)
def test_an_outcome_that_lacks_something_is_refused(
    api: Caller, anna: dict[str, Any], body: dict[str, str], field: str
) -> None:
    api.post("/offers", an_offer())
    [offer] = propose(api, anna)
    answer = api.post(f"/proposals/{offer['id']}/outcome", body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_an_offer_held_back_since_cannot_be_accepted(api: Caller, anna: dict[str, Any]) -> None:
    api.post("/offers", an_offer())
    [offer] = propose(api, anna)
    api.post(f"/customers/{anna['id']}/flags", {"kind": "arrears"})
    answer = api.post(f"/proposals/{offer['id']}/outcome", {"outcome": "accepted"})
    assert (answer.status_code, answer.json()["code"]) == (409, "offer-no-longer-available")
    assert answer.json()["gate"] == "arrears"
    kept = api.post(f"/proposals/{offer['id']}/outcome", {"outcome": "not_presented"})
    assert kept.status_code == 200


def test_a_withdrawn_offer_is_gone(api: Caller, anna: dict[str, Any]) -> None:
    api.post("/offers", an_offer())
    [offer] = propose(api, anna)
    api.post("/offers/fix-the-rate/withdrawal", {})
    assert propose(api, anna) == []
    answer = api.post(f"/proposals/{offer['id']}/outcome", {"outcome": "accepted"})
    assert answer.json()["gate"] == "withdrawn"


def test_a_stated_need_comes_first_in_its_group(api: Caller, anna: dict[str, Any]) -> None:
    api.post("/offers", an_offer("rich", group="home", value=900_000))
    api.post("/offers", an_offer("moving", group="home", answers=["moves-house"]))
    assert [one["offer"] for one in propose(api, anna)] == ["rich"]
    need = {"kind": "moves-house", "words": "Moves in January", "rate": "3.15"}
    noted = api.post(f"/customers/{anna['id']}/needs", need).json()
    assert (noted["source"], noted["rate"]) == ("stated", "3.15")
    assert [one["offer"] for one in propose(api, anna)] == ["moving"]
    profile = api.get(f"/customers/{anna['id']}/profile").json()
    assert [one["words"] for one in profile["needs"]] == ["Moves in January"]
    api.post(f"/needs/{noted['id']}/closing", {"result": "moved"})
    assert api.get(f"/customers/{anna['id']}/needs").json()["items"] == []


def test_the_same_text_publishes_nothing_and_another_the_next_version(
    api: Caller, anna: dict[str, Any]
) -> None:
    api.post("/offers", an_offer())
    assert api.post("/offers", an_offer()).json()["state"] == "unchanged"
    body = {**an_offer(), "value": 70_000}
    assert api.post("/offers/fix-the-rate/versions", body).json()["version"] == 2
    numbers = [one["version"] for one in api.get("/offers/fix-the-rate/versions").json()["items"]]
    assert numbers == [2, 1]
    assert [one["key"] for one in api.get("/offers").json()["items"]] == ["fix-the-rate"]


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"group": "Big Group"}, "invalid-input", "group"),
        ({"wording": {}}, "invalid-input", "wording"),
        ({"wording": {"en": {**words("x"), "why": "{shoe}"}}}, "invalid-input", "wording.en.why"),
        ({"eligibility": {"all": [{"fact": "shoe"}]}}, "bad-condition", "eligibility.all.0.fact"),
        ({"lever": {"factor": 9, "owner": "M", "ends_on": "2027-01-01"}}, "invalid-input",
         "lever.factor"),
        ({"starts_on": "2027-01-02", "ends_on": "2027-01-01"}, "invalid-input", "ends_on"),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_used_names_its_part(
    api: Caller, more: dict[str, Any], code: str, field: str
) -> None:
    answer = api.post("/offers", an_offer(**more))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["field"] == field


def test_a_gate_of_ones_own_holds_back(api: Caller, anna: dict[str, Any]) -> None:
    api.post("/offers", an_offer())
    gate = {
        "key": "latvians", "when": {"fact": "customer.language", "op": "eq", "value": "lv"},
        "sentences": {"en": "Not in Latvian."},
    }  # fmt: skip
    assert api.post("/gates", gate).json()["state"] == "new"
    assert propose(api, anna) == []
    keys = {one["key"] for one in api.get("/gates").json()["items"]}
    assert {"latvians", "complaint"} <= keys
    assert "customer.age" in {one["key"] for one in api.get("/facts").json()["items"]}


def test_offers_need_their_right(anna: dict[str, Any], caller_with: MakeCaller) -> None:
    looking = caller_with("customers.view", "retention.view")
    assert looking.post("/proposals", {"customer": anna["id"]}).status_code == 403
    assert looking.post("/offers", an_offer()).status_code == 403
    assert "flags" in looking.get(f"/customers/{anna['id']}/profile").json()
    nosy = caller_with("customers.view")
    assert "offers" not in nosy.get(f"/customers/{anna['id']}/profile").json()


def _uuid(customer: dict[str, Any]) -> Any:
    from clientela.platform import ids

    return ids.parse("cus", customer["id"])


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat()
