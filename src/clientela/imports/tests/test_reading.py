"""Any usual text table is read as it was written; a broken one is refused, never half read."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.imports.rules.faults import UnreadableFile
from clientela.imports.rules.layout import Layout
from clientela.imports.rules.limits import LIMITS
from clientela.imports.rules.reading import Table, open_table
from clientela.imports.rules.records import RawRow
from clientela.imports.tests.files import as_csv, packed, written
from clientela.platform.promises import promise

ROWS = [["4711", "Anna Ozola", "12.50"], ["4712", "Juris, the younger", "7.00"]]
HEADER = ["customer", "name", "amount"]


def cells(table: Table) -> list[list[str]]:
    return [row.cells for row in table.rows()]


def faults(table: Table) -> dict[int, str]:
    return {row.number: row.fault for row in table.rows() if row.fault}


def refusal(path: Path) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        open_table(path)
    return caught.value


@promise("CUS-22")
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_whatever_its_separator_and_line_ends(
    tmp_path: Path, separator: str, end: str
) -> None:
    table = open_table(written(tmp_path, as_csv([HEADER, *ROWS], separator=separator, end=end)))
    assert table.layout.separator == separator
    assert table.header == tuple(HEADER)
    assert list(table.rows()) == [RawRow(2, ROWS[0]), RawRow(3, ROWS[1])]


@promise("CUS-22")
@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1257", "windows-1257"),
    ],
)
def test_latvian_names_are_read_in_any_encoding(tmp_path: Path, encoding: str, found: str) -> None:
    rows = [["kods", "vārds"], ["1", "Jānis Bērziņš"], ["2", "Kristīne Kļaviņa, Šķēle"]]
    table = open_table(written(tmp_path, as_csv(rows).encode(encoding)))
    assert table.layout.encoding == found
    assert [list(table.header), *cells(table)] == rows


def test_columns_set_apart_by_blanks_are_read_with_and_without_a_header(tmp_path: Path) -> None:
    text = " id  date amount\r\n 001 19970101  11.77\r\n 002 19970112   2.00\r\n"
    table = open_table(written(tmp_path, text))
    assert table.header == ("id", "date", "amount")
    assert cells(table) == [["001", "19970101", "11.77"], ["002", "19970112", "2.00"]]
    bare = open_table(written(tmp_path, text.partition("\n")[2]))
    assert bare.header == ("1", "2", "3")
    assert len(cells(bare)) == 2


def test_what_is_said_of_a_file_is_not_guessed(tmp_path: Path) -> None:
    path = written(tmp_path, "notes\n\na;b,c\nd;e,f\n")
    said = Layout(encoding="iso-8859-1", separator=",", quote="", header=False, skip_lines=2)
    table = open_table(path, layout=said)
    assert list(table.rows()) == [RawRow(3, ["a;b", "c"]), RawRow(4, ["d;e", "f"])]


def test_a_header_is_known_by_its_names_even_where_they_look_like_data(tmp_path: Path) -> None:
    path = written(tmp_path, "2024,2025\n1,2\n")
    assert open_table(path).header == ("1", "2")
    assert open_table(path, names=["2025"]).header == ("2024", "2025")


def test_a_line_that_names_the_separator_is_no_row(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "sep=;\r\ncustomer;amount\r\n1;2,50\r\n"))
    assert list(table.rows()) == [RawRow(3, ["1", "2,50"])]


def test_a_decimal_comma_is_not_taken_for_a_separator(tmp_path: Path) -> None:
    text = "1;12,50\n2;7,00\n3;1,25\n"
    assert cells(open_table(written(tmp_path, text)))[0] == ["1", "12,50"]


def test_a_packed_file_is_known_by_its_bytes_and_is_the_same_file(tmp_path: Path) -> None:
    text = as_csv([HEADER, *ROWS])
    plain = open_table(written(tmp_path, text))
    gz = open_table(packed(tmp_path, text, name="no ending"))
    assert cells(gz) == cells(plain)
    assert gz.digest == plain.digest


def test_a_row_is_numbered_by_the_line_it_begins_on(tmp_path: Path) -> None:
    text = 'customer,note\n1,"two\nlines"\n\n2,one\n,\n3,one\n'
    assert [row.number for row in open_table(written(tmp_path, text)).rows()] == [2, 5, 7]


@promise("CUS-25")
def test_ragged_rows_are_reported_and_not_dropped(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n4,5,6\n"))
    assert faults(table) == {3: "ragged-row", 4: "ragged-row"}
    assert [row.cells for row in table.rows() if not row.fault] == [
        ["1", "2", "3"],
        ["1", "2", "3"],
        ["4", "5", "6"],
    ]


def test_bytes_that_are_no_text_spoil_their_own_row_only(tmp_path: Path) -> None:
    rows = [f"{n},Jāņu diena".encode() for n in range(30)]
    rows[7] = b"7,J\xe2nis"
    table = open_table(written(tmp_path, b"customer,name\n" + b"\n".join(rows)))
    assert table.layout.encoding == "utf-8"
    assert faults(table) == {9: "bad-encoding"}


def test_a_nul_character_spoils_its_own_row_only(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, b"a,b\n1,2\n3,\x004\n5,6\n"))
    assert faults(table) == {3: "nul-character"}


def test_a_quote_that_is_never_closed_spoils_its_own_row_only(tmp_path: Path) -> None:
    text = 'a,b\n1,2\n3,"four\n5,6\n7,"8"\n"9" x,10\n11,"12\n'
    table = open_table(written(tmp_path, text))
    assert faults(table) == {3: "unclosed-quote", 6: "unclosed-quote", 7: "unclosed-quote"}
    assert [row.cells for row in table.rows() if not row.fault] == [
        ["1", "2"],
        ["5", "6"],
        ["7", "8"],
    ]


def test_an_open_quote_does_not_swallow_a_large_file(tmp_path: Path) -> None:
    limits = replace(LIMITS, record_chars_max=10_000)
    lines = ['1,"open', *(f"{n},row" for n in range(2, 20_000))]
    table = open_table(written(tmp_path, "a,b\n" + "\n".join(lines)), limits=limits)
    assert faults(table) == {2: "unclosed-quote"}
    assert sum(1 for _ in table.rows()) == 19_999


def test_a_file_made_of_open_quotes_is_refused_in_bounded_time(tmp_path: Path) -> None:
    limits = replace(LIMITS, record_chars_max=10_000, reread_chars_max=100_000)
    path = written(tmp_path, "a,b,c\n1,2,3\n" + 'a",",x\n' * 50_000)
    table = open_table(path, layout=Layout(separator=","), limits=limits)
    with pytest.raises(UnreadableFile, match="never closed") as caught:
        list(table.rows())
    assert caught.value.line is not None


def test_a_line_of_a_hundred_megabytes_is_one_rejected_row(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n3,")
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b"\n5,6\n")
    rows = list(open_table(path).rows())
    assert [(row.number, row.fault) for row in rows] == [(2, ""), (3, "row-too-long"), (4, "")]
    assert max(len(cell) for row in rows for cell in row.cells) < 10_000


def test_a_truncated_packed_file_is_refused_with_the_line_where_it_ends(tmp_path: Path) -> None:
    text = as_csv([HEADER, *([str(n), "Anna", f"{n}.00"] for n in range(50_000))])
    whole = gzip.compress(text.encode())
    fault = refusal(written(tmp_path, whole[: len(whole) // 2]))
    assert fault.reason == "truncated-gzip"
    assert fault.line is not None
    assert 10_000 < fault.line < 40_000
    assert fault.as_dict()["line"] == fault.line


def test_a_damaged_packed_file_is_refused(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(as_csv([HEADER, *ROWS]).encode()))
    whole[-6] ^= 0xFF
    assert refusal(written(tmp_path, bytes(whole))).reason == "damaged-gzip"


def test_a_file_that_unpacks_to_far_more_than_its_size_is_refused(tmp_path: Path) -> None:
    bomb = packed(tmp_path, b"a,b\n" + b"1,2\n" * 5_000_000)
    assert refusal(bomb).reason == "unpacks-too-large"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty-file"),
        (b"\r\n\r\n  \r\n", "empty-file"),
        (b"\xef\xbb\xbf", "empty-file"),
        (b"PK\x03\x04 a workbook", "damaged-workbook"),
        (b"%PDF-1.7", "not-a-table"),
        (b'{"customers": []}', "not-a-table"),
        (b'{"customers": [{]}', "broken-json"),
        (b"PAR1 is no more", "damaged-parquet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 locked", "locked-workbook"),
        (b"<html><body>", "not-a-table"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    assert refusal(written(tmp_path, content)).reason == reason


def test_limits_of_bytes_columns_and_rows_hold(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b,c\n" + "1,2,3\n" * 100)
    with pytest.raises(UnreadableFile) as too_large:
        open_table(path, limits=replace(LIMITS, bytes_max=300))
    assert too_large.value.reason == "too-large"
    with pytest.raises(UnreadableFile) as too_wide:
        open_table(path, limits=replace(LIMITS, columns_max=2))
    assert (too_wide.value.reason, too_wide.value.column) == ("too-many-columns", 3)
    with pytest.raises(UnreadableFile) as too_long:
        list(open_table(path, limits=replace(LIMITS, rows_max=99)).rows())
    assert (too_long.value.reason, too_long.value.line) == ("too-many-rows", 101)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path).reason == "not-a-file"
    assert refusal(tmp_path / "missing.csv").reason == "not-a-file"


def test_mixed_line_ends_are_all_line_ends(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "a,b\n1,2\r\n3,4\r5,6"))
    assert cells(table) == [["1", "2"], ["3", "4"], ["5", "6"]]


def test_a_file_of_rejects_is_read_in_our_layout_whatever_the_mapping_says(
    tmp_path: Path,
) -> None:
    said = Layout(encoding="windows-1257", separator=";", header=False)
    text = "customer,name,row,column,code,reason\n1,Jānis,2,name,too-long,…\n"
    assert cells(open_table(written(tmp_path, text), layout=said))[0][:2] == ["1", "Jānis"]
    resaved = text.replace(",", ";").replace("…", "").encode("cp1257")
    assert cells(open_table(written(tmp_path, resaved)))[0][:2] == ["1", "Jānis"]


text_cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 6))
    rows = draw(st.lists(st.lists(text_cells, min_size=width, max_size=width), max_size=8))
    return [row for row in rows if any(row)]


@promise("CUS-22")
@given(
    rows=tables(),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    quote=st.sampled_from(['"', "'"]),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    is_packed=st.booleans(),
)
def test_any_table_written_in_any_dialect_is_read_back_equal(
    rows: list[list[str]], separator: str, quote: str, end: str, encoding: str, *, is_packed: bool
) -> None:
    width = len(rows[0]) if rows else 2
    header = [f"column {number}" for number in range(width)]
    text = as_csv([header, *rows], separator=separator, quote=quote, end=end)
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    said = Layout(encoding=name, separator=separator, quote=quote, header=True)
    with tempfile.TemporaryDirectory() as folder:
        make = packed if is_packed else written
        table = open_table(make(Path(folder), text.encode(encoding)), layout=said)
        assert table.header == tuple(header)
        assert cells(table) == rows


plain_words = st.text("abcdefghijklmnopqrstuvwxyzāēīūčģķļņšžñéüABC", min_size=1, max_size=10)
plain_numbers = st.decimals(0, 10_000, places=2).map(str)


@given(
    rows=st.lists(st.tuples(plain_numbers, plain_words, plain_words), min_size=3, max_size=20),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n"]),
    has_header=st.booleans(),
)
def test_the_layout_of_an_ordinary_table_is_found_without_being_said(
    rows: Sequence[tuple[str, str, str]], separator: str, end: str, *, has_header: bool
) -> None:
    header = [["number", "first name", "last name"]] if has_header else []
    expected = [list(row) for row in rows]
    text = as_csv([*header, *expected], separator=separator, end=end)
    with tempfile.TemporaryDirectory() as folder:
        table = open_table(written(Path(folder), text))
        assert table.layout.header is has_header
        assert cells(table) == expected
