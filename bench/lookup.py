"""The exact look-up of an identity, beside the raw read of its index."""

from __future__ import annotations

from collections.abc import Iterator

from bench import data, measure, reads
from bench.measure import Figure
from bench.place import Place
from clientela.customers import queries as customers
from clientela.customers.queries import Reference

RAW = (
    "SELECT coalesce(customer.merged_into, customer.id) FROM customers_identitykey AS key"
    " JOIN customers_customer AS customer ON customer.id = key.customer_id"
    " WHERE key.kind = 'phone' AND key.value_norm = %s"
)
LOOKED_UP = 500


def measured(place: Place) -> Iterator[Figure]:
    step = max(1, place.size // LOOKED_UP)
    phones = [f"+371{data.FIRST_PHONE + number}" for number in range(0, place.size, step)]
    with data.connected(place.dsn) as db:
        yield measure.in_turns(
            "lookup",
            product=lambda: reads.timed(
                [lambda one=one: customers.resolve([Reference("phone", one)]) for one in phones]  # type: ignore[misc]
            ),
            ceiling=lambda: reads.bare(db, [(RAW, [phone]) for phone in phones]),
            unit="ms a look-up", size=place.size, pairs=place.pairs, detail={"better": "lower"},
        )  # fmt: skip
