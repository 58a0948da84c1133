"""An import of customers taken back, beside DELETE of the same rows from the same tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from bench import data, measure
from bench.data import Database
from bench.import_customers import HEADER, rows_of
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.flows import import_file, undo_import
from clientela.imports.models import Batch, Written
from clientela.platform.http.actors import SYSTEM

ROWS_MAX = 100_000


def measured(place: Place) -> Iterator[Figure]:
    with data.connected(place.dsn) as db:
        yield measure.in_turns(
            "import-undo",
            product=lambda: _reading(place, _undoing(imported(place))),
            ceiling=lambda: _reading(place, _deleting(imported(place), db)),
            unit="customers/s", size=place.size, pairs=place.pairs,
            detail={"better": "higher", "rows": _count(place)},
        )  # fmt: skip


def _count(place: Place) -> int:
    return min(ROWS_MAX, place.size)


def _reading(place: Place, work: Callable[[], object]) -> Reading:
    seconds, cpu = measure.timed(work, processes=(os.getpid(), place.postmaster()))
    return Reading(_count(place) / seconds, {"cpu_us_each": cpu / _count(place) * 1e6})


def imported(place: Place) -> Batch:
    path = place.home.path / "bench.csv"
    lines = (f"{id},{name},{phone},{email},lv,LV,{day}\n"
             for id, name, phone, email, day in rows_of(_count(place)))  # fmt: skip
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    now = datetime.now(UTC)
    batch = import_file.receive(
        path, kind="customers", mapping_text="", source="bench", actor=SYSTEM, now=now
    )
    return import_file.run(batch.id, actor=SYSTEM, now=now)


def _undoing(batch: Batch) -> Callable[[], object]:
    return lambda: undo_import.undo(batch.id, actor=SYSTEM, now=datetime.now(UTC))


def _deleting(batch: Batch, db: Database) -> Callable[[], object]:
    pieces: list[list[UUID]] = [one.records for one in Written.objects.filter(batch=batch)]
    texts = [data.statement(f"import_undo_{step}") for step in ("names", "customers")]

    def work() -> None:
        for piece in pieces:
            with db.transaction():
                for text in texts:
                    db.execute(text.encode(), {"ids": piece})

    return work
