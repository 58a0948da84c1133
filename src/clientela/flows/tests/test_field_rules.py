"""One validation for all doors: what is refused by hand, a file of customers brings back."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from clientela.customers.definitions import queries as definitions
from clientela.customers.models import Customer, FieldPlan
from clientela.flows import import_file
from clientela.flows.register_customer import Details, InvalidProfile, register_customer
from clientela.flows.shapes import checking, fields, passes
from clientela.flows.tests.conftest import NOW
from clientela.imports import queries
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

FILE = """customer,name,seats,plate
1,Anna,4,AB-1
2,Carlos,0,CD-2
3,Zane,2,ab-1
4,Ilze,2,EF-3
"""
SEATS = {"key": "seats", "type": "integer", "labels": {"en": "Seats"}, "min": 1}
PLATE = {"key": "plate", "type": "text", "labels": {"en": "Plate"}, "unique": True}
COLOUR = {"key": "colour", "type": "text", "labels": {"en": "Colour"}, "default": "grey"}


@pytest.fixture(autouse=True)
def cars(tmp_path: Path, settings: Any, latvian_company: None) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()
    for said in (SEATS, PLATE, COLOUR):
        fields.define_field("person", said, actor=SYSTEM, now=NOW)


@promise("CUS-03")
def test_a_file_and_a_form_are_checked_alike(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(FILE, encoding="utf-8")
    batch = import_file.receive(
        path, kind="customers", mapping_text=MAPPING, source=None, actor=SYSTEM, now=NOW
    )
    result = queries.told(import_file.run(batch.id, actor=SYSTEM, now=NOW))
    assert (result["new"], result["rejected"]) == (2, 2)
    with Path(result["rejects_file"]).open(encoding="utf-8", newline="") as file:
        told = {(row["customer"], row["code"]) for row in csv.DictReader(file)}
    assert told == {("2", "too-small"), ("3", "not-unique")}
    assert Customer.objects.get(display_name="Ilze").attributes == {
        "seats": 2, "plate": "EF-3", "colour": "grey",
    }  # fmt: skip
    by_hand = Details(name="Carlos", attributes={"seats": 0, "plate": "ef-3"})
    with pytest.raises(InvalidProfile) as refused:
        register_customer(by_hand, actor=SYSTEM, now=NOW)
    assert [one["code"] for one in refused.value.extra["faults"]] == ["too-small"]


MAPPING = """
[columns]
customer = "customer"
name = "name"
"attributes.seats" = "seats"
"attributes.plate" = "plate"
"""


@promise("CUS-07")
def test_many_customers_are_looked_at_in_batches_by_the_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fields, "INLINE_ROWS_MAX", 3)
    monkeypatch.setattr(passes, "ROWS_AT_ONCE", 2)
    batches: list[int] = []
    look = checking.look

    def counted(judge: Any, tally: Any, rows: Any) -> None:
        batches.append(len(rows))
        look(judge, tally, rows)

    monkeypatch.setattr(checking, "look", counted)
    read = definitions.batch_of
    monkeypatch.setattr(
        definitions, "batch_of", lambda kind, *, after: read(kind, after=after, limit=2)
    )
    for seats in range(1, 6):
        register_customer(
            Details(name=f"C{seats}", attributes={"seats": seats}), actor=SYSTEM, now=NOW
        )
    waits = fields.change_field("person", "seats", {"min": 3}, actor=SYSTEM, now=NOW).plan
    assert waits is not None
    assert waits.state == "checking"
    passes.carry_out(waits.id, now=NOW)
    found = FieldPlan.objects.get(id=waits.id)
    assert (found.state, found.looked, found.offenders) == ("refused", 5, 2)
    assert batches == [2, 2, 1]
    kept = fields.change_field(
        "person", "seats", {"type": "text", "min": None}, actor=SYSTEM, now=NOW
    ).plan
    assert kept is not None
    passes.carry_out(kept.id, now=NOW)
    assert FieldPlan.objects.get(id=kept.id).state == "applied"
    values = Customer.objects.filter(attributes__has_key="seats").values_list(
        "attributes__seats", flat=True
    )
    assert sorted(values) == ["1", "2", "3", "4", "5"]


def test_a_plan_is_made_on_its_day() -> None:
    from datetime import timedelta

    register_customer(Details(name="A", attributes={"seats": 1}), actor=SYSTEM, now=NOW)
    on = NOW.date() + timedelta(days=3)
    plan = fields.change_field("person", "seats", {"min": 2}, on=on, actor=SYSTEM, now=NOW).plan
    assert plan is not None
    assert passes.carry_out_due(now=NOW) == 0
    assert passes.carry_out_due(now=NOW + timedelta(days=4)) == 1
    assert FieldPlan.objects.get(id=plan.id).state == "applied"
    with pytest.raises(InvalidProfile):
        register_customer(Details(name="B", attributes={"seats": 1}), actor=SYSTEM, now=NOW)
