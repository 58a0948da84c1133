"""Offers at the console: the panel, why not, outcomes, flags, needs, the desk, the shelf."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from clientela.console.tests.conftest import SignIn, text_of
from clientela.customers.queries import Reference
from clientela.flows import offers, publish_offers
from clientela.flows.hold_products import Held, hold_product, save_product
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.products.actions import Terms
from clientela.retention import queries as retention
from clientela.retention.models import Flag, Lead, Need, Outcome, Proposal
from clientela.staff import company as companies

QUERIES_MAX = 12
HTMX = {"HX-Request": "true"}
MaxQueries = Callable[[int], Any]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    retention.forget()
    yield
    retention.forget()


@pytest.fixture
def offered(anna: UUID) -> None:
    """Two offers anybody may have, and one for the very old."""
    adult = {"fact": "customer.age", "op": "ge", "value": 150}
    for key, more in (("fix", {"value": 900}), ("card", {}), ("loan", {"eligibility": adult})):
        words = {"headline": f"Take {key}", "why": "Because", "script": f"Ņemiet {key}, {{name}}!"}
        body = {"key": key, "group": key, "labels": {"en": f"The {key}"},
                "wording": {"en": words, "lv": words}, **more}  # fmt: skip
        publish_offers.publish_offer(body, actor=SYSTEM, now=datetime.now(UTC))


def proposed(anna: UUID) -> list[dict[str, Any]]:
    reference = Reference("id", str(anna))
    _, rows = offers.propose(reference, actor=SYSTEM, now=datetime.now(UTC))
    return rows


def address(anna: UUID, rest: str = "") -> str:
    return f"/customers/cus_{anna.hex}{rest}"


def test_the_offers_of_a_customer_stand_on_their_tab(
    agent: Client, anna: UUID, offered: None, django_assert_max_num_queries: MaxQueries
) -> None:
    proposed(anna)
    agent.get(address(anna, "/offers"))
    with django_assert_max_num_queries(QUERIES_MAX):
        page = text_of(agent.get(address(anna, "/offers")))
    assert "Take fix" in page
    assert 'lang="lv" data-ui="say">Ņemiet fix, Anna!' in page
    assert page.count('data-ui="outcome-accepted"') == 2
    assert 'data-ui="offer-2"' in page
    assert 'data-ui="why-open"' in page
    assert "btn-primary" not in page


def test_opening_another_offer_answers_the_panel_alone(
    agent: Client, anna: UUID, offered: None
) -> None:
    _, second = proposed(anna)
    at = address(anna, f"/offers?open={second['id']}")
    part = text_of(agent.get(at, headers=HTMX))
    assert part.strip().startswith("<section")
    assert re.search(r'proposal on".*Take card', part, re.DOTALL)


def test_why_not_names_every_gate_and_what_was_seen(
    agent: Client, anna: UUID, offered: None
) -> None:
    proposed(anna)
    for headers in ({}, HTMX):
        page = text_of(agent.get(address(anna, "/offers/why"), headers=headers))
        assert "It is only for customers where Age is at least 150." in page
        assert "A complaint is open: nothing is sold until it is settled." in page
        assert "held back" in page


def test_an_outcome_is_recorded_with_and_without_script(
    agent: Client, anna: UUID, offered: None
) -> None:
    first, second = proposed(anna)
    at = f"/proposals/{first['id']}/outcome"
    answer = agent.post(at, {"outcome": "accepted"}, headers=HTMX)
    assert 'data-ui="offers"' in text_of(answer)
    assert "Take fix" not in text_of(answer)
    plain = agent.post(f"/proposals/{second['id']}/outcome", {"outcome": "not_presented"})
    assert plain.status_code == 303
    assert plain.headers["Location"] == address(anna, "/offers")
    assert {one.kind for one in Outcome.objects.all()} == {"accepted", "not_presented"}
    page = text_of(agent.get(address(anna, "/offers")))
    assert 'data-ui="lead"' in page


def test_later_asks_for_a_day_and_no_for_a_reason(agent: Client, anna: UUID, offered: None) -> None:
    first, second = proposed(anna)
    at = f"/proposals/{first['id']}/outcome"
    assert 'type="date"' in text_of(agent.get(f"{at}?outcome=later", headers=HTMX))
    over = agent.post(at, {"outcome": "later", "until": "2020-01-01"}, headers=HTMX)
    assert over.status_code == 422
    until = date.today() + timedelta(days=20)  # noqa: DTZ011 (a door's day)
    agent.post(at, {"outcome": "later", "until": until.isoformat()})
    no = f"/proposals/{second['id']}/outcome"
    asked = text_of(agent.get(f"{no}?outcome=not_interested"))
    assert 'data-ui="reason-1"' in asked
    agent.post(no, {"outcome": "not_interested", "reason": "price"})
    kinds = dict(Outcome.objects.values_list("kind", "reason"))
    assert kinds == {"later": "", "not_interested": "price"}


def test_a_flag_is_set_shown_and_cleared(agent: Client, anna: UUID) -> None:
    body = {"kind": "vulnerable", "instruction": "Speak slowly"}
    refused = agent.post(address(anna, "/flags/new"), body)
    assert refused.status_code == 422
    review = date.today() + timedelta(days=90)  # noqa: DTZ011
    answer = agent.post(address(anna, "/flags/new"), {**body, "review_on": review.isoformat()})
    assert answer.status_code == 303
    for rest in ("", "/holdings"):
        assert "Vulnerable." in text_of(agent.get(address(anna, rest)))
    flag = Flag.objects.get()
    agent.post(f"/flags/{flag.public_id}/clearance", {})
    assert "Vulnerable." not in text_of(agent.get(address(anna)))


def test_a_need_is_noted_shown_and_closed(agent: Client, anna: UUID) -> None:
    form = text_of(agent.get(address(anna, "/needs/new"), headers=HTMX))
    assert 'data-ui="need-new"' in form
    agent.post(address(anna, "/needs/new"), {"words": "Moves in January", "source": "stated"})
    assert "Moves in January" in text_of(agent.get(address(anna)))
    agent.post(f"/needs/{Need.objects.get().public_id}/closing", {})
    assert "Moves in January" not in text_of(agent.get(address(anna)))


def test_the_desk_shows_what_ends_what_is_due_and_what_is_under_way(
    agent: Client, anna: UUID, offered: None, django_assert_max_num_queries: MaxQueries
) -> None:
    now = datetime.now(UTC)
    save_product(code="M-1", name="Mortgage", kind="Mortgage", price_minor=None, currency="")
    ends = companies.read().today(now) + timedelta(days=41)
    held = Held(Reference("id", str(anna)), "M-1", terms=Terms(fixed_until_on=ends))
    hold_product(held, actor=SYSTEM, now=now)
    first, _second = proposed(anna)
    agent.post(f"/proposals/{first['id']}/outcome", {"outcome": "accepted"})
    with django_assert_max_num_queries(QUERIES_MAX):
        page = text_of(agent.get("/retention/desk"))
    assert "fixed rate" in page
    assert "Ends in 41 days" in page
    assert "The fix" in page
    lead = Lead.objects.get()
    agent.post(f"/leads/{lead.public_id}/result", {"result": "won"})
    assert Lead.objects.get().result == "won"
    assert "Fixed rate ends in 41 days" in text_of(agent.get(address(anna)))


def test_the_shelf_says_conditions_in_words_and_tries_an_offer(
    sign_in: SignIn, anna: UUID, offered: None, django_assert_max_num_queries: MaxQueries
) -> None:
    marketer = sign_in(role="marketer")
    with django_assert_max_num_queries(QUERIES_MAX):
        page = text_of(marketer.get("/retention/offers"))
    assert "The loan" in page
    assert "Open complaints is at least 1" in page
    tried = text_of(marketer.get("/retention/offers/loan?customer=Anna"))
    assert "Age is at least 150" in tried
    assert "held back" in tried


@pytest.mark.parametrize("language", ["es", "lv"])
def test_pages_speak_the_reader_s_language(
    sign_in: SignIn, anna: UUID, offered: None, language: str
) -> None:
    proposed(anna)
    there = sign_in(role="manager", language=language)
    for path in (address(anna, "/offers/why"), "/retention/desk", "/retention/offers/loan"):
        assert there.get(path).status_code == 200


def test_switched_off_there_is_nothing_of_it(sign_in: SignIn, anna: UUID, offered: None) -> None:
    with transactions.open():
        companies.change({"off": ["retention"]}, actor=SYSTEM, now=datetime.now(UTC))
    companies.forget()
    manager = sign_in(role="manager")
    for path in (address(anna, "/offers"), "/retention/desk", "/retention/offers"):
        assert manager.get(path).status_code == 404
    page = text_of(manager.get(address(anna)))
    assert 'data-ui="nav-retention"' not in page
    assert 'data-ui="needs"' not in page


def test_without_the_right_nobody_records(sign_in: SignIn, anna: UUID, offered: None) -> None:
    first, _ = proposed(anna)
    looking = sign_in("customers.view", "retention.view")
    page = text_of(looking.get(address(anna, "/offers")))
    assert 'data-ui="outcome-accepted"' not in page
    assert looking.post(f"/proposals/{first['id']}/outcome", {}).status_code == 403


def test_a_conversation_does_not_end_before_it_is_said_what_came_of_the_offers(
    agent: Client, anna: UUID, offered: None
) -> None:
    begun = agent.post("/agent/conversations", {"customer": f"cus_{anna.hex}"})["Location"]
    agent.get(begun)
    agent.post(address(anna, "/needs/new"), {"words": "moves house", "source": "stated"})
    agent.get(begun)
    shown = Proposal.objects.filter(customer_id=anna)
    refused = agent.post(f"{begun}/end", {"outcome": "done"})
    assert refused.status_code == 409
    assert 'data-ui="outcome-missing"' in text_of(refused)
    assert not Outcome.objects.exists()
    ended = agent.post(f"{begun}/end", {"outcome": "done", "offers": "not_presented"})
    assert ended.status_code == 303
    kinds = set(Outcome.objects.values_list("kind", flat=True))
    assert kinds == {Outcome.Kind.NOT_PRESENTED}
    assert Outcome.objects.count() == shown.count()
