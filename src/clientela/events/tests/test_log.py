"""Readers of the log lose nothing, whatever commits in which order."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import connection

from clientela.events import actions as events
from clientela.events import queries
from clientela.events.actions import Happening
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def emit(name: str) -> None:
    events.emit([Happening(name, NOW)], actor=SYSTEM, now=NOW)


def read(reader: str = "a reader") -> list[str]:
    """Read on from where this reader came to."""
    found = queries.after(reader=reader)
    if found:
        with transactions.open():
            events.move(reader=reader, tx=found[-1].tx, event_id=found[-1].id)
    return [one.name for one in found]


def read_on(*, count: int) -> list[str]:
    """Read until so many came: a transaction anywhere on the server holds readers back."""
    found: list[str] = []
    for _ in range(600):
        found += read()
        if len(found) >= count:
            break
        time.sleep(0.1)
    return found


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_transaction_that_commits_late_is_not_lost() -> None:
    has_written, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transactions.open():
            emit("thing.first")
            has_written.set()
            may_commit.wait(10)
        connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    has_written.wait(10)
    with transactions.open():
        emit("thing.second")
    early = read()
    may_commit.set()
    writer.join()
    assert early == []  # a reader by id alone would have taken the second and lost the first
    assert sorted(read_on(count=2)) == ["thing.first", "thing.second"]
    assert read() == []


@pytest.mark.django_db
def test_a_timeline_pages_by_key_and_takes_the_family() -> None:
    survivor, alias = ids.uuid7(), ids.uuid7()
    told = [
        Happening(f"thing.{number}", NOW.replace(minute=number), survivor if number % 2 else alias)
        for number in range(9)
    ]
    with transactions.open():
        events.emit(told, actor=SYSTEM, now=NOW)
    first = queries.timeline_of([survivor, alias], limit=5)
    last = first[-1]
    second = queries.timeline_of([survivor, alias], before=(last.occurred_at, last.id), limit=5)
    names = [one.name for one in first + second]
    assert names == [f"thing.{number}" for number in range(8, -1, -1)]


def test_writing_the_log_needs_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="needs an open transaction"):
        emit("thing.alone")
