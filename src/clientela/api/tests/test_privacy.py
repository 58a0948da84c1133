"""Consents, objections, requests, the package and erasing by API."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.api.tests.test_retention import an_offer
from clientela.platform.promises import promise
from clientela.retention import queries as retention

GIVEN = {"purpose": "news", "decision": "given", "source": "shop", "channel": "email",
         "evidence": "form 12"}  # fmt: skip


def at(anna: dict[str, Any], path: str) -> str:
    return f"/customers/{anna['id']}{path}"


def standing(answer: Any) -> dict[tuple[str, str], str]:
    return {(one["purpose"], one["channel"]): one["because"] for one in answer["standing"]}


def test_decisions_are_appended_and_the_latest_stands(api: Caller, anna: dict[str, Any]) -> None:
    first = api.post(at(anna, "/consents"), {"decisions": [GIVEN]}).json()
    assert standing(first)["news", "email"] == "given"
    assert standing(first)["news", "sms"] == "not_given"
    refusal = {"purpose": "news", "decision": "withdrawn", "source": "phone"}
    second = api.post(at(anna, "/consents"), {"decisions": [refusal]}).json()
    assert standing(second)["news", "email"] == "withdrawn"
    decided = second["decisions"][-1]
    assert (decided["wording"], decided["basis"], decided["evidence"]) == (1, "consent", "form 12")
    early = f"?as_of={decided['recorded_at'].replace('+', '%2B')}"
    assert standing(api.get(at(anna, f"/consents{early}")).json())["news", "email"] == "given"


def test_one_address_may_agree_and_the_person_may_refuse(api: Caller, anna: dict[str, Any]) -> None:
    one = {**GIVEN, "address": {"kind": "email", "value": "Anna@example.com"}}
    answer = api.post(at(anna, "/consents"), {"decisions": [one]}).json()
    assert answer["decisions"][0]["of_address"]
    letter = {"purpose": "news", "subject": "News", "body": "Hello"}
    assert api.post(at(anna, "/letters"), letter).json()["state"] == "queued"
    refusal = {"purpose": "news", "decision": "withdrawn", "source": "phone"}
    api.post(at(anna, "/consents"), {"decisions": [refusal]})
    refused = api.post(at(anna, "/letters"), letter)
    assert (refused.status_code, refused.json()["because"]) == (409, "withdrawn")


@promise("CUS-40", "PRV-07")
def test_who_objects_is_offered_nothing_and_who_is_restricted_is_seen_by_few(
    api: Caller, anna: dict[str, Any], caller_with: MakeCaller
) -> None:
    retention.forget()
    api.post("/offers", an_offer())
    assert api.post("/proposals", {"customer": anna["id"]}).json()["offers"]
    objection = {"kind": "profiling", "reason": "asked for it"}
    made = api.post(at(anna, "/restrictions"), objection).json()
    assert api.post(at(anna, "/restrictions"), objection).status_code == 409
    assert api.post("/proposals", {"customer": anna["id"]}).json()["offers"] == []
    agent = caller_with("customers.view", "privacy.view", "retention.view", "retention.serve")
    profile = agent.get(at(anna, "/profile")).json()
    assert [one["kind"] for one in profile["privacy"]["restrictions"]] == ["profiling"]
    assert profile["offers"] == []
    freeze = api.post(at(anna, "/restrictions"), {"kind": "frozen", "reason": "disputed"}).json()
    for path in (at(anna, ""), at(anna, "/profile"), at(anna, "/consents")):
        assert agent.get(path).status_code == 404, path
    assert agent.get("/customers?search=Anna").json()["items"] == []
    assert agent.get("/callers/26123456").json()["match"] == "none"
    assert api.get(at(anna, "/profile")).status_code == 200
    for one in (freeze, made):
        lifted = api.post(f"/restrictions/{one['id']}/lifting", {"reason": "settled"})
        assert lifted.json()["lifted_reason"] == "settled"
    assert agent.get(at(anna, "")).status_code == 200
    retention.forget()


def test_a_freeze_needs_more_than_writing_down(
    anna: dict[str, Any], caller_with: MakeCaller
) -> None:
    clerk = caller_with("customers.view", "privacy.record")
    frozen = clerk.post(at(anna, "/restrictions"), {"kind": "hold", "reason": "a case"})
    assert frozen.status_code == 403
    assert clerk.post(at(anna, "/erasure"), {}).status_code == 403


def test_a_request_waits_thirty_days_and_the_package_answers_it(
    api: Caller, anna: dict[str, Any]
) -> None:
    body = {"kind": "access", "received_at": "2026-11-20T10:00:00+02:00", "proof": "passport"}
    asked = api.post(at(anna, "/privacy-requests"), body).json()
    assert asked["due_on"] == "2026-12-20"
    assert [one["id"] for one in api.get("/privacy-requests").json()["items"]] == [asked["id"]]
    package = api.get(at(anna, "/access-package?language=es")).json()
    assert package["data"]["tables"]["customers_identity"]["rows"]
    assert '<html lang="es">' in package["html"]
    assert api.get("/privacy-requests").json()["items"] == []


@promise("CUS-39")
def test_erasing_is_tried_first_and_leaves_a_proof(api: Caller, anna: dict[str, Any]) -> None:
    planned = api.get(at(anna, "/erasure")).json()
    assert {one["table"] for one in planned["reached"]} >= {"customers_identity"}
    assert api.get(at(anna, "")).json()["name"] == "Anna Kalniņa"
    outcome = api.post(at(anna, "/erasure"), {}).json()
    assert outcome["state"] == "erased"
    [proof] = api.get("/erasures").json()["items"]
    assert proof == outcome["erasure"]
    assert "Anna" not in str(proof)
    assert api.get("/callers/26123456").json()["match"] == "none"
    assert api.post(at(anna, "/erasure"), {}).json()["code"] == "already-erased"


def test_periods_are_set_with_their_ground(api: Caller) -> None:
    refused = api.post("/retention-periods", {"data_class": "access", "months": 12, "is_on": True})
    assert refused.json()["field"] == "ground"
    body = {"data_class": "access", "months": 12, "ground": "security", "is_on": True}
    kept = {
        one["data_class"]: one for one in api.post("/retention-periods", body).json()["periods"]
    }
    assert kept["access"] == {**body, "receivers": ""}


@promise("PRV-09")
def test_the_record_of_processing_names_fields_and_who_sees_them(api: Caller) -> None:
    found = api.get("/processing-register?language=lv").json()
    [birth] = [one for one in found["fields"] if one["key"] == "birth_date"]
    assert (birth["name"], "Administrator" in birth["seen_by"]) == ("Dzimšanas datums", True)
    assert {one["key"] for one in found["purposes"]} == {"news", "surveys"}
    assert {one["key"] for one in found["kinds"]} >= {"contact", "accounting"}


@pytest.mark.parametrize("path", ["/consents", "/restrictions", "/erasure", "/access-package"])
def test_nobody_sees_more_than_their_key_may(
    anna: dict[str, Any], caller_with: MakeCaller, path: str
) -> None:
    assert caller_with("customers.view").get(at(anna, path)).status_code == 403
