"""The profile designer: types, fields, what a change would break, packs, customers moved."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from clientela.console.tests.conftest import Register, SignIn, path_of, text_of
from clientela.customers.definitions import queries
from clientela.customers.models import Customer, FieldPlan
from clientela.platform.promises import promise

AT = "/settings/profiles"
PERSON = f"{AT}/types/person"
NEW = {"key": "cars", "type": "integer", "labels_en": "Cars", "labels_lv": "Automašīnas",
       "data_class": "general", "min": "1", "unit_en": "pieces",
       "help_en": "All of the household."}  # fmt: skip


def test_the_designer_shows_types_fields_and_the_form_people_fill_in(admin: Client) -> None:
    assert "Person" in text_of(admin.get(AT))
    page = text_of(admin.get(PERSON))
    assert "Date of birth" in page
    assert 'id="preview_attributes.birth_date"' in page
    assert "Whole years since a date" in page


@promise("CUS-01")
def test_a_type_is_made_renamed_ordered_and_retired(admin: Client) -> None:
    made = admin.post(f"{AT}/new", {"key": "fleet", "party": "company", "labels_en": "Fleet"})
    assert made.headers["Location"] == f"{AT}/types/fleet"
    admin.post(f"{AT}/types/fleet/name", {"labels_en": "Fleets", "labels_es": "Flotas"})
    admin.post(f"{AT}/order", {"key": "fleet", "way": "up"})
    assert [kind.key for kind in queries.types()] == ["person", "fleet", "company"]
    admin.post(f"{AT}/types/fleet/retirement", {"retired": "1"})
    kind = queries.profile_type("fleet")
    assert kind.retired_at is not None
    assert kind.labels == {"en": "Fleets", "es": "Flotas"}
    again = admin.post(f"{AT}/new", {"key": "fleet", "party": "company", "labels_en": "Fleet"})
    assert again.status_code == 422


@promise("CUS-02")
def test_a_field_is_defined_with_all_it_says_and_stands_in_the_record(
    admin: Client, anna: UUID
) -> None:
    admin.post(f"{PERSON}/groups/new", {"key": "cars", "labels_en": "On the road"})
    made = admin.post(f"{PERSON}/fields/new", {**NEW, "group": "cars", "default": "2"})
    assert made.status_code == 303, text_of(made)
    edit = text_of(admin.get(path_of(anna, "/edit")))
    assert "<legend>On the road</legend>" in edit
    assert "Cars (pieces)" in edit
    assert "All of the household." in edit
    assert 'name="attributes.cars" value="2"' in text_of(admin.get("/customers/new"))
    said = {**NEW, "group": "cars", "type": "choice", "choices": "a | One | Uno\nb"}
    assert "One" in text_of(admin.post(f"{PERSON}/fields/new/preview", {**said, "key": "way"}))
    wrong = admin.post(f"{PERSON}/fields/new", {**NEW, "key": "x", "min": "5", "max": "2"})
    assert wrong.status_code == 422


def test_the_form_of_a_type_is_drawn_anew_when_another_is_chosen(admin: Client) -> None:
    drawn = admin.post(f"{PERSON}/fields/new", {**NEW, "type": "choice", "redraw": "1"})
    assert (drawn.status_code, 'name="choices"' in text_of(drawn)) == (200, True)
    assert 'value="Cars"' in text_of(drawn)


@promise("CUS-07")
def test_a_rule_that_customers_do_not_fit_says_who_and_waits_for_a_day(
    admin: Client, anna: UUID
) -> None:
    field = f"{PERSON}/fields/city"
    said = {"type": "text", "labels_en": "City", "data_class": "contact", "max_length": "3"}
    assert "1 of the first 1 customers" in text_of(admin.post(f"{field}/preview", said))
    sent = admin.post(field, said)
    plan = FieldPlan.objects.get()
    assert sent.headers["Location"] == f"{AT}/plans/{plan.public_id}"
    page = text_of(admin.get(sent.headers["Location"]))
    assert "Anna Kalniņa" in page
    assert "This is longer than 3 signs." in page
    waits = admin.post(f"{AT}/plans/{plan.public_id}/day", {"on": "2099-01-01"})
    assert "Waits for its day" in text_of(admin.get(waits.headers["Location"]))
    admin.post(f"{waits.headers['Location']}/end")
    assert queries.field("person", "city").rules == {"max_length": 100}


def test_fields_are_put_in_order_retired_and_used_again(admin: Client) -> None:
    admin.post(f"{PERSON}/field-order", {"key": "city", "way": "up"})
    keys = [field.key for field in queries.profile_type("person").fields.all()]
    assert keys == ["birth_date", "city", "sex"]
    admin.post(f"{PERSON}/fields/sex/retirement", {"retired": "1"})
    assert "Retired fields" in text_of(admin.get(PERSON))
    admin.post(f"{PERSON}/fields/sex/retirement", {"retired": "0"})
    assert queries.field("person", "sex").retired_at is None


def test_when_a_field_is_needed_is_said_by_three_inputs(admin: Client) -> None:
    said = {**NEW, "when_field": "sex", "when_op": "in", "when_value": "female, male"}
    assert admin.post(f"{PERSON}/fields/new", said).status_code == 303
    assert queries.field("person", "cars").rules["required_when"] == {
        "fact": "customer.sex", "op": "in", "value": ["female", "male"],
    }  # fmt: skip
    assert 'value="female, male"' in text_of(admin.get(f"{PERSON}/fields/cars"))


@promise("CUS-08")
def test_calculated_fields_stand_on_the_record(admin: Client, anna: UUID) -> None:
    said = {"key": "since_birth", "formula": "months_since", "of": "birth_date",
            "labels_en": "In months"}  # fmt: skip
    assert admin.post(f"{PERSON}/calculated", {**said, "of": ""}).status_code == 422
    assert admin.post(f"{PERSON}/calculated", said).status_code == 303
    page = text_of(admin.get(path_of(anna)))
    assert "In months" in page
    assert " months" in page
    admin.post(f"{PERSON}/calculated/since_birth/removal")
    assert "In months" not in text_of(admin.get(path_of(anna)))


@promise("CUS-06")
def test_a_pack_is_looked_at_and_loaded(admin: Client) -> None:
    page = text_of(admin.get(f"{AT}/packs/bank"))
    assert "private.monthly_income" in page
    assert admin.post(f"{AT}/packs/bank").status_code == 303
    assert "All of this pack is there already" in text_of(admin.get(f"{AT}/packs/bank"))
    assert "Hipotekārais" not in text_of(admin.get(f"{AT}/types/private"))


@promise("CUS-01")
def test_a_customer_is_moved_after_seeing_what_does_not_fit(admin: Client, anna: UUID) -> None:
    at = path_of(anna, "/type")
    admin.post(f"{AT}/types/company/fields/new", {**NEW, "required": "on"})
    page = text_of(admin.get(f"{at}?type=company"))
    assert "Date of birth: 14 May 1972" in page
    assert "Cars (pieces)" in page
    assert admin.post(at, {"type": "company"}).status_code == 422
    moved = admin.post(at, {"type": "company", "drop": "birth_date", "attributes.cars": "3"})
    assert moved.status_code == 303, text_of(moved)
    customer = Customer.objects.get(id=anna)
    assert (customer.profile_type.key, customer.party) == ("company", "company")
    assert customer.attributes == {"cars": 3, "city": "Cēsis"}


def test_the_designer_is_for_those_who_may_define(sign_in: SignIn) -> None:
    assert sign_in(role="agent").get(AT).status_code == 403


@pytest.mark.parametrize("language", ["en", "es", "lv"])
def test_the_pages_of_the_designer_speak_three_languages(sign_in: SignIn, language: str) -> None:
    client = sign_in("customers.define", language=language)
    for page in ("", "/new", "/packs/cars", "/types/person", "/types/person/fields/city"):
        assert client.get(f"{AT}{page}").status_code == 200


def test_the_designer_asks_few_questions(
    admin: Client, register: Register, django_assert_max_num_queries: object
) -> None:
    admin.get(PERSON)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        admin.get(PERSON)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        admin.get(AT)
