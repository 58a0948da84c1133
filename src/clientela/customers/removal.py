"""Customers and identities are taken away again: what brought them was undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.customers.models import (
    Customer,
    ExternalId,
    FieldChange,
    FieldKey,
    Identity,
    IdentityKey,
)
from clientela.platform import sql
from clientela.platform.transactions import needs_transaction


@needs_transaction
def hold(customer_ids: Sequence[UUID]) -> list[UUID]:
    """Lock customers in the order of their ids; those that are there."""
    rows = Customer.objects.select_for_update(no_key=True).filter(id__in=list(customer_ids))
    return list(rows.order_by("id").values_list("id", flat=True))


@needs_transaction
def remove(customer_ids: Sequence[UUID]) -> None:
    """Customers that nothing else speaks of go, with all they are found by. The log stays."""
    gone = list(customer_ids)
    for rows in (FieldChange, FieldKey, Identity, IdentityKey, ExternalId):
        rows._default_manager.filter(customer_id__in=gone).delete()
    Customer.objects.filter(id__in=gone).delete()


@needs_transaction
def forget_identities(
    customer_ids: Sequence[UUID], *, added_at: datetime, now: datetime
) -> list[tuple[UUID, str]]:
    """Take away what was added at that very time: (customer, kind) of each."""
    gone = sql.statement("customers", "forget_identities").rows(
        customers=list(customer_ids), added_at=added_at
    )
    bereft = [(customer, kind) for customer, kind, was_primary in gone if was_primary]
    if bereft:
        sql.statement("customers", "heirs").run(
            size=len(bereft), now=now, **sql.columns(bereft, ("customer_id", "kind"))
        )
    return [(customer, kind) for customer, kind, _ in gone]
