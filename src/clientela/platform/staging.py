"""Batches on their way into a statement: staged by COPY in a temporary table.

A statement says what it is handed: `unnest(%(id)s::uuid[], %(name)s::text[]) AS row (id, name)`.
Few rows go in as these arrays. Many go by COPY into a table of the same columns, which stands in
for the `unnest` and is analysed, so that the plan knows how many rows there are and how they lie.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from operator import attrgetter
from typing import Any, Self

from psycopg import Connection

_ARRAY = re.compile(r"%\((\w+)\)s(?:::text\[\])?::(\w+)\[\]")
_BATCH = re.compile(
    rf"unnest\(\s*((?:{_ARRAY.pattern},?\s*)+)\)\s*(WITH ORDINALITY )?AS (\w+) \(([\w\s,]+)\)"
)
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_NULL = r"\N"


@dataclass(frozen=True, slots=True)
class Staged:
    """A statement whose batch lies in the temporary table `table`, made by `create`.

    `columns`: parameter and type of each column handed in; `numbered`: a last one counts from 1.
    """

    text: bytes
    table: str
    create: str
    columns: tuple[tuple[str, str], ...]
    numbered: bool

    @classmethod
    def of(cls, name: str, text: str) -> Self | None:
        """What becomes of a statement for many rows; None when it is handed no batch."""
        batch = _BATCH.search(text)
        if batch is None:
            return None
        columns = tuple(_ARRAY.findall(batch[1]))
        kinds = [kind for _, kind in columns]
        numbered, alias, names = batch.group(4, 5, 6)
        table = "staged_" + re.sub(r"\W+", "_", name)
        wanted = zip(re.findall(r"\w+", names), [*kinds, "bigint"], strict=False)
        declared = ", ".join(f"{column} {kind}" for column, kind in wanted)
        return cls(
            text=f"{text[: batch.start()]}{table} AS {alias}{text[batch.end() :]}".encode(),
            table=table,
            create=f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({declared}) ON COMMIT DELETE ROWS;"
            f" TRUNCATE {table}",
            columns=columns,
            numbered=bool(numbered),
        )

    def fill(self, database: Connection[Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Stage the columns among the parameters; what is left of these."""
        names = {name for name, _ in self.columns}
        database.execute(self.create.encode())
        with database.cursor().copy(f"COPY {self.table} FROM STDIN".encode()) as copy:
            copy.write(self._written(parameters))
        database.execute(f"ANALYZE {self.table}".encode())
        return {name: value for name, value in parameters.items() if name not in names}

    def _written(self, parameters: Mapping[str, Any]) -> str:
        texts = [_texts(kind, parameters[name]) for name, kind in self.columns]
        if self.numbered:
            texts.append(map(str, count(1)))
        return "\n".join(map("\t".join, zip(*texts, strict=not self.numbered)))


def _texts(kind: str, values: Sequence[Any]) -> Any:
    """A column as COPY reads it."""
    write = _WRITERS.get(kind, str)
    if None in values:
        return [_NULL if value is None else write(value) for value in values]
    return map(write, values)


def _escaped(value: str) -> str:
    return value.translate(_ESCAPES)


_WRITERS: dict[str, Callable[[Any], str]] = {
    "uuid": attrgetter("hex"),
    "text": _escaped,
    "jsonb": _escaped,
    "bytea": lambda value: rf"\\x{value.hex()}",
}
