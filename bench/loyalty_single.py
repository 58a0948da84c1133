"""One purchase at a time over HTTP, beside a bare function that writes the same rows."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from bench import data, loyalty_batch, measure, pgbench, web
from bench.measure import Figure
from bench.place import Place

REQUESTS = 2_000
TRANSACTIONS = 8_000
SCRIPT = """\
\\set n random(1, :size)
\\set reference random(1, 9000000000000000)
SELECT bench.record_purchase(:n, :reference);
"""


def measured(place: Place) -> Iterator[Figure]:
    with data.connected(place.dsn) as db, web.served() as server:
        data.run(db, data.statement("loyalty_single"))
        key = web.key()
        loyalty_batch.night()

        def request() -> bytes:
            body = json.dumps({"purchases": [_purchase(place)]}).encode()
            return server.http("POST /api/v1/purchases", body=body, headers=[key])

        yield measure.in_turns(
            "loyalty-single",
            product=lambda: server.work(
                place, place.requests(REQUESTS), request, expected=b'"new":1'
            ),
            ceiling=lambda: pgbench.work(place, place.requests(TRANSACTIONS), SCRIPT),
            unit="us of CPU a purchase", size=place.size, pairs=place.pairs,
            detail={"better": "lower", "clients": web.CLIENTS},
        )  # fmt: skip


def _purchase(place: Place) -> dict[str, object]:
    return {
        "source": "bench",
        "reference": uuid.uuid4().hex,
        "customer": {"source": "crm", "id": str(random.randint(1, place.size))},
        "purchased_at": datetime.now(UTC).isoformat(),
        "total": {"minor": random.randint(100, 20_000), "currency": "EUR"},
        "channel": "shop",
        "place": "riga-1",
    }
