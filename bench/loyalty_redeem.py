"""A reward at the counter over HTTP, eight clients at once, beside the promise."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import replace

from bench import data, measure, web
from bench.data import Database
from bench.measure import Figure, Reading
from bench.place import Place
from bench.rewards import COUPON, offered

PROMISE_MS = 25
REQUESTS = 1_600
HOT_SHARE, HOT_CALLS = 0.01, 0.2
WRONG = """
    SELECT count(*) FROM loyalty_account AS account
    WHERE account.posted <> (
        SELECT coalesce(sum(lot.remaining), 0) FROM loyalty_lot AS lot
        WHERE lot.customer_id = account.customer_id AND lot.account_id = account.id
    ) - account.debt
"""


def measured(place: Place) -> Iterator[Figure]:
    """The hot hundredth of the customers makes a fifth of the calls; no balance is wrong after."""
    offered()
    with data.connected(place.dsn) as db, web.served() as server:
        key = web.key()

        def request() -> bytes:
            body = json.dumps(_redemption(place)).encode()
            return server.http("POST /api/v1/redemptions", body=body, headers=[key])

        def redeemed() -> Reading:
            done = server.work(place, place.requests(REQUESTS), request, expected=b'"redeemed_at"')
            return replace(done, figure=done.beside["p99_ms"],
                           beside={**done.beside, "cpu_us": done.figure})  # fmt: skip

        yield measure.in_turns(
            "loyalty-redeem", product=redeemed, ceiling=lambda: Reading(PROMISE_MS),
            unit="ms, 99th percentile", size=place.size, pairs=place.pairs,
            detail={"better": "lower", "clients": web.CLIENTS},
        )  # fmt: skip
        assert _wrong(db) == 0


def _redemption(place: Place) -> dict[str, object]:
    hot = max(1, round(place.size * HOT_SHARE))
    most = hot if random.random() < HOT_CALLS else place.size
    return {
        "source": "bench", "reference": uuid.uuid4().hex, "reward": COUPON,
        "customer": {"source": "crm", "id": str(random.randint(1, most))},
    }  # fmt: skip


def _wrong(db: Database) -> int:
    row = db.execute(WRONG).fetchone()
    assert row is not None
    count: int = row[0]
    return count
