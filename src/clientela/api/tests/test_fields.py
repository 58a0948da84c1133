"""Profile types and fields, as another system defines and changes them."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.platform.promises import promise

LABELS = {"en": "Fleet owner", "es": "Flota", "lv": "Autoparks"}
FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "cars", "type": "integer", "labels": {"en": "Cars"}, "min": 1, "group": "fleet"},
    {"key": "plan", "type": "choice", "labels": {"en": "Plan", "lv": "Plāns"},
     "choices": [{"code": "gold", "labels": {"en": "Gold", "lv": "Zelts"}}, {"code": "basic"}]},
    {"key": "plate", "type": "text", "labels": {"en": "Main plate"}, "unique": True,
     "searchable": True, "max_length": 10},
    {"key": "insurer", "type": "text", "labels": {"en": "Insurer"},
     "required_when": {"fact": "customer.plan", "op": "eq", "value": "gold"}},
)  # fmt: skip


@pytest.fixture
def fleet(api: Caller) -> Caller:
    """A company that knows fleet owners."""
    made = api.post("/profile-types", {
        "key": "fleet", "party": "company", "labels": LABELS,
        "groups": [{"key": "fleet", "labels": {"en": "Fleet"}}],
    })  # fmt: skip
    assert made.status_code == 200, made.json()
    for field in FIELDS:
        defined = api.post("/fields", {"profile_type": "fleet", **field})
        assert defined.status_code == 200, defined.json()
    return api


def register(api: Caller, name: str = "SIA Ātrie", **attributes: Any) -> Any:
    body = {"name": name, "type": "fleet", "attributes": attributes}
    return api.post("/customers", body)


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(fault["field"], fault["code"]) for fault in answer.json()["faults"]]


def test_profile_types_are_made_ordered_renamed_and_retired(fleet: Caller) -> None:
    renamed = fleet.patch(
        "/profile-types/fleet", {"labels": {"en": "Fleets"}}, Accept_Language="lv"
    )
    assert renamed.json()["label"] == "Fleets"
    ordered = fleet.post("/profile-type-order", {"keys": ["fleet", "person"]}).json()
    assert [one["key"] for one in ordered["items"]] == ["fleet", "person", "company"]
    assert fleet.patch("/profile-types/fleet", {"retired": True}).json()["retired"] is True
    refused = register(fleet)
    assert (refused.status_code, refused.json()["field"]) == (422, "type")
    assert fleet.patch("/profile-types/fleet", {"retired": False}).json()["retired"] is False
    assert register(fleet).status_code == 200
    again = fleet.post("/profile-types", {"key": "fleet", "party": "person", "labels": LABELS})
    assert again.json()["code"] == "profile-type-exists"


def test_labels_are_in_the_readers_language_then_the_companys(fleet: Caller) -> None:
    listed = fleet.get("/fields?profile_type=fleet", Accept_Language="lv").json()["items"]
    assert [(one["key"], one["label"]) for one in listed] == [
        ("cars", "Cars"), ("plan", "Plāns"), ("plate", "Main plate"), ("insurer", "Insurer"),
    ]  # fmt: skip
    assert listed[1]["members"]["choices"][0]["labels"]["lv"] == "Zelts"


def test_everything_wrong_with_a_definition_is_named_at_once(fleet: Caller) -> None:
    wrong = fleet.post("/fields", {
        "profile_type": "fleet", "key": "Name!", "type": "text", "labels": {}, "min": 3,
        "data_class": "secret", "group": "nowhere", "filterable": True, "sensitive": True,
    })  # fmt: skip
    assert wrong.json()["code"] == "invalid-field"
    assert {code for _, code in faults(wrong)} == {
        "bad-key", "bad-labels", "unknown-rule", "bad-class", "bad-group", "cannot-be-filterable",
    }  # fmt: skip
    about_itself = {"fact": "customer.odd", "op": "is_set"}
    odd = {"profile_type": "fleet", "key": "odd", "type": "text", "labels": {"en": "Odd"}}
    asked = fleet.post("/fields", {**odd, "required_when": about_itself})
    assert faults(asked) == [("odd.required_when", "bad-condition")]


def test_a_key_is_given_out_once_for_ever(fleet: Caller) -> None:
    assert fleet.post("/fields/fleet/cars/retirement", {}).json()["retired"] is True
    again = fleet.post("/fields", {"profile_type": "fleet", "key": "cars", "type": "text",
                                   "labels": {"en": "Cars"}})  # fmt: skip
    assert (again.status_code, again.json()["code"]) == (409, "field-key-taken")
    assert faults(register(fleet, cars=3)) == [("attributes.cars", "retired-field")]


def test_faults_name_field_code_and_place_all_at_once(fleet: Caller) -> None:
    fleet.post("/fields", {"profile_type": "fleet", "key": "fuels", "type": "choices",
                           "labels": {"en": "Fuels"}, "choices": ["diesel", "petrol"]})  # fmt: skip
    wrong = register(fleet, cars=0, plan="gold", fuels=["diesel", "steam"], colour="red")
    assert wrong.json()["code"] == "invalid-profile"
    assert faults(wrong) == [
        ("attributes.cars", "too-small"), ("attributes.fuels.1", "not-a-choice"),
        ("attributes.colour", "unknown-field"), ("attributes.insurer", "required"),
    ]  # fmt: skip


def test_a_unique_value_has_one_customer_whatever_its_case(fleet: Caller) -> None:
    first = register(fleet, plate="AB-1234").json()["customer"]
    assert faults(register(fleet, "SIA Lēnie", plate="ab-1234")) == [
        ("attributes.plate", "not-unique")
    ]
    fleet.patch(f"/customers/{first['id']}", {"attributes": {"plate": "CD-1"}})
    assert register(fleet, "SIA Lēnie", plate="ab-1234").status_code == 200


def test_a_searchable_field_finds_its_customer(fleet: Caller) -> None:
    found = register(fleet, plate="ZETA9").json()["customer"]["id"]
    assert [one["id"] for one in fleet.get("/customers?search=zeta9").json()["items"]] == [found]
    fleet.patch("/fields/fleet/plate", {"searchable": False})
    assert fleet.get("/customers?search=zeta9").json()["items"] == []
    fleet.patch("/fields/fleet/plate", {"searchable": True})
    assert [one["id"] for one in fleet.get("/customers?search=zeta9").json()["items"]] == [found]


def test_a_write_that_does_not_touch_a_bad_old_value_passes(fleet: Caller) -> None:
    customer = register(fleet, cars=5, plan="basic").json()["customer"]
    answer = fleet.patch("/fields/fleet/cars", {"min": 10, "from_day": "2020-01-01"})
    assert answer.json()["plan"]["state"] == "applied"
    at = f"/customers/{customer['id']}"
    assert fleet.patch(at, {"attributes": {"plan": None}}).status_code == 200
    assert fleet.patch(at, {"attributes": {"cars": 5}}).status_code == 200
    assert faults(fleet.patch(at, {"attributes": {"cars": 6}})) == [
        ("attributes.cars", "too-small")
    ]


@promise("CUS-07")
def test_a_tighter_rule_counts_and_lists_who_would_not_fit(fleet: Caller) -> None:
    customer = register(fleet, cars=5).json()["customer"]["id"]
    register(fleet, "SIA Lielie", cars=50)
    tried = fleet.post("/fields/fleet/cars/trial", {"min": 10}).json()
    assert (tried["looked"], tried["offenders"]) == (2, 1)
    refused = fleet.patch("/fields/fleet/cars", {"min": 10})
    assert (refused.status_code, refused.json()["code"]) == (409, "change-breaks-customers")
    plan = refused.json()["plan"]
    assert (plan["state"], plan["offenders"], plan["looked"]) == ("refused", 1, 2)
    assert plan["examples"] == [{"customer": customer, "code": "too-small"}]
    assert fleet.get("/fields/fleet/cars").json()["members"]["min"] == 1
    later = fleet.patch("/fields/fleet/cars", {"min": 10, "from_day": "2099-01-01"}).json()["plan"]
    assert later["state"] == "scheduled"
    assert fleet.patch("/fields/fleet/cars", {"min": 20}).json()["code"] == "plan-is-open"
    gone = fleet.post(f"/field-plans/{later['id']}/cancellation", {}).json()
    assert gone["state"] == "cancelled"
    assert fleet.patch("/fields/fleet/cars", {"min": 2}).json()["plan"]["state"] == "applied"


@promise("CUS-07")
def test_another_type_is_taken_only_if_every_value_can_be_kept(fleet: Caller) -> None:
    customer = register(fleet, cars=5).json()["customer"]["id"]
    odd = register(fleet, "SIA Dīvainie", insurer="Balta 5").json()["customer"]["id"]
    refused = fleet.patch("/fields/fleet/insurer", {"type": "integer"}).json()
    assert refused["plan"]["examples"] == [{"customer": odd, "code": "not-a-whole-number"}]
    kept = fleet.patch("/fields/fleet/cars", {"type": "text", "min": None}).json()
    assert (kept["plan"]["state"], kept["plan"]["rewritten"]) == ("applied", 1)
    assert fleet.get(f"/customers/{customer}").json()["attributes"]["cars"] == "5"


def test_new_records_get_defaults_and_only_those_that_say_nothing(fleet: Caller) -> None:
    fleet.patch("/fields/fleet/plan", {"default": "basic"})
    assert register(fleet, cars=1).json()["customer"]["attributes"]["plan"] == "basic"
    assert "plan" not in register(fleet, plan=None).json()["customer"]["attributes"]


@promise("CUS-01")
def test_a_customer_is_moved_to_another_type_after_a_preview(fleet: Caller) -> None:
    body = {"name": "Jānis", "attributes": {"birth_date": "1980-02-01", "city": "Rīga"}}
    at = f"/customers/{fleet.post('/customers', body).json()['customer']['id']}"
    fleet.patch("/fields/fleet/cars", {"required": True})
    fleet.post("/fields", {"profile_type": "fleet", "key": "city", "type": "text",
                           "labels": {"en": "City"}})  # fmt: skip
    seen = fleet.post(f"{at}/type", {"type": "fleet", "trial": True}).json()
    assert (seen["moved"], seen["lost"], seen["kept"]) == (False, ["birth_date"], {"city": "Rīga"})
    assert [fault["field"] for fault in seen["invalid"]] == ["attributes.cars"]
    refused = fleet.post(f"{at}/type", {"type": "fleet"})
    assert faults(refused) == [
        ("attributes.birth_date", "unknown-field"), ("attributes.cars", "required"),
    ]  # fmt: skip
    moved = fleet.post(f"{at}/type", {"type": "fleet", "drop": ["birth_date"],
                                      "values": {"cars": 2}})  # fmt: skip
    assert moved.json()["moved"] is True
    now = fleet.get(at).json()
    assert (now["type"], now["attributes"]) == ("fleet", {"cars": 2, "city": "Rīga"})


@promise("CUS-08")
def test_calculated_fields_are_told_and_never_stored(fleet: Caller) -> None:
    body = {"name": "Anna", "attributes": {"birth_date": "1980-02-01"}}
    customer = fleet.post("/customers", body).json()["customer"]
    now = fleet.get(f"/customers/{customer['id']}").json()
    assert now["calculated"].keys() == {"age_years", "customer_years", "products_held"}
    assert now["calculated"]["age_years"] >= 46
    assert now["calculated"]["products_held"] == 0
    assert now["attributes"] == {"birth_date": "1980-02-01"}
    wrong = fleet.patch("/profile-types/person", {"calculated": [
        {"key": "odd", "formula": "eval", "labels": {"en": "Odd"}}]})  # fmt: skip
    assert wrong.json()["field"] == "calculated.0.formula"


def test_defining_needs_its_right(fleet: Caller, caller_with: MakeCaller) -> None:
    clerk = caller_with("customers.view", "customers.edit")
    assert clerk.get("/profile-types").status_code == 200
    assert clerk.post("/fields", {"profile_type": "fleet", "key": "x", "type": "text",
                                  "labels": {"en": "X"}}).status_code == 403  # fmt: skip
