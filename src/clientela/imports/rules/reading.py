"""Open a table of any usual make and read its rows: text, workbook, Parquet or JSON.

Opening reads every byte once: a file that is damaged, cut off or too large is refused before a
row of it is handed out. Rows are then read as often as needed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from clientela.imports.rules.encodings import ENCODINGS, ON_ERROR
from clientela.imports.rules.faults import UnreadableFile
from clientela.imports.rules.formats import json_rows, parquet, workbooks
from clientela.imports.rules.layout import (
    UNSAID,
    FoundLayout,
    Layout,
    find_layout,
    has_header,
    rejects_separator,
)
from clientela.imports.rules.limits import LIMITS, Limits
from clientela.imports.rules.records import Lines, RawRow
from clientela.imports.rules.unpacking import BLOCK_BYTES, Form, Scan, Unpacked, scan

SAMPLE_CHARS = 1 << 16
PREVIEW_ROWS = 50
HEADER_ROWS_SEEN = 20
WITH_MARK = {"utf-8": "utf-8-sig"}  # reads UTF-8 with and without a byte order mark


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose bytes are known to be whole and whose layout is known.

    `form` is what kind of file it is; `decimal_mark` the one its typed numbers are written with,
    None where all is text. `sheets` are the tables one may choose from.
    """

    path: Path
    layout: FoundLayout
    header: tuple[str, ...]  # "1", "2", ... where the file names no columns
    digest: str
    lines: int  # in the file, for showing progress by `RawRow.number`
    limits: Limits = LIMITS
    form: Form = Form.TEXT
    decimal_mark: str | None = None
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    typed: Callable[[], Iterator[RawRow]] | None = None  # the data rows of what is no text

    def rows(self) -> Iterator[RawRow]:
        """All rows from the first. What cannot be used as it stands carries a `fault`."""
        if self.typed is not None:
            yield from self._rows(self.typed())
            return
        with _text(self.path, self.layout.encoding, self.limits) as text:
            rows = self.layout.rows(_lines(text, self.layout.skip_lines, self.limits))
            if self.layout.header:
                next(rows, None)
            yield from self._rows(rows)

    def preview(self, count: int = PREVIEW_ROWS) -> list[RawRow]:
        return list(islice(self.rows(), count))

    def _rows(self, rows: Iterator[RawRow]) -> Iterator[RawRow]:
        width, most = len(self.header), self.limits.rows_max
        for count, row in enumerate(rows, 1):
            if count > most:
                raise UnreadableFile("too-many-rows", line=row.number)
            yield row if len(row.cells) == width else _of_other_width(row, width)


def open_table(
    path: Path | str,
    *,
    layout: Layout = UNSAID,
    names: Collection[str] = (),
    limits: Limits = LIMITS,
    decimal_mark: str | None = None,
) -> Table:
    """Find out how a table is written; what `layout` says is taken as said.

    `names` are column names by which a header row is known (see `Mapping.names`); `decimal_mark`
    is the one the mapping reads numbers with. Raises `UnreadableFile`.
    """
    path, wanted = Path(path), layout
    scanned = scan(path, limits)
    if scanned.form is not Form.TEXT:
        asked = _Asked(path, scanned, wanted, frozenset(names), limits, decimal_mark or ".")
        return OPENERS[scanned.form](asked)
    found = _find(path, scanned, wanted, names, limits)
    if found.width > limits.columns_max:
        raise UnreadableFile("too-many-columns", line=1, column=limits.columns_max + 1)
    header = _header(path, found, limits)
    return Table(path, found, header, scanned.digest, scanned.lines, limits)


def _find(
    path: Path, scanned: Scan, wanted: Layout, names: Collection[str], limits: Limits
) -> FoundLayout:
    encoding = scanned.evidence.encoding()
    sample = _sample(path, encoding, limits)
    if wanted.encoding not in (None, encoding) and not rejects_separator(sample):
        encoding = _known(wanted.encoding)
        sample = _sample(path, encoding, limits)
    found = find_layout(sample, encoding=encoding, wanted=wanted, names=names)
    if not found.width:
        raise UnreadableFile("empty-file")
    return found


def _sample(path: Path, encoding: str, limits: Limits) -> str:
    with _text(path, encoding, limits) as text:
        return _whole_lines(text.read(SAMPLE_CHARS))


def _known(encoding: str | None) -> str:
    if encoding not in ENCODINGS:
        raise UnreadableFile("wrong-encoding", detail=f"Unknown encoding: {encoding}.")
    return encoding


def _header(path: Path, layout: FoundLayout, limits: Limits) -> tuple[str, ...]:
    if not layout.header:
        return tuple(str(place) for place in range(1, layout.width + 1))
    with _text(path, layout.encoding, limits) as text:
        first = next(layout.rows(_lines(text, layout.skip_lines, limits)), None)
    if first is None:
        raise UnreadableFile("empty-file")
    return tuple(name.strip() for name in first.cells)


def _text(path: Path, encoding: str, limits: Limits) -> io.TextIOWrapper:
    stream = io.BufferedReader(Unpacked(path, limits), BLOCK_BYTES)
    return io.TextIOWrapper(
        stream, encoding=WITH_MARK.get(encoding, encoding), errors=ON_ERROR, newline=""
    )


def _lines(text: io.TextIOWrapper, skip: int, limits: Limits) -> Lines:
    pieces = iter(partial(text.readline, limits.record_chars_max + 1), "")
    skipped = sum(1 for _ in islice(pieces, skip))
    return Lines(pieces, first=skipped + 1, limits=limits)


def _whole_lines(sample: str) -> str:
    """A sample cut where a line ends, unless it is one line."""
    if len(sample) < SAMPLE_CHARS:
        return sample
    end = max(sample.rfind("\n"), sample.rfind("\r", 0, -1))
    return sample[: end + 1] or sample


def _of_other_width(row: RawRow, width: int) -> RawRow:
    """Cells beyond the last column are harmless when they are empty."""
    if row.fault:
        return row
    if len(row.cells) > width and not any(row.cells[width:]):
        return row._replace(cells=row.cells[:width])
    return row._replace(fault="ragged-row")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A file that is no text, and what was said of it; `mark` is for its typed numbers."""

    path: Path
    scanned: Scan
    wanted: Layout
    names: frozenset[str]
    limits: Limits
    mark: str

    def table(self, header: tuple[str, ...], **known: Any) -> Table:
        by_name = FoundLayout("", "", "", True, 0, len(header))
        given = {"layout": by_name, "lines": self.scanned.lines, **known}
        return Table(
            self.path, header=header, digest=self.scanned.digest, limits=self.limits,
            form=self.scanned.form, decimal_mark=self.mark, **given,
        )  # fmt: skip


def _workbook(asked: _Asked) -> Table:
    path, skip = asked.path, asked.wanted.skip_lines
    workbooks.refuse_bomb(path, asked.limits)
    sheet = workbooks.chosen(path, wanted=asked.wanted.sheet, names=asked.names)
    first = list(islice(workbooks.cells_of(path, sheet), skip, skip + HEADER_ROWS_SEEN))
    if not first:
        raise UnreadableFile("empty-file")
    found = has_header([row.cells for row in first], asked.names)
    is_named = found if asked.wanted.header is None else asked.wanted.header
    header = _names(first[0].cells, is_named, asked.limits)

    def data() -> Iterator[RawRow]:
        return islice(workbooks.cells_of(path, sheet, mark=asked.mark), skip + is_named, None)

    return asked.table(
        header, layout=FoundLayout("", "", "", is_named, skip, len(header)),
        lines=workbooks.height_of(path, sheet), sheets=tuple(workbooks.sheet_names(path)),
        sheet=sheet, typed=data,
    )  # fmt: skip


def _parquet(asked: _Asked) -> Table:
    columns = parquet.columns_of(asked.path, asked.limits)
    return asked.table(
        tuple(name for name, _ in columns), lines=parquet.count_of(asked.path) + 1,
        typed=partial(parquet.rows_of, asked.path, columns, mark=asked.mark),
    )  # fmt: skip


def _json(asked: _Asked) -> Table:
    path, limits, mark = asked.path, asked.limits, asked.mark
    if json_rows.is_lines(path, limits):
        header = tuple(json_rows.columns_of_lines(path, limits))
        return asked.table(
            header, typed=partial(json_rows.rows_of_lines, path, header, limits, mark=mark)
        )
    tables = json_rows.tables_of(path, limits)
    name = json_rows.chosen(tables, wanted=asked.wanted.sheet, names=asked.names)
    header = tuple(json_rows.columns_of(tables[name]))
    return asked.table(
        header, lines=len(tables[name]) + 1, sheets=tuple(tables), sheet=name,
        typed=partial(json_rows.rows_of, tables[name], header, mark=mark),
    )  # fmt: skip


OPENERS: Mapping[Form, Callable[[_Asked], Table]] = MappingProxyType(
    {Form.WORKBOOK: _workbook, Form.PARQUET: _parquet, Form.JSON: _json}
)


def _names(cells: list[str], is_named: bool, limits: Limits) -> tuple[str, ...]:
    if len(cells) > limits.columns_max:
        raise UnreadableFile("too-many-columns", line=1, column=limits.columns_max + 1)
    if is_named:
        return tuple(name.strip() for name in cells)
    return tuple(str(place) for place in range(1, len(cells) + 1))
