"""Points whose life is over: swept lot by lot into the ledger, beside the promise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench import data, loyalty_batch, measure
from bench.data import Database
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.flows.expire_points import expire_points
from clientela.loyalty.actions import earning
from clientela.loyalty.models import Lot
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM

PROMISE = 10_000
LOTS_MAX = 50_000
LATER = timedelta(minutes=1)


def measured(place: Place) -> Iterator[Figure]:
    with data.connected(place.dsn) as db:
        yield measure.in_turns(
            "loyalty-expire", product=lambda: _swept(place, db), ceiling=lambda: Reading(PROMISE),
            unit="lots/s", size=place.size, pairs=place.pairs, detail={"better": "higher"},
        )  # fmt: skip


def _swept(place: Place, db: Database) -> Reading:
    """Lots that were just earned end a second after they began, and are swept."""
    now = datetime.now(UTC)
    lots = _earned(place, now=now)
    db.execute(
        "UPDATE loyalty_lot SET expires_at = active_at + interval '1 second' WHERE id = ANY (%s)",
        [lots],
    )
    db.execute("VACUUM (ANALYZE) loyalty_lot")
    seconds, cpu = measure.timed(
        lambda: expire_points(actor=SYSTEM, now=now + LATER),
        processes=(os.getpid(), place.postmaster()),
    )
    return Reading(len(lots) / seconds, {"lots": len(lots), "cpu_us_each": cpu / len(lots) * 1e6})


def _earned(place: Place, *, now: datetime) -> list[UUID]:
    """New lots of customers anywhere among all, as purchases give them; their ids."""
    for _ in range(max(1, min(LOTS_MAX, place.size) // place.batch_rows)):
        bases = loyalty_batch.bases_of(loyalty_batch.batch_of(place))
        with transactions.open():
            earning.earn_for(bases, actor=SYSTEM, now=now)
    return list(Lot.objects.filter(activated_at=now).values_list("id", flat=True))
