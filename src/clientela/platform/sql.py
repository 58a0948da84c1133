"""Named SQL: one statement per file, in the `sql` folder of its app.

`statement("purchases", "record")` is `clientela/purchases/sql/record.sql`. It runs on the raw
connection of psycopg inside Django's transaction. Small inputs use a prepared plan; a batch is
staged and planned as it is, since a plan made for ten rows can be quadratic for ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Connection, Cursor

from clientela.platform import prepared
from clientela.platform.prepared import Rows
from clientela.platform.staging import Batch

PACKAGE = Path(__file__).resolve().parent.parent
PREPARED_ROWS_MAX = 50
Answered = Cursor[tuple[Any, ...]] | Rows


class Statement:
    """A statement read from its file. Parameters are named, `%(name)s`, always bound."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._batch = Batch.of(name, text)
        self._sent = self._batch.few.decode() if self._batch else text

    def run(self, *, size: int = 1, **parameters: Any) -> int:
        """Execute; the number of rows touched. `size` is the number of rows handed in."""
        return self._execute(size, parameters).rowcount

    def rows(self, *, size: int = 1, **parameters: Any) -> list[tuple[Any, ...]]:
        return self._execute(size, parameters).fetchall()

    def row(self, *, size: int = 1, **parameters: Any) -> tuple[Any, ...] | None:
        return self._execute(size, parameters).fetchone()

    def value(self, *, size: int = 1, **parameters: Any) -> Any:
        row = self.row(size=size, **parameters)
        return None if row is None else row[0]

    def through(self, *, size: int, **parameters: Any) -> int:
        """As `run`, for a statement that goes through its batch from end to end: nothing is found
        out about a batch before it is planned.
        """
        return self._through(size, parameters).rowcount

    def rows_through(self, *, size: int, **parameters: Any) -> list[tuple[Any, ...]]:
        """As `through`, with the rows it answers."""
        return self._through(size, parameters).fetchall()

    def lines(self, **columns: Sequence[Any]) -> list[str]:
        """Its batch as lines for `taking`, made without the database; see `staging.Batch.lines`."""
        assert self._batch is not None, self.name
        return list(self._batch.lines(columns))

    def taking(self, lines: Iterable[str], **parameters: Any) -> list[tuple[Any, ...]]:
        """Execute on a batch of lines made ready; its rows. Nothing is found out about the batch
        beforehand: for statements that go through it from end to end.
        """
        done = self._take(lines, parameters)
        return done.fetchall() if done.description else []

    def _through(self, size: int, parameters: dict[str, Any]) -> Answered:
        if self._batch is None or size <= PREPARED_ROWS_MAX:
            return self._execute(size, parameters)
        columns = {name: parameters.pop(name) for name, _ in self._batch.columns}
        return self._take(self._batch.lines(columns), parameters)

    def _take(self, lines: Iterable[str], parameters: dict[str, Any]) -> Cursor[tuple[Any, ...]]:
        database = connections[DEFAULT_DB_ALIAS]
        assert self._batch is not None, self.name
        if database.queries_logged:
            database.queries_log.append({"sql": self.name, "time": "0"})
        with database.wrap_database_errors, _one_transaction():
            self._batch.copy(raw(), "\n".join(lines))
            return cursor().execute(self._batch.staged, parameters or None, prepare=False)

    def _execute(self, size: int, parameters: dict[str, Any]) -> Answered:
        database = connections[DEFAULT_DB_ALIAS]
        if database.queries_logged:
            database.queries_log.append({"sql": self.name, "time": "0"})
        with database.wrap_database_errors:
            if size > PREPARED_ROWS_MAX:
                if self._batch:
                    return self._staged(self._batch, parameters)
                return cursor().execute(self.text.encode(), parameters or None, prepare=False)
            if self._batch:
                parameters = self._batch.as_arrays(parameters)
            text = prepared.text_of(self._sent, bool(parameters))
            return prepared.run(_raw(database), text, parameters)

    def _staged(self, batch: Batch, parameters: dict[str, Any]) -> Cursor[tuple[Any, ...]]:
        with _one_transaction():
            rest = batch.stage(raw(), parameters)
            return cursor().execute(batch.staged, rest or None, prepare=False)


def _one_transaction() -> AbstractContextManager[object]:
    """That of the caller; or one of its own, for what is staged is gone with its transaction."""
    return nullcontext() if connections[DEFAULT_DB_ALIAS].in_atomic_block else raw().transaction()


def execute(
    text: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None, *,
    prepare: bool = False, many: bool = False,
) -> Answered:  # fmt: skip
    """Run a statement too short for a file; what fails is an error of Django's, as everywhere.
    `many`: its rows are so many that reading instants from text would be felt.
    """
    database = connections[DEFAULT_DB_ALIAS]
    with database.wrap_database_errors:
        if prepare:
            wanted = prepared.text_of(text, bool(parameters))
            return prepared.run(_raw(database), wanted, parameters or ())
        return cursor().execute(text.encode(), parameters, prepare=False, binary=many)


def cursor() -> Cursor[tuple[Any, ...]]:
    """A cursor that binds on the server: Django's own writes values into the text, and no two
    texts share a plan.
    """
    return Cursor(raw())


def raw() -> Connection[tuple[Any, ...]]:
    """psycopg's own connection under Django's, opened if need be; it shares the transaction."""
    return _raw(connections[DEFAULT_DB_ALIAS])


def _raw(database: BaseDatabaseWrapper) -> Connection[tuple[Any, ...]]:
    if database.connection is None:
        database.ensure_connection()
    plain: Connection[tuple[Any, ...]] = database.connection
    return plain


@cache
def statement(app: str, name: str) -> Statement:
    path = PACKAGE / app / "sql" / f"{name}.sql"
    return Statement(f"{app}/{name}", path.read_text(encoding="utf-8"))


def columns(rows: Sequence[Sequence[Any]], names: Sequence[str]) -> dict[str, list[Any]]:
    """Rows turned on their side: one list per column, as `unnest` wants them."""
    if not rows:
        return {name: [] for name in names}
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def functions(app: str) -> list[str]:
    """The database functions an app owns: its files that create some, by name."""
    texts = [
        path.read_text(encoding="utf-8") for path in sorted((PACKAGE / app / "sql").glob("*.sql"))
    ]
    return [text for text in texts if "CREATE OR REPLACE FUNCTION" in text]
