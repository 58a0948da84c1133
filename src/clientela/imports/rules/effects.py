"""What an import wrote, as its undo needs to know it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

CUSTOMER = "customer"
CUSTOMER_VALUES = "customer-values"  # what stood there before is in the field changes
IDENTITY = "identity"  # of these customers, added at the time of the run
FURTHER_IDENTITY = "further-identity"  # records: the identities themselves
IDENTITY_MARKS = "identity-marks"  # records: identities that were there before
ADDRESS = "address"
ADDRESS_VALUES = "address-values"
RELATION = "relation"
RELATION_VALUES = "relation-values"
CONSENT = "consent"
PRODUCT_KIND = "product-kind"  # `before`: their keys
PRODUCT = "product"
PRODUCT_VALUES = "product-values"
HOLDING = "holding"
HOLDING_VALUES = "holding-values"
HOLDER = "holder"  # records: holdings, owners: the customers that became holders
PURCHASE = "purchase"
RETURN = "return"
UNNAMED = "unnamed"
UNNAMED_NAMED = "unnamed-named"  # they got a customer


@dataclass(frozen=True, slots=True)
class Effect:
    """`records` were written, those of customers with their `owners`; `before`: earlier values."""

    what: str
    records: list[UUID]
    owners: list[UUID] = field(default_factory=list)
    before: list[Any] = field(default_factory=list)
