"""Lines into records of cells. A record that is broken is handed on, never dropped."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from clientela.imports.rules.encodings import UNDECODABLE
from clientela.imports.rules.faults import UnreadableFile
from clientela.imports.rules.limits import Limits

WHITE = "white"  # columns set apart by runs of blanks, leading blanks ignored
CHARS_KEPT = 1000  # of a line that is too long
LINE_ENDS = "\r\n"
NUL = "\0"


class RawRow(NamedTuple):
    """One row as it stands in the file.

    `number` is the line of the file in which the row begins, counted from 1 with the header, as
    a text editor counts. `fault` is a code where the row cannot be used as it stands.
    """

    number: int
    cells: list[str]
    fault: str = ""


class Lines:
    """The lines of a text, of which those of the present record can be put back."""

    def __init__(self, source: Iterator[str], *, first: int, limits: Limits) -> None:
        self._source = source
        self._returned: deque[str] = deque()
        self._limit = limits.record_chars_max
        self._chars = 0
        self._rereads_left = limits.reread_chars_max
        self.held: list[str] = []
        self.number = first - 1  # of the line read last

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._source)
        self.number += 1
        self.held.append(line)
        self._chars += len(line)
        if self._chars > self._limit:
            raise _RecordTooLong
        return line

    def begin(self) -> int:
        """Begin a record; the number of its first line."""
        self.held.clear()
        self._chars = 0
        return self.number + 1

    def put_back_all_but_first(self) -> str:
        """Read the record's later lines again, within bounds; the first line."""
        self._rereads_left -= self._chars
        if self._rereads_left < 0:
            raise UnreadableFile("unclosed-quotes", line=self.number - len(self.held) + 1)
        first, *others = self.held
        self._returned.extendleft(reversed(others))
        self.number -= len(others)
        return first

    def finish_line(self) -> None:
        """Pass over what is left of a line longer than the limit."""
        for piece in self._source:
            if piece.endswith(("\n", "\r")):
                return


class _RecordTooLong(Exception):
    pass


def split_at_blanks(lines: Lines) -> Iterator[RawRow]:
    """Rows of a table whose columns are set apart by blanks."""
    while True:
        number = lines.begin()
        try:
            line = next(lines)
        except StopIteration:
            return
        except _RecordTooLong:
            yield _long_line(lines, number)
            continue
        if cells := line.split():
            yield RawRow(number, cells, _fault(line))


def split_at(
    lines: Lines, separator: str, quote: str, *, spaces_before_quotes: bool = False
) -> Iterator[RawRow]:
    """Rows of a table with a separator and, where `quote` is not empty, quoted cells.

    A quote that is never properly closed damages the line it stands on and no other: that line
    becomes a row with a fault, and reading goes on with the next one.
    """
    reader = csv.reader(
        lines,
        delimiter=separator,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        skipinitialspace=spaces_before_quotes,
        strict=True,
    )
    held = lines.held
    while True:
        number = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _RecordTooLong):
            yield _broken(lines, number, separator)
            continue
        if any(cells):
            yield RawRow(number, cells, _fault(held[0] if len(held) == 1 else "".join(held)))


def _broken(lines: Lines, number: int, separator: str) -> RawRow:
    if len(lines.held) == 1 and len(lines.held[0]) > csv.field_size_limit():
        return _long_line(lines, number)
    line = lines.put_back_all_but_first()
    return RawRow(number, line.rstrip(LINE_ENDS).split(separator), "unclosed-quote")


def _long_line(lines: Lines, number: int) -> RawRow:
    line = lines.held[0]
    if not line.endswith(("\n", "\r")):
        lines.finish_line()
    return RawRow(number, [line[:CHARS_KEPT]], "row-too-long")


def _fault(text: str) -> str:
    if NUL in text:
        return "nul-character"
    return "bad-encoding" if not text.isascii() and UNDECODABLE in text else ""
