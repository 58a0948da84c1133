"""The closed lists of states and roles."""

from __future__ import annotations

CUSTOMER_STATUSES = ("provisional", "prospect", "active", "former", "deceased", "tombstone")
HOLDING_STATUSES = (
    "applied", "approved", "active", "dormant", "overpaid", "matured", "closed", "written_off",
)  # fmt: skip
HOLDING_ROLES = ("owner", "joint", "guarantor", "beneficiary", "user")
# Who *holds* a product; the others are shown but not counted.
HELD_STATUSES = ("active", "dormant", "overpaid")
HELD_ROLES = ("owner", "joint")
