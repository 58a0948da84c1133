"""Rows as an adapter takes them: every value read, cleaned and checked by itself.

`None` means the file says nothing of this value, and what is known stays. A field named in
`clears` is to be emptied (an attribute is named `attributes.KEY`). `number` is the line of the
file in which the row begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from clientela.platform.emails import Email
from clientela.platform.phones import Phone
from clientela.platform.postal import Place


class CustomerRow(NamedTuple):
    """`customer` is the id the source gives. A new customer needs a `name`: the adapter says so.

    `attributes` are texts by field key, to be made canonical by the profile type.
    """

    number: int
    customer: str
    name: str | None
    phone: Phone | None
    email: Email | None
    language: str | None
    country: str | None
    birth_date: date | None
    type: str | None
    attributes: tuple[tuple[str, str], ...]
    clears: frozenset[str]


@dataclass(frozen=True, slots=True)
class ProductRow:
    """`product` is the code. `currency` is set whenever `price_minor` is."""

    number: int
    product: str
    name: str | None
    kind: str | None
    price_minor: int | None
    currency: str | None
    clears: frozenset[str]


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """One holder of a holding, or news of a holding that is known.

    `holding` is the source's name for it, unique in the source. Who holds it is said by
    `customer`; else by `through`, the name of another holding (its holders hold this one too, in
    `role` or in their own roles) or an alias (that one holder); else the row changes a holding
    that is there. `alias` names this customer's part in this holding for later `through`s.
    """

    number: int
    holding: str
    customer: str | None
    through: str | None
    alias: str | None
    product: str | None
    product_name: str | None
    product_kind: str | None
    role: str | None
    status: str | None
    opened_on: date | None
    closed_on: date | None
    matures_on: date | None
    fixed_until_on: date | None
    number_shown: str | None
    serial: str | None
    balance_minor: int | None
    balance_on: date | None
    limit_minor: int | None
    rate: Decimal | None
    currency: str | None
    clears: frozenset[str]


class PurchaseRow(NamedTuple):
    """One purchase, or one return where `is_return`; the amount of a return is zero or less.

    `digest` is of what the row says, not of how it is written; see `keys.Occurrences` for the
    reference of a row that has none. `original` is the reference of the purchase returned.
    """

    number: int
    customer: str | None
    purchased_at: datetime
    amount_minor: int
    currency: str
    reference: str | None
    original: str | None
    quantity_milli: int
    product: str | None
    channel: str | None
    place: str | None
    is_return: bool
    digest: bytes
    tax_minor: int = 0
    discount_minor: int = 0
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """Something a customer is found by; `value` as it is written, for its kind to be compared by.

    `country` is for phones without a country of their own: the row's, else the mapping's.
    """

    number: int
    customer: str
    kind: str
    value: str
    country: str | None
    primary: bool | None
    shared: bool | None
    bouncing: bool | None


@dataclass(frozen=True, slots=True)
class AddressRow:
    """A postal address of a customer; over since `ends_on` where that is said.

    `country`: the row's, else the mapping's, else it is for the adapter to find.
    """

    number: int
    customer: str
    purpose: str | None
    street: str
    more: str | None
    postcode: str | None
    city: str
    region: str | None
    country: str | None
    care_of: str | None
    starts_on: date | None
    ends_on: date | None

    @property
    def place(self) -> Place:
        return Place(
            street=self.street, city=self.city, postcode=self.postcode or "",
            region=self.region or "", more=self.more or "", care_of=self.care_of or "",
            country=self.country or "",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RelationRow:
    """`customer` is what `relation` reads to `other`."""

    number: int
    customer: str
    relation: str
    other: str
    may_act: bool | None
    other_may_act: bool | None
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One decision. `decided_at` and `origin` are there where something is agreed to; `address` is
    one phone or e-mail it speaks of, as (kind, normal form), None: the person.
    """

    number: int
    customer: str
    purpose: str
    decision: str
    decided_at: datetime | None
    origin: str | None
    channel: str | None
    address: tuple[str, str] | None
    basis: str | None
    wording: int | None
    evidence: str | None


TypedRow = (
    CustomerRow | ProductRow | HoldingRow | PurchaseRow | IdentityRow | AddressRow | RelationRow
    | ConsentRow
)  # fmt: skip
