"""What a customer bought, in words and with the points it earned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.loyalty.queries import ledger as loyalty
from clientela.products import queries as products
from clientela.purchases import queries as purchases
from clientela.purchases.models import Purchase
from clientela.purchases.queries import Sought
from clientela.staff import company as companies

WORDS_MAX = 3


@dataclass(frozen=True, slots=True)
class Bought:
    """`words` names the first products of the purchase; `more`: how many others there are.

    `points` is missing where the programme is off or nothing was earned.
    """

    purchase: Purchase
    words: str
    more: int
    points: int | None


def page_of(
    family: Sequence[UUID], *, before: tuple[datetime, UUID] | None = None, limit: int = 50,
    which: Sought = purchases.ANY,
) -> tuple[list[Bought], tuple[datetime, UUID] | None]:  # fmt: skip
    """A page of purchases, newest first, and the key of the next one."""
    rows = purchases.page_of(family, before=before, limit=limit, which=which)
    last = rows[-1] if len(rows) == limit else None
    return told(rows), (last.purchased_at, last.id) if last else None


def some(purchase_ids: Iterable[UUID], *, family: Sequence[UUID]) -> dict[UUID, Bought]:
    """These purchases of the family by id, without their points: the ledger tells those."""
    wanted = set(purchase_ids)
    rows = purchases.some(wanted, family=family) if wanted else []
    return {one.purchase.id: one for one in told(rows, with_points=False)}


def told(rows: Sequence[Purchase], *, with_points: bool = True) -> list[Bought]:
    """Purchases with the names of what was bought."""
    if not rows:
        return []
    named: dict[UUID, list[str]] = {}
    lines = purchases.lines_of(rows)
    names = products.names(line.product_id for line in lines if line.product_id)
    for line in lines:
        words = names.get(line.product_id, "") if line.product_id else ""
        listed = named.setdefault(line.purchase_id, [])
        if (words := words or line.product_code) and words not in listed:
            listed.append(words)
    earned = _earned(rows) if with_points else {}
    return [
        Bought(
            row, ", ".join(named.get(row.id, [])[:WORDS_MAX]),
            max(0, len(named.get(row.id, [])) - WORDS_MAX), earned.get(row.id),
        )
        for row in rows
    ]  # fmt: skip


def _earned(rows: Sequence[Purchase]) -> dict[UUID, int]:
    if not companies.current().is_on("loyalty"):
        return {}
    earned: dict[UUID, int] = {}
    for one in loyalty.earned_for([row.id for row in rows]):
        assert one.purchase_id is not None
        earned[one.purchase_id] = earned.get(one.purchase_id, 0) + one.points
    return earned
