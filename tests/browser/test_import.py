"""A file comes in: uploaded, described, checked, run, and what was refused taken home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clientela.customers.models import Customer
from clientela.flows import jobs
from clientela.imports.models import Batch
from clientela.platform.promises import promise
from clientela.platform.tests.samples import CLONE, sample
from tests.test_data_sets import northwind_files

CUSTOMERS = """customer,name,phone
4711,Anna Kalniņa,26123456
4712,Jānis Bērziņš,112
4713,Pēteris Ozols,26111111
"""
MAPPINGS = CLONE / "examples" / "mappings"
PATIENCE_MS = 300_000
BERKA = (("client", "clients", "customers"), ("disp", "holders", "holdings"),
         ("account", "accounts", "holdings"), ("card", "cards", "holdings"),
         ("loan", "loans", "holdings"), ("order", "orders", "holdings"))  # fmt: skip

pytestmark = pytest.mark.long


def work_off() -> None:
    """What the worker does with the import that waits."""
    batch = Batch.objects.latest("id")
    job = {
        Batch.State.RUNNING: jobs.run_import, Batch.State.UNDOING: jobs.undo_import,
    }.get(Batch.State(batch.state), jobs.check_import)  # fmt: skip
    job(batch=str(batch.id), actor=batch.started_by)


def resume(page: Any, console: Any) -> None:
    """Leave for something else, come back by the list."""
    page.goto(console.at("/customers"))
    page.goto(console.at("/imports"))
    page.locator("[data-ui=imports] [data-row]").first.press("Enter")


@promise("CON-14")
def test_a_file_with_a_bad_row_is_taken_without_it_and_taken_back(
    page: Any, console: Any, tmp_path: Path
) -> None:
    console.sign_in(page, "administrator")
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_url(console.at("/imports"))
    page.keyboard.press("c")
    page.wait_for_url(console.at("/imports/new"))
    file = tmp_path / "klienti.csv"
    file.write_text(CUSTOMERS, encoding="utf-8")
    page.get_by_label("Drop a file here").set_input_files(file)
    page.keyboard.press("Control+Enter")
    page.locator("[data-ui=targets]").wait_for()
    assert "+37126123456" in page.locator("[data-ui=preview]").inner_text()
    resume(page, console)
    page.locator("[data-ui=targets]").wait_for()
    page.keyboard.press("Control+Enter")
    page.locator("[data-ui=import-state][data-state=checking]").wait_for()

    work_off()
    page.locator("[data-ui=import-state][data-state=checked]").wait_for()
    resume(page, console)
    page.locator("[data-ui=import-state][data-state=checked]").wait_for()
    assert not Customer.objects.exists()
    assert "rows and sum agree" in page.locator("[data-ui=control-totals]").inner_text()
    refused = page.locator("[data-ui=rejected]").inner_text()
    assert "1 row is refused, and why" in refused
    assert "“112” is an emergency number." in refused
    page.keyboard.press("Control+Enter")
    page.locator("[data-ui=import-state][data-state=running]").wait_for()

    work_off()
    page.locator("[data-ui=import-state][data-state=finished]").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Refused rows, CSV").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "customer,name,phone,row,column,code,reason"
    assert lines[1].startswith("4712,Jānis Bērziņš,112,3,phone,bad-phone,")

    address = page.url
    page.keyboard.press("/")
    page.keyboard.type("2611 1111")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/cus_*")
    assert page.get_by_role("heading", level=1).inner_text() == "Pēteris Ozols"

    page.goto(address)
    page.locator("[data-ui=undo]").press("Enter")
    page.locator("[data-ui=undo-sure]").press("Enter")
    page.locator("[data-ui=import-state][data-state=undoing]").wait_for()
    work_off()
    page.locator("[data-ui=import-state][data-state=undone]").wait_for()
    assert "This import is undone" in page.locator("[data-ui=undone]").inner_text()


def test_columns_that_are_missing_keep_the_step_and_what_was_typed(
    page: Any, console: Any, tmp_path: Path
) -> None:
    console.sign_in(page, "administrator")
    page.goto(console.at("/imports/new"))
    file = tmp_path / "empty.csv"
    file.write_text("name\nAnna\n", encoding="utf-8")
    page.get_by_label("Drop a file here").set_input_files(file)
    page.keyboard.press("Control+Enter")
    page.locator("[data-ui=targets]").wait_for()
    page.locator("[name=source]").fill("crm")
    page.keyboard.press("Control+Enter")
    page.locator("[data-ui=faults]").wait_for()
    assert "Columns are missing in the file" in page.locator("[data-ui=faults]").inner_text()
    assert page.locator("[name=source]").input_value() == "crm"


def load(page: Any, console: Any, path: Path, kind: str, mapping: str) -> dict[str, Any]:
    """Through all five steps with a shipped mapping; the result."""
    page.goto(console.at("/imports/new"))
    page.get_by_label("Drop a file here").set_input_files(path)
    page.locator("[name=kind]").select_option(kind)
    page.locator("[data-ui=mapping-text] summary").click()
    page.locator("[name=mapping]").fill((MAPPINGS / f"{mapping}.toml").read_text(encoding="utf-8"))
    page.keyboard.press("Control+Enter")
    page.locator("[data-ui=targets]").wait_for()
    page.keyboard.press("Control+Enter")
    page.locator("[data-ui=import-state][data-state=checking]").wait_for()
    work_off()
    page.locator("[data-ui=import-state][data-state=checked]").wait_for(timeout=PATIENCE_MS)
    batch = Batch.objects.latest("id")
    if batch.trial["new"] or batch.trial["changed"]:
        page.keyboard.press("Control+Enter")
        page.locator("[data-ui=import-state][data-state=running]").wait_for()
        work_off()
        page.locator("[data-ui=import-state][data-state=finished]").wait_for(timeout=PATIENCE_MS)
        batch.refresh_from_db()
        return dict(batch.result)
    return dict(batch.trial)


@pytest.mark.long
@pytest.mark.parametrize("name", ["northwind", "chinook", "berka", "telco", "cdnow"])
def test_public_data_sets_come_in_through_the_wizard_once(
    page: Any, console: Any, tmp_path: Path, name: str
) -> None:
    """The second load of each file finds nothing to run."""
    console.sign_in(page, "administrator")
    money = 0
    for path, kind, mapping in files_of(name, tmp_path):
        first = load(page, console, path, kind, mapping)
        again = load(page, console, path, kind, mapping)
        assert first["read"] == first["new"] + first["changed"], (mapping, first)
        assert again["read"] == again["unchanged"] + again["repeated"], (mapping, again)
        money += sum(one["taken_minor"] for one in first["totals"].values())
    assert name not in MONEY or money == MONEY[name]


MONEY = {"chinook": 232_860, "cdnow": 250_031_563}


def files_of(name: str, folder: Path) -> list[tuple[Path, str, str]]:
    if name == "northwind":
        return northwind_files(folder)
    if name == "berka":
        return [(sample(f"berka/{file}.asc.gz"), kind, f"berka-{mapping}")
                for file, mapping, kind in BERKA]  # fmt: skip
    if name == "cdnow":
        return [(sample("cdnow/CDNOW_master.txt.gz"), "purchases", "cdnow")]
    if name == "telco":
        path = sample("telco_churn/Telco-Customer-Churn.csv.gz")
        return [(path, "customers", "telco-customers"), (path, "holdings", "telco-contracts")]
    path = sample("chinook/ChinookData.json.gz")
    return [(path, "customers", "chinook-customers"), (path, "products", "chinook-products"),
            (path, "purchases", "chinook-invoices")]  # fmt: skip
