"""Files as they come: what can be used is taken, the rest comes back with its reason."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from clientela.customers.models import Customer
from clientela.customers.queries import Reference
from clientela.events.models import Event
from clientela.flows import import_file
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.search import customers_found
from clientela.flows.tests.conftest import NOW
from clientela.imports import queries
from clientela.imports.models import Batch, Row
from clientela.imports.rules.faults import MissingColumns, UnreadableFile, WrongMapping
from clientela.loyalty.models import Posting
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.purchases.models import Purchase, Return
from clientela.staff import company

CUSTOMERS = """customer,name,phone,email,language,country,birth_date
4711,Anna Kalniņa,2612 3456,anna@example.com,lv,LV,1972-05-14
4712,Carlos Ibáñez Ruiz,+34 612 345 678,carlos@example.com,es,ES,
"""
SALES = """customer,date,amount,currency,reference
4711,2026-11-20,19.99,EUR,R-1
4712,2026-11-20,5.00,EUR,R-2
"""


@pytest.fixture(autouse=True)
def a_data_folder(tmp_path: Path, settings: Any, latvian_company: None) -> None:
    """Files land in a folder of this test."""
    settings.HOME = Home(tmp_path / "home").prepare()


def received(folder: Path, content: str | bytes, kind: str, mapping: str = "") -> Batch:
    path = folder / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_file.receive(
        path, kind=kind, mapping_text=mapping, source=None, actor=SYSTEM, now=NOW
    )


def imported(folder: Path, content: str | bytes, kind: str, mapping: str = "") -> dict[str, Any]:
    batch = received(folder, content, kind, mapping)
    return queries.told(import_file.run(batch.id, actor=SYSTEM, now=NOW))


def rejects(result: dict[str, Any]) -> list[dict[str, str]]:
    with Path(result["rejects_file"]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def closes(result: dict[str, Any]) -> bool:
    outcomes = ("new", "changed", "unchanged", "repeated", "overridden", "for_review",
                "without_customer", "rejected")  # fmt: skip
    return bool(result["read"] == sum(result[name] for name in outcomes))


def test_customers_and_their_purchases_come_in(tmp_path: Path) -> None:
    assert imported(tmp_path, CUSTOMERS, "customers")["new"] == 2
    result = imported(tmp_path, SALES, "purchases")
    assert result["new"] == 2
    assert result["totals"] == {"EUR": {"read_minor": 2499, "taken_minor": 2499}}
    [anna] = customers_found("kalnina", company=company.current())
    assert (anna.phone, anna.customer.attributes) == ("2612 3456", {"birth_date": "1972-05-14"})


@promise("CUS-24")
def test_a_trial_says_what_the_run_does_and_writes_nothing(tmp_path: Path) -> None:
    imported(tmp_path, CUSTOMERS, "customers")
    before = Event.objects.count()
    text = SALES + "4711,2026-11-20,1.00,XXX,R-3\n9999,2026-11-20,7.00,EUR,R-4\n"
    batch = received(tmp_path, text, "purchases")
    trial = import_file.check(batch.id, actor=SYSTEM, now=NOW).trial
    assert (Purchase.objects.count(), Posting.objects.count()) == (0, 0)
    assert Event.objects.count() == before
    result = import_file.run(batch.id, actor=SYSTEM, now=NOW).result
    assert {**result, "rejects_file": None} == trial
    assert (result["new"], result["rejected"], result["without_customer"]) == (2, 1, 1)


@promise("CUS-25")
def test_refused_rows_come_back_and_go_in_once_they_are_mended(tmp_path: Path) -> None:
    text = CUSTOMERS + "4713,Jānis Bērziņš,12,janis@example.com,lv,LV,\n"
    result = imported(tmp_path, text, "customers")
    assert (result["new"], result["rejected"]) == (2, 1)
    [row] = rejects(result)
    assert (row["row"], row["column"], row["code"]) == ("4", "phone", "bad-phone")
    assert "12" in row["reason"]
    mended = Path(result["rejects_file"]).read_text(encoding="utf-8").replace(",12,", ",26000001,")
    again = imported(tmp_path, mended, "customers")
    assert (again["read"], again["new"]) == (1, 1)


@promise("CUS-27")
def test_a_file_again_or_an_overlapping_one_changes_nothing_it_need_not(tmp_path: Path) -> None:
    imported(tmp_path, CUSTOMERS, "customers")
    bread = "4711,2026-11-20,1.50,EUR,\n"
    head = "customer,date,amount,currency,reference\n"
    assert imported(tmp_path, head + 5 * bread, "purchases")["new"] == 5
    assert imported(tmp_path, head + 5 * bread, "purchases")["repeated"] == 5
    later = imported(tmp_path, head + 6 * bread, "purchases")
    assert (later["new"], later["repeated"]) == (1, 5)
    assert imported(tmp_path, CUSTOMERS, "customers")["unchanged"] == 2


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("4711,2026-11-20,1.00,XXX,R-9", "currency", "unknown-currency"),
        ("4711,2026-11-20,one,EUR,R-9", "amount", "amount-not-a-number"),
        ("4711,2026-11-20,9999999999999.99,EUR,R-9", "amount", "amount-too-large"),
        ("4711,2026-11-20,1.001,EUR,R-9", "amount", "amount-too-precise"),
        ("4711,2026-11-30,1.00,EUR,R-9", "date", "date-in-future"),
        ("4711,2026-13-20,1.00,EUR,R-9", "date", "not-a-date"),
        ("4711,,1.00,EUR,R-9", "date", "missing-value"),
        ("4.7E+3,2026-11-20,1.00,EUR,R-9", "customer", "scientific-number"),
        ("4711,2026-11-20,1.00", "", "ragged-row"),
        ("4711,2026-11-20,2.00,EUR,R-1", "reference", "reference-taken"),
    ],
)
def test_a_bad_row_is_refused_by_row_column_and_code_and_the_rest_is_kept(
    tmp_path: Path, row: str, column: str, code: str
) -> None:
    imported(tmp_path, CUSTOMERS, "customers")
    result = imported(tmp_path, SALES + row + "\n", "purchases")
    assert (result["new"], result["rejected"]) == (2, 1)
    assert closes(result)
    [refused] = rejects(result)
    assert (refused["row"], refused["column"], refused["code"]) == ("4", column, code)
    assert refused["reason"].endswith(".")


def test_rows_of_unknown_customers_are_reported_with_their_money(tmp_path: Path) -> None:
    result = imported(tmp_path, SALES, "purchases")
    assert (result["new"], result["without_customer"]) == (0, 2)
    assert result["totals"]["EUR"]["without_customer_minor"] == 2499
    assert {row["code"] for row in rejects(result)} == {"unknown-customer"}


@pytest.mark.parametrize(
    ("content", "kind", "error"),
    [
        (b"", "customers", UnreadableFile),
        (gzip.compress(CUSTOMERS.encode())[:-12], "customers", UnreadableFile),
        (b"PK\x03\x04" + b"\0" * 100, "customers", UnreadableFile),
        ("name,phone\nAnna,26123456\n", "customers", MissingColumns),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole_and_leaves_nothing(
    tmp_path: Path, content: str | bytes, kind: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        received(tmp_path, content, kind)
    assert not Batch.objects.exists()
    assert not list((settings.HOME.files / "imports").iterdir())


def test_a_mapping_that_means_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongMapping):
        received(tmp_path, CUSTOMERS, "customers", 'kind = "customers"\ncolour = "red"\n')


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1257"])
def test_latvian_names_survive_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    text = "customer;name\n4711;Anna Kalniņa\n4712;Jānis Ļaudītis\n4713;Ģirts Šķēle\n"
    assert imported(tmp_path, text.encode(encoding), "customers")["new"] == 3
    names = set(Customer.objects.values_list("display_name", flat=True))
    assert {"Anna Kalniņa", "Jānis Ļaudītis", "Ģirts Šķēle"} <= names


def test_a_negative_row_is_a_return_of_the_purchase_it_fits(tmp_path: Path) -> None:
    imported(tmp_path, CUSTOMERS, "customers")
    text = SALES + "4711,2026-11-20,-19.99,EUR,R-1-BACK\n4711,2026-11-20,-3.00,EUR,R-0-BACK\n"
    result = imported(tmp_path, text, "purchases")
    assert result["new"] == 4
    assert result["totals"]["EUR"]["taken_minor"] == 2499 - 1999 - 300
    matched, unmatched = Return.objects.order_by("-amount_minor")
    assert Purchase.objects.get(external_ref="R-1").id == matched.purchase_id
    assert (unmatched.purchase_id, unmatched.unmatched_reason) == (None, "no-purchase-found")
    assert imported(tmp_path, text, "purchases")["repeated"] == 4


def test_an_import_goes_on_behind_its_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken off after the first batch and run again, every row counts once."""
    monkeypatch.setattr(import_file, "ROWS_AT_ONCE", 10)
    imported(tmp_path, CUSTOMERS, "customers")
    rows = "".join(f"4711,2026-11-20,1.50,EUR,{'' if n % 3 else f'R{n}'}\n" for n in range(35))
    text = "customer,date,amount,currency,reference\n" + rows + "4711,2026-11-20,x,EUR,\n"
    batch = received(tmp_path, text, "purchases")

    def stop(done: int, lines: int) -> None:
        if done > 15:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file.run(batch.id, actor=SYSTEM, now=NOW, progress=stop)
    assert 0 < Purchase.objects.count() < 35
    result = import_file.run(batch.id, actor=SYSTEM, now=NOW).result
    assert (result["new"], result["rejected"], Purchase.objects.count()) == (35, 1, 35)
    assert Row.objects.filter(batch=batch).count() == 1


@promise("CUS-42")
def test_what_somebody_holds_is_found_by_its_serial(tmp_path: Path) -> None:
    imported(tmp_path, CUSTOMERS, "customers")
    imported(tmp_path, "product,name,kind\nRB-33,Fridge RB-33,fridge\n", "products")
    text = "holding,customer,product,serial,opened_on\nH-1,4711,RB-33,SN-2024/0815,2024-11-25\n"
    assert imported(tmp_path, text, "holdings")["new"] == 1
    found = customers_found("sn 2024 0815", company=company.current())
    assert [hit.customer.display_name for hit in found] == ["Anna Kalniņa"]


def test_points_of_imported_purchases_equal_those_of_recorded_ones(tmp_path: Path) -> None:
    imported(tmp_path, CUSTOMERS, "customers")
    imported(tmp_path, SALES, "purchases")
    sale = Bought("till", "R-1", Reference("external", "4711", "import"), NOW, 1999, "EUR")
    [outcome] = record_purchases([sale], actor=SYSTEM, now=NOW)
    assert outcome.earned[0].balance == 38
