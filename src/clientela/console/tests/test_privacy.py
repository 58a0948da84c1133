"""The privacy desk, a customer's consents, and the customer's own page without signing in."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from clientela.console.tests.conftest import Register, SignIn, path_of, text_of
from clientela.console.tests.test_points import HX, catalogue
from clientela.customers.models import Customer
from clientela.flows import choices, consents, limit_use
from clientela.loyalty.models import Posting
from clientela.platform.errors import TooManyRequests
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.privacy import links
from clientela.privacy import queries as privacy
from clientela.privacy.actions.consents import NewConsent
from clientela.privacy.actions.limits import NewRestriction
from clientela.staff import company as companies

__all__ = ["catalogue"]
MaxQueries = Callable[[int], AbstractContextManager[object]]
QUERIES_MAX = 12


@pytest.fixture
def officer(sign_in: SignIn) -> Client:
    return sign_in(role="privacy-officer")


def now() -> datetime:
    return datetime.now(UTC)


def may(customer: UUID, channel: str = "email") -> bool:
    today = companies.current().today(now())
    return privacy.may_contact([customer], purpose="news", channel=channel, today=today).is_allowed


def freeze(customer: UUID) -> None:
    new = NewRestriction([customer], "frozen", "the address is disputed")
    limit_use.restrict(new, actor=SYSTEM, now=now())


def test_what_a_customer_said_is_written_down_and_shown_with_its_words(
    agent: Client, anna: UUID, django_assert_max_num_queries: MaxQueries
) -> None:
    said = {"purpose": "news", "channel": "email", "decision": "given", "source": "phone",
            "evidence": "recording 17"}  # fmt: skip
    assert agent.post(path_of(anna, "/consents/new"), said).status_code == 303
    assert may(anna)
    assert not may(anna, "sms")
    agent.get(path_of(anna, "/consents"))  # what is kept for a second is read
    with django_assert_max_num_queries(QUERIES_MAX):
        shown = text_of(agent.get(path_of(anna, "/consents")))
    assert "recording 17" in shown
    assert "I agree to be sent news and offers" in shown


def test_an_agent_writes_an_objection_down_but_no_hold(agent: Client, anna: UUID) -> None:
    refused = agent.post(path_of(anna, "/limits/new"), {"kind": "hold", "reason": "a case"})
    assert refused.status_code == 422
    objection = {"kind": "marketing", "reason": "too many letters"}
    assert agent.post(path_of(anna, "/limits/new"), objection).status_code == 303
    assert not privacy.may_market([anna])


@promise("CUS-40")
def test_a_restricted_record_is_not_found_but_by_those_who_may(
    agent: Client, officer: Client, anna: UUID, register: Register
) -> None:
    register("Anna Ozola")
    freeze(anna)
    found = text_of(agent.get("/customers?q=anna"))
    assert "Ozola" in found
    assert "Kalniņa" not in found
    assert agent.get(path_of(anna)).status_code == 404
    assert agent.get(path_of(anna, "/timeline")).status_code == 404
    assert "Kalniņa" in text_of(officer.get("/customers?q=anna"))
    assert officer.get(path_of(anna, "/consents")).status_code == 200
    assert "Kalniņa" in text_of(officer.get("/privacy/limits"))


def test_a_request_stands_on_the_desk_until_it_is_answered(
    agent: Client, officer: Client, anna: UUID, django_assert_max_num_queries: MaxQueries
) -> None:
    asked = {"kind": "rectification", "channel": "phone", "words": "the name is wrong"}
    assert agent.post(path_of(anna, "/requests/new"), asked).status_code == 303
    officer.get("/privacy")
    with django_assert_max_num_queries(QUERIES_MAX):
        desk = text_of(officer.get("/privacy"))
    assert "the name is wrong" in desk
    address = re.search(r"/privacy/requests/prq_[0-9a-f]+", desk)
    assert address is not None
    assert officer.post(address[0], {"outcome": "refused", "answer": ""}).status_code == 422
    answer = {"outcome": "refused", "answer": "It is as in the passport."}
    assert officer.post(address[0], answer).status_code == 303
    assert "Nobody waits for an answer" in text_of(officer.get("/privacy"))


@promise("PRV-11")
def test_a_refused_reward_and_counted_points_are_handed_to_a_person(
    agent: Client, officer: Client, anna: UUID, catalogue: None
) -> None:
    page = text_of(agent.get(path_of(anna, "/points/redeem")))
    refused = re.search(r'href="([^"]+about=rew_[0-9a-f]+)"', page)
    posting = Posting.objects.filter(customer_id=anna)[0].public_id
    why = text_of(agent.get(path_of(anna, f"/points/{posting}/why"), headers=HX))
    counted = re.search(rf'href="([^"]+about={posting})"', why)
    assert refused is not None
    assert counted is not None
    for address in (refused[1], counted[1]):
        form = text_of(agent.get(address, headers=HX))
        assert "Let a person look at it" in form
        sent = re.search(r'action="([^"]+)"', form)
        assert sent is not None
        asked = {"kind": "review", "channel": "phone", "words": "That cannot be"}
        assert agent.post(sent[1], {**asked, "idempotency_key": address}).status_code == 303
    desk = text_of(officer.get("/privacy"))
    assert desk.count("Wants a person to decide") == 2
    assert f"/points/{posting}/why" in desk
    assert agent.get(path_of(anna, "/requests/new?about=dec_1"), headers=HX).status_code == 200
    wrong = agent.post(path_of(anna, "/requests/new?about=dec_1"), asked)
    assert wrong.status_code in (404, 422)


def test_the_package_is_a_file_with_both_forms(officer: Client, anna: UUID) -> None:
    answer = officer.post(path_of(anna, "/access-package"))
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert sorted(name.rpartition(".")[2] for name in names) == ["html", "json"]


def test_erasing_shows_every_table_first(officer: Client, anna: UUID) -> None:
    planned = text_of(officer.get(path_of(anna, "/erasure")))
    assert "customers_identity" in planned
    assert "This cannot be undone." in planned
    assert officer.post(path_of(anna, "/erasure")).status_code == 303
    assert Customer.objects.get(id=anna).display_name.startswith("#")
    assert f"cus_{anna.hex}" in text_of(officer.get("/privacy/erasures"))


def test_a_purpose_gets_another_version_with_other_words(officer: Client) -> None:
    body = {"key": "news", "basis": "consent", "channels": ["email"], "is_marketing": "on",
            "label_en": "News", "wording_en": "Yes, write to me."}  # fmt: skip
    for version in (2, 2):
        assert officer.post("/privacy/purposes/definition", body).status_code == 303
        assert privacy.words_in_force()["news"].version == version
    assert "Yes, write to me." in text_of(officer.get("/privacy/purposes"))


def test_a_period_is_changed_after_looking_at_what_is_due(officer: Client) -> None:
    assert "Older than the period today" in text_of(officer.get("/privacy/periods/access"))
    assert officer.post("/privacy/periods/access", {"months": 12, "is_on": "on"}).status_code == 422
    body = {"months": 12, "is_on": "on", "ground": "security"}
    assert officer.post("/privacy/periods/access", body).status_code == 303
    assert "security" in text_of(officer.get("/privacy/periods"))


def link(customer: UUID) -> str:
    return "/" + choices.link_for(customer, now=now()).split("/", 3)[3]


@promise("CUS-37")
def test_a_customer_chooses_without_signing_in_and_in_their_language(anna: UUID) -> None:
    browser, address = Client(), link(anna)
    page = text_of(browser.get(address))
    assert "Jaunumi un piedāvājumi" in page
    chosen = {"news.email": "1", "frequency": "monthly", "pause": "", "language": "es"}
    assert browser.post(address, chosen).status_code == 303
    assert may(anna)
    assert not may(anna, "sms")
    preference = privacy.preference_of([anna])
    assert preference is not None
    assert preference.frequency == "monthly"
    assert Customer.objects.get(id=anna).language == "es"
    [decision] = privacy.consents_of([anna])
    assert (decision.source, decision.actor) == ("preferences", "customer")
    assert "Novedades y ofertas" in text_of(browser.get(address))
    browser.post(address, {"nothing": "1", "pause": "3", "language": "es"})
    assert not may(anna)
    assert privacy.is_paused([anna], today=companies.current().today(now()))


def test_a_link_that_was_made_up_or_is_old_opens_nothing(anna: UUID) -> None:
    address = link(anna)
    assert Client().get(address[:-2] + "AA").status_code == 410
    old = choices.link_for(anna, now=now() - timedelta(days=500)).split("/", 3)[3]
    assert Client().get(f"/{old}").status_code == 410
    freeze(anna)
    assert Client().get(address).status_code == 410


def test_the_page_opens_only_so_often(anna: UUID) -> None:
    token, instant = link(anna).rpartition("/")[2], now()
    for _ in range(choices.OPENED_A_MINUTE_MAX):
        choices.opened(token, who="10.0.0.1", now=instant)
    with pytest.raises(TooManyRequests):
        choices.opened(token, who="10.0.0.1", now=instant)
    choices.opened(token, who="10.0.0.2", now=instant)


def test_a_mail_program_refuses_with_one_post(anna: UUID) -> None:
    new = NewConsent([anna], "news", True, "shop", now() - timedelta(minutes=5))
    consents.record_consents([new], actor=SYSTEM, now=now())
    address = "/" + links.refusing(anna, "news").split("/", 3)[3]
    strict = Client(enforce_csrf_checks=True)
    assert text_of(strict.get(address)).count("<form") >= 1
    assert may(anna)
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not may(anna)
    assert strict.post(address).status_code == 200
    assert len(privacy.consents_of([anna])) == 1 + 4
