"""Who stands on which tier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.platform import sql


def factors_at(
    moments: Sequence[tuple[UUID, datetime]], *, currency_id: int
) -> dict[int, list[int]]:
    """For each rule that multiplies for a tier, the places of the moments at which the customer
    stood on it.
    """
    rows = sql.statement("loyalty", "factors_at").rows(
        size=len(moments), currency_id=currency_id,
        **sql.columns(moments, ("customer_id", "occurred_at")),
    )  # fmt: skip
    found: dict[int, list[int]] = {}
    for rule_id, place in rows:
        found.setdefault(rule_id, []).append(place - 1)
    return found
