"""Values of sensitive fields are kept sealed with the newest key: what is not so yet is made so,
and keys are changed, while everybody goes on.

What is to be done is read off the values themselves, so a run that was killed is begun again and
finds what is left. Values that somebody wrote meanwhile are found by the next round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from django.conf import settings

from clientela.customers import resealing as customers
from clientela.customers.bulk import actions as bulk
from clientela.customers.resealing import Wanted
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.matching.actions import resealing as matching
from clientela.platform import sealing, sql, transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor

RIGHT = "customers.define"
ROUNDS_MAX = 20
Progress = Callable[[int], None]


class KeyInUse(Problem):
    code = "sealing-key-in-use"
    status = 409
    title = "Values are sealed with this key"


class NoSuchSealingKey(Problem):
    code = "no-such-sealing-key"
    status = 404
    title = "There is no such key"


@dataclass(frozen=True, slots=True)
class Kept:
    """`values` that were sealed, sealed anew or opened, in `seconds`."""

    values: int
    seconds: float


@dataclass(frozen=True, slots=True)
class KeyState:
    """`values` sealed with a key; `is_there` in the file of keys, `is_current`: it seals."""

    id: str
    values: int
    is_there: bool
    is_current: bool


def keep_sealed(*, progress: Progress = lambda _: None) -> Kept:
    """Everything as the fields and the newest key say. Rounds are made until one finds nothing."""
    began, done = monotonic(), 0
    for _round in range(ROUNDS_MAX):
        want = customers.wanted()
        if want is None:
            break
        found = 0
        for changed in _round_of(want):
            found += changed
            if changed:
                progress(done + found)
        done += found
        if not found:
            break
    return Kept(done, monotonic() - began)


def rotate(
    *, actor: Actor, now: datetime, progress: Progress = lambda _: None
) -> tuple[bool, Kept]:
    """A new key, and every value sealed with it; whether a key was made. One that was broken off
    goes on with the key it made.
    """
    actor.needs(RIGHT)
    is_new = not _is_under_way()
    if is_new:
        key = sealing.add_key(settings.HOME)
        with transactions.open():
            told = Happening("sealing_key.made", now, subject=key.id, data={"key": key.id})
            events.emit([told], actor=actor, now=now)
    return is_new, keep_sealed(progress=progress)


def states() -> list[KeyState]:
    """Every key that is there or has sealed something, the oldest first."""
    with transactions.open():
        sql.execute("SET LOCAL statement_timeout = 0")
        used = _by_key()
    try:
        ring = sealing.ring(settings.HOME)
    except sealing.SealingKeysUnusable:
        if used:
            raise
        return []
    there = [key.id for key in ring.keys]
    missing = [id for id in used if id not in there]
    return [KeyState(id, used[id], id in there, id == ring.current.id) for id in (*missing, *there)]


def drop(id: str, *, actor: Actor, now: datetime) -> None:
    """Take a key that seals nothing any more out of the file: what it sealed in backups opens with
    a copy of it only.
    """
    actor.needs(RIGHT)
    found = {one.id: one for one in states()}.get(id)
    if found is None or not found.is_there:
        raise NoSuchSealingKey(f"The file of keys has no key {id}.", field="key")
    if found.is_current or found.values:
        words = "It seals what is written now" if found.is_current else f"{found.values} values are"
        raise KeyInUse(f"{words}: clientela sealing rotate changes that.", field="key")
    if _works_since_before(sealing.path_of(settings.HOME).stat().st_mtime):
        raise KeyInUse("Work that began before the keys changed is not over; try again later.")
    sealing.drop_key(settings.HOME, id)
    with transactions.open():
        customers.forget_key(id)
        told = Happening("sealing_key.dropped", now, subject=id, data={"key": id})
        events.emit([told], actor=actor, now=now)


@dataclass(frozen=True, slots=True)
class _Store:
    """Where values are kept: `end` of the next window behind `first`, and what is done with it.
    `ready` is done beside the database.
    """

    first: Any
    end: Callable[[Any], Any]
    read: Callable[[Any, Any, Wanted], Any]
    ready: Callable[[Any, Wanted], Any]
    write: Callable[[Any, Wanted], int]


STORES = (
    _Store(customers.NOBODY, customers.end_of_window, customers.read_records,
           customers.records_ready, customers.write_records),
    _Store(0, customers.end_of_history, customers.read_history, customers.history_ready,
           customers.write_history),
    _Store(matching.NONE, matching.end_of_window, matching.read_merges, matching.merges_ready,
           matching.write_merges),
)  # fmt: skip


def _round_of(want: Wanted) -> Iterator[int]:
    """How many values each window of rows had changed."""
    with transactions.open():
        bulk.forget_sealed()
    for store in STORES:
        yield from _windows(store, want)


def _windows(store: _Store, want: Wanted) -> Iterator[int]:
    """The values of a window are made ready while the one before it is written."""
    waiting: Future[Any] | None = None
    after = store.first
    with ThreadPoolExecutor(1, "sealing") as beside:
        while (upto := store.end(after)) is not None:
            ready = beside.submit(store.ready, store.read(after, upto, want), want)
            if waiting is not None:
                yield _written(store, waiting.result(), want)
            waiting, after = ready, upto
        if waiting is not None:
            yield _written(store, waiting.result(), want)


@transactions.retried
def _written(store: _Store, ready: Any, want: Wanted) -> int:
    if not ready:
        return 0
    with transactions.open():
        sql.execute("SET LOCAL synchronous_commit = off")  # done again, should it be lost
        return store.write(ready, want)


def _works_since_before(moment: float) -> bool:
    row = sql.execute(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND xact_start < to_timestamp(%s))", [moment],
    ).fetchone()  # fmt: skip
    return row is not None and bool(row[0])


def _is_under_way() -> bool:
    """Whether values wait for the newest key."""
    found = states()
    return len(found) > 1 and any(one.values for one in found if not one.is_current)


def _by_key() -> Counter[str]:
    return Counter(customers.by_key()) + Counter(matching.by_key())
