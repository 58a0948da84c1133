"""What the search box does with what is typed into it."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from clientela.console.tests.conftest import Register, path_of, text_of


@pytest.mark.parametrize(
    "typed",
    ["26123456", "2612 3456", "+371 26123456", "00371 2612-3456", "(+371) 26.12.34.56",
     "tel. 2612 3456", "+371 (0) 26123456"],
)  # fmt: skip
def test_a_number_in_any_usual_writing_opens_its_only_customer(
    agent: Client, anna: UUID, typed: str
) -> None:
    for address in ("/customers?q=", "/callers?number="):
        response = agent.get(address + typed.replace("+", "%2B"))
        assert response.status_code == 302
        assert response.headers["Location"] == path_of(anna)


def test_an_email_or_a_customers_number_typed_whole_opens_its_customer(
    agent: Client, anna: UUID
) -> None:
    number = str(agent.get(path_of(anna)).context["customer"]["number"])
    for typed in ("anna@example.com", "ANNA@Example.com", number):
        response = agent.get("/customers", {"q": typed})
        assert response.headers.get("Location") == path_of(anna), typed


def test_a_number_of_several_lets_the_attendant_choose(
    agent: Client, anna: UUID, register: Register
) -> None:
    register("Jānis Kalniņš", phones=["26123456"])
    page = text_of(agent.get("/customers", {"q": "2612 3456"}))
    assert 'data-ui="match-many"' in page
    assert 'data-ui="candidate-1"' in page
    assert 'data-ui="candidate-2"' in page
    assert "Jānis Kalniņš" in page
    assert 'value="2612 3456"' in page


def test_an_unknown_number_can_be_written_down_at_once(agent: Client) -> None:
    page = text_of(agent.get("/customers", {"q": "2600 0001"}))
    assert 'data-ui="match-none"' in page
    assert "/customers/new?phone=%2B37126000001" in page
    form = text_of(agent.get("/customers/new?phone=%2B37126000001"))
    assert 'value="+37126000001"' in form


def test_who_may_not_write_is_not_offered_to(sign_in: object, company: None) -> None:
    client = sign_in(role="marketer")  # type: ignore[operator]
    assert "/customers/new" not in text_of(client.get("/customers", {"q": "2600 0001"}))


@pytest.mark.parametrize(
    ("typed", "words"),
    [("112", "emergency"), ("110", "emergency"), ("2612", "too short"),
     ("+999 123456789", "No country"), ("1188", "short number")],
)  # fmt: skip
def test_a_number_nobody_can_be_called_at_is_said_plainly(
    agent: Client, typed: str, words: str
) -> None:
    page = text_of(agent.get("/customers", {"q": typed}))
    assert 'data-ui="bad-number"' in page
    assert words in page
    assert 'data-ui="new"' not in page


def test_words_are_found_without_their_marks_and_in_any_order(
    agent: Client, anna: UUID, register: Register
) -> None:
    register("Anna Kalniņa-Bērziņa")
    page = text_of(agent.get("/customers", {"q": "kalnina anna"}))
    assert page.count('data-ui="result"') == 2


def test_nobody_found_leads_back_to_everybody(agent: Client, anna: UUID) -> None:
    page = text_of(agent.get("/customers", {"q": "Zzyzx"}))
    assert 'data-ui="empty-filter"' in page
    assert 'href="/customers"' in page


def test_suggestions_come_while_it_is_typed(agent: Client, anna: UUID) -> None:
    typed, part_of_page = {"q": "kaln"}, {"HX-Request": "true"}
    part = text_of(agent.get("/customers/suggestions", typed, headers=part_of_page))
    assert 'role="option"' in part
    assert path_of(anna) in part
    assert "<html" not in part
    assert not text_of(agent.get("/customers/suggestions", {"q": " "})).strip()


@pytest.mark.parametrize("typed", ["\x00", "%", "' OR 1=1 --", "a" * 5000, "🙂", "+", "(", "..."])
def test_strange_input_is_answered_like_any_other(agent: Client, anna: UUID, typed: str) -> None:
    for address in ("/customers", "/customers/suggestions"):
        assert agent.get(address, {"q": typed}).status_code == 200
    assert agent.get("/callers", {"number": typed}).status_code in (200, 302)
