"""A field made filterable while others write: how long the unluckiest of them waited."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench import data, measure
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.flows.shapes import fields, indexes
from clientela.platform.http.actors import SYSTEM

WRITERS = 4
PAUSE_SECONDS = 0.002
LOOK_SECONDS = 0.01
# Nobody waits longer than this for a lock, however many customers there are.
PROMISE_MS = 100
WRITE = "UPDATE customers_customer SET attributes = attributes || '{}' WHERE id = %s"
WAITING = """
    SELECT pid FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND application_name = 'bench writer'
"""


def measured(place: Place) -> Iterator[Figure]:
    """The longest wait for a lock beside the promise; how long writes took is in the detail."""
    yield measure.in_turns(
        "make-filterable", product=lambda: _while(place, _marked),
        ceiling=lambda: Reading(PROMISE_MS), unit="ms at most that a writer waits for a lock",
        size=place.size, pairs=place.pairs, detail={"better": "lower", "writers": WRITERS},
    )  # fmt: skip


@dataclass
class _Seen:
    """What the writers and whoever watches them saw; seconds."""

    writes: list[float] = field(default_factory=list)
    longest_lock: float = 0.0


def _while(place: Place, work: Callable[[], None]) -> Reading:
    """Writers write all the time that `work` takes."""
    over, seen = threading.Event(), _Seen()
    threads = [threading.Thread(target=_write, args=(place, seen, over)) for _ in range(WRITERS)]
    threads.append(threading.Thread(target=_watch, args=(place, seen, over)))
    for thread in threads:
        thread.start()
    started = time.perf_counter()
    try:
        work()
    finally:
        built = time.perf_counter() - started
        over.set()
        for thread in threads:
            thread.join()
    _unmarked()
    took = sorted(seen.writes) or [0.0]
    return Reading(
        max(round(seen.longest_lock * 1000, 1), 0.1),
        {"build_seconds": round(built, 2), "writes": len(took),
         "write_p50_ms": round(took[len(took) // 2] * 1000, 2),
         "write_p99_ms": round(took[len(took) * 99 // 100] * 1000, 2),
         "write_longest_ms": round(took[-1] * 1000, 2)},
    )  # fmt: skip


def _write(place: Place, seen: _Seen, over: threading.Event) -> None:
    chance = random.Random(threading.get_ident())
    with data.connected(f"{place.dsn} application_name='bench writer'") as db:
        while not over.wait(PAUSE_SECONDS):
            started = time.perf_counter()
            db.execute(WRITE, [data.customer_id(chance.randint(1, place.size))])
            seen.writes.append(time.perf_counter() - started)


def _watch(place: Place, seen: _Seen, over: threading.Event) -> None:
    """How long a writer is seen waiting for a lock without a break."""
    since: dict[int, float] = {}
    with data.connected(place.dsn) as db:
        while not over.wait(LOOK_SECONDS):
            now = time.perf_counter()
            waiting = {pid for (pid,) in db.execute(WAITING).fetchall()}
            since = {pid: since.get(pid, now) for pid in waiting}
            for start in since.values():
                seen.longest_lock = max(seen.longest_lock, now - start + LOOK_SECONDS)


def _marked() -> None:
    _say(filterable=True)


def _unmarked() -> None:
    _say(filterable=False)


def _say(*, filterable: bool) -> None:
    now = datetime.now(UTC)
    said = {"filterable": filterable}
    fields.change_field("person", "city", said, actor=SYSTEM, now=now)
    indexes.keep_indexes(now=now)
