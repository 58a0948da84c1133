"""Coming in: the first page, the sign-in, the link of an invitation, the end of a session."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.core import mail
from django.db import OperationalError
from django.test import Client
from pytest_django.fixtures import Settings

from clientela.console import people
from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.staff import company as companies
from clientela.staff.models import Person

PASSWORD = "a bird on the roof"
FIRST = {
    "company": "Mežrozes", "country": "LV", "currency": "EUR", "time_zone": "Europe/Riga",
    "language": "lv", "name": "Ilze Bērziņa", "email": "Ilze@Mezrozes.example",
    "password": PASSWORD,
}  # fmt: skip


@pytest.mark.django_db
class TestFirstPage:
    @pytest.fixture(autouse=True)
    def lay_out(self, django_db_blocker: object) -> None:
        companies.forget()

    def test_an_empty_installation_asks_who_the_company_is(self) -> None:
        client = Client()
        assert client.get("/").headers["Location"] == "/welcome"
        response = client.post("/welcome", FIRST)
        assert response.status_code == 303
        companies.forget()
        company = companies.read()
        assert (company.name, company.country, company.language) == ("Mežrozes", "LV", "lv")
        assert client.get("/").status_code == 200
        assert client.get("/settings/company").status_code == 200

    def test_it_is_gone_once_somebody_is_there(self) -> None:
        Client().post("/welcome", FIRST)
        assert Client().get("/welcome").status_code == 404
        assert Client().post("/welcome", FIRST).status_code == 404
        assert Person.objects.count() == 1

    @pytest.mark.parametrize(
        "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"]
    )
    def test_it_does_not_open_through_a_proxy(self, header: str) -> None:
        client = Client(headers={header: "203.0.113.7"})
        assert client.get("/welcome").status_code == 403
        assert client.post("/welcome", FIRST).status_code == 403
        assert not Person.objects.exists()

    def test_it_does_not_open_from_another_machine(self) -> None:
        assert Client(REMOTE_ADDR="203.0.113.7").post("/welcome", FIRST).status_code == 403
        assert Client(REMOTE_ADDR="::1").get("/welcome").status_code == 200

    def test_every_fault_stands_at_its_field(self) -> None:
        wrong = {**FIRST, "email": "ilze", "password": "short", "currency": "EURO", "company": ""}
        response = Client().post("/welcome", wrong)
        assert response.status_code == 422
        assert {"email", "currency", "company"} <= set(response.context["form"].errors)
        response = Client().post("/welcome", {**FIRST, "password": "password1234"})
        assert "password" in response.context["form"].errors
        assert PASSWORD not in text_of(response)


def test_after_the_sign_in_a_person_is_on_the_page_they_wanted(
    sign_in: SignIn, anna: UUID, company: None
) -> None:
    invite(sign_in(role="administrator"), "liga@mezrozes.example")
    Client().post(LINKS[-1], {"name": "Līga Ozola", "password": PASSWORD})
    client = Client()
    wanted = path_of(anna)
    asked = client.get(wanted).headers["Location"]
    assert asked == f"/accounts/login/?next={wanted}"
    response = client.post(asked, {"login": "liga@mezrozes.example", "password": PASSWORD})
    assert response.headers["Location"] == wanted
    assert client.get(wanted).status_code == 200


LINKS: list[str] = []


def invite(admin: Client, email: str, role: str = "agent") -> str:
    page = text_of(
        admin.post("/settings/people/invitations", {"email": email, "name": "Līga", "role": role})
    )
    found = re.search(r'value="https?://[^/"]+(/join/[\w-]+)"', page)
    assert found, page
    LINKS.append(found[1])
    return found[1]


def test_a_link_signs_in_once_after_a_password_was_chosen(admin: Client) -> None:
    link = invite(admin, "liga@mezrozes.example")
    guest = Client()
    assert guest.get(link).status_code == 200
    assert guest.get(link).status_code == 200  # looking does not use it up
    assert guest.post(link, {"name": "Līga Ozola", "password": "short"}).status_code == 422
    assert guest.post(link, {"name": "Līga Ozola", "password": PASSWORD}).status_code == 303
    assert "Līga Ozola" in text_of(guest.get("/"))
    response = Client().get(link)
    assert response.status_code == 410
    assert "does not work any more" in text_of(response)
    assert Client().get("/join/nothing").status_code == 410


def test_the_link_is_shown_once(admin: Client) -> None:
    typed = {"email": "liga@mezrozes.example", "name": "Līga", "role": "agent",
             "idempotency_key": "invite-1"}  # fmt: skip
    assert "/join/" in text_of(admin.post("/settings/people/invitations", typed))
    again = admin.post("/settings/people/invitations", typed)
    assert again.status_code == 303
    assert "/join/" not in text_of(admin.get("/settings/people"))


def test_nobody_invites_to_more_than_they_may_themselves(sign_in: SignIn) -> None:
    developer = sign_in(role="developer")
    typed = {"email": "x@mezrozes.example", "name": "X", "role": "administrator"}
    assert developer.post("/settings/people/invitations", typed).status_code == 422
    boss = Person.objects.get()
    sign_in(role="administrator")
    known = {"email": "administrator@mezrozes.example", "name": "X", "role": "agent"}
    assert developer.post("/settings/people/invitations", known).status_code in (403, 422)
    assert boss.invitations.count() == 0


def test_a_session_that_was_left_alone_too_long_is_over(agent: Client) -> None:
    assert agent.get("/").status_code == 200
    session = agent.session
    session[people.SEEN] -= 31 * 60
    session.save()
    assert agent.get("/").headers["Location"] == "/accounts/login/?next=/"


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in(agent: Client) -> None:
    response = Client().get(
        "/customers/suggestions?q=a",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/customers?q=a"},
    )
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=/customers%3Fq%3Da"


def test_somebody_disabled_is_out_at_once(sign_in: SignIn) -> None:
    admin, agent = sign_in(role="administrator"), sign_in(role="agent")
    someone = Person.objects.get(email__startswith="agent")
    assert agent.get("/").status_code == 200
    state = f"/settings/people/{someone.public_id}/state"
    assert admin.post(state, {"active": "0"}).status_code == 303
    assert agent.get("/").status_code == 302
    assert admin.post(state, {"active": "1"}).status_code == 303


def test_the_last_administrator_stays(admin: Client, sign_in: SignIn) -> None:
    me = Person.objects.get()
    response = admin.post(f"/settings/people/{me.public_id}/role", {"role": "agent"})
    assert response.status_code == 409
    assert "able to administer" in text_of(response)


def test_nobody_decides_over_somebody_with_more_rights(sign_in: SignIn) -> None:
    sign_in(role="administrator")
    people = sign_in("staff.configure", "customers.view")
    above = Person.objects.get(email__startswith="administrator")
    for page, sent in (("state", {"active": "0"}), ("role", {"role": "agent"})):
        answer = people.post(f"/settings/people/{above.public_id}/{page}", sent)
        assert answer.status_code == 403
    above.refresh_from_db()
    assert above.is_active
    assert [role.key for role in above.roles.all()] == ["administrator"]


@pytest.mark.parametrize("language", ["en", "es", "lv"])
def test_a_language_is_chosen_without_losing_the_page(
    agent: Client, anna: UUID, language: str
) -> None:
    here = path_of(anna, "/timeline?kind=record")
    response = agent.post("/language", {"language": language, "next": here})
    assert response.headers["Location"] == here
    assert f'<html lang="{language}"' in text_of(agent.get(here))
    stranger = Client()
    stranger.post("/language", {"language": language, "next": "/accounts/login/"})
    assert f'<html lang="{language}"' in text_of(stranger.get("/accounts/login/"))


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "data:1"])
def test_a_language_leads_nowhere_else(company: None, back: str) -> None:
    response = Client().post("/language", {"language": "lv", "next": back})
    assert response.headers["Location"] == "/"


def test_a_forgotten_password_is_answered_the_same_for_everybody(
    admin: Client, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    known = Person.objects.get().email
    answers = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in (known, "nobody@mezrozes.example")
    ]
    assert len({(one.status_code, one.headers.get("Location")) for one in answers}) == 1
    assert len([letter for letter in mail.outbox if letter.to == [known]]) == 1


def test_without_the_database_a_page_says_so(
    agent: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object, **_more: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(companies, "current", gone)
    response = agent.get("/")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert 'data-ui="read-only"' in text_of(response)
    part = agent.get("/customers/suggestions?q=a", headers={"HX-Request": "true"})
    assert part.status_code == 503
    assert "toast" in part.headers["HX-Trigger"]


def test_a_page_that_fails_is_in_the_log_under_the_id_it_shows(
    agent: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise ArithmeticError("half of nothing")

    monkeypatch.setattr(companies, "current", broken)
    agent.raise_request_exception = False
    response = agent.get("/customers?q=26123456")
    assert response.status_code == 500
    assert "half of nothing" in caplog.text
    assert "26123456" not in caplog.text
    assert response.headers["X-Request-Id"] in caplog.text


def test_a_form_without_its_token_is_not_taken(agent: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = agent.cookies
    response = strict.post("/customers/new", {"name": "Anna"})
    assert response.status_code == 403
    assert "Please send it again" in text_of(response)


def test_answers_carry_their_headers(agent: Client) -> None:
    for path in ("/", "/accounts/login/", "/nothing"):
        headers = agent.get(path).headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Request-Id"]
