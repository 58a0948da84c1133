"""Habits: folding new purchases, counting all anew, reading those of a busy customer; beside what
was promised.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from uuid import UUID

from bench import data, measure
from bench.data import Database
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import customer_habits, fold_habits
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.purchases import actions as purchases
from clientela.purchases.actions import NewLine, NewPurchase
from clientela.purchases.habits import actions as habits
from clientela.staff import company

FOLDED_A_SECOND, REBUILT_A_SECOND, READ_MS = 8_000, 20_000_000 / 900, 15
LINES, SLICES, READS = 3, 10, 300
BUSY_PURCHASES = 2_000
OLDER_SECONDS_MAX = 60
OLDER = "SELECT pg_snapshot_xmin(now) < pg_snapshot_xmax(now) FROM pg_current_snapshot() AS now"
CATEGORIES = [UUID(int=(0xCA7 << 64) + number) for number in range(12)]
HERE = """
    INSERT INTO purchases_habitposition (node, tx, zone, rebuilt_through)
    VALUES (1, pg_snapshot_xmin(pg_current_snapshot()), %s, NULL)
    ON CONFLICT (node) DO UPDATE SET tx = excluded.tx, zone = excluded.zone, rebuilt_through = NULL
"""


def measured(place: Place) -> Iterator[Figure]:
    with data.connected(place.dsn) as db:
        db.execute(HERE, [company.current().time_zone])
        yield measure.in_turns(
            "loyalty-habits-fold", product=lambda: _folding(place),
            ceiling=lambda: Reading(FOLDED_A_SECOND), unit="purchases/s", size=place.size,
            pairs=place.pairs, detail={"better": "higher", "lines": LINES},
        )  # fmt: skip
        busy = data.customer_id(1)
        _record([_purchase(busy) for _ in range(min(BUSY_PURCHASES, place.size))])
        _wait_until_all_may_be_read(place)
        fold_habits.fold(now=datetime.now(UTC))
        yield measure.in_turns(
            "loyalty-habits-read", product=lambda: _reading(busy),
            ceiling=lambda: Reading(READ_MS), unit="ms, 99th percentile", size=place.size,
            pairs=place.pairs, detail={"better": "lower", "purchases": BUSY_PURCHASES},
        )  # fmt: skip
        yield measure.in_turns(
            "loyalty-habits-rebuild", product=lambda: _rebuilding(db),
            ceiling=lambda: Reading(REBUILT_A_SECOND), unit="purchases/s", size=place.size,
            pairs=place.pairs, detail={"better": "higher", "slices": SLICES},
        )  # fmt: skip
        for table in ("habitmonth", "habitprofile", "habitposition", "line"):
            db.execute(f"TRUNCATE purchases_{table}".encode())


def _folding(place: Place) -> Reading:
    """A batch is recorded; what is measured begins with its commit."""
    batch = [_purchase(data.customer_id(random.randint(1, place.size)))
             for _ in range(place.batch_rows)]  # fmt: skip
    _record(batch)
    _wait_until_all_may_be_read(place)
    folded = []
    seconds, cpu = measure.timed(
        lambda: folded.append(fold_habits.fold(now=datetime.now(UTC))),
        processes=(os.getpid(), place.postmaster()),
    )
    assert folded[0] == len({one.customer_id for one in batch}), folded
    return Reading(len(batch) / seconds, {"cpu_us_each": cpu / len(batch) * 1e6})


def _wait_until_all_may_be_read(place: Place) -> None:
    """Until no older transaction runs, of autovacuum for one: the log is read behind it."""
    deadline = time.monotonic() + OLDER_SECONDS_MAX
    with data.connected(place.dsn) as db:
        while (row := db.execute(OLDER).fetchone()) and row[0]:
            assert time.monotonic() < deadline, "an older transaction does not end"
            time.sleep(0.05)


def _reading(customer: UUID) -> Reading:
    """The whole of the tab: months, rhythm, profile."""
    spent, used = [], time.process_time()
    for _ in range(READS):
        begun = time.perf_counter()
        found = customer_habits.habits_of([customer], now=datetime.now(UTC))
        customer_habits.by(found, "category")
        spent.append((time.perf_counter() - begun) * 1_000)
    return Reading(quantiles(spent, n=100)[-1], {
        "mean_ms": sum(spent) / READS,
        "python_ms": (time.process_time() - used) * 1_000 / READS,
    })  # fmt: skip


def _rebuilding(db: Database) -> Reading:
    """Some slices of the whole, from the first customer on."""
    zone = company.current().time_zone
    with transactions.open():
        habits.begin_anew(zone=zone)
    seconds, _ = measure.timed(
        lambda: fold_habits.rebuild(now=datetime.now(UTC), steps=SLICES), processes=(os.getpid(),)
    )
    row = db.execute(
        "SELECT count(*) FROM purchases_purchase, purchases_habitposition"
        " WHERE rebuilt_through IS NULL OR customer_id <= rebuilt_through"
    ).fetchone()
    assert row is not None
    return Reading(row[0] / seconds)


def _purchase(customer: UUID) -> NewPurchase:
    lines = tuple(
        NewLine(1000, random.randint(100, 5_000), category_id=random.choice(CATEGORIES))
        for _ in range(LINES)
    )
    moment = datetime.now(UTC) - timedelta(hours=random.randint(1, 24 * 700))
    return NewPurchase(
        "bench", ids.uuid7().hex, customer, moment, sum(line.total_minor for line in lines), "EUR",
        channel=random.choice(("shop", "web")), place="riga-1", lines=lines,
    )  # fmt: skip


def _record(batch: list[NewPurchase]) -> None:
    now = datetime.now(UTC)
    with transactions.open():
        recorded = purchases.record(batch, now=now)
        told = [
            Happening("purchase.recorded", one.purchase.purchased_at, one.purchase.customer_id,
                      ids.public("pur", one.id), {"minor": one.purchase.total_minor})
            for one in recorded.fresh
        ]  # fmt: skip
        events.emit(told, actor=SYSTEM, now=now)
