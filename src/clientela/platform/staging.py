"""Batches on their way into a statement: few rows as arrays, many staged in a temporary table.

A statement says what it is handed: `unnest(%(id)s::uuid[], %(name)s::text[]) AS row (id, name)`.
Few rows go in as these arrays, in one plan for any number of them. Many go by COPY into a table of
the same columns, which stands in for the `unnest` and is analysed, so that the plan knows how many
rows there are and how they lie.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Self

from psycopg import Connection

from clientela.platform import ids

INSTANTS_KEPT = 2**15
_ARRAY = re.compile(r"%\((\w+)\)s(?:::text\[\])?::(\w+)\[\]")
_BATCH = re.compile(
    rf"unnest\(\s*((?:{_ARRAY.pattern},?\s*)+)\)\s*(WITH ORDINALITY )?AS (\w+) \(([\w\s,]+)\)"
)
_ESCAPES = (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r"))
_NUL = "\0"  # PostgreSQL stores none, so it can stand between values


@dataclass(frozen=True, slots=True)
class Batch:
    """What a statement is handed: how it reads for `few` rows, and for those `staged` in `table`.

    `columns`: parameter and type of each; `numbered`: one more counts the rows from 1.
    """

    few: bytes
    staged: bytes
    table: str
    create: str
    columns: tuple[tuple[str, str], ...]
    numbered: bool

    @classmethod
    def of(cls, name: str, text: str) -> Self | None:
        """The batch of a statement; None when it is handed none."""
        found = _BATCH.search(text)
        if found is None:
            return None
        numbered, alias, names = found.group(4, 5, 6)
        columns = tuple(_ARRAY.findall(found[1]))
        kinds = [kind for _, kind in columns] + ["bigint"] * bool(numbered)
        declared = map(" ".join, zip(re.findall(r"\w+", names), kinds, strict=True))
        table = "staged_" + re.sub(r"\W+", "_", name)
        # A plan is used again only if it looks as cheap as one made for this very array.
        hidden = _ARRAY.sub(r"(SELECT \g<0>)", found[0], count=1)
        return cls(
            few=f"{text[: found.start()]}{hidden}{text[found.end() :]}".encode(),
            staged=f"{text[: found.start()]}{table} AS {alias}{text[found.end() :]}".encode(),
            table=table,
            create=f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({', '.join(declared)})"
            f" ON COMMIT DELETE ROWS; TRUNCATE {table}",
            columns=columns,
            numbered=bool(numbered),
        )

    def as_arrays(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters with each column as the text of an array."""
        return {
            **parameters,
            **{name: _array(kind, parameters[name]) for name, kind in self.columns},
        }

    def stage(self, database: Connection[Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Put the columns into the table; the parameters that are left."""
        self.copy(database, "\n".join(self.lines(parameters)))
        database.execute(f"ANALYZE {self.table}".encode())
        names = {name for name, _ in self.columns}
        return {name: value for name, value in parameters.items() if name not in names}

    def copy(self, database: Connection[Any], lines: str) -> None:
        """Put lines as COPY reads them into the table, and nothing else."""
        database.execute(self.create.encode())
        with database.cursor().copy(f"COPY {self.table} FROM STDIN".encode()) as copy:
            copy.write(lines)

    def lines(self, columns: Mapping[str, Sequence[Any]]) -> Iterator[str]:
        """Columns as lines that COPY reads; the last columns may be left out, to be put behind."""
        given = [(kind, columns[name]) for name, kind in self.columns if name in columns]
        texts = [_copied(kind, values) for kind, values in given]
        if self.numbered:
            texts.append(map(str, range(1, len(given[0][1]) + 1)))
        return map("\t".join, zip(*texts, strict=True))


def _copied(kind: str, values: Sequence[Any]) -> Iterable[str]:
    """A column as COPY reads it; it is escaped as a whole, value by value takes far longer."""
    written = _written(kind, values)
    if kind in _QUOTED:
        whole = _NUL.join(written)
        for sign, escaped in _ESCAPES:
            whole = whole.replace(sign, escaped)
        written = whole.split(_NUL)
    return _with_nulls(written, values, r"\N")


def _array(kind: str, values: Sequence[Any]) -> str:
    """A few values, as PostgreSQL writes an array of this type."""
    write = _ELEMENTS.get(kind, str)
    return f"{{{','.join(['NULL' if value is None else write(value) for value in values])}}}"


def _written(kind: str, values: Sequence[Any]) -> Iterable[str]:
    """The values that there are, as PostgreSQL writes this type."""
    known = [value for value in values if value is not None] if _has_null(values) else values
    if kind == "uuid":
        return ids.hexes(known)
    return known if kind in _TEXTS else map(_WRITERS.get(kind, str), known)


def _with_nulls(written: Iterable[str], values: Sequence[Any], null: str) -> Iterable[str]:
    if not _has_null(values):
        return written
    following = iter(written)
    return [null if value is None else next(following) for value in values]


def _has_null(values: Sequence[Any]) -> bool:
    """Looks at types alone: comparing ten thousand ids with None is no trifle."""
    return type(None) in set(map(type, values))


def _quoted(value: str) -> str:
    escaped = value.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


_TEXTS = ("text", "jsonb")
_QUOTED = (*_TEXTS, "bytea")
_WRITERS: dict[str, Callable[[Any], str]] = {
    "uuid": attrgetter("hex"),
    "bytea": lambda value: rf"\x{value.hex()}",
    "timestamptz": lru_cache(maxsize=INSTANTS_KEPT)(str),  # one happening is told of in many rows
}
_ELEMENTS: dict[str, Callable[[Any], str]] = {
    **_WRITERS,
    "text": _quoted,
    "jsonb": _quoted,
    "bytea": lambda value: rf'"\\x{value.hex()}"',
}
