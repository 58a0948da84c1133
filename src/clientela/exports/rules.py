"""Tables written as files: the columns of a table, typed, and one writer for each form.

A text that a spreadsheet would take for a formula gets an apostrophe, which an import takes away
again. Typed cells stay typed: amounts and numbers exact, days and instants in ISO 8601.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import xlsxwriter

from clientela.platform.formulas import guarded

Cell = str | int | Decimal | bool | date | datetime | None
SHEET_ROWS_MAX = 1_048_575
CELL_CHARS_MAX = 32_767
EXACT_MAX = 10**15
TAKEN = "SELECT {0} FROM found"
PARQUET_TYPES = MappingProxyType({
    "text": "VARCHAR", "whole": "BIGINT", "number": "DECIMAL(38, 6)", "day": "DATE",
    "instant": "TIMESTAMPTZ", "yes_no": "BOOLEAN",
})  # fmt: skip


class TooManyRows(ValueError):
    """More rows than a sheet holds."""


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: text, whole, number, day, instant or yes_no."""

    name: str
    kind: str = "text"


Rows = Iterable[Sequence[Cell]]
Write = Callable[[Path, Sequence[Column], Rows], int]


def write_csv(path: Path, columns: Sequence[Column], rows: Rows) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([guarded(column.name) for column in columns])
        for row in rows:
            writer.writerow([_guarded_text(cell) for cell in row])
            count += 1
    return count


def write_jsonl(path: Path, columns: Sequence[Column], rows: Rows) -> int:
    """A member that has no value is left out."""
    names = [json.dumps(column.name, ensure_ascii=False) for column in columns]
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            members = (
                f"{name}:{_json(cell)}"
                for name, cell in zip(names, row, strict=True)
                if cell is not None and cell != ""
            )
            file.write("{" + ",".join(members) + "}\n")
            count += 1
    return count


def write_xlsx(path: Path, columns: Sequence[Column], rows: Rows) -> int:
    """Text is written as text: no cell is a formula or a link."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False, "remove_timezone": True}  # fmt: skip
    book = xlsxwriter.Workbook(str(path), options)
    try:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, [guarded(column.name) for column in columns])
        count = 0
        for count, row in enumerate(rows, start=1):
            if count > SHEET_ROWS_MAX:
                raise TooManyRows
            for place, cell in enumerate(row):
                _into_sheet(sheet, count, place, cell, day)
    finally:
        book.close()
    return count


def write_parquet(path: Path, columns: Sequence[Column], rows: Rows) -> int:
    """By way of lines of JSON, so that it needs little memory."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "rows.jsonl"
        plain = [Column(f"c{place}", column.kind) for place, column in enumerate(columns)]
        count = write_jsonl(lines, plain, rows)
        types = {column.name: PARQUET_TYPES[column.kind] for column in plain}
        with duckdb.connect(config={"threads": "1", "memory_limit": "512MB"}) as database:
            database.execute("SET TimeZone = 'UTC'")
            if count:
                found = database.read_json(str(lines), columns=types, format="newline_delimited")
                database.register("found", found)
            else:
                made = ", ".join(f"{name} {kind}" for name, kind in types.items())
                database.execute(f"CREATE TABLE found ({made})")
            shown = ", ".join(
                f"{one.name} AS {_quoted(column.name)}"
                for one, column in zip(plain, columns, strict=True)
            )
            database.sql(TAKEN.format(shown)).write_parquet(str(path))
    return count


WRITERS: Mapping[str, Write] = MappingProxyType({
    "csv": write_csv, "xlsx": write_xlsx, "parquet": write_parquet, "jsonl": write_jsonl,
})  # fmt: skip


def text_of(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, (date, datetime)) else str(cell)


def _guarded_text(cell: Cell) -> str:
    return guarded(cell) if isinstance(cell, str) else text_of(cell)


def _json(cell: Cell) -> str:
    if isinstance(cell, (bool, int, Decimal)):
        return text_of(cell)
    return json.dumps(text_of(cell), ensure_ascii=False)


def _into_sheet(sheet: Any, row: int, place: int, cell: Cell, day: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, (int, Decimal)) and -EXACT_MAX < cell < EXACT_MAX:
        sheet.write_number(row, place, cell)
    elif isinstance(cell, date) and not isinstance(cell, datetime) and cell.year >= 1900:
        sheet.write_datetime(row, place, cell, day)
    else:
        sheet.write_string(row, place, _guarded_text(cell)[:CELL_CHARS_MAX])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
