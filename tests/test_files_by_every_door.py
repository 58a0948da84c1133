"""Every kind of file comes in by page, command and API, in every form of file, with one result."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clientela.cli import imports as command
from clientela.cli.surroundings import FLAGS
from clientela.customers.kin.models import Relation
from clientela.customers.models import Customer, Identity
from clientela.customers.places.models import Address
from clientela.flows import jobs
from clientela.flows.lay_out import lay_out
from clientela.imports.models import Batch
from clientela.imports.rules.kinds import KINDS
from clientela.imports.templates import EXAMPLES
from clientela.platform import transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.privacy.models.consents import Consent
from clientela.products.models import Holding, Product
from clientela.purchases.models import Purchase
from clientela.staff import actions as staff
from clientela.staff import company as companies
from clientela.staff import keys

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FORMS = ("csv", "xlsx", "parquet", "jsonl")
MODELS = (Customer, Identity, Address, Relation, Consent, Product, Holding, Purchase)
Row = Mapping[str, str]
Import = Callable[[Path, str], dict[str, Any]]


def rows_of(kind: str) -> list[Row]:
    """The row of the kind's template; of customers a second one, to whom the first is related."""
    first = EXAMPLES[kind]
    other = {"customer": "4712", "name": "Jānis Bērziņš"}
    return [first, {**dict.fromkeys(first, ""), **other}] if kind == "customers" else [first]


def write_csv(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_xlsx(path: Path, rows: list[Row]) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([dict(zip(rows[0], rows[0], strict=True)), *rows]):
            for place, cell in enumerate(row.values()):
                sheet.write_string(number, place, cell)


def write_parquet(path: Path, rows: list[Row]) -> None:
    table = path.with_suffix(".csv")
    write_csv(table, rows)
    with duckdb.connect() as connection:
        told = connection.read_csv(str(table), header=True, all_varchar=True)
        told.write_parquet(str(path))


def write_jsonl(path: Path, rows: list[Row]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "parquet": write_parquet, "jsonl": write_jsonl}


@pytest.fixture(autouse=True)
def a_company(db: None, tmp_path: Path, settings: Any) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()
    lay_out(now=NOW)
    values = {"name": "Mežrozes", "country": "LV", "time_zone": "Europe/Riga"}
    with transactions.open():
        companies.change(values, actor=SYSTEM, now=NOW)
    companies.forget()


@pytest.fixture
def by_page() -> Import:
    with transactions.open():
        person = staff.create_person(
            email="ilze@mezrozes.example", name="Ilze", roles=["administrator"],
            now=datetime.now(UTC),
        )  # fmt: skip
    client = Client()
    client.force_login(person)

    def run(path: Path, kind: str) -> dict[str, Any]:
        file = SimpleUploadedFile(path.name, path.read_bytes())
        columns = client.post("/imports/new", {"file": file, "kind": kind}).headers["Location"]
        shown = client.get(columns).context["form"].initial
        given = {name: it for name, it in shown.items() if it is not None}
        described = client.post(columns, given)
        assert described.status_code == 303, described.context["form"].errors
        batch = Batch.objects.latest("id")
        jobs.check_import(batch=str(batch.id), actor="system")
        assert b"Run" in client.get(described.headers["Location"]).content
        client.post(f"{described.headers['Location']}/run", {"idempotency_key": str(batch.id)})
        jobs.run_import(batch=str(batch.id), actor="system")
        return dict(Batch.objects.get(id=batch.id).result)

    return run


@pytest.fixture
def by_api() -> Import:
    with transactions.open():
        made = keys.make(
            name="another system", wanted=["all"], rate=0, actor=SYSTEM, now=datetime.now(UTC)
        )
    client, headers = Client(), {"Authorization": f"Bearer {made.secret}"}

    def run(path: Path, kind: str) -> dict[str, Any]:
        said = urlencode({"kind": kind, "file_name": path.name})
        sent = client.post(
            f"/api/v1/imports?{said}", path.read_bytes(), "application/octet-stream",
            headers=headers,
        )  # fmt: skip
        id = sent.json()["id"]
        answer = client.post(f"/api/v1/imports/{id}/run", "{}", "application/json", headers=headers)
        assert answer.status_code == 200, answer.json()
        jobs.run_import(batch=str(Batch.objects.latest("id").id), actor="system")
        told = client.get(f"/api/v1/imports/{id}", headers=headers).json()
        return dict(told["result"])

    return run


@pytest.fixture
def by_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Import:
    monkeypatch.setattr(FLAGS, "json", True)

    def run(path: Path, kind: str) -> dict[str, Any]:
        capsys.readouterr()
        command.import_file.__wrapped__(path, kind)  # type: ignore[attr-defined]
        return dict(json.loads(capsys.readouterr().out))

    return run


@promise("CUS-21")
@pytest.mark.parametrize(
    "door", [pytest.param("by_page", marks=pytest.mark.long), "by_api", "by_command"]
)
def test_every_kind_comes_in_by_every_door_and_again_changes_nothing(
    door: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    imported: Import = request.getfixturevalue(door)
    for place, kind in enumerate(KINDS):
        form = FORMS[(place + len(door)) % len(FORMS)]
        path = tmp_path / f"{kind}.{form}"
        WRITERS[form](path, rows_of(kind))
        first = imported(path, kind)
        assert (first["new"], first["read"]) == 2 * (len(rows_of(kind)),), (kind, form, first)
        again = imported(path, kind)
        assert again["unchanged"] + again["repeated"] == first["read"], (kind, form, again)
    there = {model.__name__: model._default_manager.count() for model in MODELS}
    assert there == {
        "Customer": 2, "Identity": 3, "Address": 1, "Relation": 1, "Consent": 1, "Product": 1,
        "Holding": 1, "Purchase": 1,
    }  # fmt: skip


@promise("CUS-21")
@pytest.mark.parametrize("form", FORMS)
def test_a_file_says_the_same_in_every_form(form: str, by_command: Import, tmp_path: Path) -> None:
    for kind in ("customers", "addresses", "consents", "purchases"):
        path = tmp_path / f"{kind}.{form}"
        WRITERS[form](path, rows_of(kind))
        assert by_command(path, kind)["new"] == len(rows_of(kind)), kind
    address, consent = Address.objects.get(), Consent.objects.get()
    assert (address.street, str(address.starts_on)) == ("Brīvības iela 21–7", "2019-05-01")
    assert consent.decided_at.isoformat() == "2025-03-14T08:21:00+00:00"
    assert Purchase.objects.get().total_minor == 1999


def test_the_command_takes_what_the_page_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns guessed, settings said beside them, the mapping kept for the next file."""
    monkeypatch.setattr(FLAGS, "json", True)
    table = tmp_path / "people.csv"
    table.write_text(
        "made by hand\nKlienta nr;Vārds;Dzimšanas datums\n4711;Anna;05.04.1972\n",
        encoding="utf-8",
    )
    run = command.import_file.__wrapped__  # type: ignore[attr-defined]
    said = ["file.skip_lines=1", "dates=DD.MM.YYYY"]
    run(table, "customers", said=said, source="crm",
        mapping=str(mapping_of(tmp_path)), save_as="people")  # fmt: skip
    assert json.loads(capsys.readouterr().out)["new"] == 1
    assert Customer.objects.get().attributes == {"birth_date": "1972-04-05"}
    guessed = tmp_path / "more.csv"
    guessed.write_text("Klienta nr,Vārds\n4712,Jānis\n", encoding="utf-8")
    run(guessed, "customers", guess=True, source="crm")
    assert json.loads(capsys.readouterr().out)["new"] == 1
    run(table, "customers", mapping="people")
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["unchanged"]) == (1, 1)


def mapping_of(folder: Path) -> Path:
    path = folder / "people.toml"
    path.write_text(
        'kind = "customers"\nsource = "crm"\n[columns]\ncustomer = "Klienta nr"\nname = "Vārds"\n'
        'birth_date = "Dzimšanas datums"\n',
        encoding="utf-8",
    )
    return path
