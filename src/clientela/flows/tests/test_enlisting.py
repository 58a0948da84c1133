"""New customers of a file are written in one go as they are written one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from clientela.customers.definitions import actions as definitions
from clientela.customers.models import Customer, ExternalId, Identity, IdentityKey, ProfileType
from clientela.customers.rules import shapes
from clientela.events.models import Event
from clientela.flows import import_file
from clientela.flows.import_customers import Customers
from clientela.flows.new_customers import Prepared
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.imports import queries
from clientela.imports.models import Row, Written
from clientela.platform import transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.privacy import queries as privacy

FILE = """customer,name,phone,email,language,country,birth_date,type,attributes.nick,attributes.card
1,Anna-Marija O'Brien,2612 3456,Anna@Example.com,lv,LV,1972-05-14,,Ņina,A1
2,Jānis  Bērziņš,+37126123457,janis@example.com,LV,lv,14.05.1972,person,,A2
3,"Tab\there, ""quoted"" \\ back",,,,,,,x\\y,A3
4,,26123458,,,,,,,A4
5,Nobody,112,,,,,,,A5
6,Odd,,,,,,no-such-type,,A6
7,Twice,26123459,,,,,,,A7
7,Twice again,,twice@example.com,es,ES,1980-01-31,,,A8
8,Too much,,,,,,,,not a card
9,Latvija SIA,,info@example.com,,,,company,,
known,Zane Liepa,26999999,,,LV,,,,A9
cus_0,Odd id,,,,,,,,
"""


@pytest.fixture(autouse=True)
def a_company(tmp_path: Path, settings: Any, latvian_company: None) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()
    person = ProfileType.objects.get(key="person")
    with transactions.open():
        for said in (
            {"key": "nick", "type": "text", "labels": {"en": "Nick"}, "searchable": True},
            {"key": "card", "type": "text", "labels": {"en": "Card"},
             "pattern": "capitals-and-digits"},
            {"key": "colour", "type": "text", "labels": {"en": "Colour"}, "default": "blue"},
        ):  # fmt: skip
            definitions.define_field(person, shapes.read(said), now=NOW)
    register_customer(
        Details(name="Zane", source="crm", external_id="known"), actor=SYSTEM, now=NOW
    )


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The way that looks at each new customer by itself."""

    def change() -> None:
        monkeypatch.setattr(Customers, "prepare", lambda self, rows: Prepared(rows))
        monkeypatch.setattr(Customers, "_enlist", lambda self, prepared, rows: self._register(rows))

    yield change
    monkeypatch.undo()


def imported(folder: Path) -> dict[str, Any]:
    path = folder / "customers.csv"
    path.write_text(FILE, encoding="utf-8")
    batch = import_file.receive(
        path, kind="customers", mapping_text="", source="crm", actor=SYSTEM, now=NOW
    )
    import_file.run(batch.id, actor=SYSTEM, now=NOW)
    refused = Row.objects.filter(batch=batch).order_by("number").values_list("number", "code")
    result = {**queries.get(batch.id).result, "batch": "", "rejects_file": ""}
    return {"result": result, "refused": list(refused), **written(batch.id)}


def written(batch: Any) -> dict[str, Any]:
    """Everything by the name of its customer; ids and numbers are others each time."""
    names = dict(Customer.objects.values_list("id", "display_name"))
    skipped = ("id", "number", "customer_id", "batch_id", "subject", "tx", "records", "owners")

    def rows(found: Any) -> list[Any]:
        return sorted(
            (
                (names.get(row.get("customer_id") or row["id"]),
                 {key: value for key, value in row.items() if key not in skipped})
                for row in found.values()
            ),
            key=repr,
        )  # fmt: skip

    by_number = IdentityKey.objects.filter(kind="customer-number")
    return {
        "customers": rows(Customer.objects), "identities": rows(Identity.objects),
        "keys": rows(IdentityKey.objects.exclude(kind="customer-number")),
        "numbered": {names[id] for id in by_number.values_list("customer_id", flat=True)},
        "external": rows(ExternalId.objects),
        "events": rows(Event.objects.exclude(name="import.finished")),
        "written": [
            (one.what, [names[id] for id in one.records], one.records == one.owners)
            for one in Written.objects.filter(batch=batch).order_by("id")
        ],
    }  # fmt: skip


@pytest.mark.django_db
def test_new_customers_are_written_as_they_are_one_by_one(tmp_path: Path, one_by_one: Any) -> None:
    with transaction.atomic():
        at_once = imported(tmp_path)
        transaction.set_rollback(True)
    one_by_one()
    assert imported(tmp_path) == at_once
    assert at_once["result"]["new"] == 6
    assert [number for number, _ in at_once["refused"]] == [5, 6, 7, 10]


@pytest.mark.django_db
def test_whoever_was_erased_does_not_come_back_among_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "anybody_was_erased", lambda: True)
    monkeypatch.setattr(
        privacy, "erased_before", lambda asked: [one == ("phone", "+37126123456") for one in asked]
    )
    found = imported(tmp_path)
    assert (2, "erased-before") in found["refused"]
    names = {name for name, _ in found["customers"]}
    assert "Anna-Marija O'Brien" not in names
    assert "Jānis Bērziņš" in names
    assert len(found["identities"]) == len({*map(repr, found["keys"])})


@pytest.mark.django_db
def test_somebody_another_import_registered_meanwhile_is_not_written_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Customers._known
    asked: list[int] = []

    def too_early(self: Customers, prepared: Any, places: Any) -> Any:
        """The first look-up is from before the other import."""
        asked.append(len(places))
        found = known(self, prepared, places)
        return {} if len(asked) == 1 else found

    monkeypatch.setattr(Customers, "_known", too_early)
    result = imported(tmp_path)["result"]
    assert (result["new"], result["changed"]) == (6, 1)
    assert Customer.objects.filter(display_name="Zane Liepa").count() == 1
    assert Identity.objects.filter(value_norm="+37126999999").count() == 1
