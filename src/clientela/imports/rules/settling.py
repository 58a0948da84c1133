"""What a mapping leaves open is looked for in the file: the order of dates, the decimal mark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice

from clientela.imports.rules.binding import BadCell, Bound
from clientela.imports.rules.dates import order_of
from clientela.imports.rules.mapping import ColumnMapping
from clientela.imports.rules.reading import Table
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.unpacking import Form

ROWS_SEEN = 10_000
DATES = ("date", "birth_date", "opened_on", "closed_on", "matures_on", "starts_on", "ends_on")
AMOUNTS = ("amount", "price", "balance", "limit")
_TAIL = re.compile(r"([.,])([0-9]+)[^0-9.,]*")


def settled(mapping: ColumnMapping, table: Table) -> ColumnMapping:
    """The mapping with what its dates and amounts show by themselves.

    Only what one value proves and none denies: `31/01/2024` shows that the day comes first,
    `12,5` that the comma is the decimal mark. What stays open is asked of every row alone.
    Raises `MissingColumns`, `WrongMapping`.
    """
    bound = Bound(mapping, table.header)
    mapping = replace(
        mapping, typed=table.decimal_mark is not None,
        guarded=table.form in (Form.TEXT, Form.WORKBOOK),
    )  # fmt: skip
    mark = mapping.decimal_mark or table.decimal_mark
    if mapping.dates is not None and mark is not None:
        return replace(mapping, decimal_mark=mark)
    rows = [row for row in islice(table.rows(), ROWS_SEEN) if not row.fault]
    return replace(
        mapping,
        dates=mapping.dates or order_of(_texts(bound, DATES, rows)),
        decimal_mark=mark or decimal_mark_of(_texts(bound, AMOUNTS, rows)),
    )


def decimal_mark_of(texts: Iterable[str]) -> str | None:
    """The decimal mark of these amounts, where one of them shows it and none denies it."""
    shown = {mark for text in texts if (mark := _mark_shown(text))}
    return shown.pop() if len(shown) == 1 else None


def _mark_shown(text: str) -> str | None:
    """The last mark, when it stands once and not before exactly three digits alone."""
    tails = list(_TAIL.finditer(text))
    if not tails:
        return None
    mark, digits = tails[-1].groups()
    if text.count(mark) > 1:
        return "," if mark == "." else "."
    has_other = ("," if mark == "." else ".") in text
    return mark if len(digits) != 3 or has_other or text.startswith("0") else None


def _texts(bound: Bound, targets: Sequence[str], rows: Sequence[RawRow]) -> Iterable[str]:
    for target in targets:
        if bound.has(target) and bound.cells[target].value is None:
            text = bound.text(target)
            yield from (_text_of(text, row) for row in rows)


def _text_of(text: Callable[[list[str]], str], row: RawRow) -> str:
    try:
        return text(row.cells)
    except BadCell:
        return ""
