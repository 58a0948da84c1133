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


@dataclass(frozen=True, slots=True)
class CustomerRow:
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


TypedRow = CustomerRow | ProductRow | HoldingRow | PurchaseRow
