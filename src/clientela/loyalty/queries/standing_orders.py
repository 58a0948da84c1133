"""Reads of what is paid by itself: who wants it, who is due on a day, what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from clientela.loyalty.models import AutomaticAct, Reward, StandingOrder
from clientela.platform import sql


class Due(NamedTuple):
    """A standing order: `usable` points may become cash, `is_due` when they reach what the reward
    names and nothing was done this day; `acts`: what was done for the customer this day.
    """

    id: UUID
    customer_id: UUID
    reward_id: UUID
    way: str
    usable: int
    acts: int
    is_due: bool


def due(programme: str, *, on: date, at: datetime, after: UUID, limit: int) -> list[Due]:
    """The standing orders of a programme behind this one, by their id, due or not."""
    rows = sql.statement("loyalty", "standing_orders_due").rows(
        programme=programme, day=on, at=at, after=after, limit=limit
    )
    return [Due(*row) for row in rows]


def of_family(family: Sequence[UUID]) -> list[StandingOrder]:
    """What is paid to a customer by itself now."""
    found = StandingOrder.objects.filter(customer_id__in=list(family), ended_at=None)
    return list(found.select_related("reward").order_by("id"))


def acts_of(family: Sequence[UUID], *, limit: int = 20) -> list[AutomaticAct]:
    """What was done or stopped of late, the newest first."""
    found = AutomaticAct.objects.filter(customer_id__in=list(family)).select_related("reward")
    return list(found.order_by("-acted_on", "-id")[:limit])


def payable() -> list[Reward]:
    """Cash that can be paid by itself."""
    found = Reward.objects.filter(
        kind=Reward.Kind.CASH, retired_at=None, cash_terms__has_key="auto_points"
    )
    return list(found.order_by("position", "key"))
