"""The search box, beside the barest statement for each kind of query."""

from __future__ import annotations

from collections.abc import Iterator

from bench import data, measure, reads
from bench.measure import Figure
from bench.place import Place
from clientela.customers.searching import counts
from clientela.flows.search import customers_found
from clientela.platform import transactions
from clientela.staff import company as companies

WORDED = (
    "SELECT id FROM customers_customer WHERE search @@ %s::tsquery"
    " ORDER BY last_activity_at DESC LIMIT 50"
)
TAIL = (
    "SELECT customer_id FROM customers_identitykey WHERE kind = 'phone'"
    " AND reverse(value_norm) LIKE reverse(%s) || '%%' LIMIT 50"
)
EXACT = "SELECT customer_id FROM customers_identitykey WHERE value_norm = %s LIMIT 50"


def measured(place: Place) -> Iterator[Figure]:
    """A common name, a rare one, two beginnings, the tail of a phone, an e-mail, nobody."""
    company = companies.current()
    with transactions.open():
        counts.count()
    with data.connected(place.dsn) as db:
        common, rare, phone, email = _known(db)
        start = f"{common[:3]} {rare[:4]}"
        queries = (common, rare, start, phone[-6:], email, "qqqqqq xx")
        statements = [
            (WORDED, [f"'{common}':*"]), (WORDED, [f"'{rare}':*"]),
            (WORDED, [f"'{common[:3]}':* & '{rare[:4]}':*"]), (TAIL, [phone[-6:]]),
            (EXACT, [email]), (WORDED, ["'qqqqqq':*"]),
        ]  # fmt: skip
        yield measure.in_turns(
            "search",
            product=lambda: reads.timed(
                [lambda asked=asked: customers_found(asked, company=company) for asked in queries]  # type: ignore[misc]
            ),
            ceiling=lambda: reads.bare(db, statements),
            unit="ms a search", size=place.size, pairs=place.pairs, detail={"better": "lower"},
        )  # fmt: skip


def _known(db: data.Database) -> tuple[str, str, str, str]:
    """The most and the least frequent word, and the phone and e-mail of somebody."""
    words = db.execute(
        "SELECT word FROM ts_stat('SELECT search FROM customers_customer LIMIT 20000')"
        " WHERE length(word) > 3 ORDER BY ndoc DESC"
    ).fetchall()
    phone, email = (
        db.execute(
            "SELECT value_norm FROM customers_identitykey WHERE kind = %s LIMIT 1", [kind]
        ).fetchone()
        for kind in ("phone", "email")
    )
    assert words
    assert phone
    assert email
    return words[0][0], words[-1][0], phone[0], email[0]
