"""The caller's profile over HTTP, beside one statement that builds the same JSON."""

from __future__ import annotations

import random
from collections.abc import Iterator

from bench import data, measure, pgbench, web
from bench.measure import Figure
from bench.place import Place

REQUESTS = 2_000
TRANSACTIONS = 8_000
SCRIPT = "\\set n random(1, :size)\n"


def measured(place: Place) -> Iterator[Figure]:
    with web.served() as server:
        key = web.key()

        def request() -> bytes:
            number = data.FIRST_PHONE + random.randint(1, place.size)
            return server.http(f"GET /api/v1/callers/%2B371{number}", headers=[key])

        yield measure.in_turns(
            "profile",
            product=lambda: server.work(
                place, place.requests(REQUESTS), request, expected=b'"match":"one"'
            ),
            ceiling=lambda: bare(place),
            unit="us of CPU a request", size=place.size, pairs=place.pairs,
            detail={"better": "lower", "clients": web.CLIENTS},
        )  # fmt: skip


def bare(place: Place) -> measure.Reading:
    script = SCRIPT + data.statement("profile")
    return pgbench.work(place, place.requests(TRANSACTIONS), script)
