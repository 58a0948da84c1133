"""The first page of the timeline of a customer with very many events, beside the bare read."""

from __future__ import annotations

from collections.abc import Iterator

from bench import data, measure, reads
from bench.measure import Figure
from bench.place import Place
from clientela.flows import timeline
from clientela.platform.http.actors import SYSTEM

EVENTS = 100_000
RAW = (
    "SELECT id, occurred_at, name, subject, actor, data::text FROM events_event"
    " WHERE customer_id = %s ORDER BY occurred_at DESC, id DESC LIMIT 50"
)
FILL = (
    "INSERT INTO events_event (occurred_at, recorded_at, name, customer_id, subject, actor, data)"
    " SELECT now() - make_interval(secs => number), now(), 'identity.added', %s, '', 'system',"
    ' \'{"kind": "phone"}\' FROM generate_series(1, %s) AS number'
)


def measured(place: Place) -> Iterator[Figure]:
    customer = data.customer_id(1)
    with data.connected(place.dsn) as db:
        events = min(EVENTS, place.size * 100)
        db.execute(FILL, [customer, events])
        db.execute("ANALYZE events_event")
        sought = timeline.sought_by(SYSTEM)
        assert sought is not None
        yield measure.in_turns(
            "timeline",
            product=lambda: reads.timed([lambda: timeline.page_of([customer], sought=sought)]),
            ceiling=lambda: reads.bare(db, [(RAW, [customer])]),
            unit="ms a page", size=place.size, pairs=place.pairs,
            detail={"better": "lower", "events": events},
        )  # fmt: skip
        db.execute("DELETE FROM events_event WHERE customer_id = %s AND request = ''"
                   " AND name = 'identity.added' AND data ->> 'kind' = 'phone' AND subject = ''",
                   [customer])  # fmt: skip
