"""Rows read column by column, then looked at as a whole; all that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from clientela.imports.rules.binding import Bound
from clientela.imports.rules.faults import Fault, Refused, broken_row, refused
from clientela.imports.rules.readers import CLEAR, Faults, Read
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.rows import TypedRow

Typed = Callable[[RawRow], TypedRow | Refused]


def _nothing_more(values: Mapping[str, Any]) -> Iterable[Fault]:
    return ()


def by_columns(
    bound: Bound,
    columns: Mapping[str, Read],
    make: Callable[[int, dict[str, Any], frozenset[str]], TypedRow],
    check: Callable[[Mapping[str, Any]], Iterable[Fault]] = _nothing_more,
) -> Typed:
    """Read every column, then look at the row as a whole; all faults are told at once."""
    reads = tuple(columns.items())

    def of_row(raw: RawRow) -> TypedRow | Refused:
        if raw.fault:
            return refused(raw.number, [broken_row(raw.fault, len(raw.cells), len(bound.header))])
        faults: Faults = []
        values = {name: read(raw.cells, faults) for name, read in reads}
        clears = _take_clears(values)
        if not faults:
            faults.extend(check(values))
        return refused(raw.number, faults) if faults else make(raw.number, values, clears)

    return of_row


NO_CLEARS: frozenset[str] = frozenset()


def _take_clears(values: dict[str, Any]) -> frozenset[str]:
    """The names whose value is to be emptied; they have no value any more."""
    names = [name for name, value in values.items() if value is CLEAR]
    if not names:
        return NO_CLEARS
    for name in names:
        values[name] = None
    return frozenset(names)
