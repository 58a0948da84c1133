"""A page of a list with a filter and an order, beside the barest statement for its rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from bench import data, measure, reads
from bench.measure import Figure
from bench.place import Place
from clientela.flows.lists import reading as lists
from clientela.flows.lists.state import COLUMNS, ListState
from clientela.platform.http.actors import SYSTEM
from clientela.staff import company as companies

RAW = (
    "SELECT id, number, display_name, attributes, last_activity_at FROM customers_customer"
    " WHERE merged_into IS NULL AND language = %s"
    " ORDER BY last_activity_at DESC, id DESC LIMIT 51"
)
NAMES = (
    "SELECT id, number, display_name, attributes, last_activity_at FROM customers_customer"
    " WHERE merged_into IS NULL AND profile_type_id = (SELECT min(id) FROM customers_profiletype)"
    " ORDER BY sort_key, id LIMIT 51"
)


def measured(place: Place) -> Iterator[Figure]:
    """By a language along the latest activity; one kind by name; the page after the first."""
    company, now = companies.current(), datetime.now(UTC)

    def page(state: ListState, after: str = "") -> lists.Page:
        return lists.reading(state, actor=SYSTEM, company=company, now=now).page(after=after)

    with data.connected(place.dsn) as db:
        row = db.execute("SELECT language FROM customers_customer LIMIT 1").fetchone()
        assert row is not None
        language = {"fact": "customer.language", "op": "eq", "value": row[0]}
        latest = ListState(filter=language, columns=COLUMNS)
        named = ListState(sort="customer.name", kind="person", columns=COLUMNS)
        after = page(latest).after or ""
        yield measure.in_turns(
            "list",
            product=lambda: reads.timed(
                [lambda: page(latest), lambda: page(named), lambda: page(latest, after)]
            ),
            ceiling=lambda: reads.bare(db, [(RAW, [row[0]]), (NAMES, []), (RAW, [row[0]])]),
            unit="ms a page", size=place.size, pairs=place.pairs, detail={"better": "lower"},
        )  # fmt: skip
