"""The commands around a customer's record, called in this process."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from clientela.cli import around, doctor, imports, notes, products, sealing
from clientela.cli.surroundings import FLAGS
from clientela.flows import customer_addresses, customer_identities
from clientela.flows.register_customer import Details, change_customer, register_customer
from clientela.flows.shapes import fields
from clientela.platform import transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.postal import Place
from clientela.platform.sealing import new_key
from clientela.purchases.unnamed import actions as unnamed
from clientela.purchases.unnamed.actions import NewUnnamed

NOW = datetime.now(UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command without its surroundings: what it answers as JSON."""
    monkeypatch.setattr(FLAGS, "json", True)

    def run(command: Any, *arguments: Any, **options: Any) -> Any:
        command.__wrapped__(*arguments, **options)
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def anna() -> str:
    details = Details(
        name="Anna Kalniņa", phones=["+371 2612 3456"], source="crm", external_id="4711"
    )
    id, _is_new = register_customer(details, actor=SYSTEM, now=NOW)
    place = Place("Brīvības iela 1", "Rīga", "1050", country="LV")
    customer_addresses.add(id, purpose="home", place=place, actor=SYSTEM, now=NOW)
    customer_identities.add(id, kind="login", value="anna.k", actor=SYSTEM, now=NOW)
    return f"cus_{id.hex}"


def test_a_customer_is_looked_up_and_shown_with_what_stands_around(told: Any, anna: str) -> None:
    found = told(around.lookup, "login", "ANNA.K")
    assert (found["match"], found["candidates"][0]["id"]) == ("one", anna)
    kinds = [row["kind"] for row in told(around.identities, "crm:4711")]
    assert kinds == ["phone", "login"]
    [address] = told(around.addresses, "+37126123456")
    assert address["lines"] == ["Brīvības iela 1", "Rīga", "LV-1050"]
    assert told(around.family, anna) == {"households": [], "relations": []}


def test_keys_of_sealed_values_are_shown_changed_and_dropped(
    told: Any, anna: str, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()
    monkeypatch.setattr(FLAGS, "yes", True)
    assert told(sealing.list_)["keys"] == []
    said = {"key": "passport", "type": "text", "labels": {"en": "P"}, "sensitive": True}
    fields.define_field("person", said, actor=SYSTEM, now=NOW)
    changed = Details(attributes={"passport": "LV-771"})
    change_customer(
        UUID(hex=anna.removeprefix("cus_")), changed, version=None, actor=SYSTEM, now=NOW
    )
    [first] = told(sealing.list_)["keys"]
    assert (first["values"], first["state"]) == (2, "seals")
    rotated = told(sealing.rotate)
    assert (rotated["new_key"], rotated["values"], rotated["left"]) == (True, 2, 0)
    assert told(sealing.drop, first["id"]) == {"dropped": first["id"]}
    [second] = told(sealing.list_)["keys"]
    assert second["id"] != first["id"]
    found = told(around.by_field, "person.passport", "lv-771", reason="Found at the desk")
    assert [one["id"] for one in found["candidates"]] == [anna]
    path = settings.HOME.keys / "sealing.keys"
    path.write_text(path.read_text() + new_key().line)
    assert told(sealing.rotate)["new_key"] is False
    assert told(sealing.list_)["keys"][-1]["state"] == "seals"
    assert doctor._keys()["ok"]
    path.unlink()
    assert not doctor._keys()["ok"]


def test_notes_and_tasks_are_written_listed_and_done(told: Any, anna: str) -> None:
    told(notes.add, anna, "Pays by 4111 1111 1111 1111")
    [note] = told(notes.list_notes, "crm:4711")
    assert note["words"] == "Pays by •••• 1111"
    task = told(notes.add_task, anna, "Call back", "2026-12-01")
    [listed] = told(notes.list_tasks)
    assert (listed["id"], listed["customer"]) == (task["id"], "Anna Kalniņa")
    told(notes.done, task["id"])
    assert told(notes.list_tasks) == []
    assert told(notes.tag, anna, "VIP")["changed"]
    assert told(notes.tag, anna, "VIP", off=True)["changed"]


def test_products_are_kept_and_codes_mapped(told: Any) -> None:
    saved = told(products.save, "ZN-1", name="Fridge ZN-1", kind="fridge")
    assert saved["state"] == "new"
    assert told(products.save, "zn-1")["state"] == "unchanged"
    [row] = told(products.list_products, search="fridge")
    assert (row["code"], row["kind"]) == ("ZN-1", "fridge")
    told(products.map_status, "bank", "D", "dormant", kind="fridge")
    assert told(products.statuses, source="bank") == [
        {"source": "bank", "kind": "fridge", "code": "D", "status": "dormant"}
    ]


def test_sales_to_unnamed_buyers_are_summed_up(told: Any) -> None:
    sales = [NewUnnamed("till", f"R-{minor}", NOW, minor, "EUR") for minor in (500, -100)]
    with transactions.open():
        unnamed.keep(sales, now=NOW)
    assert told(imports.unnamed) == [
        {"source": "till", "currency": "EUR", "sales": 2, "amount_minor": 400}
    ]
