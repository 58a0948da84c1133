"""What a customer takes on disk: twelve fields, two identities, with every index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from bench import data, measure
from bench.import_customers import Row, rows_of
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.customers import actions as customers
from clientela.customers.actions import IdentityValue, NewCustomer
from clientela.platform import transactions

BYTES_MAX = 2_500
ROWS_MAX = 100_000
SIZE = (
    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
    " WHERE relkind IN ('r', 'm') AND relname LIKE 'customers\\_%'"
)
FIELDS = {
    "city": "Rīga", "district": "Centrs", "occupation": "skolotāja", "employer": "Rīgas skola",
    "marital_status": "married", "children": 2, "income_band": "1500-2000", "newsletter": True,
    "shop": "R-014", "tariff": "Mājas 300", "since": "2019-04-01",
}  # fmt: skip


def measured(place: Place) -> Iterator[Figure]:
    many = min(ROWS_MAX, place.size)
    with data.connected(place.dsn) as db:
        yield measure.in_turns(
            "size", product=lambda: Reading(_grown(place, db, rows_of(many)) / many),
            ceiling=lambda: Reading(BYTES_MAX), unit="bytes a customer", size=place.size,
            pairs=place.pairs, detail={"better": "lower", "rows": many, "fields": len(FIELDS) + 1},
        )  # fmt: skip


def _grown(place: Place, db: data.Database, rows: list[Row]) -> float:
    """Bytes by which the tables of customers grow with these rows."""
    before = _bytes(db)
    now = datetime.now(UTC)
    for start in range(0, len(rows), place.batch_rows):
        batch = [_new(row) for row in rows[start : start + place.batch_rows]]
        with transactions.open():
            customers.register(batch, now=now, today=now.date())
    return _bytes(db) - before


def _bytes(db: data.Database) -> float:
    row = db.execute(SIZE).fetchone()
    assert row is not None
    return float(row[0])


def _new(row: Row) -> NewCustomer:
    id, name, phone, email, day = row
    return NewCustomer(
        name=name, language="lv", country="LV", source="size", external_id=id,
        attributes={**FIELDS, "birth_date": day},
        identities=(IdentityValue("phone", phone, phone), IdentityValue("email", email, email)),
    )  # fmt: skip
