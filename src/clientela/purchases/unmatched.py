"""Returns whose purchase is not known yet: kept with their amount, matched when it arrives."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from clientela.events.models import CurrentTransaction
from clientela.platform import ids
from clientela.platform.transactions import needs_transaction
from clientela.purchases.actions import GivenBack, NewReturn
from clientela.purchases.models import Key, Purchase, Return

NO_PURCHASE = "no-purchase-found"
MORE_THAN_BOUGHT = "more-than-was-bought"


@dataclass(frozen=True, slots=True)
class Unmatched:
    """`original`: the reference of the purchase, where it is named; else product, pieces and price
    tell which one it may be.
    """

    customer_id: UUID
    source: str
    reference: str
    returned_at: datetime
    amount_minor: int
    currency: str
    reason: str = NO_PURCHASE
    original: str = ""
    product_code: str = ""
    quantity_milli: int = 1000


@needs_transaction
def keep(new: Unmatched, *, now: datetime) -> UUID | None:
    """Keep a return whose purchase is not known; None when it was kept before."""
    content = NewReturn(
        new.source, new.reference, new.returned_at, amount_minor=new.amount_minor
    ).digest()
    key, created = Key.objects.get_or_create(
        kind="return",
        source=new.source,
        external_ref=new.reference,
        defaults={
            "customer_id": new.customer_id, "record_id": ids.uuid7(),
            "body_hash": content,
        },
    )  # fmt: skip
    if not created:
        return None
    _write(new, id=key.record_id, now=now)
    return key.record_id


@needs_transaction
def keep_rest(new: Unmatched, *, now: datetime) -> UUID:
    """What is left of a return that was for more than was bought. The part that was booked has its
    reference.
    """
    id = ids.uuid7()
    _write(new, id=id, now=now)
    return id


@needs_transaction
def waiting(customer_ids: Collection[UUID], *, since: datetime) -> list[Return]:
    """Returns of these customers, kept since then, that wait for their purchase; held."""
    rows = Return.objects.select_for_update(no_key=True).filter(
        customer_id__in=customer_ids, purchase_id=None, recorded_at__gt=since,
        unmatched_reason=NO_PURCHASE,
    )  # fmt: skip
    return list(rows.order_by("returned_at", "id"))


@needs_transaction
def book(waited: Return, purchase: Purchase, *, now: datetime) -> GivenBack:
    """Book a return that waited on its purchase, held by the caller. What is more than is left of
    it stays without one.
    """
    left = purchase.total_minor - purchase.returned_minor
    amount, rest = min(waited.amount_minor, left), max(waited.amount_minor - left, 0)
    rows = Return.objects.filter(id=waited.id, customer_id=waited.customer_id)
    rows.update(
        purchase_id=purchase.id, unmatched_reason="", amount_minor=amount, tx=CurrentTransaction()
    )  # fmt: skip
    if rest:
        keep_rest(
            Unmatched(
                waited.customer_id, waited.source, waited.external_ref, waited.returned_at, rest,
                waited.currency, MORE_THAN_BOUGHT, waited.original,
            ),
            now=now,
        )  # fmt: skip
    Purchase.objects.filter(id=purchase.id).update(returned_minor=F("returned_minor") + amount)
    purchase.returned_minor += amount
    return GivenBack(
        waited.id, purchase, amount, waited.returned_at, fresh=True, rest_minor=rest
    )  # fmt: skip


def _write(new: Unmatched, *, id: UUID, now: datetime) -> None:
    Return.objects.create(
        id=id, customer_id=new.customer_id, purchase_id=None, source=new.source,
        external_ref=new.reference, returned_at=new.returned_at, recorded_at=now,
        amount_minor=new.amount_minor, currency=new.currency, unmatched_reason=new.reason,
        original=new.original, product_code=new.product_code, quantity_milli=new.quantity_milli,
    )  # fmt: skip
