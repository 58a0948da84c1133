"""A list as somebody looks at it or saved it: its customers, in its columns and its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clientela.exports.rules import Cell, Column
from clientela.flows.exporting.tables import Asked, Table
from clientela.flows.lists import reading as lists
from clientela.flows.lists.reading import Reading
from clientela.flows.lists.state import of_json
from clientela.platform import money

PAGE = 200


def listed(asked: Asked, state: Mapping[str, Any]) -> Table:
    """Refused where it asks what may not be seen."""
    reading = lists.reading(of_json(state), actor=asked.actor, company=asked.company, now=asked.now)
    columns = [Column("customer"), Column("number", "whole"), Column("name"), Column("type")]
    columns += [Column(key) for key in reading.state.columns]
    return Table(columns, _rows(reading))


def _rows(reading: Reading) -> Iterator[list[Cell]]:
    after: str | None = ""
    while after is not None:
        page = reading.page(after=after, limit=PAGE)
        for row in page.rows:
            shown = [_cell(row.values.get(key)) for key in reading.state.columns]
            yield [row.public_id, row.number, row.name, row.kind, *shown]
        after = page.after


def _cell(value: Any) -> Cell:
    if isinstance(value, Mapping) and {"minor", "currency"} <= value.keys():
        amount = money.Money(value["minor"], value["currency"])
        return f"{amount.to_decimal():f} {amount.currency}"
    if isinstance(value, (list, tuple)):
        return ";".join(map(str, value))
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
