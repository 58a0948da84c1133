"""Reads of sales; each takes the family of ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from clientela.platform import sql
from clientela.platform.errors import NotThere
from clientela.purchases.models import Line, Purchase, Return


class NoSuchPurchase(NotThere):
    code = "no-such-purchase"
    title = "There is no such purchase"


def get(purchase_id: UUID) -> Purchase:
    purchase = Purchase.objects.filter(id=purchase_id).first()
    if purchase is None:
        raise NoSuchPurchase
    return purchase


def locked(purchase_id: UUID) -> Purchase:
    """The purchase, locked until the end of the transaction."""
    purchase = Purchase.objects.select_for_update(no_key=True).filter(id=purchase_id).first()
    if purchase is None:
        raise NoSuchPurchase
    return purchase


def known(kind: str, references: Sequence[tuple[str, str]]) -> dict[int, tuple[UUID, bytes, UUID]]:
    """Place in `references` (source, reference) -> record id, content digest, customer today."""
    rows = sql.statement("purchases", "known").rows(
        size=len(references),
        kind=kind,
        source=[source for source, _ in references],
        external_ref=[reference for _, reference in references],
    )
    return {
        place - 1: (record, bytes(digest), customer) for place, record, digest, customer in rows
    }


def purchase_of_return(return_id: UUID) -> UUID | None:
    """The purchase a return is booked on; None while that is not known."""
    return Return.objects.filter(id=return_id).values_list("purchase_id", flat=True).first()


def match_return(
    *, family: Sequence[UUID], amount_minor: int, currency: str, quantity_milli: int,
    product_code: str, returned_at: datetime,
) -> UUID | None:  # fmt: skip
    """The purchase a return without a receipt belongs to, by the rule in `sql/match.sql`."""
    found: UUID | None = sql.statement("purchases", "match").value(
        family=list(family), amount_minor=amount_minor, currency=currency,
        quantity_milli=quantity_milli, product_code=product_code, returned_at=returned_at,
    )  # fmt: skip
    return found


def lines_of(purchases: Iterable[Purchase]) -> list[Line]:
    wanted = list(purchases)
    lines = Line.objects.filter(
        customer_id__in={purchase.customer_id for purchase in wanted},
        purchase_id__in=[purchase.id for purchase in wanted],
    )
    return list(lines.order_by("purchase_id", "line_no"))


def page_of(
    family: Iterable[UUID], *, before: tuple[datetime, UUID] | None = None, limit: int = 50
) -> list[Purchase]:
    """Purchases of a customer and its aliases, newest first, paged by (purchased_at, id)."""
    purchases = Purchase.objects.filter(customer_id__in=list(family))
    if before is not None:
        purchases = purchases.extra(where=["(purchased_at, id) < (%s, %s)"], params=list(before))
    return list(purchases.order_by("-purchased_at", "-id")[:limit])


def returns_of(family: Iterable[UUID], *, limit: int = 50) -> list[Return]:
    returns = Return.objects.filter(customer_id__in=list(family))
    return list(returns.order_by("-returned_at", "-id")[:limit])
