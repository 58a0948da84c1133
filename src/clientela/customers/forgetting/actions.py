"""Customers are hidden and shown again; fields and old values are forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.customers.models import Customer, FieldChange, FieldKey
from clientela.platform import sql
from clientela.platform.transactions import needs_transaction


@needs_transaction
def hide(family: Sequence[UUID], *, now: datetime) -> None:
    """Leave a customer out of search, lists and the caller's profile, but for those who may see
    restricted records.
    """
    Customer.objects.filter(id__in=list(family), hidden_since=None).update(hidden_since=now)


@needs_transaction
def show_again(family: Sequence[UUID]) -> None:
    hidden = Customer.objects.filter(id__in=list(family), hidden_since__isnull=False)
    hidden.update(hidden_since=None)


@needs_transaction
def forget_fields(family: Sequence[UUID], keys: Sequence[str]) -> int:
    """Take these fields away, and every old value that was kept of them; how many records."""
    records = list(family)
    FieldChange.objects.filter(customer_id__in=records, field__in=list(keys)).delete()
    FieldKey.objects.filter(customer_id__in=records, field__key__in=list(keys)).delete()
    return sql.statement("customers", "forget_fields").run(family=records, keys=list(keys))


@needs_transaction
def forget_old_values(family: Sequence[UUID], names: Sequence[str]) -> int:
    """What was wrong leaves the history too; that it was changed, when and by whom stays."""
    changes = FieldChange.objects.filter(customer_id__in=list(family), field__in=list(names))
    return changes.update(old=None)


@needs_transaction
def forget_causes(customer_ids: Sequence[UUID], causes: Sequence[str]) -> int:
    """What these causes wrote into records leaves their history; that they did stays."""
    changes = FieldChange.objects.filter(customer_id__in=list(customer_ids), cause__in=list(causes))
    return changes.update(old=None, new=None)
