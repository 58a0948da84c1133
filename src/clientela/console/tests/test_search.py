"""What the search box does with what is typed into it."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from clientela.console.tests.conftest import Register, path_of, text_of
from clientela.customers.models import Customer
from clientela.customers.searching import counts
from clientela.platform import sql, transactions
from clientela.platform.promises import promise


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


@promise("CUS-42")
def test_a_former_name_leads_to_the_survivor_and_what_was_found_is_marked(
    agent: Client, anna: UUID, merged: UUID, register: Register
) -> None:
    register("Annija Kalna")
    Customer.objects.filter(id=merged).update(display_name="Anna Ozola", folded_name="anna ozola")
    sql.execute("UPDATE customers_customer SET search = array_to_tsvector(%s) WHERE id = %s",
                [["anna", "ozola"], merged])  # fmt: skip
    page = agent.get("/customers", {"q": "ozol"})
    assert "found under the former name Anna Ozola" in text_of(page)
    marked = text_of(agent.get("/customers", {"q": "kal ann"}))
    assert "<mark>Ann</mark>a <mark>Kal</mark>niņa" in marked
    assert "<mark>Ann</mark>ija <mark>Kal</mark>na" in marked
    assert "2612 3456" in text_of(agent.get("/customers/suggestions", {"q": "123456"}))


def test_one_or_two_letters_find_whole_names_only(agent: Client, register: Register) -> None:
    li, lina = register("Li Wei"), register("Līna Weide")
    page = agent.get("/customers", {"q": "li"})
    assert [row["id"] for row in page.context["rows"]] == [f"cus_{li.hex}"]
    page = agent.get("/customers", {"q": "lin"})
    assert [row["id"] for row in page.context["rows"]] == [f"cus_{lina.hex}"]


def test_common_words_are_found_along_the_latest_activity_and_rare_ones_by_their_index(
    agent: Client, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Anna Rara", "Anna Berza", "Anna Ozola"):
        register(name)
    monkeypatch.setattr(counts, "COMMON", 2)
    monkeypatch.setattr(counts, "KEPT_MIN", 1)
    with transactions.open():
        counts.count()
    assert counts.is_common(["anna"], starts=False)
    assert counts.is_common(["an"], starts=True)
    assert not counts.is_common(["rara"], starts=True)
    assert not counts.is_common(["anna", "rara"], starts=True)
    for typed, found in (("anna", 3), ("an", 0), ("ann", 3), ("rara anna", 1), ("xyz", 0)):
        page = agent.get("/customers", {"q": typed})
        assert len(page.context["rows"]) == found, typed
    for way, index in (("walk", "customers_latest_first"), ("index", "customers_by_word")):
        before = _scans(index)
        sql.execute(
            f"SELECT customers_worded_by_{way}('anna'::tsquery, 100, NULL, NULL, true)"
        ).fetchall()
        assert _scans(index) > before, way
    counts.forget()


def _scans(index: str) -> int:
    sql.execute("SELECT pg_stat_force_next_flush()")
    row = sql.execute(
        "SELECT pg_stat_get_xact_numscans(%s::regclass) + pg_stat_get_numscans(%s::regclass)",
        [index, index],
    ).fetchone()
    assert row is not None
    return int(row[0])
