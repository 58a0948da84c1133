"""Whole purchases are given back, many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from clientela.platform import ids, sql
from clientela.platform.transactions import needs_transaction
from clientela.purchases.actions import GivenBack, NewReturn
from clientela.purchases.models import Purchase

COLUMNS = (
    "id", "customer_id", "purchase_id", "source", "external_ref", "body_hash", "amount_minor",
    "currency",
)  # fmt: skip


@needs_transaction
def give_back_whole(
    several: Sequence[Purchase], *, reference_of: Callable[[Purchase], str], now: datetime
) -> list[GivenBack]:
    """Book what is left of locked purchases as given back now, as `give_back` does for one. Those
    whose reference is taken are missing from the answer.
    """
    if not several:
        return []
    rows = []
    for id, one in zip(ids.uuid7s(len(several)), several, strict=True):
        left = one.total_minor - one.returned_minor
        new = NewReturn(one.source, reference_of(one), now, amount_minor=left)
        rows.append((
            id, one.customer_id, one.id, one.source, new.reference, new.digest(), left, one.currency
        ))  # fmt: skip
    written = sql.statement("purchases", "give_back_whole").rows(
        size=len(rows), returned_at=now, now=now, **sql.columns(rows, COLUMNS)
    )
    booked = {id for (id,) in written}
    given = []
    for row, one in zip(rows, several, strict=True):
        if row[0] in booked:
            one.returned_minor += row[6]
            given.append(GivenBack(row[0], one, row[6], now, fresh=True))
    return given
