"""Redemptions as they stand, many at once: the answer to whoever sends a batch again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clientela.flows.redeem_reward import Outcome
from clientela.loyalty.actions import redeeming_many as many
from clientela.loyalty.models import Benefit, CashOut, Coupon, Redemption, Reward, TravelOrder
from clientela.loyalty.queries import pools, rewards


def again_many(named: Mapping[UUID, Sequence[UUID]], *, now: datetime) -> dict[UUID, Outcome]:
    """Each of these redemptions of these families, as `redeem_reward.again` tells one."""
    if not named:
        return {}
    made = _made(named)
    coded = [one for one in made if one.kind in Reward.BY_CODE]
    coupons = _by_redemption(Coupon.objects.all(), coded)
    more = [one for one in made if one.kind not in Reward.BY_CODE]
    asked = _by_redemption(CashOut.objects.prefetch_related(*rewards.OF_A_CASH_OUT), more)
    orders = _by_redemption(TravelOrder.objects.prefetch_related(*rewards.OF_A_JOURNEY), more)
    given = _by_redemption(Benefit.objects.prefetch_related("steps"), more)
    balances = _balances(made, named, now=now)
    return {
        one.id: Outcome(
            one, balances[one.id], coupons.get(one.id), asked.get(one.id), orders.get(one.id),
            given.get(one.id), replayed=True,
        )
        for one in made
    }  # fmt: skip


def _made(named: Iterable[UUID]) -> list[Redemption]:
    """With their rewards, each of which is read once."""
    made = list(Redemption.objects.filter(id__in=list(named)))
    listed = Reward.objects.select_related("currency").in_bulk({one.reward_id for one in made})
    for one in made:
        Redemption._meta.get_field("reward").set_cached_value(one, listed[one.reward_id])
    return made


def _by_redemption(rows: QuerySet[Any], made: Sequence[Redemption]) -> dict[UUID, Any]:
    if not made:
        return {}
    found = rows.filter(redemption__in=[one.id for one in made])
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
