"""Indexes of filterable fields, built and dropped by the tables' owner while everybody goes on.

`CREATE INDEX CONCURRENTLY` takes no lock that a writer waits for. One that was broken off leaves an
invalid index behind: it is dropped and built again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg

from clientela.customers.definitions import indexing
from clientela.customers.models import Field, FieldIndex
from clientela.customers.rules import FieldType, expressions
from clientela.platform import database, transactions

log = logging.getLogger("clientela.fields")
Owner = psycopg.Connection[tuple[Any, ...]]
ALONE = "SELECT pg_try_advisory_lock(hashtext('clientela field indexes'))"
LOOK_SECONDS = 0.5
PROGRESS = """
    UPDATE customers_fieldindex AS kept
    SET
        phase = seen.phase,
        done = CASE WHEN seen.blocks_total > 0 THEN seen.blocks_done ELSE seen.tuples_done END,
        total = CASE WHEN seen.blocks_total > 0 THEN seen.blocks_total ELSE seen.tuples_total END
    FROM pg_stat_progress_create_index AS seen
    WHERE seen.pid = %s AND kept.field_id = %s
"""


def keep_indexes(*, now: datetime) -> int:
    """Build and drop what is wanted, one after the other; how many. Whoever comes second goes."""
    done = 0
    with database.as_owner() as owner:
        if owner.execute(ALONE).fetchone() != (True,):
            return 0
        while index := indexing.following():
            if index.state == FieldIndex.State.DROPPING:
                _drop(owner, index)
            else:
                _build(owner, index, now=now)
            done += 1
    return done


def stands(field: Field) -> bool:
    """Whether the database has a valid index of this field."""
    with database.as_owner() as owner:
        return _is_valid(owner, expressions.names_of(field.pk)["index"]) is True


def _build(owner: Owner, index: FieldIndex, *, now: datetime) -> None:
    with transactions.open():
        indexing.begun(index)
    field = index.field
    kind, names = FieldType(field.type), expressions.names_of(field.pk)
    try:
        _clear(owner, names)
        with _told(owner, index):
            _say(owner, expressions.index_sql(
                names["index"], kind=kind, key=field.key, type_id=field.profile_type_id
            ))  # fmt: skip
        if spread := expressions.statistics_sql(names["statistics"], kind=kind, key=field.key):
            _say(owner, spread)
        _say(owner, f"ANALYZE {expressions.TABLE}")
    except psycopg.Error as error:
        log.warning("the index of field %s failed: %s", field.pk, error.sqlstate)
        if not owner.closed:
            _clear(owner, names)
        with transactions.open():
            indexing.failed(index, error.sqlstate or "connection")
        return
    with transactions.open():
        indexing.ready(index, now=now)


def _drop(owner: Owner, index: FieldIndex) -> None:
    _clear(owner, expressions.names_of(index.field_id))
    with transactions.open():
        indexing.gone(index)


def _clear(owner: Owner, names: Any) -> None:
    if _is_valid(owner, names["index"]) is not None:
        _say(owner, f"DROP INDEX CONCURRENTLY IF EXISTS {names['index']}")
    _say(owner, f"DROP STATISTICS IF EXISTS {names['statistics']}")


def _is_valid(owner: Owner, name: str) -> bool | None:
    """None: there is no such index."""
    found = owner.execute(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name]
    ).fetchone()
    return None if found is None else bool(found[0])


def _say(owner: Owner, text: str) -> None:
    """A statement made of names and numbers of our own."""
    owner.execute(text.encode())


@contextmanager
def _told(owner: Owner, index: FieldIndex) -> Iterator[None]:
    """Keep how far the building is, from a thread of its own."""
    over = threading.Event()
    pid = owner.info.backend_pid
    watcher = threading.Thread(target=_watch, args=(pid, index.pk, over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(pid: int, field_id: int, over: threading.Event) -> None:
    try:
        with database.as_owner() as beside:
            while not over.wait(LOOK_SECONDS):
                beside.execute(PROGRESS, [pid, field_id])
    except psycopg.Error:
        log.warning("the progress of an index could not be noted", exc_info=True)
