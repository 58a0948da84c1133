"""The embedded database: started by the first process that needs it, stopped by the last.

    with postgres.running(home, label="serve"), postgres.watched(home):
        ...

With `CLIENTELA_DATABASE_URL` set, the same calls only look whether that server is there, and
note who uses it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from psycopg.conninfo import make_conninfo

from clientela.platform.home import Home
from clientela.platform.postgres import locks, own, server
from clientela.platform.postgres.configuration import DATABASE, OWNER
from clientela.platform.postgres.holders import Hold, Holder, forget_the_dead, hold, holders
from clientela.platform.postgres.unavailable import PostgresUnavailable

__all__ = [
    "Holder", "PostgresUnavailable", "Status", "connection_parameters", "dsn", "ensure",
    "running", "status", "stop", "watched",
]  # fmt: skip

logger = logging.getLogger("clientela.postgres")

Role = Literal["clientela_owner", "clientela_app"]
WATCH_SECONDS = 1.0


@dataclass(frozen=True)
class Status:
    own_server: bool
    ready: bool
    """Connections are taken."""
    pid: int | None = None
    sockets: Path | None = None
    holders: tuple[Holder, ...] = ()


@contextmanager
def running(home: Home, *, label: str = "clientela") -> Iterator[None]:
    """Have the database running inside the block; `label` is what `status` calls this process."""
    url = own.address()
    if url:
        own.check(url)
    held = hold(home.prepare(), label=label) if url else _enter(home, label)
    try:
        yield
    finally:
        held.release()
        if not url:
            _leave(home)


def ensure(home: Home) -> bool:
    """Start the server again if it died under its holders; True where that was needed. Cheap."""
    if own.address():
        return False
    if server.seems_well(home):
        server.prune_logs(home)
        return False
    with locks.alone(home.prepare()):
        server.start(home)
    return True


@contextmanager
def watched(home: Home, *, every_seconds: float = WATCH_SECONDS) -> Iterator[None]:
    """Start the server again whenever it dies, from a thread, while the block runs."""
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(home, over, every_seconds), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def stop(home: Home) -> bool:
    """Stop the server whoever holds it, in order. False where none ran, or it is one's own."""
    if own.address() or not home.run.is_dir():
        return False
    with locks.alone(home):
        return server.stop(home)


def status(home: Home) -> Status:
    """How the database does, without starting it."""
    url = own.address()
    if url:
        return Status(own_server=True, ready=_is_reachable(url), holders=holders(home))
    first = server.postmaster(home)
    return Status(
        own_server=False,
        ready=server.is_ready(home),
        pid=first.pid if first else None,
        sockets=home.sockets,
        holders=holders(home),
    )


def connection_parameters(home: Home, *, role: Role = OWNER) -> dict[str, str]:
    """What a client of PostgreSQL needs to connect, under its own names."""
    url = own.address()
    if url:
        return own.parameters(url)
    return {"host": str(home.sockets), "port": "5432", "dbname": DATABASE, "user": role}


def dsn(home: Home, *, role: Role = OWNER) -> str:
    return make_conninfo(**connection_parameters(home, role=role))


def _enter(home: Home, label: str) -> Hold:
    with locks.alone(home.prepare()):
        try:
            server.start(home)
            return hold(home, label=label)
        except BaseException:
            _stop_unless_held(home)
            raise


def _leave(home: Home) -> None:
    with locks.alone(home):
        _stop_unless_held(home)


def _stop_unless_held(home: Home) -> None:
    forget_the_dead(home)
    if not holders(home):
        server.stop(home)


def _watch(home: Home, over: threading.Event, every_seconds: float) -> None:
    said = ""
    while not over.wait(every_seconds):
        try:
            if ensure(home):
                logger.warning("PostgreSQL had died and was started again")
            said = ""
        except Exception as error:
            if str(error) != said:
                logger.exception("PostgreSQL cannot be started again; trying on")
            said = str(error)


def _is_reachable(url: str) -> bool:
    try:
        own.check(url)
    except PostgresUnavailable:
        return False
    return True
