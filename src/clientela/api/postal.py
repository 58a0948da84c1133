"""Where customers live and have things sent."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import StrictStr

from clientela.api.retention.answers import day
from clientela.api.router import Doors
from clientela.api.types import Body, Day, HouseRequest, Name, Text, public_id
from clientela.customers import queries as customers
from clientela.customers.places import queries as places
from clientela.customers.places.models import Address as Row
from clientela.flows import customer_addresses
from clientela.platform import ids, postal
from clientela.platform.postal import Place

doors = Doors(tags=["addresses"])


class AddressParts(Body):
    """home, postal, billing, delivery, work or seat; the parts as the country writes them."""

    purpose: StrictStr = "home"
    street: Name
    city: Name
    postcode: Text = ""
    region: Text = ""
    more: Text = ""
    care_of: Text = ""
    country: Text = ""
    starts_on: Day | None = None

    def place(self) -> Place:
        return Place(
            street=self.street, city=self.city, postcode=self.postcode, region=self.region,
            more=self.more, care_of=self.care_of, country=self.country.upper(),
        )  # fmt: skip


class NewAddress(AddressParts):
    """`instead_of`: the address it takes the place of; that one ends when this one begins."""

    ends_on: Day | None = None
    instead_of: StrictStr | None = None
    source: Text = ""


class AddressEnding(Body):
    on: Day | None = None


class Address(Body):
    id: str
    customer: str
    merged_from: str | None = None
    purpose: str
    care_of: str
    street: str
    more: str
    postcode: str
    city: str
    region: str
    country: str
    lines: list[str]
    starts_on: str | None
    ends_on: str | None


class AddressAdded(Body):
    state: Literal["new", "known"]
    address: Address


class AddressList(Body):
    items: list[Address]
    next: str | None


@doors.read("/customers/{customer_id}/addresses", right="customers.view", answer=AddressList,
            summary="Read a customer's addresses")  # fmt: skip
def listed(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Present ones first, then the former ones; `lines` as they stand on a letter."""
    return {"items": [_address(row) for row in places.of(_family(customer_id))], "next": None}


@doors.write("POST", "/customers/{customer_id}/addresses", right="customers.edit",
             answer=AddressAdded, summary="Add an address")  # fmt: skip
def add(request: HouseRequest, customer_id: StrictStr, body: NewAddress) -> dict[str, Any]:
    """One the customer has for this purpose already answers `known`, however it is written."""
    old = public_id("adr", body.instead_of, field="instead_of") if body.instead_of else None
    address, is_new = customer_addresses.add(
        public_id("cus", customer_id), purpose=body.purpose, place=body.place(),
        starts_on=body.starts_on, ends_on=body.ends_on, instead_of=old, source=body.source,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {"state": "new" if is_new else "known", "address": _address(address)}


@doors.write("PATCH", "/customers/{customer_id}/addresses/{address_id}", right="customers.edit",
             answer=Address, summary="Put an address right")  # fmt: skip
def change(
    request: HouseRequest, customer_id: StrictStr, address_id: StrictStr, body: AddressParts
) -> dict[str, Any]:
    """The whole address as it should have been; who moved gets a new one with `instead_of`."""
    address = customer_addresses.change(
        public_id("cus", customer_id), public_id("adr", address_id), purpose=body.purpose,
        place=body.place(), starts_on=body.starts_on, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _address(address)


@doors.write("POST", "/customers/{customer_id}/addresses/{address_id}/ending",
             right="customers.edit", answer=Address, summary="End an address")  # fmt: skip
def end(
    request: HouseRequest, customer_id: StrictStr, address_id: StrictStr, body: AddressEnding
) -> dict[str, Any]:
    """Its last day, today where none is said; it stays among the former ones."""
    address = customer_addresses.end(
        public_id("cus", customer_id), public_id("adr", address_id), on=body.on,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _address(address)


def _family(customer_id: str) -> list[UUID]:
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    return family


def _address(row: Row) -> dict[str, Any]:
    return {
        "id": row.public_id, "customer": ids.public("cus", row.customer_id),
        "purpose": row.purpose, "care_of": row.care_of, "street": row.street, "more": row.more,
        "postcode": row.postcode, "city": row.city, "region": row.region, "country": row.country,
        "lines": postal.lines_of(row.place), "starts_on": day(row.starts_on),
        "ends_on": day(row.ends_on),
    }  # fmt: skip
