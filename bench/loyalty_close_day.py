"""The end of a day: what begins, who is reviewed, what is over, beside the promise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench import data, loyalty_batch, measure
from bench.data import Database
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.flows.close_loyalty_day import close_loyalty_day
from clientela.loyalty.actions import earning
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM

PROMISE = 5_000_000 / 900
DUE_SHARE = 0.02
BACK = timedelta(days=2)


def measured(place: Place) -> Iterator[Figure]:
    with data.connected(place.dsn) as db:
        yield measure.in_turns(
            "loyalty-close-day", product=lambda: _closed(place, db),
            ceiling=lambda: Reading(PROMISE), unit="members/s", size=place.size,
            pairs=place.pairs, detail={"better": "higher", "due_share": DUE_SHARE},
        )  # fmt: skip


def _closed(place: Place, db: Database) -> Reading:
    """A fiftieth of the members has points that begin, points that end, and a tier to review."""
    _due(place, db)
    now = datetime.now(UTC)
    done: dict[str, float] = {}

    def close() -> None:
        done.update((one.step, one.done) for one in close_loyalty_day(actor=SYSTEM, now=now))

    seconds, cpu = measure.timed(close, processes=(os.getpid(), place.postmaster()))
    return Reading(
        place.size / seconds, {"seconds": seconds, "cpu_us_each": cpu / place.size * 1e6, **done}
    )


def _due(place: Place, db: Database) -> None:
    """Points earned just now are dated back: of each member who is due half begins, half ends."""
    wanted = max(2, round(place.size * DUE_SHARE))
    then = datetime.now(UTC)
    bases = loyalty_batch.bases_of(loyalty_batch.batch_of(place))
    earned = 0
    while earned < 2 * wanted:
        some = bases[: 2 * wanted - earned]
        with transactions.open():
            earning.earn_for(some, actor=SYSTEM, now=then)
        earned += len(some)
        bases = loyalty_batch.bases_of(loyalty_batch.batch_of(place))
    with db.transaction():
        db.execute(DUE, {"then": then, "due_at": then - BACK, "wanted": wanted})
        db.execute(WAITING)
        db.execute(REVIEWED, {"due_at": then - BACK, "wanted": wanted})
        db.execute("DELETE FROM loyalty_daystep")
    db.execute("VACUUM (ANALYZE) loyalty_lot, loyalty_account, loyalty_standing")


DUE = """
    WITH lots AS (
        SELECT id, row_number() OVER (ORDER BY id) AS number
        FROM loyalty_lot WHERE activated_at = %(then)s
    )
    UPDATE loyalty_lot AS lot
    SET active_at = %(due_at)s,
        activated_at = CASE WHEN lots.number > %(wanted)s THEN %(due_at)s::timestamptz END,
        expires_at = CASE WHEN lots.number > %(wanted)s THEN %(due_at)s::timestamptz END
    FROM lots
    WHERE lots.id = lot.id
"""
WAITING = """
    UPDATE loyalty_account AS account SET pending = sums.points
    FROM (
        SELECT account_id, sum(remaining) AS points
        FROM loyalty_lot WHERE activated_at IS NULL GROUP BY account_id
    ) AS sums
    WHERE account.id = sums.account_id
"""
REVIEWED = """
    UPDATE loyalty_standing SET kept_until = %(due_at)s
    WHERE id IN (SELECT id FROM loyalty_standing WHERE ends_at IS NULL ORDER BY id LIMIT %(wanted)s)
"""
