"""Files as they are found in the world: read right, or refused with the place of the fault."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.imports.rules.faults import UnreadableFile
from clientela.imports.rules.limits import Limits
from clientela.imports.rules.mapping_file import load_mapping
from clientela.imports.rules.reading import Table, open_table
from clientela.imports.rules.settling import settled
from clientela.imports.rules.typed import typed
from clientela.imports.tests.files import written
from clientela.imports.tests.reading_rows import LATVIA, codes
from clientela.platform.promises import promise

Draw = Callable[[xlsxwriter.Workbook, Any], None]


def wall(*parts: int) -> datetime:
    """A time as a workbook keeps it: of no zone."""
    return datetime(*parts)  # type: ignore[arg-type] # noqa: DTZ001


def workbook(folder: Path, draw: Draw, **options: Any) -> Path:
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path, options) as book:
        draw(book, book.add_worksheet("Sales"))
    return path


def cells(table: Table) -> list[tuple[int, list[str]]]:
    return [(row.number, row.cells) for row in table.rows()]


def refused(path: Path, limits: Limits | None = None, **said: Any) -> dict[str, Any]:
    """What is said of a file that is refused as a whole."""
    with pytest.raises(UnreadableFile) as refusal:
        list(open_table(path, limits=limits or Limits(), **said).rows())
    told = refusal.value.as_dict()
    assert told["detail"].endswith(".")
    return {name: told[name] for name in ("reason", "line", "column") if name in told}


@promise("CUS-22")
@pytest.mark.parametrize("epoch", [1900, 1904])
def test_dates_of_a_workbook_are_of_its_own_epoch(tmp_path: Path, epoch: int) -> None:
    def draw(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheet.write_row(0, 0, ["customer", "date", "amount"])
        sheet.write(1, 0, "4711")
        sheet.write_datetime(1, 1, wall(2026, 1, 31), day)
        sheet.write(1, 2, 19.99)
        sheet.write(2, 0, "4712")
        sheet.write_datetime(2, 1, wall(2026, 1, 31, 14, 3), moment)
        sheet.write(2, 2, 5)

    table = open_table(workbook(tmp_path, draw, date_1904=epoch == 1904))
    assert cells(table) == [
        (2, ["4711", "2026-01-31", "19.99"]), (3, ["4712", "2026-01-31T14:03:00", "5"]),
    ]  # fmt: skip


@promise("CUS-22")
def test_formulas_count_by_the_value_they_were_saved_with(tmp_path: Path) -> None:
    def draw(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["customer", "name", "phone"])
        sheet.write(1, 0, "4711")
        sheet.write_formula(1, 1, '="Anna "&"Kalniņa"', value="Anna Kalniņa")
        sheet.write_formula(1, 2, "=2612*10000+3456", value=26123456)
        sheet.write(2, 0, "4712")
        sheet.write_formula(2, 1, "=VLOOKUP(A3,Other!A:B,2)", value="#N/A")

    first, second = cells(open_table(workbook(tmp_path, draw)))
    assert first == (2, ["4711", "Anna Kalniņa", "26123456"])
    assert second[1][1] in ("", "#N/A")


@promise("CUS-22")
def test_hidden_sheets_are_passed_over_unless_they_are_named(tmp_path: Path) -> None:
    def draw(book: Any, sheet: Any) -> None:
        sheet.hide()
        sheet.write_row(0, 0, ["customer", "name"])
        sheet.write_row(1, 0, ["1", "Nobody"])
        notes = book.add_worksheet("Notes")
        notes.write(0, 0, "made by hand")
        right = book.add_worksheet("People")
        right.write_row(0, 0, ["customer", "name"])
        right.write_row(1, 0, ["4711", "Anna"])
        right.activate()
        right.set_first_sheet()

    path = workbook(tmp_path, draw)
    table = open_table(path, names=["customer", "name"])
    assert (table.sheet, table.sheets) == ("People", ("Notes", "People"))
    assert cells(table) == [(2, ["4711", "Anna"])]
    said = load_mapping('[file]\nsheet = "Sales"\n', kind="customers")
    assert open_table(path, layout=said.layout).sheet == "Sales"
    missing = load_mapping('[file]\nsheet = "Sale"\n', kind="customers")
    assert refused(path, layout=missing.layout) == {"reason": "no-such-sheet"}


@promise("CUS-22")
def test_a_number_that_lost_its_digits_is_no_id(tmp_path: Path) -> None:
    def draw(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["customer", "name"])
        sheet.write(1, 0, 4711000000000001234)
        sheet.write(1, 1, "Anna")
        sheet.write(2, 0, "0004711")
        sheet.write(2, 1, "Jānis")

    table = open_table(workbook(tmp_path, draw))
    mapping = settled(load_mapping("", kind="customers"), table)
    first, second = map(typed(mapping, table.header, around=LATVIA), table.rows())
    assert codes(first) == [("customer", "scientific-number")]
    assert getattr(second, "customer", "") == "0004711"


@promise("CUS-22")
def test_empty_rows_gaps_and_yes_or_no_stand_where_the_program_shows_them(tmp_path: Path) -> None:
    def draw(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["customer", "name", "attributes.vip"])
        sheet.write_row(2, 0, ["4711", "Anna"])
        sheet.write_boolean(2, 2, True)
        sheet.write_row(5, 0, ["4712", "Jānis Ļaudītis"])

    assert cells(open_table(workbook(tmp_path, draw))) == [
        (3, ["4711", "Anna", "true"]), (6, ["4712", "Jānis Ļaudītis", ""]),
    ]  # fmt: skip


@promise("CUS-22")
def test_merged_cells_refuse_the_file_and_name_the_place(tmp_path: Path) -> None:
    def draw(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["customer", "name"])
        sheet.merge_range(1, 1, 2, 1, "Anna and Jānis")

    assert refused(workbook(tmp_path, draw)) == {
        "reason": "merged-cells", "line": 2, "column": 2,
    }  # fmt: skip


@promise("CUS-22")
def test_workbooks_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    def draw(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["customer", "name"])
        sheet.write_row(1, 0, ["4711", "Anna"])

    whole = workbook(tmp_path, draw).read_bytes()
    cut = written(tmp_path, whole[: len(whole) // 2], name="cut.xlsx")
    assert refused(cut) == {"reason": "damaged-workbook"}
    locked = written(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), name="old.xls")
    assert refused(locked) == {"reason": "locked-workbook"}
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    assert refused(other) == {"reason": "not-a-workbook"}
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(20_000_000))
    assert refused(bomb) == {"reason": "unpacks-too-large"}
    assert refused(workbook(tmp_path, lambda book, sheet: None)) == {"reason": "empty-file"}
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(tmp_path / "book.xlsx") as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text[: len(text) // 2] if "sheet1" in name else text)
    assert refused(broken)["reason"] in ("damaged-workbook", "empty-file")


@promise("CUS-22")
def test_every_type_of_parquet_is_read_as_its_text(tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    statement = """
        SELECT '0004711' AS customer, DATE '2026-01-31' AS a_day,
            TIMESTAMP '2026-01-31 14:03:00' AS a_moment,
            TIMESTAMPTZ '2026-01-31 14:03:00+02' AS an_instant,
            1234.50::DECIMAL(12, 2) AS exact, 0.1::DOUBLE AS about, 9007199254740993 AS large,
            true AS flag, ['a', 'b'] AS list, {'city': 'Rīga'} AS inner_one,
            NULL::VARCHAR AS nothing, uuid '0192f0c4-a7d0-7a1e-9d4f-5b6c7d8e9f00' AS id,
            TIME '14:03:00' AS clock, 'Ļaudītis; "Ā"' AS text
    """
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        database.sql(statement).write_parquet(str(path))
    table = open_table(path)
    [(number, row)] = cells(table)
    assert number == 2
    found = dict(zip(table.header, row, strict=True))
    assert found["customer"] == "0004711"
    assert found["a_day"] == "2026-01-31"
    assert found["a_moment"].startswith("2026-01-31T14:03:00")
    assert found["an_instant"] == "2026-01-31T12:03:00.000000+00:00"
    assert (found["exact"], found["about"]) == ("1234.50", "0.1")
    assert (found["large"], found["flag"]) == ("9007199254740993", "true")
    assert (found["list"], found["nothing"]) == ("a;b", "")
    assert found["text"] == 'Ļaudītis; "Ā"'


@promise("CUS-22")
def test_parquet_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    with duckdb.connect() as database:
        database.sql("SELECT 'a' AS customer, range AS n FROM range(1000)").write_parquet(str(path))
        empty = tmp_path / "empty.parquet"
        database.sql("SELECT 'a' AS customer WHERE false").write_parquet(str(empty))
    whole = path.read_bytes()
    for name, content in {
        "cut": whole[: len(whole) // 2], "head": whole[:4], "spoilt": whole[:-9] + bytes(9),
    }.items():  # fmt: skip
        assert refused(written(tmp_path, content, name=name)) == {"reason": "damaged-parquet"}
    assert open_table(empty).header == ("customer",)
    assert cells(open_table(empty)) == []
    assert refused(path, Limits(columns_max=1)) == {"reason": "too-many-columns"}


@promise("CUS-22")
def test_a_line_that_is_not_json_is_a_refused_row_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = [
        json.dumps({"customer": "4711", "address": {"city": "Rīga"}, "tags": ["a", "b"]}),
        '{"customer": "4712", ',
        json.dumps({"customer": "4713", "big": 9007199254740993, "none": None}),
        "[1, 2]",
    ]
    table = open_table(written(tmp_path, "\n".join(lines) + "\n", name="rows.jsonl"))
    rows = {row.number: row for row in table.rows()}
    assert {number: row.fault for number, row in rows.items()} == {
        1: "", 2: "broken-json", 3: "", 4: "broken-json",
    }  # fmt: skip
    first, third = (dict(zip(table.header, rows[at].cells, strict=True)) for at in (1, 3))
    assert (first["address.city"], first["tags"]) == ("Rīga", "a;b")
    assert (third["big"], third["none"]) == ("9007199254740993", "")
    assert refused(written(tmp_path, '{"a": [1, ', name="cut.json"))["reason"] == "broken-json"


@promise("CUS-22")
@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"\xef\xbb\xbfcustomer,name\n1,A\n", {2: ""}),
        ("\ufeffcustomer,name\n1,Ļ\n".encode("utf-16-le"), {2: ""}),
        (b"customer,name\r1,A\n2,B\r\n3,C\r", {2: "", 3: "", 4: ""}),
        (b"customer,name\n1,A\x00B\n2,B\n", {2: "nul-character", 3: ""}),
        (b'customer,name\n1,"A\n2,B\n3,C\n', {2: "unclosed-quote", 3: "", 4: ""}),
        (b"customer,name\n1\n2,B,C\n3,D,\n", {2: "ragged-row", 3: "ragged-row", 4: ""}),
        (b"customer,name\n\n ,\n1,A\n\n", {3: "", 4: ""}),
        (b"customer,name\n1," + b"x" * 1_200_000 + b"\n2,B\n", {2: "row-too-long", 3: ""}),
    ],
    ids=["mark", "utf-16", "line-ends", "nul", "quote", "ragged", "blank", "long"],
)  # fmt: skip
def test_a_broken_line_of_text_spoils_itself_only(
    tmp_path: Path, content: bytes, rows: dict[int, str]
) -> None:
    table = open_table(written(tmp_path, content), names=["customer", "name"])
    assert table.header == ("customer", "name")
    found = {row.number: row.fault for row in table.rows()}
    assert {number: found.get(number) for number in rows} == rows
    assert [fault for number, fault in found.items() if number not in rows and fault] == []


def test_a_day_of_a_workbook_is_a_day_whatever_the_mapping_says(tmp_path: Path) -> None:
    def draw(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["customer", "name", "birth_date"])
        sheet.write_row(1, 0, ["4711", "Anna"])
        day = book.add_format({"num_format": "d.m.yy"})
        sheet.write_datetime(1, 2, wall(1972, 5, 4), day)

    table = open_table(workbook(tmp_path, draw))
    mapping = settled(load_mapping('dates = "month-first"\n', kind="customers"), table)
    [row] = map(typed(mapping, table.header, around=LATVIA), table.rows())
    assert getattr(row, "birth_date", None) == date(1972, 5, 4)


@promise("CUS-22")
@settings(max_examples=10)
@given(place=st.floats(0, 1), junk=st.binary(min_size=1, max_size=40), cuts=st.booleans())
@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_a_file_damaged_anywhere_is_read_or_refused(
    form: str, place: float, junk: bytes, cuts: bool, whole_files: dict[str, Path]
) -> None:
    whole = whole_files[form].read_bytes()
    at = 8 + int(place * (len(whole) - 8))
    content = whole[:at] if cuts else whole[:at] + junk + whole[at + len(junk) :]
    path = written(whole_files[form].parent, content, name=f"damaged.{form}")
    with suppress(UnreadableFile):
        for row in open_table(path).rows():
            assert all(isinstance(cell, str) for cell in row.cells)


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("whole")

    def draw(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["customer", "name", "date"])
        for number in range(1, 60):
            sheet.write_row(number, 0, [f"{number:05}", f"Name {number}", number * 1.5])

    path = folder / "table.parquet"
    with duckdb.connect() as database:
        told = database.sql("SELECT range AS customer, 'Name ' || range AS name FROM range(60)")
        told.write_parquet(str(path))
    return {"xlsx": workbook(folder, draw), "parquet": path}
