"""How the text of a table is laid out: encoding, separator, quote, header."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from clientela.imports.rules.limits import LIMITS
from clientela.imports.rules.records import WHITE, Lines, RawRow, split_at, split_at_blanks

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "white": WHITE}
FOUND_IN_ORDER = ("\t", ";", "|", ",")  # a comma is often a decimal mark
QUOTES = ('"', "'", "")
SHARE_MIN = 0.6  # of the rows must agree on the number of columns
RECORDS_SEEN = 200
NUMERIC = re.compile(r"[+\-−]?[\d.,:/\- '\xa0]*\d[\d.,:/\- '\xa0]*[A-Za-z%€$£]{0,3}")
SEP_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
REJECT_COLUMNS = ("row", "column", "code", "reason")


@dataclass(frozen=True, slots=True)
class Layout:
    """None means: to be found. `skip_lines` are passed over before the table begins."""

    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    header: bool | None = None
    skip_lines: int = 0
    sheet: str | None = None  # of a workbook, or a list in a JSON document


UNSAID = Layout()


@dataclass(frozen=True, slots=True)
class FoundLayout:
    encoding: str
    separator: str
    quote: str
    header: bool
    skip_lines: int
    width: int
    spaces_before_quotes: bool = False

    def rows(self, lines: Lines) -> Iterator[RawRow]:
        if self.separator == WHITE:
            return split_at_blanks(lines)
        return split_at(
            lines, self.separator, self.quote, spaces_before_quotes=self.spaces_before_quotes
        )


def find_layout(
    sample: str, *, encoding: str, wanted: Layout, names: Collection[str] = ()
) -> FoundLayout:
    """The layout of a table from its first lines; what is wanted is taken as said.

    `sample` ends at the end of a line. `names` are column names by which a header is known. A
    file of rejected rows is laid out in our way, whatever is wanted of the file it came from.
    """
    if of_rejects := rejects_separator(sample):
        wanted = Layout(separator=of_rejects, quote='"', header=True)
    skip = wanted.skip_lines
    if not skip and (said := SEP_LINE.match(sample)):
        skip, wanted = 1, replace(wanted, separator=wanted.separator or said[1])
    text = _after_lines(sample, skip)
    separator = wanted.separator or _separator(text, wanted.quote)
    quote = _quote(text, separator) if wanted.quote is None else wanted.quote
    records = _records(text, separator, quote)
    header = has_header(records, names) if wanted.header is None else wanted.header
    spaced = bool(quote) and re.search(re.escape(separator) + " +" + quote, text) is not None
    width = (len(records[0]) if header else _width(records)) if records else 0
    return FoundLayout(encoding, separator, quote, header, skip, width, spaced)


def rejects_separator(sample: str) -> str:
    """The separator of a file of rejected rows as Clientela writes it, perhaps mended and saved
    by another program; "" for every other file."""
    first = io.StringIO(sample, newline="").readline()
    for separator in FOUND_IN_ORDER:
        header = next(csv.reader([first.rstrip("\r\n")], delimiter=separator), [])
        if reject_columns_of(header):
            return separator
    return ""


def reject_columns_of(header: Sequence[str]) -> tuple[str, ...]:
    """The last four columns where they are those of a rejects file."""
    last = tuple(header[-len(REJECT_COLUMNS) :])
    names = tuple(name.strip().removeprefix("reject_") for name in last)
    return last if names == REJECT_COLUMNS else ()


def has_header(records: Sequence[Sequence[str]], names: Collection[str] = ()) -> bool:
    """Whether the first record names the columns: by known names, else by holding no data."""
    if not records:
        return False
    first = [cell.strip() for cell in records[0]]
    known = {name.casefold() for name in names}
    if any(cell.casefold() in known for cell in first):
        return True
    return any(first) and not any(looks_like_data(cell) for cell in first)


def looks_like_data(cell: str) -> bool:
    return "@" in cell or NUMERIC.fullmatch(cell) is not None


def _after_lines(text: str, count: int) -> str:
    return "".join(list(io.StringIO(text, newline=""))[count:])


def _separator(text: str, quote: str | None) -> str:
    ranked = max(_ranks(text, quote), default=None)
    if ranked is not None and ranked[0] >= SHARE_MIN:
        return ranked[-1]
    if _is_white(text):
        return WHITE
    return ranked[-1] if ranked is not None else ","


def _ranks(text: str, quote: str | None) -> Iterator[tuple[float, bool, int, str]]:
    for preference, separator in enumerate(reversed(FOUND_IN_ORDER)):
        records = _records(text, separator, '"' if quote is None else quote)
        width = _width(records)
        if width >= 2:
            share = sum(len(record) == width for record in records) / len(records)
            yield round(share, 1), len(records[0]) == width, preference, separator


def _is_white(text: str) -> bool:
    records = _records(text, WHITE, "")
    width = _width(records)
    alike = [record for record in records if len(record) == width]
    return (
        width >= 2
        and len(alike) >= SHARE_MIN * len(records)
        and any(looks_like_data(cell) for cell in alike[-1])
    )


def _quote(text: str, separator: str) -> str:
    if separator == WHITE:
        return ""
    edge = re.escape(separator)
    single = re.findall(rf"(?m)(?:^|{edge})'[^'\n]*'(?={edge}|\r?$)", text)
    double = re.search(rf'(?m)(?:^|{edge}) *"', text)
    return "'" if len(single) > 1 and not double else '"'


def _records(text: str, separator: str, quote: str) -> list[list[str]]:
    lines = Lines(io.StringIO(text, newline=""), first=1, limits=LIMITS)
    if separator == WHITE:
        rows = split_at_blanks(lines)
    else:
        rows = split_at(lines, separator, quote, spaces_before_quotes=True)
    return [row.cells for row in islice(rows, RECORDS_SEEN)]


def _width(records: Sequence[Sequence[str]]) -> int:
    """The number of columns most rows have."""
    widths = Counter(len(record) for record in records)
    return max(widths, key=lambda width: (widths[width], width), default=0)
