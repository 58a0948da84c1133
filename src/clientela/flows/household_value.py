"""What a household holds and spends together, each joint holding once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.kin.models import Membership
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.products.models import Holder, Holding
from clientela.staff import company as companies


@dataclass(frozen=True, slots=True)
class Value:
    """`held`: by kind and currency, {kind, labels, icon, count, currency, minor}; `spent`: in
    twelve months, less what was given back. None: not for this reader.
    """

    people: int
    held: list[dict[str, Any]] | None
    spent: list[dict[str, Any]] | None

    @property
    def holdings(self) -> int:
        return sum(row["count"] for row in self.held or ())


def of(household_id: UUID, *, actor: Actor, now: datetime) -> Value:
    """Only of those whose main household this is; nothing where some of them may not be seen."""
    if not _sees_all(household_id):
        return Value(0, None, None)
    row = sql.statement("flows", "household").row(
        household=household_id, today=companies.current().today(now), now=now,
        roles=[str(role) for role in Holder.HOLDS], held=[str(one) for one in Holding.HELD],
    )  # fmt: skip
    assert row is not None
    people, held, spent = row
    return Value(
        people,
        json.loads(held) if actor.may("products.view") else None,
        json.loads(spent) if actor.may("purchases.view") else None,
    )


def _sees_all(household_id: UUID) -> bool:
    members = set(
        Membership.objects.filter(household_id=household_id, ends_on=None).values_list(
            "customer_id", flat=True
        )
    )
    return customers.visible(members) == members
