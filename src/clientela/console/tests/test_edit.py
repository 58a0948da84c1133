"""Customers are written down and changed by hand: once, with every fault at its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from clientela.console.tests.conftest import Register, SignIn, path_of, text_of
from clientela.customers.models import Customer, Identity
from clientela.events.models import Event


def fields_of(client: Client, customer: UUID) -> dict[str, Any]:
    """What the edit form of a customer would send, untouched."""
    form = client.get(path_of(customer, "/edit")).context["form"]
    values = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in values.items() if value not in (None, [])}
    return {**typed, "idempotency_key": str(uuid4())}


def test_a_customer_is_written_down_with_typed_fields(agent: Client) -> None:
    typed = {"type": "person", "name": "  Jānis   Bērziņš ", "phone": "2611 1111",
             "email": "janis@example.com", "language": "lv", "country": "LV",
             "attributes.birth_date": "1980-02-29", "attributes.sex": "male"}  # fmt: skip
    response = agent.post("/customers/new", typed)
    assert response.status_code == 303
    made = Customer.objects.get()
    assert response.headers["Location"] == path_of(made.id)
    assert made.display_name == "Jānis Bērziņš"
    assert made.attributes == {"birth_date": "1980-02-29", "sex": "male"}
    kinds = Identity.objects.filter(customer_id=made.id).values_list("kind", "value_norm")
    assert set(kinds) == {("phone", "+37126111111"), ("email", "janis@example.com")}


def test_every_fault_stands_at_its_field_and_what_was_typed_stays(agent: Client) -> None:
    typed = {"type": "person", "name": "", "phone": "112", "email": "no address",
             "attributes.birth_date": "2999-01-01", "attributes.city": "Rīga"}  # fmt: skip
    response = agent.post("/customers/new", typed)
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert set(errors) == {"name", "phone", "email", "attributes.birth_date"}
    page = text_of(response)
    assert 'data-ui="faults"' in page
    assert 'value="Rīga"' in page
    assert "emergency number" in page
    assert not Customer.objects.exists()


def test_a_form_sent_twice_books_once(agent: Client) -> None:
    typed = {"type": "person", "name": "Jānis Bērziņš", "idempotency_key": "once-1"}
    first, second = agent.post("/customers/new", typed), agent.post("/customers/new", typed)
    assert Customer.objects.count() == 1
    assert first.headers["Location"] == second.headers.get("Location") or second.status_code == 409


def test_the_same_form_with_other_words_is_asked_about(agent: Client) -> None:
    typed = {"type": "person", "name": "Jānis Bērziņš", "idempotency_key": "once-1"}
    agent.post("/customers/new", typed)
    response = agent.post("/customers/new", {**typed, "name": "Pēteris Bērziņš"})
    assert response.status_code == 422
    assert 'value="Pēteris Bērziņš"' in text_of(response)
    assert Customer.objects.count() == 1


def test_somebody_known_already_is_shown_before_a_second_record_is_made(
    agent: Client, anna: UUID
) -> None:
    typed = {"type": "person", "name": "Anna Kalnina", "phone": "26123456"}
    response = agent.post("/customers/new", typed)
    assert response.status_code == 409
    assert 'data-ui="duplicates"' in text_of(response)
    assert path_of(anna) in text_of(response)
    assert Customer.objects.count() == 1
    assert agent.post("/customers/new", {**typed, "confirmed": "1"}).status_code == 303
    assert Customer.objects.count() == 2


def test_another_type_draws_its_own_fields_and_keeps_what_was_typed(agent: Client) -> None:
    typed = {"type": "company", "name": "SIA Mežrozes", "redraw": "1"}
    page = text_of(agent.post("/customers/new", typed))
    assert "Registration number" in page
    assert "Date of birth" not in page
    assert 'value="SIA Mežrozes"' in page
    assert 'data-ui="faults"' not in page


def test_a_change_touches_only_what_was_changed(agent: Client, anna: UUID) -> None:
    typed = {**fields_of(agent, anna), "attributes.city": "Rīga"}
    response = agent.post(path_of(anna, "/edit"), typed)
    assert response.status_code == 303
    assert Customer.objects.get(id=anna).attributes == {"birth_date": "1972-05-14", "city": "Rīga"}
    changed = Event.objects.get(name="customer.changed")
    assert changed.data == {"fields": ["city"]}
    page = text_of(agent.get(path_of(anna, "/history")))
    assert "Cēsis" in page
    assert "Rīga" in page


def test_numbers_are_added_and_taken_away(agent: Client, anna: UUID) -> None:
    old = Identity.objects.get(customer_id=anna, kind="phone")
    typed = {**fields_of(agent, anna), "phone": "2622 2222", "withdraw": [str(old.id)]}
    assert agent.post(path_of(anna, "/edit"), typed).status_code == 303
    phones = Identity.objects.filter(customer_id=anna, kind="phone")
    assert [one.value_norm for one in phones] == ["+37126222222"]
    assert phones[0].primary_since is not None


def test_nothing_changed_is_saved_without_an_event(agent: Client, anna: UUID) -> None:
    assert agent.post(path_of(anna, "/edit"), fields_of(agent, anna)).status_code == 303
    assert not Event.objects.filter(name="customer.changed").exists()
    assert Customer.objects.get(id=anna).version == 1


@pytest.fixture
def opened_by_two(sign_in: SignIn, anna: UUID) -> Callable[..., tuple[Client, dict[str, Any]]]:
    """A form that was opened, then somebody else changed the record."""

    def meanwhile(**theirs: str) -> tuple[Client, dict[str, Any]]:
        mine, other = sign_in(role="agent"), sign_in(role="manager")
        typed = fields_of(mine, anna)
        named = {name.replace("__", "."): value for name, value in theirs.items()}
        other.post(path_of(anna, "/edit"), {**fields_of(other, anna), **named})
        return mine, typed

    return meanwhile


def test_what_somebody_else_changed_is_shown_beside_mine(
    opened_by_two: Callable[..., tuple[Client, dict[str, Any]]], anna: UUID
) -> None:
    mine, typed = opened_by_two(attributes__city="Rīga", name="Anna Ozola")
    response = mine.post(path_of(anna, "/edit"), {**typed, "attributes.city": "Valmiera"})
    assert response.status_code == 412
    page = text_of(response)
    assert 'data-ui="conflict"' in page
    assert "<td>Valmiera</td><td>Rīga</td>" in page
    assert 'value="Valmiera"' in page
    assert 'value="Anna Ozola"' in page  # theirs, since I did not touch it
    assert "Ilze Manager" in page
    assert Customer.objects.get(id=anna).attributes["city"] == "Rīga"


@pytest.mark.parametrize(("take", "city"), [("mine", "Valmiera"), ("theirs", "Rīga")])
def test_mine_or_theirs_is_taken_and_the_rest_of_both_stays(
    opened_by_two: Callable[..., tuple[Client, dict[str, Any]]], anna: UUID, take: str, city: str
) -> None:
    mine, typed = opened_by_two(attributes__city="Rīga", name="Anna Ozola")
    typed |= {"attributes.city": "Valmiera", "language": "es"}
    form = mine.post(path_of(anna, "/edit"), typed).context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value()}
    response = mine.post(
        path_of(anna, "/edit"), {**again, "take": take, "idempotency_key": str(uuid4())}
    )
    assert response.status_code == 303
    now = Customer.objects.get(id=anna)
    assert (now.display_name, now.language) == ("Anna Ozola", "es")
    assert now.attributes["city"] == city


def test_changes_that_do_not_touch_are_merged(
    opened_by_two: Callable[..., tuple[Client, dict[str, Any]]], anna: UUID
) -> None:
    mine, typed = opened_by_two(name="Anna Ozola")
    assert mine.post(path_of(anna, "/edit"), {**typed, "language": "es"}).status_code == 303
    now = Customer.objects.get(id=anna)
    assert (now.display_name, now.language) == ("Anna Ozola", "es")


def test_what_was_typed_survives_the_end_of_the_session(
    agent: Client, anna: UUID, register: Register
) -> None:
    typed = {**fields_of(agent, anna), "attributes.city": "Valmiera"}
    address = path_of(anna, "/edit")
    session = agent.session
    session["seen_at"] = 0.0
    session.save()
    response = agent.post(address, typed)
    assert response.headers["Location"] == f"/accounts/login/?next={address}"
    assert Customer.objects.get(id=anna).attributes["city"] == "Cēsis"
    from clientela.staff.models import Person

    agent.force_login(Person.objects.get())
    page = text_of(agent.get(address))
    assert 'data-ui="banner-held"' in page
    assert 'value="Valmiera"' in page
    assert 'data-ui="banner-held"' not in text_of(agent.get(address))


def test_a_code_that_is_no_choice_any_more_is_not_lost(agent: Client, anna: UUID) -> None:
    Customer.objects.filter(id=anna).update(language="de")
    assert agent.post(path_of(anna, "/edit"), fields_of(agent, anna)).status_code == 303
    assert Customer.objects.get(id=anna).language == "de"
