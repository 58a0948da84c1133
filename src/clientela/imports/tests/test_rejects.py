"""Rows that were not taken come back as a file that can be mended and imported alone."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from clientela.imports.rules.binding import unmapped
from clientela.imports.rules.faults import Refused, Reject, sentence_of
from clientela.imports.rules.mapping import plain
from clientela.imports.rules.mapping_file import load_mapping
from clientela.imports.rules.reading import Table, open_table
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.rejects import RejectsFile
from clientela.imports.rules.rows import PurchaseRow
from clientela.imports.rules.typed import typed
from clientela.imports.tests.files import written
from clientela.imports.tests.reading_rows import LATVIA
from clientela.platform.promises import promise

FILE = (
    "customer;date;amount;note\n"
    "1;2026-01-31;5,00;fine\n"
    "2;yesterday;much;=1+1\n"
    "3;2026-01-31;5,00\n"
    "4;2026-01-31;5,00;a;b;c\n"
)


def reason(reject: Reject) -> str:
    return sentence_of(reject) % reject.params


def rejects_of(table: Table, folder: Path, mapping: str = "") -> Path:
    of_row = typed(load_mapping(mapping, kind="purchases"), table.header, around=LATVIA)
    path = folder / "rejects.csv"
    with RejectsFile(path, table.header, reason) as rejects:
        for raw in table.rows():
            found = of_row(raw)
            if isinstance(found, Refused):
                rejects.write(raw, found)
    return path


def lines_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


@promise("CUS-25")
def test_rejects_have_the_original_columns_and_row_column_code_and_reason(tmp_path: Path) -> None:
    header, *rows = lines_of(rejects_of(open_table(written(tmp_path, FILE)), tmp_path))
    assert header == ["customer", "date", "amount", "note", "row", "column", "code", "reason"]
    assert rows[0][:7] == ["2", "yesterday", "much", "=1+1", "3", "date", "not-a-date"]
    assert "“yesterday”" in rows[0][7]
    assert "“much” is not an amount" in rows[0][7]
    assert rows[1][:7] == ["3", "2026-01-31", "5,00", "", "4", "", "ragged-row"]
    assert rows[2][:7] == ["4", "2026-01-31", "5,00", "a", "5", "", "ragged-row"]
    assert rows[2][8:] == ["b", "c"]


@promise("CUS-25")
def test_mended_rejects_are_read_alone_with_the_same_mapping(tmp_path: Path) -> None:
    mapping = '[file]\nseparator = "semicolon"\nencoding = "windows-1257"\n'
    path = rejects_of(open_table(written(tmp_path, FILE)), tmp_path, mapping)
    text = path.read_text(encoding="utf-8").replace("yesterday,much", '2026-01-30,"7,50"')
    said = load_mapping(mapping, kind="purchases")
    table = open_table(written(tmp_path, text), layout=said.layout)
    found = [typed(said, table.header, around=LATVIA)(raw) for raw in table.rows()]
    assert [row.amount_minor for row in found if isinstance(row, PurchaseRow)] == [750, 500]
    assert unmapped(said, table.header) == ("note",)


def test_rejects_of_rejects_have_the_added_columns_once(tmp_path: Path) -> None:
    first = rejects_of(open_table(written(tmp_path, FILE)), tmp_path)
    second = rejects_of(open_table(written(tmp_path, first.read_bytes())), tmp_path)
    header, row, *_ = lines_of(second)
    assert header == ["customer", "date", "amount", "note", "row", "column", "code", "reason"]
    assert row[:7] == ["2", "yesterday", "much", "=1+1", "2", "date", "not-a-date"]


def test_a_file_with_a_column_called_code_keeps_it(tmp_path: Path) -> None:
    text = "code,customer,date,amount\n7,1,never,5.00\n"
    path = rejects_of(open_table(written(tmp_path, text)), tmp_path)
    assert lines_of(path)[0][4:] == ["row", "column", "reject_code", "reason"]
    table = open_table(path)
    assert unmapped(plain("purchases"), table.header) == ("code",)


def test_bytes_that_are_no_text_are_shown_as_such(tmp_path: Path) -> None:
    good = "".join(f"{n},Jāņu diena,x,y\n" for n in range(30)).encode()
    table = open_table(written(tmp_path, b"customer,date,amount,n\n" + good + b"1,J\xe2nis,1,2\n"))
    assert lines_of(rejects_of(table, tmp_path))[-1][1] == "J\ufffdnis"


cell = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8).map(str.strip)


@given(rows=st.lists(st.lists(cell, min_size=3, max_size=3).filter(any), min_size=1, max_size=6))
def test_original_cells_come_back_unchanged(rows: list[list[str]]) -> None:
    refused = Refused(2, (Reject(2, "a", "missing-value"),))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rejects.csv"
        with RejectsFile(path, ["a", "b", "c"], reason) as rejects:
            for row in rows:
                rejects.write(RawRow(2, row), refused)
        assert [row.cells[:3] for row in open_table(path).rows()] == rows
