"""Whatever comes in is read or refused; nothing else can happen."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.imports.rules.faults import MissingColumns, Refused, UnreadableFile, WrongMapping
from clientela.imports.rules.kinds import KINDS
from clientela.imports.rules.mapping import plain
from clientela.imports.rules.mapping_file import load_mapping
from clientela.imports.rules.reading import open_table
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.rows import TypedRow
from clientela.imports.rules.settling import settled
from clientela.imports.rules.typed import typed
from clientela.imports.tests.files import MAPPINGS, written
from clientela.imports.tests.reading_rows import LATVIA

pieces = st.sampled_from(
    [b"customer", b"date", b"amount", b",", b";", b"\t", b" ", b'"', b"'", b"\r", b"\n", b"\0",
     b"\xff", b"\xe2", b"12,50", b"2026-01-31", b"\xef\xbb\xbf", b"sep=;\n", b"\x1f\x8b"]
)  # fmt: skip
contents = st.binary(max_size=300) | st.lists(pieces, max_size=60).map(b"".join)
cell = st.text(max_size=20) | st.sampled_from(
    ["", "-", r"\N", "1", "-1.5", "1e9", "2026-01-31", "31/01/26", "24:00", "EUR", "+37126123456"]
)


@given(content=contents, cut=st.integers(0, 40))
def test_any_bytes_are_read_to_the_end_or_refused(content: bytes, cut: int) -> None:
    with TemporaryDirectory() as folder:
        for made in (content, gzip.compress(content)[: -cut or None]):
            try:
                table = open_table(written(Path(folder), made))
                rows = list(table.rows())
            except UnreadableFile:
                continue
            assert all(row.fault or len(row.cells) == len(table.header) for row in rows)
            numbers = [row.number for row in rows]
            assert numbers == sorted(set(numbers))


@given(content=contents)
def test_any_bytes_go_through_the_whole_of_reading(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        try:
            table = open_table(written(Path(folder), b"customer,date,amount\n" + content))
            mapping = settled(plain("purchases"), table)
            of_row = typed(mapping, table.header, around=LATVIA)
            found = [of_row(raw) for raw in table.rows()]
        except (UnreadableFile, MissingColumns, WrongMapping):
            return
        assert all(row.faults for row in found if isinstance(row, Refused))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_any_cells_make_a_row_or_a_refusal(kind: str, data: st.DataObject) -> None:
    header = KINDS[kind].targets
    cells = data.draw(st.lists(cell, min_size=len(header), max_size=len(header)))
    found = typed(plain(kind), header, around=LATVIA)(RawRow(2, cells))
    assert isinstance(found, Refused | TypedRow)


@given(data=st.data())
@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.toml")), ids=lambda path: path.stem)
def test_any_cells_go_through_the_mappings_that_are_shipped(
    path: Path, data: st.DataObject
) -> None:
    mapping = load_mapping(path)
    header = sorted(mapping.names)
    cells = data.draw(st.lists(cell, min_size=len(header), max_size=len(header)))
    found = typed(mapping, header, around=LATVIA)(RawRow(2, cells))
    assert isinstance(found, Refused | TypedRow)
