"""Redemptions as they stand, many at once: the answer to whoever sends a batch again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clientela.flows.redeem_reward import Outcome
from clientela.loyalty.actions import redeeming_many as many
from clientela.loyalty.models import Benefit, CashOut, Coupon, Redemption, TravelOrder
from clientela.loyalty.queries import pools, rewards


def again_many(named: Mapping[UUID, Sequence[UUID]], *, now: datetime) -> dict[UUID, Outcome]:
    """Each of these redemptions of these families, as `redeem_reward.again` tells one."""
    if not named:
        return {}
    listed = Redemption.objects.select_related("reward__currency", "currency")
    made = list(listed.filter(id__in=named))
    coupons = _by_redemption(Coupon.objects.all(), made)
    asked = _by_redemption(CashOut.objects.prefetch_related(*rewards.OF_A_CASH_OUT), made)
    orders = _by_redemption(TravelOrder.objects.prefetch_related(*rewards.OF_A_JOURNEY), made)
    given = _by_redemption(Benefit.objects.prefetch_related("steps"), made)
    balances = _balances(made, named, now=now)
    return {
        one.id: Outcome(
            one, balances[one.id], coupons.get(one.id), asked.get(one.id), orders.get(one.id),
            given.get(one.id), replayed=True,
        )
        for one in made
    }  # fmt: skip


def _by_redemption(rows: QuerySet[Any], made: Sequence[Redemption]) -> dict[UUID, Any]:
    found = rows.filter(
        customer_id__in={one.customer_id for one in made}, redemption__in=[one.id for one in made]
    )
    return {row.redemption_id: row for row in found}


def _balances(
    made: Sequence[Redemption], families: Mapping[UUID, Sequence[UUID]], *, now: datetime
) -> dict[UUID, int]:
    """What can be used now, with points of others where a customer may use them."""
    own = many.usable(
        {(families[one.id][0], one.currency_id): families[one.id] for one in made}, now=now
    )
    sharing = pools.sharing_among({id for one in made for id in families[one.id]})
    balances = {}
    for one in made:
        family = families[one.id]
        if sharing.isdisjoint(family):
            found = own.get((family[0], one.currency_id))
            balances[one.id] = found.points if found else 0
        else:
            balances[one.id] = rewards.available_to(family, now=now).get(one.currency_id, 0)
    return balances
