"""The caller's profile over HTTP, beside one statement that builds the same JSON."""

from __future__ import annotations

from collections.abc import Iterator

from bench import data, measure, pgbench, web
from bench.measure import Figure
from bench.place import Place
from clientela.flows import profile
from clientela.platform.http.actors import SYSTEM
from clientela.staff import company as companies

REQUESTS = 2_000
TRANSACTIONS = 8_000


def measured(place: Place) -> Iterator[Figure]:
    step = decided(place)
    with web.served() as server:
        key = web.key()

        def request() -> bytes:
            number = data.FIRST_PHONE + data.called(place.size, step)
            return server.http(f"GET /api/v1/callers/%2B371{number}", headers=[key])

        yield measure.in_turns(
            "profile",
            product=lambda: server.work(
                place, place.requests(REQUESTS), request, expected=b'"match":"one"'
            ),
            ceiling=lambda: bare(place, step),
            unit="us of CPU a request", size=place.size, pairs=place.pairs,
            detail={"better": "lower", "clients": web.CLIENTS},
        )  # fmt: skip


def decided(place: Place) -> int:
    """Let offers stand for some customers, so far apart, and let only these call."""
    with data.connected(place.dsn) as db:
        return data.decide(db, size=place.size)


def bare(place: Place, step: int) -> measure.Reading:
    """The panels of all programmes in one statement, and the row that says who looked."""
    panels = profile.panels_for(SYSTEM, companies.current())
    blocks = ", ".join(
        f"'{panel.key}', {panel.function}(seen.family, current_date, now())" for panel in panels
    )
    script = data.statement("profile", last=place.size // step, step=step, panels=blocks)
    return pgbench.work(place, place.requests(TRANSACTIONS), script)
