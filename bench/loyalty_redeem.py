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
POINTS_ENOUGH = 1_000  # for all the calls that one of the hot customers makes
ABLE = """
    SELECT external.external_id FROM customers_externalid AS external
    JOIN loyalty_account AS account ON account.customer_id = external.customer_id
    JOIN loyalty_lot AS lot
        ON lot.customer_id = account.customer_id AND lot.account_id = account.id
    WHERE external.source = 'crm' AND lot.active_at <= now() AND account.debt = 0
        AND (lot.expires_at IS NULL OR lot.expires_at > now() + interval '1 hour')
    GROUP BY external.external_id HAVING sum(lot.remaining) >= %s
    ORDER BY external.external_id
"""
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
        able = [id for (id,) in db.execute(ABLE, [POINTS_ENOUGH])]

        def request() -> bytes:
            body = json.dumps(_redemption(able)).encode()
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


def _redemption(able: list[str]) -> dict[str, object]:
    hot = max(1, round(len(able) * HOT_SHARE))
    return {
        "source": "bench",
        "reference": uuid.uuid4().hex,
        "reward": COUPON,
        "customer": {
            "source": "crm",
            "id": random.choice(able[:hot] if random.random() < HOT_CALLS else able),
        },
    }


def _wrong(db: Database) -> int:
    row = db.execute(WRONG).fetchone()
    assert row is not None
    count: int = row[0]
    return count
