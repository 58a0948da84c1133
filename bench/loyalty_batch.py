"""Booking what 10,000 purchases earn, and the whole flow that records them.

The ceilings COPY rows that lie ready into a temporary table and write the same rows set-wise.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench import data, measure
from bench.data import Database
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.flows import purchases_told, review_tiers
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.loyalty.actions import earning as loyalty
from clientela.loyalty.actions.earning import Basis
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM

MINOR_MAX = 20_000
HASH = bytes(16)


def measured(place: Place) -> Iterator[Figure]:
    night()
    with data.connected(place.dsn) as db:
        yield _pairs("loyalty-batch", place, _earning, lambda batch: writing(db, batch, BOOK))
        yield _pairs("loyalty-batch-flow", place, _recording,
                     lambda batch: writing(db, batch, RECORD_AND_BOOK))  # fmt: skip


def night() -> None:
    """As after the first night: every account knows how far its owner is from a tier."""
    review_tiers.night(actor=SYSTEM, now=datetime.now(UTC))


Work = Callable[[], object]
BOOK = ("lock", "book")
RECORD_AND_BOOK = ("record", *BOOK)


def _pairs(
    name: str, place: Place, product: Callable[[list[Bought]], Work],
    ceiling: Callable[[list[Bought]], Work],
) -> Figure:  # fmt: skip
    return measure.in_turns(
        name,
        product=lambda: _reading(place, product(batch_of(place))),
        ceiling=lambda: _reading(place, ceiling(batch_of(place))),
        unit="purchases/s", size=place.size, pairs=place.pairs,
        detail={"better": "higher", "batch_rows": place.batch_rows},
    )  # fmt: skip


def _reading(place: Place, work: Work) -> Reading:
    seconds, cpu = measure.timed(work, processes=(os.getpid(), place.postmaster()))
    return Reading(place.batch_rows / seconds, {"cpu_us_each": cpu / place.batch_rows * 1e6})


def batch_of(place: Place) -> list[Bought]:
    """Purchases of customers anywhere among all; each knows its id by its reference."""
    now = datetime.now(UTC)
    return [
        Bought(
            source="bench", reference=id.hex,
            customer=Reference("external", str(random.randint(1, place.size)), "crm"),
            purchased_at=now - timedelta(seconds=number),
            total_minor=random.randint(100, MINOR_MAX), currency="EUR", channel="shop",
            place="riga-1",
        )
        for number, id in enumerate(ids.uuid7s(place.batch_rows))
    ]  # fmt: skip


def _recording(batch: list[Bought]) -> Work:
    return lambda: record_purchases(batch, actor=SYSTEM, now=datetime.now(UTC))


def _earning(batch: list[Bought]) -> Work:
    bases = bases_of(batch)
    return lambda: _earn(bases)


def bases_of(batch: list[Bought]) -> list[Basis]:
    """The purchases as the rules of points read them."""
    return [
        Basis(
            purchase_id=UUID(hex=bought.reference), customer_id=_customer(bought),
            occurred_at=bought.purchased_at, minor=bought.total_minor, currency=bought.currency,
            body_hash=HASH, channel=bought.channel,
        )
        for bought in batch
    ]  # fmt: skip


def _earn(bases: list[Basis]) -> None:
    now = datetime.now(UTC)
    with transactions.open():
        earned = loyalty.earn_for(bases, actor=SYSTEM, now=now)
        known = {basis.purchase_id: basis for basis in bases}
        told = [
            (basis.customer_id, basis.occurred_at, ids.public("pur", basis.purchase_id), gain)
            for gain in earned
            if (basis := known[gain.purchase_id]).purchase_id is not None
        ]  # fmt: skip
        events.emit((), before=[purchases_told.earned(told)], actor=SYSTEM, now=now)


def writing(db: Database, batch: list[Bought], steps: tuple[str, ...]) -> Work:
    ready = _ready(batch)
    texts = [data.statement(f"loyalty_batch_{step}") for step in steps]

    def write() -> None:
        with db.transaction():
            data.run(db, data.statement("loyalty_batch_stage"))
            with db.cursor().copy("COPY staged FROM STDIN") as copy:
                copy.write(ready)
            data.run(db, "ANALYZE staged")
            for text in texts:
                data.run(db, text)

    return write


def _ready(batch: list[Bought]) -> bytes:
    """The rows as COPY reads them."""
    return "".join(
        f"{_customer(bought)}\t{bought.reference}\t{lot}\t\\\\x{HASH.hex()}"
        f"\t{bought.purchased_at.isoformat()}\t{bought.total_minor // 100}\t{bought.total_minor}"
        f"\t{bought.reference}\n"
        for bought, lot in zip(batch, ids.uuid7s(len(batch)), strict=True)
    ).encode()


def _customer(bought: Bought) -> UUID:
    return data.customer_id(int(bought.customer.value))
