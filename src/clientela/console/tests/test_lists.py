"""The list of customers: what its address says, it shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import Register, SignIn, path_of, text_of
from clientela.customers.sight import present
from clientela.flows.exporting import of_list
from clientela.flows.exporting.tables import Asked
from clientela.flows.lists import bulk
from clientela.flows.lists.state import ListState
from clientela.platform import ids
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.staff import company as companies


@pytest.fixture
def people(anna: UUID, register: Register) -> dict[str, UUID]:
    """Anna of Cēsis, and three more."""
    return {"anna": anna} | {
        name: register(name, language=language, attributes=attributes)
        for name, language, attributes in (
            ("Juan Muñoz", "es", {"city": "Madrid", "sex": "male"}),
            ("Zane Ābola", "lv", {"sex": "female"}), ("Ilze Bērza", "", {}),
        )
    }  # fmt: skip


def filtered(*parts: dict[str, Any], **more: str) -> str:
    return "/customers?" + urlencode({"filter": json.dumps({"all": list(parts)}), **more})


def names_on(page: Any) -> list[str]:
    return [row["name"] for row in page.context["rows"]]


CITY = {"fact": "customer.city", "op": "eq", "value": "cesis"}
LATVIAN = {"fact": "customer.language", "op": "in", "value": ["lv"]}


def test_the_filter_reads_as_a_sentence_whose_parts_can_be_taken_away(
    agent: Client, people: dict[str, UUID]
) -> None:
    page = agent.get(filtered(LATVIAN, CITY))
    assert names_on(page) == ["Anna Kalniņa"]
    words = [part["words"] for part in page.context["parts"]]
    assert words == ["Language is one of Latvian", "City is cesis"]
    without = agent.get(page.context["parts"][1]["url"])
    assert set(names_on(without)) == {"Anna Kalniņa", "Zane Ābola"}
    assert [part["words"] for part in without.context["parts"]] == ["Language is one of Latvian"]


def test_one_more_question_is_asked_by_a_form(agent: Client, people: dict[str, UUID]) -> None:
    asked = agent.get("/customers/question?ask=customer.sex")
    assert 'value="female"' in text_of(asked)
    answer = agent.get("/customers", {"ask": "customer.sex", "op": "in", "value": ["female"]})
    assert answer.status_code == 302
    assert names_on(agent.get(answer.headers["Location"])) == ["Zane Ābola"]
    held = agent.get("/customers", {"ask": "identities/identity.kind", "op": "in",
                                    "value": ["phone"]})  # fmt: skip
    assert names_on(agent.get(held.headers["Location"])) == ["Anna Kalniņa"]
    nothing = agent.get("/customers", {"ask": "customer.age", "op": "ge", "value": "old"})
    assert "Say what it is compared with" in text_of(nothing)


def test_columns_are_chosen_and_moved_by_links(agent: Client, people: dict[str, UUID]) -> None:
    page = agent.get("/customers?columns=customer.city,customer.age&sort=customer.name")
    assert [head["words"] for head in page.context["headings"]] == ["Name", "City", "Age"]
    moved = agent.get(page.context["columns"][1]["up"])
    assert [head["words"] for head in moved.context["headings"]] == ["Name", "Age", "City"]
    more = agent.get("/customers?columns=customer.city&column=customer.city&column=customer.email")
    page = agent.get(more.headers["Location"])
    assert [head["words"] for head in page.context["headings"]] == ["Name", "City", "E-mail"]
    assert "anna@example.com" in text_of(page)


@promise("CUS-08")
def test_calculated_fields_are_columns_and_go_out_with_the_list(
    agent: Client, people: dict[str, UUID]
) -> None:
    address = "/customers?kind=person&columns=calculated.age_years,calculated.products_held"
    page = agent.get(address)
    assert [head["words"] for head in page.context["headings"]] == ["Name", "Age", "Products held"]
    cells = {row["name"]: [cell.words for cell in row["cells"]] for row in page.context["rows"]}
    age, held = cells["Anna Kalniņa"]
    assert (age.endswith(" years"), held) == (True, "0")
    state = ListState(kind="person", columns=("calculated.age_years",))
    asked = Asked(SYSTEM, present(), companies.current(), datetime.now(UTC), "import")
    table = of_list.listed(asked, state.as_json())
    assert table.columns[-1].name == "calculated.age_years"
    ages = {row[2]: row[-1] for row in table.rows}
    assert f"{ages['Anna Kalniņa']} years" == age


@promise("CUS-48")
def test_a_view_is_saved_shared_shown_first_and_taken_away(
    sign_in: SignIn, people: dict[str, UUID]
) -> None:
    manager, agent = sign_in(role="administrator"), sign_in(role="agent")
    state = {"filter": json.dumps({"all": [LATVIAN]}), "columns": "customer.city"}
    made = manager.post("/views", {**state, "name": "Latvians"})
    address = made.headers["Location"]
    assert names_on(manager.get(address)) == names_on(agent.get(filtered(LATVIAN)))
    assert agent.get(address).status_code == 404
    view = address.partition("view=")[2]
    shared = {**state, "name": "Latvians", "with": "agent", "default_for": "agent"}
    assert manager.post(f"/views/{view}", shared).status_code == 303
    first = agent.get("/customers")
    assert first.context["view"].name == "Latvians"
    assert set(names_on(first)) == {"Anna Kalniņa", "Zane Ābola"}
    assert len(names_on(agent.get("/customers?view="))) == 4
    assert agent.post(f"/views/{view}/removal").status_code == 403
    gone = manager.post(f"/views/{view}/removal").headers["Location"]
    assert agent.get(address).status_code == 404
    assert 'data-ui="undo"' in text_of(manager.get(gone))
    manager.post(f"/views/{view}/restoring")
    assert agent.get(address).status_code == 200


def test_a_list_is_counted_by_a_fact_and_each_group_leads_to_its_customers(
    agent: Client, people: dict[str, UUID]
) -> None:
    page = agent.get("/customers?group=customer.language")
    groups = {group["words"]: group for group in page.context["groups"]}
    assert {words: group["count"] for words, group in groups.items()} == {
        "Latvian": 2, "Spanish": 1, "without": 1}  # fmt: skip
    assert names_on(agent.get(groups["Spanish"]["url"])) == ["Juan Muñoz"]


def test_a_board_has_a_column_for_each_choice_and_moves_customers(
    agent: Client, people: dict[str, UUID]
) -> None:
    page = agent.get("/customers?board=customer.sex")
    parts = {part["words"]: part for part in page.context["board"]}
    assert {words: len(part["cards"]) for words, part in parts.items()} == {
        "Female": 1, "Male": 1, "without": 2}  # fmt: skip
    card = next(it for it in parts["without"]["cards"] if it["name"] == "Anna Kalniņa")
    moved = {"field": "sex", "value": "female", "version": card["version"], "to": "/customers?x"}
    assert agent.post(path_of(people["anna"], "/board"), moved).status_code == 303
    page = agent.get("/customers?board=customer.sex")
    parts = {part["words"]: part for part in page.context["board"]}
    assert "Anna Kalniņa" in [card["name"] for card in parts["Female"]["cards"]]


@pytest.mark.parametrize("language", ["en", "es", "lv"])
@pytest.mark.parametrize("more", ["", "&group=customer.language", "&board=customer.sex"])
def test_a_list_takes_twelve_queries_at_most(
    sign_in: SignIn, people: dict[str, UUID], language: str, more: str
) -> None:
    manager = sign_in(role="administrator", language=language)
    address = filtered(LATVIAN, columns="customer.city,holdings.count,customer.phone") + more
    manager.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert manager.get(address).status_code == 200
    assert len(seen) <= 12, [one["sql"] for one in seen]


@promise("CUS-49")
def test_a_field_of_a_whole_list_is_changed_and_taken_back_in_the_console(
    sign_in: SignIn, people: dict[str, UUID]
) -> None:
    manager = sign_in(role="administrator")
    listed = urlencode({"kind": "person", "filter": json.dumps({"all": [LATVIAN]})})
    assert 'data-ui="bulk"' in text_of(manager.get(f"/customers?{listed}"))
    form = text_of(manager.get(f"/changes/new?{listed}&target=sex"))
    assert 'value="female"' in form
    made = manager.post(f"/changes/new?{listed}", {"target": "sex", "value": "female"})
    address = made.headers["Location"]
    change = address.rpartition("/")[2]
    bulk.check(ids.parse("chg", change), actor=SYSTEM, now=datetime.now(UTC))
    page = text_of(manager.get(address))
    assert "Change 1 customer" in page
    assert manager.post(f"{address}/run").status_code == 303
    assert 'data-state="running"' in text_of(manager.get(address, headers={"HX-Request": "true"}))
    bulk.run(ids.parse("chg", change), actor=SYSTEM, now=datetime.now(UTC))
    assert "Take it back" in text_of(manager.get(address))
    manager.post(f"{address}/reversal")
    bulk.undo(ids.parse("chg", change), actor=SYSTEM, now=datetime.now(UTC))
    assert 'data-ui="count-undone"' in text_of(manager.get(address))
    assert "Sex" in text_of(manager.get("/changes"))


@promise("CUS-49", "CUS-50")
def test_a_tag_is_put_on_a_whole_list_in_the_console(
    sign_in: SignIn, people: dict[str, UUID]
) -> None:
    manager = sign_in(role="administrator")
    listed = urlencode({"kind": "person", "filter": json.dumps({"all": [LATVIAN]})})
    assert 'name="value"' in text_of(manager.get(f"/changes/new?{listed}&target=tags.put"))
    made = manager.post(f"/changes/new?{listed}", {"target": "tags.put", "value": "VIP"})
    address = made.headers["Location"]
    change = ids.parse("chg", address.rpartition("/")[2])
    bulk.check(change, actor=SYSTEM, now=datetime.now(UTC))
    bulk.run(change, actor=SYSTEM, now=datetime.now(UTC))
    page = text_of(manager.get(address))
    assert "Put a tag on" in page
    assert "VIP" in page
    form = text_of(manager.get(f"/changes/new?{listed}&target=tags.take"))
    assert '<option value="VIP"' in form
