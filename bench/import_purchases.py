"""A file of purchases through the import, beside COPY of ready rows into the same tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench import data, loyalty_batch, measure
from bench.data import Database
from bench.loyalty_batch import RECORD_AND_BOOK
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.flows import import_file
from clientela.flows.record_purchases import Bought
from clientela.platform.http.actors import SYSTEM

ROWS_MAX = 50_000
HEADER = "customer,date,amount,currency,reference,channel,place\n"


def measured(place: Place) -> Iterator[Figure]:
    loyalty_batch.night()
    with data.connected(place.dsn) as db:
        yield measure.in_turns(
            "import-purchases",
            product=lambda: _reading(place, _importing(place, _rows(place))),
            ceiling=lambda: _reading(place, _writing(place, db)),
            unit="purchases/s", size=place.size, pairs=place.pairs,
            detail={"better": "higher", "rows": _count(place)},
        )  # fmt: skip


def _count(place: Place) -> int:
    return min(ROWS_MAX, place.size * 4)


def _rows(place: Place) -> list[Bought]:
    rows: list[Bought] = []
    while len(rows) < _count(place):
        rows += loyalty_batch.batch_of(place)
    return rows[: _count(place)]


def _reading(place: Place, work: Callable[[], object]) -> Reading:
    seconds, cpu = measure.timed(work, processes=(os.getpid(), place.postmaster()))
    return Reading(_count(place) / seconds, {"cpu_us_each": cpu / _count(place) * 1e6})


def _importing(place: Place, rows: list[Bought]) -> Callable[[], object]:
    """Receive and run, as the command does; the file lies ready."""
    path = place.home.path / "bench.csv"
    path.write_text(HEADER + "".join(map(_line, rows)), encoding="utf-8")
    return lambda: _import(path)


def _import(path: Path) -> None:
    now = datetime.now(UTC)
    batch = import_file.receive(
        path, kind="purchases", mapping_text="", source="crm", actor=SYSTEM, now=now
    )
    result = import_file.run(batch.id, actor=SYSTEM, now=now).result
    assert result["new"] == result["read"], result


def _line(bought: Bought) -> str:
    return (
        f"{bought.customer.value},{bought.purchased_at.isoformat()},"
        f"{bought.total_minor / 100:.2f},{bought.currency},{bought.reference},"
        f"{bought.channel},{bought.place}\n"
    )


def _writing(place: Place, db: Database) -> Callable[[], object]:
    """The same rows in the same number of transactions."""
    rows = _rows(place)
    size = place.batch_rows
    writes = [
        loyalty_batch.writing(db, rows[start : start + size], RECORD_AND_BOOK)
        for start in range(0, len(rows), size)
    ]
    return lambda: [write() for write in writes]
