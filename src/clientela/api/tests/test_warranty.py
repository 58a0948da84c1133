"""Warranty as a shop's system and a service desk's see it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from clientela.api.tests.conftest import NOW, Caller, a_purchase
from clientela.flows.verify import verify
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.staff import company

WASHER = {"product": "WM-9", "quantity": "1", "total_minor": 54900, "serial": "4471-XK-20931"}
CARE = {"product": "CARE", "quantity": "1", "total_minor": 8900}
MAKER: dict[str, Any] = {
    "code": "norden-2", "layer": "maker", "payer": "Norden",
    "assignments": [{"kind": "washer", "given": True}],
    "components": [{"kind": "washer", "path": path} for path in ("motor", "drum.bearing")],
    "terms": {
        "names": {"en": "Norden 2 years", "es": "Norden 2 años", "lv": "Norden 2 gadi"},
        "clauses": [{"months": 24}, {"component_path": "motor", "months": 120}],
    },
}  # fmt: skip
CARE_PLUS: dict[str, Any] = {
    "code": "care-plus", "layer": "extended", "stack": "care", "product": "CARE",
    "assignments": [{"kind": "washer"}],
    "terms": {
        "names": {"en": "Care Plus"}, "start_rule": "after_base", "window_days": 365,
        "clauses": [{"cost_type": "parts", "percent_bp": 7_000}, {"cost_type": "labour"},
                    {"component_path": "drum.belt", "included": False}],
        "limits": [{"kind": "deductible", "per": "claim", "amount_minor": 8_000},
                   {"kind": "cap", "per": "claim", "amount_minor": 70_000},
                   {"kind": "cap", "per": "lifetime", "amount_minor": 100_000}],
        "prices": [{"term_months": 12, "amount_minor": 4_900},
                   {"term_months": 36, "amount_minor": 8_900}],
    },
}  # fmt: skip


@pytest.fixture
def shop(api: Caller, anna: dict[str, Any]) -> Caller:
    """A shop in Estonia that sells washers, and a cover of its own for them."""
    with transactions.open():
        company.change({"country": "EE"}, actor=SYSTEM, now=NOW)
    company.forget()
    for code, kind in (("WM-9", "washer"), ("CARE", "cover")):
        price = {"minor": 54900, "currency": "EUR"}
        made = api.post("/products", {"code": code, "name": code, "kind": kind, "price": price})
        assert made.status_code == 200
    for plan in (MAKER, CARE_PLUS):
        assert api.post("/warranty/plans", plan).json()["state"] == "new"
    return api


def bought(shop: Caller, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    total = sum(line["total_minor"] for line in lines)
    sale = a_purchase(lines=list(lines), total={"minor": total, "currency": "EUR"}, **more)
    [result] = shop.post("/purchases", {"purchases": [sale]}).json()["results"]
    return dict(result)


def check(shop: Caller, **asked: Any) -> dict[str, Any]:
    answer = shop.post("/warranty/coverage-checks", {"serial": "4471-XK-20931", **asked})
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def reasons(answer: dict[str, Any]) -> dict[str, list[str]]:
    return {plan["plan"]: plan["reasons"] for plan in answer["plans"]}


LONG_AGO = {"purchased_at": "2023-05-09T14:03:00+03:00"}


def test_a_washer_is_covered_by_law_and_maker_from_its_sale(shop: Caller) -> None:
    result = bought(shop, WASHER)
    assert len(result["covers"]) == 1
    answer = check(shop, fault_on="2026-11-20")
    assert (answer["answer"], answer["by"]["plan"]) == ("covered", "legal")
    assert answer["until"] == "2028-11-20"
    assert reasons(answer) == {"legal": ["in_cover"], "norden-2": ["in_cover"]}
    assert answer["unit"]["in_service_source"] == "sale"
    assert not [one for one in verify() if one.wrong]


@promise("WAR-04")
@promise("WAR-16")
def test_a_lapsed_plan_is_no_flat_no_while_the_law_speaks(shop: Caller) -> None:
    bought(shop, WASHER, purchased_at="2025-01-09T14:03:00+02:00")
    answer = check(shop, fault_on="2026-11-19", component="drum.bearing")
    assert answer["answer"] == "covered"
    assert answer["by"]["plan"] == "norden-2"
    short = {**MAKER, "terms": {"names": {"en": "One year"}, "clauses": [{"months": 12}]}}
    refused = shop.post("/warranty/plans", short)
    assert (refused.status_code, refused.json()["code"]) == (409, "terms-are-frozen")
    next_ = shop.post("/warranty/plans/norden-2/terms", short["terms"])
    assert next_.json()["version"] == 2
    bought(shop, {**WASHER, "serial": "NEXT-1"}, purchased_at="2025-01-10T14:03:00+02:00",
           reference="R-2")  # fmt: skip
    answer = check(shop, serial="next 1", fault_on="2026-11-19")
    assert answer["answer"] == "pending"
    assert reasons(answer) == {"legal": ["burden_on_customer"], "norden-2": ["after_end"]}
    assert check(shop, fault_on="2026-11-19")["answer"] == "covered", "sold before, so as sold"


def test_a_cover_is_sold_in_the_same_basket(shop: Caller) -> None:
    result = bought(shop, WASHER, {**CARE, "covers": {"line": 1}}, **LONG_AGO)
    assert (result["state"], len(result["covers"])) == ("new", 2)
    answer = check(shop, fault_on="2026-11-09", component="drum.bearing")
    assert answer["answer"] == "covered"
    assert (answer["by"]["name"], answer["until"]) == ("Care Plus", "2028-05-09")
    assert answer["by"]["percent"] == {"parts": 70.0, "labour": 100.0}
    assert reasons(answer) == {
        "legal": ["after_end"], "norden-2": ["after_end"], "care-plus": ["in_cover"],
    }  # fmt: skip
    assert reasons(check(shop, fault_on="2026-11-09", component="drum.belt.buckle"))[
        "care-plus"
    ] == ["excluded_component"]
    again = bought(shop, WASHER, {**CARE, "covers": {"line": 1}}, **LONG_AGO)
    assert again == {**result, "state": "repeated"}
    assert not [one for one in verify() if one.wrong]


def test_a_bad_warranty_line_refuses_its_purchase_alone(shop: Caller) -> None:
    total = {"minor": 63800, "currency": "EUR"}
    bad = a_purchase(reference="B", total=total, lines=[WASHER, {**CARE, "covers": {"line": 2}}])
    good = a_purchase(reference="G")
    body = shop.post("/purchases", {"purchases": [bad, good]}).json()
    assert [one["state"] for one in body["results"]] == ["refused", "new"]
    assert body["results"][0]["error"]["field"] == "lines.1.covers.line"
    assert check(shop)["answer"] == "unknown"


def test_an_unknown_serial_says_what_it_resembles(shop: Caller) -> None:
    bought(shop, {**WASHER, "serial": "B0I-5S8"})
    answer = check(shop, serial="BOI-SSB")
    assert (answer["answer"], answer["resembles"], answer["plans"]) == ("unknown", "B0I-5S8", [])
    assert check(shop, serial="ZZZ")["resembles"] is None


def test_an_exclusion_without_a_length_lasts_as_long_as_its_policy(shop: Caller) -> None:
    clauses = [{"months": 60}, {"component_path": "drum", "included": False}]
    plan = {**MAKER, "code": "five", "stack": "five",
            "terms": {"names": {"en": "Five years"}, "clauses": clauses}}  # fmt: skip
    assert shop.post("/warranty/plans", plan).json()["state"] == "new"
    bought(shop, WASHER)
    answer = check(shop, fault_on="2026-11-20", component="drum.belt")
    assert reasons(answer)["five"] == ["excluded_component"]
    assert not [one for one in verify() if one.wrong]


def test_a_cover_is_sold_later_once_and_in_its_window(shop: Caller) -> None:
    bought(shop, WASHER)
    holding = check(shop)["unit"]["holding"]
    sale = {"holding": holding, "plan": "care-plus", "term_months": 36, "sold_on": "2026-11-20"}
    policy = shop.post("/warranty/policies", sale).json()
    assert policy["number"].startswith("P-")
    assert policy["price"] == {"minor": 8900, "currency": "EUR"}
    assert (policy["starts_on"], policy["ends_on"]) == ("2028-11-21", "2031-11-20")
    taken = shop.post("/warranty/policies", sale)
    assert (taken.status_code, taken.json()["code"]) == (409, "not-eligible")
    assert [one["code"] for one in taken.json()["conditions"]] == ["place-taken"]
    by_serial = {**CARE, "covers": {"serial": "4471-XK-20931"}}
    result = bought(shop, by_serial, reference="R-9")
    assert result["error"]["code"] == "not-eligible"


def test_what_is_old_or_another_product_may_not_be_covered_later(shop: Caller) -> None:
    shop.post("/products", {"code": "OV-60", "name": "Oven", "kind": "oven"})
    bought(shop, {**WASHER, "product": "OV-60", "serial": "OLD-1"}, **LONG_AGO)
    holding = check(shop, serial="OLD-1")["unit"]["holding"]
    refused = shop.post("/warranty/policies", {"holding": holding, "plan": "care-plus"})
    codes = [one["code"] for one in refused.json()["conditions"]]
    assert codes == ["other-product", "window-over", "no-such-term"]


def test_a_policy_shows_its_value_and_is_cancelled_once(shop: Caller) -> None:
    result = bought(shop, WASHER, {**CARE, "covers": {"line": 1}}, **LONG_AGO)
    policy = shop.get(f"/warranty/policies/{result['covers'][1]}?on=2026-11-10").json()
    assert (policy["starts_on"], policy["ends_on"]) == ("2025-05-10", "2028-05-09")
    assert policy["insured"] == {"minor": 54900, "currency": "EUR"}
    assert policy["limit_left"] == {"minor": 70_000, "currency": "EUR"}
    assert policy["refund_today"]["share"] == "546/1096"
    assert policy["refund_today"]["amount"]["minor"] == 4434
    assert policy["earned"]["minor"] == 8900 - 4434
    path = f"/warranty/policies/{policy['number']}/cancellation"
    ended = shop.post(path, {"reason": "moved", "on": "2026-11-10"}).json()
    assert ended["cancelled"]["refund"]["minor"] == 4434
    assert shop.post(path, {"reason": "again"}).json()["cancelled"] == ended["cancelled"]
    other = shop.post(path, {"reason": "moved", "on": "2026-11-12"})
    assert other.json()["code"] == "already-cancelled"
    answer = check(shop, fault_on="2026-11-10")
    assert reasons(answer)["care-plus"] == ["cancelled"]
    assert reasons(check(shop, fault_on="2026-11-09"))["care-plus"] == ["in_cover"]
    assert not [one for one in verify() if one.wrong]


def test_the_profile_shows_what_covers_ending_first_first(
    shop: Caller, anna: dict[str, Any]
) -> None:
    bought(shop, WASHER, purchased_at=datetime.now(UTC).isoformat())
    covers = shop.get(f"/customers/{anna['id']}/profile").json()["covers"]
    assert [cover["plan"] for cover in covers] == ["legal", "norden-2"]
    assert covers[1]["id"].startswith("pol_")
    assert covers[1]["layer"] == "maker"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"fault_on": "2999-01-01"}, "fault_on"),
        ({"component": "wheel"}, "component"),
        ({"cost_type": "beer"}, "cost_type"),
        ({"holding": "hol_00000000000000000000000000000000"}, "serial"),
    ],
)
def test_a_question_that_makes_no_sense_names_its_field(
    shop: Caller, asked: dict[str, Any], field: str
) -> None:
    bought(shop, WASHER)
    refused = shop.post("/warranty/coverage-checks", {"serial": "4471-XK-20931", **asked})
    assert (refused.status_code, refused.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"clauses": [{"months": 12, "days": 3}]}, "terms.clauses.0.days"),
        ({"clauses": [{"months": -1}]}, "terms.clauses.0.months"),
        ({"clauses": [{"months": 12, "percent_bp": 10_001}]}, "terms.clauses.0.percent_bp"),
        ({"clauses": [{}]}, "terms.clauses.0.months"),
        ({"clauses": []}, "terms.clauses"),
    ],
)
def test_terms_that_cannot_be_name_their_field(
    shop: Caller, change: dict[str, Any], field: str
) -> None:
    refused = shop.post("/warranty/plans/norden-2/terms", {**MAKER["terms"], **change})
    assert (refused.status_code, refused.json()["code"]) == (422, "terms-invalid")
    assert refused.json()["field"] == field
