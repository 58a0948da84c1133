"""There is one way in: a purchase that comes alone and one that comes among many write the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_purchases import bought, record
from clientela.flows.verify import verify
from clientela.platform import sql
from clientela.purchases.actions import NewLine

MANY = sql.PREPARED_ROWS_MAX + 10
# Everything a purchase writes, but for ids, transactions, and the balance that follows from others.
WRITTEN = """
SELECT
    purchase.customer_id, purchase.purchased_at, purchase.recorded_at, purchase.total_minor,
    purchase.currency, purchase.quantity_milli, purchase.channel, purchase.place, key.body_hash,
    posting.kind, posting.source, posting.body_hash, posting.occurred_at, posting.posted_at,
    posting.actor, posting.channel, posting.steps, posting.money_minor, entry.debit_id,
    entry.credit_id, entry.amount, lot.account_id, lot.amount, lot.remaining, lot.active_at,
    lot.activated_at, lot.expires_at,
    (
        SELECT array_agg((line_no, product_code, quantity_milli, total_minor)::text
            ORDER BY line_no)
        FROM purchases_line AS line
        WHERE line.purchase_id = purchase.id
    ),
    (
        SELECT array_agg((name, occurred_at, actor, data - 'posting')::text ORDER BY event.id)
        FROM events_event AS event
        WHERE event.subject = 'pur_' || replace(purchase.id::text, '-', '')
    )
FROM purchases_purchase AS purchase
JOIN purchases_key AS key ON key.record_id = purchase.id
JOIN loyalty_posting AS posting ON posting.purchase_id = purchase.id
JOIN loyalty_entry AS entry ON entry.posting_id = posting.id
JOIN loyalty_lot AS lot ON lot.posting_id = posting.id
WHERE purchase.external_ref LIKE %s
ORDER BY purchase.purchased_at
"""
LINES = (NewLine(1000, 1500, "SKU \t9"), NewLine(2000, 499, '"quoted"\\'))


def written(beginning: str) -> list[tuple[Any, ...]]:
    return sql.execute(WRITTEN, [f"{beginning}%"]).fetchall()


def test_a_purchase_alone_and_among_many_writes_the_same_rows(anna: UUID) -> None:
    sales = [
        bought(purchased_at=NOW - timedelta(minutes=number), lines=LINES, channel="shop\\é")
        for number in range(MANY)
    ]
    for number, sale in enumerate(sales):
        record(sale._replace(reference=f"alone-{number}"))
    record(*(sale._replace(reference=f"many-{number}") for number, sale in enumerate(sales)))
    alone, many = written("alone"), written("many")
    assert len(many) == MANY
    assert alone == many
    assert not [check for check in verify() if check.wrong]


def test_many_repeated_purchases_get_the_answers_they_had(anna: UUID) -> None:
    sales = [bought(f"R-{number}", minor=100 + number) for number in range(MANY)]
    first = record(*sales)
    again = record(*sales)
    assert {outcome.state for outcome in again} == {"repeated"}
    assert [outcome.id for outcome in again] == [outcome.id for outcome in first]
    assert [outcome.earned for outcome in again] == [outcome.earned for outcome in first]
