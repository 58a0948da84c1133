"""Booking what 10,000 purchases earn, and the whole flow that records them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from bench import data, measure
from bench.measure import Figure
from bench.place import Place
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.customers.queries import Reference
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.loyalty import actions as loyalty
from clientela.loyalty.actions import Basis
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM

MINOR_MAX = 20_000
CUSTOMER = UUID("01930001-0000-7000-8000-000000000000").int


def measured(place: Place) -> Iterator[Figure]:
    rows = place.batch_rows
    with data.connected(place.dsn) as db:
        for name, product, ceiling in (
            ("loyalty-batch", _earn, _book),
            ("loyalty-batch-flow", _record, _record_and_book),
        ):
            yield measure.in_turns(
                name,
                product=lambda: rows / product(_batch(place)),
                ceiling=lambda: rows / ceiling(db, _ready(_batch(place))),
                unit="purchases/s", size=place.size, pairs=place.pairs,
                detail={"batch_rows": rows},
            )


def _batch(place: Place) -> list[Bought]:
    now = datetime.now(UTC)
    return [
        Bought(
            source="bench", reference=id.hex, customer=Reference("external", str(random.randint(1, place.size)), "crm"),
            purchased_at=now - timedelta(seconds=number), total_minor=random.randint(100, MINOR_MAX),
            currency="EUR", channel="shop", place="riga-1",
        )
        for number, id in enumerate(ids.uuid7s(place.batch_rows))
    ]

def _earn(batch: list[Bought]) -> float:
    bases = [
        Basis(
            purchase_id=UUID(hex=bought.reference), customer_id=_customer(bought),
            occurred_at=bought.purchased_at, minor=bought.total_minor, currency=bought.currency,
            body_hash=bytes(16), channel=bought.channel,
        )
        for bought in batch
    ]
    return measure.seconds(partial(_earn_for, bases))


def _earn_for(bases: list[Basis]) -> None:
    now = datetime.now(UTC)
    with transactions.open():
        earned = loyalty.earn_for(bases, actor=SYSTEM, now=now)
        occurred = {basis.purchase_id: basis for basis in bases}
        events.emit((
            Happening("points.earned", occurred[one.purchase_id].occurred_at, occurred[one.purchase_id].customer_id, ids.public("pur", one.purchase_id), {"posting": f"pos_{one.posting_id}", "points": one.points, "currency": one.currency})
            for one in earned), actor=SYSTEM, now=now)

def _record(batch: list[Bought]) -> float:
    return measure.seconds(partial(record_purchases, batch, actor=SYSTEM, now=datetime.now(UTC)))

def _customer(bought):
    return UUID(int=CUSTOMER + int(bought.customer.value))

def _ready(batch: list[Bought]) -> bytes:
    return "".join(
        f"{_customer(bought)}\t{bought.reference}\t{lot}\t\\\\x{bytes(16).hex()}\t{bought.purchased_at.isoformat()}"
        f"\t{bought.total_minor // 100}\t{bought.total_minor}\t{bought.reference}\n"
        for bought, lot in zip(batch, ids.uuid7s(len(batch)), strict=True)
    ).encode()


def _book(db: data.Database, ready: bytes) -> float:
    return measure.seconds(partial(_write, db, ready, ("lock", "book")))

def _record_and_book(db, ready):
    return measure.seconds(partial(_write, db, ready, ("record", "lock", "book")))

def _write(db, ready, steps):
    with db.transaction():
        data.run(db, data.statement("loyalty_batch_stage"))
        with db.cursor().copy("COPY staged FROM STDIN") as copy:
            copy.write(ready)
        data.run(db, "ANALYZE staged")
        for step in steps:
            data.run(db, data.statement(f"loyalty_batch_{step}"))
