"""Open a text table of any usual make and read its rows, in bounded memory.

Opening reads every byte once: a file that is damaged, cut off or too large is refused before a
row of it is handed out. Rows are then read as often as needed.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from clientela.imports.rules.encodings import ENCODINGS, ON_ERROR
from clientela.imports.rules.faults import UnreadableFile
from clientela.imports.rules.layout import (
    UNSAID,
    FoundLayout,
    Layout,
    find_layout,
    rejects_separator,
)
from clientela.imports.rules.limits import LIMITS, Limits
from clientela.imports.rules.records import Lines, RawRow
from clientela.imports.rules.unpacking import BLOCK_BYTES, Scan, Unpacked, scan

SAMPLE_CHARS = 1 << 16
PREVIEW_ROWS = 50
WITH_MARK = {"utf-8": "utf-8-sig"}  # reads UTF-8 with and without a byte order mark


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose bytes are known to be whole and whose layout is known."""

    path: Path
    layout: FoundLayout
    header: tuple[str, ...]  # "1", "2", ... where the file names no columns
    digest: str
    lines: int  # in the file, for showing progress by `RawRow.number`
    limits: Limits = LIMITS

    def rows(self) -> Iterator[RawRow]:
        """All rows from the first. What cannot be used as it stands carries a `fault`."""
        with _text(self.path, self.layout.encoding, self.limits) as text:
            yield from self._rows(_lines(text, self.layout.skip_lines, self.limits))

    def preview(self, count: int = PREVIEW_ROWS) -> list[RawRow]:
        return list(islice(self.rows(), count))

    def _rows(self, lines: Lines) -> Iterator[RawRow]:
        rows = self.layout.rows(lines)
        if self.layout.header:
            next(rows, None)
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
) -> Table:
    """Find out how a table is written; what `layout` says is taken as said.

    `names` are column names by which a header row is known (see `Mapping.names`).
    Raises `UnreadableFile`.
    """
    path, wanted = Path(path), layout
    scanned = scan(path, limits)
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
