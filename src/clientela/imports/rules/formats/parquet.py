"""Parquet files, read column by column in DuckDB and handed on as text in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from clientela.imports.rules.faults import UnreadableFile
from clientela.imports.rules.formats.typed_cells import marked
from clientela.imports.rules.limits import Limits
from clientela.imports.rules.records import RawRow

ROWS_AT_ONCE = 5_000
MEMORY = "256MB"
AS_DAY = "strftime({0}, '%Y-%m-%d')"
AS_MOMENT = "strftime({0}, '%Y-%m-%dT%H:%M:%S.%f')"
AS_INSTANT = "strftime({0}::TIMESTAMPTZ AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f') || '+00:00'"
AS_LIST = "array_to_string({0}, ';')"
AS_TEXT = "CAST({0} AS VARCHAR)"
READ = "SELECT {0} FROM read_parquet($path)"
NUMBERS = ("DECIMAL", "FLOAT", "DOUBLE")


def columns_of(path: Path, limits: Limits) -> list[tuple[str, str]]:
    """Name and type of each column."""
    with _read(path) as database:
        rows = database.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(path)})
        found = [(str(name), str(kind)) for name, kind, *_ in rows.fetchall()]
    if len(found) > limits.columns_max:
        raise UnreadableFile("too-many-columns")
    return found


def count_of(path: Path) -> int:
    with _read(path) as database:
        rows = database.execute("SELECT count(*) FROM read_parquet($path)", {"path": str(path)})
        (count,) = rows.fetchone() or (0,)
    return int(count)


def rows_of(path: Path, columns: list[tuple[str, str]], *, mark: str = ".") -> Iterator[RawRow]:
    """Counted from 2, as if the names of the columns stood above them."""
    wanted = ", ".join(_as_text(name, kind) for name, kind in columns)
    numbers = [place for place, (_, kind) in enumerate(columns) if kind.startswith(NUMBERS)]
    number = 1
    with _read(path) as database:
        rows = database.execute(READ.format(wanted), {"path": str(path)})
        while batch := rows.fetchmany(ROWS_AT_ONCE):
            for row in batch:
                number += 1
                cells = ["" if cell is None else cell for cell in row]
                for place in numbers if mark != "." else ():
                    cells[place] = marked(cells[place], mark)
                yield RawRow(number, cells, "nul-character" if _has_nul(cells) else "")


def _has_nul(cells: list[str]) -> bool:
    return any("\0" in cell for cell in cells)


def _as_text(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if kind == "DATE":
        return AS_DAY.format(quoted)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return AS_INSTANT.format(quoted)
    if kind.startswith("TIMESTAMP"):
        return AS_MOMENT.format(quoted)
    if kind.endswith("[]"):
        return AS_LIST.format(quoted)
    return AS_TEXT.format(quoted)


@contextmanager
def _read(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of its own in memory, that reads nothing but this file."""
    database = duckdb.connect(config={"threads": "1", "memory_limit": MEMORY})
    try:
        database.execute("SET TimeZone = 'UTC'")
        database.execute("SET allowed_paths = [$path]", {"path": str(path)})
        database.execute("SET enable_external_access = false")
        yield database
    except duckdb.Error:
        raise UnreadableFile("damaged-parquet") from None
    finally:
        database.close()
