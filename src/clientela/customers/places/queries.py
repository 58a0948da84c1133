"""Reads of postal addresses."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from clientela.customers import sight
from clientela.customers.places.models import Address
from clientela.platform.errors import NotThere

ADDRESSES_SHOWN = 200
ORDER = ("home", "seat", "postal", "billing", "delivery", "work")


class NoSuchAddress(NotThere):
    code = "no-such-address"
    title = "The customer has no such address"


def of(family: Sequence[UUID]) -> list[Address]:
    """Present addresses by purpose, then the former ones, the latest first; [] where whoever acts
    may see none.
    """
    if not sight.present().sees_identity("address"):
        return []
    rows = list(Address.objects.filter(customer_id__in=list(family))[:ADDRESSES_SHOWN])
    now = [row for row in rows if row.ends_on is None]
    former = [row for row in rows if row.ends_on is not None]
    now.sort(key=lambda row: (ORDER.index(row.purpose), row.id))
    former.sort(key=lambda row: (row.ends_on, row.id), reverse=True)
    return [*now, *former]


def one(address_id: UUID, *, family: Sequence[UUID]) -> Address:
    seen = sight.present().sees_identity("address")
    found = seen and Address.objects.filter(id=address_id, customer_id__in=list(family)).first()
    if not found:
        raise NoSuchAddress
    return found
