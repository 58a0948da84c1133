"""A file comes in: uploaded, checked, run, and what was refused taken home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clientela.flows import jobs
from clientela.imports.models import Batch

CUSTOMERS = """customer,name,phone
4711,Anna Kalniņa,26123456
4712,Jānis Bērziņš,112
4713,Pēteris Ozols,26111111
"""


def work_off() -> None:
    """What the worker does with the one import that waits."""
    batch = Batch.objects.get()
    job = jobs.run_import if batch.state == Batch.State.RUNNING else jobs.check_import
    job(batch=str(batch.id), actor=batch.started_by)


def test_a_file_with_a_bad_row_is_taken_without_it(page: Any, console: Any, tmp_path: Path) -> None:
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
    page.locator("[data-ui=import-state][data-state=checking]").wait_for()

    work_off()
    page.locator("[data-ui=import-state][data-state=checked]").wait_for()
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

    page.keyboard.press("/")
    page.keyboard.type("2611 1111")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/cus_*")
    assert page.get_by_role("heading", level=1).inner_text() == "Pēteris Ozols"


def test_a_file_that_cannot_be_read_is_said_at_its_field(
    page: Any, console: Any, tmp_path: Path
) -> None:
    console.sign_in(page, "administrator")
    page.goto(console.at("/imports/new"))
    file = tmp_path / "empty.csv"
    file.write_text("name\nAnna\n", encoding="utf-8")
    page.get_by_label("Drop a file here").set_input_files(file)
    page.get_by_label("Source").fill("crm")
    page.keyboard.press("Control+Enter")
    page.locator("[data-ui=faults]").wait_for()
    assert "Missing: customer." in page.locator("[data-ui=faults]").inner_text()
    assert page.get_by_label("Source").input_value() == "crm"
