"""Claims as a repairer's system and a service desk's see them."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.api.tests.test_warranty import CARE, LONG_AGO, WASHER, bought, check, reasons, shop
from clientela.flows.verify import verify

__all__ = ["shop"]
FAULT = "2026-11-09"
LINES = [{"cost_type": "parts", "claimed_minor": 90_000},
         {"cost_type": "labour", "claimed_minor": 20_000}]  # fmt: skip


@pytest.fixture
def covered(shop: Caller) -> Caller:
    """A washer whose only cover today is Care Plus, which was bought with it."""
    bought(shop, WASHER, {**CARE, "covers": {"line": 1}}, **LONG_AGO)
    return shop


@pytest.fixture
def desk(caller_with: MakeCaller) -> Caller:
    """Somebody else, who may decide."""
    return caller_with("all")


def opened(shop: Caller, **more: Any) -> dict[str, Any]:
    asked = {"serial": "4471-XK-20931", "fault_on": FAULT, "lines": LINES, **more}
    answer = shop.post("/warranty/claims", asked)
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def decided(desk: Caller, claim: dict[str, Any], **more: Any) -> Any:
    asked = {"decision": "approve", **more}
    return desk.post(f"/warranty/claims/{claim['number']}/decision", asked)


def went(desk: Caller, claim: dict[str, Any], to: str, **body: Any) -> Any:
    return desk.post(f"/warranty/claims/{claim['number']}/{to}", body)


def test_the_worked_claim_is_repaired_and_settled(covered: Caller, desk: Caller) -> None:
    claim = opened(covered, component="drum.bearing", symptom="It rattles")
    assert claim["number"].startswith("W-")
    assert (claim["state"], claim["claimed"]["minor"]) == ("submitted", 110_000)
    approved = decided(desk, claim).json()
    assert approved["state"] == "partly_approved"
    assert approved["payable"]["minor"] == 70_000
    assert sum(line["covered_minor"] for line in approved["lines"]) == 83_000
    assert sum(line["deductible_minor"] for line in approved["lines"]) == 8_000
    policy = covered.get(f"/warranty/policies/{approved['lines'][0]['policy']}").json()
    assert policy["claims_paid"]["minor"] == 70_000
    assert policy["limit_left"]["minor"] == 30_000
    assert went(desk, claim, "remedy", remedy="repair").json()["state"] == "in_repair"
    settled = went(desk, claim, "settlement", reference="INV-7").json()
    assert settled["state"] == "settled"
    assert settled["settlement"]["customer_pays"]["minor"] == 40_000
    assert went(desk, claim, "closing").json()["state"] == "closed"
    second = decided(desk, opened(covered)).json()
    assert second["payable"]["minor"] == 30_000, "what the first left of the lifetime cap"
    third = opened(covered)
    refused = decided(desk, third)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-pay")
    assert "exhausted" in refused.json()["reasons"]
    assert went(desk, second, "cancellation", words="mistake").json()["state"] == "cancelled"
    assert decided(desk, third).json()["payable"]["minor"] == 30_000, "given back"
    assert not [one for one in verify() if one.wrong]


def test_nobody_decides_their_own_claim(covered: Caller) -> None:
    refused = decided(covered, opened(covered))
    assert (refused.status_code, refused.json()["code"]) == (403, "own-claim")


def test_a_move_that_is_not_allowed_names_those_that_are(covered: Caller, desk: Caller) -> None:
    claim = opened(covered)
    refused = went(desk, claim, "settlement", reference="X")
    assert (refused.status_code, refused.json()["code"]) == (409, "move-not-allowed")
    assert refused.json()["allowed"] == ["approved", "partly_approved", "rejected", "cancelled"]


def test_a_claim_is_rejected_with_a_reason_of_the_list(covered: Caller, desk: Caller) -> None:
    claim = opened(covered)
    assert decided(desk, claim, decision="reject").json()["field"] == "reasons"
    wrong = decided(desk, claim, decision="reject", reasons=["mood"])
    assert (wrong.status_code, wrong.json()["field"]) == (422, "reasons")
    done = decided(desk, claim, decision="reject", reasons=["customer_damage"]).json()
    assert done["state"] == "rejected"
    assert done["payable"]["minor"] == 0
    assert done["decisions"][0]["reasons"] == ["customer_damage"]


def test_the_new_unit_has_the_rest_of_the_cover(covered: Caller, desk: Caller) -> None:
    claim = opened(covered)
    decided(desk, claim)
    went(desk, claim, "remedy", remedy="replacement")
    assert went(desk, claim, "settlement").json()["field"] == "serial"
    settled = went(desk, claim, "settlement", serial="4471-XK-99999").json()
    assert settled["settlement"]["new_holding"].startswith("hol_")
    today = settled["settlement"]["settled_at"][:10]
    old = check(covered)
    assert old["answer"] == "not_covered"
    assert all(said == ["replaced"] for said in reasons(old).values())
    new = check(covered, serial="4471-XK-99999")
    assert new["unit"]["holding"] == settled["settlement"]["new_holding"]
    assert reasons(new)["care-plus"] == ["in_cover"]
    assert new["by"]["left"]["minor"] == 30_000, "no cap is refilled by another serial"
    assert check(covered, fault_on=FAULT)["answer"] == "covered", f"it was, before {today}"
    assert not [one for one in verify() if one.wrong]


def test_money_back_takes_the_unit_back_with_its_covers(covered: Caller, desk: Caller) -> None:
    claim = opened(covered)
    decided(desk, claim)
    went(desk, claim, "remedy", remedy="refund")
    assert went(desk, claim, "settlement", reference="SEPA-1").json()["state"] == "settled"
    assert check(covered)["answer"] == "not_covered"
    assert not [one for one in verify() if one.wrong]


def test_what_is_returned_is_no_longer_covered(shop: Caller) -> None:
    result = bought(shop, WASHER, {**CARE, "covers": {"line": 1}})
    back = {"reference": "RET-1", "returned_at": "2026-11-24T12:00:00+02:00",
            "lines": [{"line": 1}, {"line": 2}]}  # fmt: skip
    assert shop.post(f"/purchases/{result['id']}/returns", back).status_code == 200
    policy = shop.get(f"/warranty/policies/{result['covers'][1]}").json()
    assert policy["cancelled"]["on"] == "2026-11-24"
    assert policy["cancelled"]["refund"]["minor"] == 8900
    answer = check(shop, fault_on="2026-11-24")
    assert answer["answer"] == "not_covered"
    assert reasons(answer)["legal"] == reasons(answer)["norden-2"] == ["cancelled"]
    assert check(shop, fault_on="2026-11-23")["answer"] == "covered"
    assert not [one for one in verify() if one.wrong]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"lines": [{"cost_type": "beer", "claimed_minor": 1}]}, 422, "lines.0.cost_type"),
        ({"serial": "NOBODY"}, 404, "serial"),
        ({"currency": "USD"}, 422, "currency"),
        ({"fault_on": "2999-01-01"}, 422, "fault_on"),
    ],
)
def test_a_report_that_makes_no_sense_names_its_field(
    covered: Caller, change: dict[str, Any], status: int, field: str
) -> None:
    asked = {"serial": "4471-XK-20931", "fault_on": FAULT, "lines": LINES, **change}
    refused = covered.post("/warranty/claims", asked)
    assert (refused.status_code, refused.json()["field"]) == (status, field)
