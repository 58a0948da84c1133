"""Data is taken out, and comes back as the same data; no cell starts a formula."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientela.customers.models import Customer, ExternalId, Identity, IdentityKey
from clientela.events.models import Event
from clientela.exports.models import Export
from clientela.exports.queries import NoSuchExport, ready
from clientela.exports.rules import WRITERS, Column, text_of
from clientela.flows import export_records, import_file
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.imports import queries
from clientela.imports.rules.binding import Bound
from clientela.imports.rules.kinds import CUSTOMERS
from clientela.imports.rules.mapping import Cell, ColumnMapping
from clientela.imports.rules.reading import open_table
from clientela.imports.rules.settling import settled
from clientela.platform.errors import InvalidInput, RightMissing
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.platform.promises import promise
from clientela.products.models import Holding
from clientela.purchases.models import Purchase

EVIL = '=HYPERLINK("http://x","y")'
FORMS = ("csv", "xlsx", "parquet", "jsonl")


@pytest.fixture
def people(tmp_path: Path, settings: Any, latvian_company: None) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()
    for number, name in (("0047", EVIL), ("-12", "+371 Anna"), ("4713", "'@quoted")):
        details = Details(
            name=name, phones=["2612 3456"], emails=["anna@example.com"], language="lv",
            source="import", external_id=number, attributes={"birth_date": "1972-05-14"},
        )  # fmt: skip
        register_customer(details, actor=SYSTEM, now=NOW)


def exported(what: str, form: str, **asked: Any) -> Export:
    export = export_records.ask(
        what, form=form, reason="a test", asked=asked, actor=SYSTEM, now=NOW
    )
    return export_records.carry_out(export.id, actor=SYSTEM, now=NOW)


def imported(path: Path, kind: str) -> dict[str, Any]:
    batch = import_file.receive(
        path, kind=kind, mapping_text="", source=None, actor=SYSTEM, now=NOW
    )
    return queries.told(import_file.run(batch.id, actor=SYSTEM, now=NOW))


def state() -> list[Any]:
    return [
        sorted(Customer.objects.values_list("display_name", "attributes", "language", "version"),
               key=repr),
        sorted(Identity.objects.values_list("customer_id", "value_norm"), key=repr),
    ]  # fmt: skip


@promise("CUS-30")
@promise("SEC-16")
@pytest.mark.parametrize("form", FORMS)
def test_importing_an_export_changes_nothing_and_brings_the_same_data(
    people: None, form: str
) -> None:
    before = state()
    path = exported("customers", form).file
    assert imported(path, "customers")["unchanged"] == 3
    assert state() == before
    for rows in (IdentityKey, ExternalId, Identity, Customer):
        rows._default_manager.all().delete()
    assert imported(path, "customers")["new"] == 3
    assert [row[:3] for row in state()[0]] == [row[:3] for row in before[0]]


@promise("SEC-16")
def test_no_cell_of_an_export_starts_a_formula(people: None) -> None:
    path = exported("customers", "csv").file
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert f"'{EVIL}" in cells
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r") and cell != "-12"
            and not cell.startswith("+3712")] == []  # fmt: skip


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u00ad\u200b\u2060\ufeff"),
    min_size=1, max_size=12,
).map(str.strip).filter(bool)  # fmt: skip


@pytest.mark.long
@promise("SEC-16")
@given(rows=st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@pytest.mark.parametrize("form", FORMS)
def test_every_text_comes_back(tmp_path: Path, form: str, rows: list[tuple[str, str]]) -> None:
    path = tmp_path / f"file.{form}"
    WRITERS[form](path, [Column("customer"), Column("name")], rows)
    table = open_table(path, names=["customer", "name"])
    mapping = ColumnMapping(CUSTOMERS, columns={n: Cell(column=n) for n in ("customer", "name")})
    bound = Bound(settled(mapping, table), table.header)
    reads = [bound.text("customer"), bound.text("name")]
    found = [tuple(read(raw.cells) for read in reads) for raw in table.rows()]
    assert found == [tuple(map(text_of, row)) for row in rows]


def test_holdings_and_purchases_come_back_unchanged(people: None, tmp_path: Path) -> None:
    files = {
        "products": "product,name,kind,price,currency\nTEA,Tea,food,3.50,EUR\n",
        "holdings": "holding,customer,product,number,balance,currency,opened_on\n"
                    "H-1,0047,TEA,LV01,10.50,EUR,2024-02-29\n",
        "purchases": "customer,date,amount,currency,reference,product,quantity\n"
                     "0047,2026-11-20T10:00:00+02:00,3.50,EUR,R-1,TEA,2\n",
    }  # fmt: skip
    for kind, content in files.items():
        path = tmp_path / f"{kind}.csv"
        path.write_text(content, encoding="utf-8")
        imported(path, kind)
    for kind, again in (("products", "unchanged"), ("holdings", "unchanged"),
                        ("purchases", "repeated")):  # fmt: skip
        for form in FORMS:
            result = imported(exported(kind, form).file, kind)
            assert (result["read"], result[again], result["rejected"]) == (1, 1, 0), (kind, form)
    assert (Holding.objects.count(), Purchase.objects.count()) == (1, 1)


@promise("CUS-30")
def test_an_export_needs_its_right_and_a_reason_is_logged_and_ends(people: None) -> None:
    clerk = Actor("key_1", "Clerk", frozenset({"customers.view"}))
    with pytest.raises(RightMissing):
        export_records.ask("customers", form="csv", reason="x", actor=clerk, now=NOW)
    with pytest.raises(InvalidInput):
        export_records.ask("customers", form="csv", reason="  ", actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput):
        export_records.ask("colours", form="csv", reason="x", actor=SYSTEM, now=NOW)
    export = exported("customers", "jsonl")
    assert (export.rows, export.reason) == (3, "a test")
    event = Event.objects.get(name="export.finished")
    assert event.data == {"what": "customers", "form": "jsonl", "rows": 3}
    assert ready(export.id, actor=SYSTEM, now=NOW).file.is_file()
    late = NOW + timedelta(days=7)
    with pytest.raises(NoSuchExport):
        ready(export.id, actor=SYSTEM, now=late)
    assert export_records.end_old(now=late) == 1
    assert not export.file.is_file()
    export.refresh_from_db()
    assert export.state == Export.State.OVER


@promise("CUS-30")
def test_one_customer_and_a_list_are_taken_out(people: None) -> None:
    one = Customer.objects.get(display_name=EVIL)
    assert exported(one.public_id, "csv").rows == 1
    listed = exported("list", "csv", state={"sort": "customer.name"})
    assert listed.rows == 3
    assert imported(listed.file, "customers")["unchanged"] == 3
