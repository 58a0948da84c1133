"""Company, keys and preferences."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from clientela.calls.models import Extension, Line
from clientela.console.tests.conftest import COMPANY, SignIn, text_of
from clientela.platform.declare import programmes
from clientela.platform.promises import promise
from clientela.staff import company as companies
from clientela.staff.models import ApiKey, IdempotentCall, Person
from clientela.ui.models import Preference

WHOLE = {**COMPANY, "language": "en", "programmes": list(programmes())}
KEY = {"name": "till-3", "rights": ["purchases.write", "customers.view"], "rate": "50"}


def test_a_setting_says_who_changed_it_and_when(admin: Client) -> None:
    assert admin.post("/settings/company", {**WHOLE, "name": "Ziemeļi"}).status_code == 303
    assert companies.read().name == "Ziemeļi"
    page = text_of(admin.get("/settings/company"))
    assert "Ilze Administrator" in page
    assert 'data-ui="setting-changes"' in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("currency", "XX"), ("time_zone", "Mars/Base"), ("country", "QQ"),
     ("language", "de"), ("programmes", ["astrology"])],
)  # fmt: skip
def test_an_impossible_setting_is_refused_at_its_field(
    admin: Client, field: str, value: object
) -> None:
    before = companies.read()
    response = admin.post("/settings/company", {**WHOLE, field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert companies.read() == before


def test_a_key_is_shown_once_and_lets_in_with_just_its_rights(admin: Client) -> None:
    page = text_of(admin.post("/settings/keys/new", KEY))
    found = re.search(r'value="(cl_\w+)"', page)
    assert found
    assert "cl_" + found[1][3:] not in text_of(admin.get("/settings/keys"))
    bearer = {"Authorization": f"Bearer {found[1]}"}
    assert Client().get("/api/v1/customers?search=a", headers=bearer).status_code == 200
    kept = b"".join(bytes(call.answer or b"") for call in IdempotentCall.objects.all())
    assert found[1].encode() not in kept


def test_a_key_form_sent_twice_makes_one_key(admin: Client) -> None:
    admin.post("/settings/keys/new", {**KEY, "idempotency_key": "key-1"})
    assert admin.post("/settings/keys/new", {**KEY, "idempotency_key": "key-1"}).status_code == 303
    assert ApiKey.objects.count() == 1


def test_a_revoked_key_is_refused(admin: Client) -> None:
    admin.post("/settings/keys/new", KEY)
    key = ApiKey.objects.get()
    assert admin.post(f"/settings/keys/{key.public_id}/revocation").status_code == 303
    assert 'tone-bad">revoked' in re.sub(r"\s+", " ", text_of(admin.get("/settings/keys")))


def test_nobody_gives_a_key_more_than_they_have(sign_in: SignIn) -> None:
    developer = sign_in(role="developer")
    assert 'value="all"' not in text_of(developer.get("/settings/keys"))
    response = developer.post("/settings/keys/new", {**KEY, "rights": ["all"]})
    assert response.status_code == 422
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("rate", ["-1", "10001", "x", ""])
def test_a_rate_out_of_its_bounds_is_refused(admin: Client, rate: str) -> None:
    response = admin.post("/settings/keys/new", {**KEY, "rate": rate})
    assert response.status_code == 422
    assert "rate" in response.context["form"].errors


@promise("CON-17")
def test_a_preference_sent_alone_leaves_the_others(agent: Client) -> None:
    agent.post("/settings/preferences", {"theme": "dark"})
    agent.post("/settings/preferences", {"density": "compact"})
    chosen = Preference.objects.get()
    assert (chosen.theme, chosen.density, chosen.language) == ("dark", "compact", "")
    assert agent.post("/settings/preferences", {"theme": "pink"}).status_code == 422


def test_a_telephone_line_is_made_its_address_shown_once_and_switched_off(admin: Client) -> None:
    made = text_of(admin.post("/settings/telephones/new", {"name": "Cēsis", "number": "64100000"}))
    [token] = re.findall(r"/api/v1/cti/(tel_[\w-]+)", made)
    listed = text_of(admin.get("/settings/telephones"))
    assert "Cēsis" in listed
    assert token not in listed
    line = Line.objects.get()
    again = text_of(admin.post(f"/settings/telephones/{line.public_id}/address"))
    assert re.search(r"/api/v1/cti/tel_[\w-]+", again)
    assert line.tokens.filter(ended_at=None).count() == 2
    admin.post(f"/settings/telephones/{line.public_id}/state", {"on": "no"})
    line.refresh_from_db()
    assert line.closed_at is not None


def test_a_person_is_known_by_an_extension(admin: Client) -> None:
    person = Person.objects.get()
    sent = {"extension": "201", "person": person.email}
    assert admin.post("/settings/telephones/extensions", sent).status_code == 303
    assert "201" in text_of(admin.get("/settings/telephones"))
    assert Extension.objects.get(name="201").person_id == person.id
    admin.post("/settings/telephones/extensions/removal", {"extension": "201"})
    assert not Extension.objects.exists()
