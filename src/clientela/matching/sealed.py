"""Values of sensitive fields in merges: what stood in the survivor before, and what since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from clientela.customers import sealed

COLUMNS = ("before", "after")


def place(column: str) -> str:
    return f"matching_merge.{column}"


def opened(column: str, values: Mapping[str, Any], *, row: UUID) -> dict[str, Any]:
    return sealed.from_row(values, place(column), row=row)


def in_told_merge(row: dict[str, Any]) -> dict[str, Any]:
    """A merge as it is handed over to whom it is about."""
    for column in COLUMNS:
        row[column] = opened(column, row[column], row=UUID(row["id"]))
        sealed.needs_open(row[column].values())
    return row
