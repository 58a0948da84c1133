"""What a merge means for restrictions: rows stay, the family is hidden where one of them was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clientela.customers.joining import Carried, Joined
from clientela.platform.transactions import needs_transaction
from clientela.privacy.actions import limits


@needs_transaction
def carry(joined: Joined) -> Carried:
    """The most restrictive wins: consents are read so, and who is frozen stays out of sight."""
    limits.settle([joined.survivor, *joined.moved], now=joined.now)
    return Carried()


@needs_transaction
def give_back(joined: Joined, carried: Mapping[str, Any]) -> Carried:
    """Each record is hidden or shown again by what is its own."""
    for record in (joined.survivor, *joined.moved):
        limits.settle([record], now=joined.now)
    return Carried()
