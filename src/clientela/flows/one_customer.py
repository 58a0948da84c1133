"""Writing to one customer: whoever is named is led to the survivor, and its record is locked."""

from __future__ import annotations

from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.customers.queries import Reference


def locked(reference: Reference | UUID) -> list[UUID]:
    """The family of whom this names, the survivor first and locked until the transaction ends."""
    named = reference if isinstance(reference, Reference) else Reference("id", str(reference))
    survivor = customers.the_one(named).survivor
    lock([survivor])
    return customers.family_of(survivor)


def lock(customer_ids: list[UUID]) -> None:
    """Lock records in the order of their ids, so that no two of us wait for each other."""
    rows = Customer.objects.select_for_update(no_key=True).filter(id__in=customer_ids)
    list(rows.order_by("id").values_list("id", flat=True))
