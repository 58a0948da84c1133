"""What can be imported, and the values a row of each kind may carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

STATUSES = (
    "applied",
    "approved",
    "active",
    "dormant",
    "overpaid",
    "matured",
    "closed",
    "written_off",
)
ROLES = ("owner", "joint", "guarantor", "beneficiary", "user")
ATTRIBUTE = "attributes."


@dataclass(frozen=True, slots=True)
class Kind:
    """`targets` are the values a row may carry, by the column names understood without a
    mapping; `required` ones must be mapped. `options` are settings of a mapping of this kind."""

    name: str
    targets: tuple[str, ...]
    required: tuple[str, ...]
    options: tuple[str, ...] = ()
    has_attributes: bool = False

    def knows(self, target: str) -> bool:
        if self.has_attributes and target.startswith(ATTRIBUTE):
            return len(target) > len(ATTRIBUTE)
        return target in self.targets


CUSTOMERS = Kind(
    "customers",
    ("customer", "name", "phone", "email", "language", "country", "birth_date", "type"),
    required=("customer",),
    options=("country", "manual_wins", "duplicates"),
    has_attributes=True,
)
PRODUCTS = Kind(
    "products",
    ("product", "name", "kind", "price", "currency"),
    required=("product",),
    options=("decimal_mark", "currency"),
)
HOLDINGS = Kind(
    "holdings",
    (
        "holding",
        "customer",
        "through",
        "alias",
        "product",
        "product_name",
        "product_kind",
        "role",
        "status",
        "opened_on",
        "closed_on",
        "matures_on",
        "fixed_until_on",
        "number",
        "serial",
        "balance",
        "balance_on",
        "limit",
        "rate",
        "currency",
    ),
    required=("holding",),
    options=("decimal_mark", "currency", "unknown_customer", "unknown_product", "through_roles"),
)
PURCHASES = Kind(
    "purchases",
    (
        "customer",
        "date",
        "amount",
        "currency",
        "reference",
        "original",
        "quantity",
        "product",
        "channel",
        "place",
        "type",
        "tax",
        "discount",
        "serial",
    ),
    required=("customer", "date", "amount"),
    options=(
        "decimal_mark",
        "currency",
        "amount_max",
        "unknown_customer",
        "no_customer",
        "negative",
        "repeats",
        "files",
        "rows",
        "same_reference",
        "return_prefix",
    ),
)
IDENTITIES = Kind(
    "identities",
    ("customer", "kind", "value", "country", "primary", "shared", "bouncing"),
    required=("customer", "kind", "value"),
    options=("country",),
)
ADDRESSES = Kind(
    "addresses",
    (
        "customer",
        "purpose",
        "street",
        "more",
        "postcode",
        "city",
        "region",
        "country",
        "care_of",
        "starts_on",
        "ends_on",
    ),
    required=("customer", "street", "city"),
    options=("country", "same_purpose"),
)
RELATIONS = Kind(
    "relations",
    ("customer", "relation", "other", "may_act", "other_may_act", "starts_on", "ends_on"),
    required=("customer", "relation", "other"),
)
CONSENTS = Kind(
    "consents",
    (
        "customer",
        "purpose",
        "decision",
        "date",
        "origin",
        "channel",
        "address",
        "basis",
        "wording",
        "evidence",
    ),
    required=("customer", "purpose", "decision"),
    options=("country",),
)
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            CUSTOMERS,
            IDENTITIES,
            ADDRESSES,
            RELATIONS,
            CONSENTS,
            PRODUCTS,
            HOLDINGS,
            PURCHASES,
        )
    }
)
