"""A draft rule on twelve months of purchases, beside one statement that computes it in SQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from bench import data, measure
from bench.data import Database
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.flows import what_if
from clientela.flows.rules_of_points import Draft

MONTHS = 12
DRAFT = Draft(
    "points", "base", {"en": "Two for every euro"},
    {"earn": "per_money", "points": 2, "per": "1.00"},
)  # fmt: skip
PLAIN = """
    SELECT
        date_trunc('month', purchase.purchased_at), tier.key, customer.profile_type_id, count(*),
        sum((purchase.total_minor - purchase.returned_minor) / 100),
        sum(2 * (purchase.total_minor - purchase.returned_minor) / 100)
    FROM purchases_purchase AS purchase
    JOIN customers_customer AS customer ON customer.id = purchase.customer_id
    LEFT JOIN loyalty_standing AS standing
        ON standing.customer_id = purchase.customer_id
        AND standing.starts_at < purchase.purchased_at
        AND (standing.ends_at IS NULL OR standing.ends_at > purchase.purchased_at)
    LEFT JOIN loyalty_tier AS tier ON tier.id = standing.tier_id
    WHERE purchase.purchased_at >= now() - interval '12 months'
    GROUP BY 1, 2, 3
"""


def measured(place: Place) -> Iterator[Figure]:
    with data.connected(place.dsn) as db:
        tried = what_if.what_if([DRAFT], months=MONTHS, now=datetime.now(UTC)).whole.purchases
        yield measure.in_turns(
            "loyalty-what-if", product=lambda: _timed(_tried), ceiling=lambda: _timed(_plain, db),
            unit="seconds", size=place.size, pairs=place.pairs,
            detail={"better": "lower", "months": MONTHS, "purchases": tried},
        )  # fmt: skip


def _timed(work: object, *arguments: object) -> Reading:
    begun = time.perf_counter()
    work(*arguments)  # type: ignore[operator]
    return Reading(time.perf_counter() - begun)


def _tried() -> None:
    what_if.what_if([DRAFT], months=MONTHS, now=datetime.now(UTC))


def _plain(db: Database) -> None:
    db.execute(PLAIN).fetchall()
