"""Prepared statements, each in one call of libpq: an execution of psycopg's own costs the client
four times as much, and what the product does all day is short statements.

A connection keeps what it prepared until it is closed. psycopg itself prepares nothing, which is
Django's default: it would throw away every statement of the session at each rollback to a
savepoint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from psycopg import Connection, OperationalError, errors, pq
from psycopg.abc import PyFormat
from psycopg.adapt import Transformer

KEPT_MAX = 250  # of one connection; the whole product has fewer that are short
_PLACE = re.compile(r"%(?:\((\w+)\)s|s|%)")
_DONE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
_GONE = ("26000", "0A000")  # not there any more, or made for columns that are no more


class Text(NamedTuple):
    """A statement as the server reads it, and in which order it wants its parameters: by names, or
    as they come.
    """

    query: bytes
    names: tuple[str, ...]

    def values(self, parameters: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
        if isinstance(parameters, Mapping):
            return [parameters[name] for name in self.names]
        return list(parameters)


@lru_cache(maxsize=KEPT_MAX * 4)
def text_of(text: str, has_parameters: bool = True) -> Text:
    """Read `%(name)s` or `%s` as places; a name has one place however often it stands there."""
    if not has_parameters:
        return Text(text.encode(), ())
    places: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        name = found[1] or str(len(places))
        return f"${places.setdefault(name, len(places) + 1)}"

    query = _PLACE.sub(place, text).encode()
    return Text(query, tuple(places))


class Rows:
    """What a statement answered, all of it; it reads like a cursor."""

    __slots__ = ("_found", "_next", "rowcount")

    def __init__(self, found: list[tuple[Any, ...]], rowcount: int) -> None:
        self._found = found
        self._next = 0
        self.rowcount = rowcount

    def fetchall(self) -> list[tuple[Any, ...]]:
        rest = self._found[self._next :] if self._next else self._found
        self._next = len(self._found)
        return rest

    def fetchone(self) -> tuple[Any, ...] | None:
        if self._next >= len(self._found):
            return None
        self._next += 1
        return self._found[self._next - 1]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.fetchall())


class _Session:
    """What one connection has prepared: by text and types of its parameters, the name."""

    def __init__(self, database: Connection[Any]) -> None:
        self.values = Transformer(database)
        self.names: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        self.made = 0

    def name_of(self, libpq: pq.abc.PGconn, key: tuple[bytes, tuple[int, ...]]) -> bytes:
        if (name := self.names.get(key)) is not None:
            return name
        if len(self.names) >= KEPT_MAX:
            oldest = next(iter(self.names))
            _checked(libpq, libpq.exec_(b"DEALLOCATE " + self.names.pop(oldest)))
        self.made += 1
        name = b"clientela_%d" % self.made
        _checked(libpq, libpq.prepare(name, *key))
        self.names[key] = name
        return name


_sessions: WeakKeyDictionary[Connection[Any], _Session] = WeakKeyDictionary()


def run(
    database: Connection[Any], text: Text, parameters: Sequence[Any] | Mapping[str, Any]
) -> Rows:
    """Execute in the transaction of the connection, which begins with it if need be."""
    session = _sessions.get(database)
    if session is None:
        session = _sessions[database] = _Session(database)
    libpq, values = database.pgconn, session.values
    given: Sequence[Any] = values.dump_sequence(
        text.values(parameters), [PyFormat.AUTO] * len(text.names)
    )
    if libpq.transaction_status == pq.TransactionStatus.IDLE and not database.autocommit:
        _checked(libpq, libpq.exec_(b"BEGIN"))
    key = (text.query, tuple(values.types or ()))
    try:
        name = session.name_of(libpq, key)
        done = _checked(libpq, libpq.exec_prepared(name, given, values.formats))
    except errors.Error as fault:
        if fault.sqlstate in _GONE:
            session.names.pop(key, None)
        raise
    many = done.ntuples
    if not many:
        return Rows([], done.command_tuples or 0)
    values.set_pgresult(done)
    return Rows(values.load_rows(0, many, tuple), many)


def say(database: Connection[Any], command: str) -> None:
    """A command without parameters or rows, such as COMMIT."""
    libpq = database.pgconn
    _checked(libpq, libpq.exec_(command.encode()))


def _checked(libpq: pq.abc.PGconn, done: pq.abc.PGresult) -> pq.abc.PGresult:
    """The result; the error that it is, as psycopg would raise it."""
    if done.status in _DONE:
        return done
    if libpq.status != pq.ConnStatus.OK:
        raise OperationalError(pq.misc.error_message(libpq))
    raise errors.error_from_result(done)
