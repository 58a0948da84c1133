"""One stream of all programmes, filtered; and how good the records are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from clientela.console.tests.conftest import Register, SignIn, path_of, text_of
from clientela.customers.models import Field
from clientela.events.models import Event
from clientela.flows import timeline
from clientela.flows.lists import quality
from clientela.platform import sql
from clientela.platform.promises import promise


def told(page: Any) -> list[str]:
    return [entry["text"] for entry in page.context["entries"]]


@promise("CUS-44")
@pytest.mark.parametrize("language", ["en", "es", "lv"])
def test_the_timeline_is_filtered_by_programme_person_channel_and_period(
    sign_in: SignIn, anna: UUID, language: str
) -> None:
    manager = sign_in(role="administrator", language=language)
    address = path_of(anna, "/timeline")
    everything = told(manager.get(address))
    assert len(everything) == 3
    with translation.override(language):
        bought = timeline.sentence_of("purchase.recorded", {"minor": 6_200, "currency": "EUR"})
    assert bought in everything[1]
    assert bought in everything[2]
    assert len(told(manager.get(address, {"kind": "record"}))) == 1
    assert len(told(manager.get(address, {"kind": "purchases"}))) == 2
    assert told(manager.get(address, {"kind": "warranty"})) == []
    assert len(told(manager.get(address, {"channel": "shop"}))) == 2
    assert told(manager.get(address, {"channel": "letter"})) == []
    assert len(told(manager.get(address, {"person": "system"}))) == 3
    assert told(manager.get(address, {"person": "per_" + "0" * 32})) == []
    day = (datetime.now(UTC) - timedelta(days=4)).date().isoformat()
    assert len(told(manager.get(address, {"last": day}))) == 1
    assert len(told(manager.get(address, {"first": day, "kind": "purchases"}))) == 1
    assert len(told(manager.get(address, {"first": "soon", "channel": "smoke"}))) == 3


def test_the_timeline_reads_its_first_page_by_the_index(agent: Client, anna: UUID) -> None:
    now = datetime.now(UTC)
    Event.objects.bulk_create(
        Event(name="identity.added", customer_id=anna, subject="", actor="system",
              occurred_at=now - timedelta(minutes=place), recorded_at=now, data={"kind": "phone"})
        for place in range(3_000)
    )  # fmt: skip
    sql.execute("ANALYZE events_event")
    text = sql.statement("events", "timeline").text
    values = {"family": [anna], "names": ["identity.added", "purchase.recorded"], "limit": 50} | (
        dict.fromkeys(("actor", "channel", "starts_at", "ends_at", "occurred_at", "event_id"))
    )
    plan = "\n".join(row[0] for row in sql.execute(f"EXPLAIN (ANALYZE) {text}", values))
    assert "events_of_a_customer" in plan
    read = [line for line in plan.splitlines() if "events_of_a_customer" in line]
    assert all("rows=50" in line or "rows=51" in line for line in read), plan
    agent.get(path_of(anna, "/timeline"))
    with CaptureQueriesContext(connection) as seen:
        page = agent.get(path_of(anna, "/timeline"))
    assert len(page.context["entries"]) >= 45  # some tell of two happenings
    assert len(seen) <= 12, [one["sql"] for one in seen]
    assert len(told(agent.get(page.context["older"]))) >= 45


@promise("CUS-51")
def test_a_page_says_how_good_the_records_are_and_each_figure_leads_to_its_customers(
    sign_in: SignIn, anna: UUID, register: Register
) -> None:
    manager = sign_in(role="administrator")
    assert "Not counted yet" in text_of(manager.get("/customers/quality"))
    register("Juan Muñoz", attributes={"city": "San Sebastián de los Reyes"})
    Field.objects.filter(key="city").update(rules={"max_length": 20})
    quality.count_all(now=datetime.now(UTC))
    page = manager.get("/customers/quality")
    figures = {one["name"]: one for one in page.context["measures"]}
    assert {name: one["count"] for name, one in figures.items()} == {
        "invalid": 1, "stale": 0, "unreachable": 1, "unverified": 1, "bouncing": 0,
        "duplicates": 0}  # fmt: skip
    for name, expected in (("invalid", ["Juan Muñoz"]), ("unverified", ["Anna Kalniņa"]),
                           ("unreachable", ["Juan Muñoz"]), ("stale", [])):  # fmt: skip
        rows = manager.get(figures[name]["url"]).context["rows"]
        assert [row["name"] for row in rows] == expected, name
    (person,) = page.context["types"]
    filled = {row["words"]: (row["filled"], row["whole"]) for row in person["rows"]}
    assert filled["City"] == (2, 2)
    assert filled["Date of birth"] == (1, 2)
    born = next(row for row in person["rows"] if row["words"] == "Date of birth")
    assert [row["name"] for row in manager.get(born["url"]).context["rows"]] == ["Juan Muñoz"]
    Field.objects.filter(key="city").update(rules={})
    quality.count_all(now=datetime.now(UTC))
    assert "measure-invalid" in text_of(manager.get("/customers/quality"))
    assert manager.post("/customers/quality/count").status_code == 303
