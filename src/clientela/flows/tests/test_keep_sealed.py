"""Keys of sensitive fields change while everybody works; files bring sealed values and take them
back.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from clientela.customers import resealing
from clientela.customers.bulk.models import BulkChange, BulkRow
from clientela.customers.models import Customer, FieldChange
from clientela.flows import import_file, keep_sealed, undo_import
from clientela.flows.lists import bulk
from clientela.flows.lists.state import ListState
from clientela.flows.register_customer import (
    Details,
    InvalidProfile,
    change_customer,
    register_customer,
)
from clientela.flows.shapes import fields, passes
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.platform import sealing, sql
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

PASSPORT = {"key": "passport", "type": "text", "labels": {"en": "Passport"}, "sensitive": True,
            "unique": True}  # fmt: skip
CUSTOMERS = 60
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def passport(tmp_path: Path, settings: Any, latvian_company: None) -> Home:
    home = Home(tmp_path / "home").prepare()
    settings.HOME = home
    fields.define_field("person", PASSPORT, actor=SYSTEM, now=NOW)
    return home


def registered(number: int) -> UUID:
    details = Details(name=f"Customer {number}", attributes={"passport": f"P-{number}"})
    id, _is_new = register_customer(details, actor=SYSTEM, now=NOW)
    return id


def changed(id: UUID, **attributes: Any) -> None:
    change_customer(id, Details(attributes=attributes), version=None, actor=SYSTEM, now=NOW)


def passports() -> dict[UUID, Any]:
    return {one.id: one.attributes.get("passport") for one in Customer.objects.all()}


def wrong() -> list[str]:
    return [check.name for check in verify() if check.wrong]


def keys_in_use() -> set[str]:
    return {one.id for one in keep_sealed.states() if one.values}


@promise("SEC-19")
@pytest.mark.django_db(transaction=True)
def test_keys_change_while_others_read_and_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "WINDOW_ROWS", 7)
    customers = [registered(number) for number in range(CUSTOMERS)]
    [before] = keys_in_use()
    over, failed = threading.Event(), list[BaseException]()
    written = dict.fromkeys(customers[::2], "")

    def work(mine: list[UUID], name: str) -> None:
        turn = 0
        try:
            while not over.is_set() or turn == 0:
                turn += 1
                for id in mine:
                    changed(id, passport=f"{name}-{id.hex}-{turn}")
                    written[id] = f"{name}-{id.hex}-{turn}"
                    assert Customer.objects.get(id=id).attributes["passport"] == written[id]
        except BaseException as fault:  # noqa: BLE001 (told by the test)
            failed.append(fault)
        finally:
            connection.close()

    writers = [
        threading.Thread(target=work, args=(customers[place::4], f"W{place}")) for place in (0, 2)
    ]
    for writer in writers:
        writer.start()
    try:
        made, kept = keep_sealed.rotate(actor=SYSTEM, now=NOW)
    finally:
        over.set()
        for writer in writers:
            writer.join()
    assert failed == []
    assert made
    assert kept.values >= CUSTOMERS // 2  # all but those that were just written
    keep_sealed.keep_sealed()  # what a writer held while it was looked at
    [after] = keys_in_use()
    assert after != before
    quiet = {id: f"P-{number}" for number, id in enumerate(customers)}
    assert passports() == quiet | written
    keep_sealed.drop(before, actor=SYSTEM, now=NOW)
    assert passports() == quiet | written
    with pytest.raises(InvalidProfile):
        registered(1)
    assert wrong() == []


@promise("SEC-19")
@pytest.mark.django_db(transaction=True)
def test_a_rotation_that_was_killed_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "WINDOW_ROWS", 4)
    for number in range(12):
        registered(number)

    def killed(_values: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep_sealed.rotate(actor=SYSTEM, now=NOW, progress=killed)
    assert len(keys_in_use()) == 2
    old = next(one.id for one in keep_sealed.states() if not one.is_current)
    with pytest.raises(keep_sealed.KeyInUse):
        keep_sealed.drop(old, actor=SYSTEM, now=NOW)
    made, kept = keep_sealed.rotate(actor=SYSTEM, now=NOW)
    assert (made, kept.values) == (False, 8)
    assert len(keys_in_use()) == 1
    assert sorted(passports().values()) == sorted(f"P-{number}" for number in range(12))


def test_a_file_brings_values_sealed_and_its_undo_takes_them_back(tmp_path: Path) -> None:
    anna = registered(1)
    for name, rows in (("first", "1,Zane,Z-1\n2,Ilze,I-1\n"), ("second", "1,Zane,Z-2\n")):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"customer,name,passport\n{rows}", encoding="utf-8")
        batch = import_file.receive(
            path, kind="customers", mapping_text=MAPPING, source=None, actor=SYSTEM, now=NOW
        )
        import_file.run(batch.id, actor=SYSTEM, now=NOW)
    assert sorted(passports().values()) == ["I-1", "P-1", "Z-2"]
    assert raw("I-1") == raw("Z-1") == raw("Z-2") == 0
    undo_import.undo(batch.id, actor=SYSTEM, now=NOW)
    assert sorted(passports().values()) == ["I-1", "P-1", "Z-1"]
    assert passports()[anna] == "P-1"
    assert wrong() == []


def test_many_rows_of_a_file_are_sealed_as_they_are_laid_out(tmp_path: Path) -> None:
    fields.change_field("person", "passport", {"unique": False}, actor=SYSTEM, now=NOW)
    path = tmp_path / "many.csv"
    rows = "".join(f"{number},Customer {number},Q-{number}\n" for number in range(80))
    path.write_text(f"customer,name,passport\n{rows}", encoding="utf-8")
    batch = import_file.receive(
        path, kind="customers", mapping_text=f'duplicates = "new"\n{MAPPING}', source=None,
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    import_file.run(batch.id, actor=SYSTEM, now=NOW)
    assert sorted(passports().values()) == sorted(f"Q-{number}" for number in range(80))
    assert raw("Q-7") == 0


def test_a_large_field_is_marked_and_unmarked_by_the_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fields, "INLINE_ROWS_MAX", 3)
    monkeypatch.setattr(passes, "ROWS_AT_ONCE", 4)
    customers = [registered(number) for number in range(10)]
    opened = fields.change_field("person", "passport", {"sensitive": False}, actor=SYSTEM, now=NOW)
    assert opened.plan is not None
    assert opened.plan.state == "converting"
    assert opened.field.sensitive
    assert not opened.field.sealed
    assert raw("P-7") == 0
    passes.carry_out(opened.plan.id, now=NOW)
    assert raw("P-7") > 0
    changed(customers[0], passport="P-new")
    marked = fields.change_field("person", "passport", {"sensitive": True}, actor=SYSTEM, now=NOW)
    assert marked.plan is not None
    assert marked.field.sensitive
    assert marked.field.sealed
    passes.carry_out(marked.plan.id, now=NOW)
    keep_sealed.keep_sealed()
    assert raw("P-7") == raw("P-new") == 0
    assert passports()[customers[0]] == "P-new"
    assert wrong() == []


def test_changes_of_lists_lose_their_values_when_a_field_becomes_sensitive() -> None:
    fields.change_field(
        "person", "passport", {"sensitive": False, "unique": False}, actor=SYSTEM, now=NOW
    )
    anna = registered(1)
    change = bulk.ask(
        ListState(kind="person"), target="passport", value="B-1", actor=SYSTEM, now=NOW
    )
    bulk.check(change.id, actor=SYSTEM, now=NOW)
    bulk.run(change.id, actor=SYSTEM, now=NOW)
    assert passports()[anna] == "B-1"
    fields.change_field("person", "passport", {"sensitive": True}, actor=SYSTEM, now=NOW)
    keep_sealed.keep_sealed()
    assert BulkChange.objects.get().value is None
    assert set(BulkRow.objects.values_list("outcome", "old")) == {("kept", None)}
    assert raw("B-1") == raw("P-1") == 0
    bulk.undo(change.id, actor=SYSTEM, now=NOW)
    assert passports()[anna] == "B-1"
    assert FieldChange.objects.filter(field="passport").first().new == "B-1"  # type: ignore[union-attr]


def test_the_newest_key_of_a_file_seals(passport: Home) -> None:
    registered(1)
    sealing.add_key(passport)
    registered(2)
    assert sorted(one.values for one in keep_sealed.states()) == [1, 1]


def raw(word: str) -> int:
    """In how many rows of records, their history and bulk changes a word stands."""
    found = 0
    for table in ("customer", "fieldchange", "fieldkey", "bulkrow", "bulkchange"):
        text = f"SELECT count(*) FROM customers_{table} AS told WHERE strpos(told::text, %s) > 0"  # noqa: S608
        row = sql.execute(text, [word]).fetchone()
        found += row[0] if row else 0
    return found


MAPPING = """
source = "crm"
[columns]
customer = "customer"
name = "name"
"attributes.passport" = "passport"
"""
