"""The sender of webhooks, a thread of the worker: one of all workers sends, the others wait."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError, connections

from clientela.flows import webhooks
from clientela.flows.webhooks import Sender

log = logging.getLogger("clientela.webhooks")

IDLE_SECONDS = 0.5
ANOTHER_SENDS_SECONDS = 5.0
AWAY_SECONDS = 2.0
LEAVE_SECONDS_MAX = 12.0


@contextmanager
def sending() -> Iterator[None]:
    """Send while the block runs; at its end what is under way is waited for, and noted."""
    over = threading.Event()
    thread = threading.Thread(target=_send, args=(over,), name="webhooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(LEAVE_SECONDS_MAX)


def _send(over: threading.Event) -> None:
    """However often the database is lost: a new connection asks for its turn anew."""
    sender = Sender()
    while not over.is_set():
        try:
            _take_turns(sender, over)
        except (DatabaseError, InterfaceError):
            log.warning("the sender of webhooks lost the database and goes on when it is back")
            over.wait(AWAY_SECONDS)
        finally:
            connections.close_all()
    sender.close()


def _take_turns(sender: Sender, over: threading.Event) -> None:
    while not webhooks.is_mine():
        if over.wait(ANOTHER_SENDS_SECONDS):
            return
    while not over.is_set():
        if not sender.step(now=_now()):
            _pause(sender, over)
    _leave(sender)


def _pause(sender: Sender, over: threading.Event) -> None:
    if sender.under_way:
        sender.wait(IDLE_SECONDS)
    else:
        over.wait(IDLE_SECONDS)


def _leave(sender: Sender) -> None:
    deadline = time.monotonic() + LEAVE_SECONDS_MAX - 2
    while sender.under_way and time.monotonic() < deadline:
        sender.wait(0.2)
        sender.note(now=_now())


def _now() -> datetime:
    return datetime.now(UTC)
