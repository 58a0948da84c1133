"""Every write to postal addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from clientela.customers.places.models import Address
from clientela.platform import ids, postal
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.postal import Place
from clientela.platform.transactions import needs_transaction


class AddressOver(Problem):
    code = "address-over"
    status = 409
    title = "This address is over already"


@dataclass(frozen=True, slots=True)
class NewAddress:
    """`place` is checked already (`postal.checked`)."""

    customer_id: UUID
    purpose: str
    place: Place
    starts_on: date | None = None
    ends_on: date | None = None
    source: str = ""


@needs_transaction
def add(batch: Sequence[NewAddress], *, now: datetime) -> list[tuple[int, UUID]]:
    """Add addresses: (place in the batch, id) of each that is new.

    One that a customer has for this purpose already changes nothing, however it is written.
    """
    rows = [
        Address(
            id=id, customer_id=new.customer_id, purpose=new.purpose, norm=postal.norm(new.place),
            starts_on=new.starts_on, ends_on=new.ends_on, source=new.source, added_at=now,
            **asdict(new.place),
        )
        for id, new in zip(ids.uuid7s(len(batch)), batch, strict=True)
    ]  # fmt: skip
    known = _known(rows)
    fresh: list[tuple[int, Address]] = []
    for place, row in enumerate(rows):
        key = (row.customer_id, row.purpose, row.norm, row.ends_on)
        if key not in known:
            known.add(key)
            fresh.append((place, row))
    Address.objects.bulk_create([row for _, row in fresh])
    return [(place, row.id) for place, row in fresh]


@needs_transaction
def change(address: Address, *, purpose: str, place: Place, starts_on: date | None) -> bool:
    """Put a present address right; False: nothing differs. A move is a new address."""
    if address.ends_on is not None:
        raise AddressOver("Add the new one instead; this one is kept as it was.")
    values = {
        "purpose": purpose, "starts_on": starts_on, "norm": postal.norm(place), **asdict(place),
    }  # fmt: skip
    if all(getattr(address, name) == value for name, value in values.items()):
        return False
    rows = Address.objects.filter(id=address.id, customer_id=address.customer_id)
    rows.update(**values)
    return True


@needs_transaction
def end(address: Address, *, on: date) -> bool:
    """Its last day; it stays among the former ones. False: it was over already."""
    if address.ends_on is not None:
        return False
    if address.starts_on is not None and on < address.starts_on:
        raise InvalidInput("An address ends after it starts.", field="ends_on")
    rows = Address.objects.filter(id=address.id, customer_id=address.customer_id)
    rows.update(ends_on=on)
    return True


def _known(rows: Sequence[Address]) -> set[tuple[UUID, str, str, date | None]]:
    found = Address.objects.filter(
        customer_id__in={row.customer_id for row in rows}, norm__in={row.norm for row in rows}
    )
    return set(found.values_list("customer_id", "purpose", "norm", "ends_on"))
