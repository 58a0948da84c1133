"""Cash that is paid by itself: who wants it, and what was done or stopped on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from clientela.loyalty.models import AutomaticAct, Reward, StandingOrder
from clientela.platform.errors import InvalidInput, NotThere
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing


class NoSuchStandingOrder(NotThere):
    code = "no-such-standing-order"
    title = "This is not paid by itself"


@needs_transaction
def give(
    family: Sequence[UUID], reward: Reward, *, way: str, actor: Actor, now: datetime
) -> StandingOrder:
    """From now on it is paid by itself, in this way; the same again changes nothing."""
    if reward.kind != Reward.Kind.CASH or not reward.cash_terms.get("auto_points"):
        raise InvalidInput("This reward is not paid by itself.", field="reward")
    known = list(_running(family, reward))
    if len(known) == 1 and known[0].way == way:
        return known[0]
    _running(family, reward).update(ended_at=now, ended_by=actor.id)
    with refusing(one_standing_order_for_a_reward=InvalidInput):
        return StandingOrder.objects.create(
            customer_id=family[0], reward=reward, way=way, ordered_by=actor.id, ordered_at=now
        )


@needs_transaction
def end(family: Sequence[UUID], reward: Reward, *, actor: Actor, now: datetime) -> StandingOrder:
    """It is not paid by itself any more. NoSuchStandingOrder."""
    known = _running(family, reward).first()
    if known is None:
        raise NoSuchStandingOrder(field="reward")
    _running(family, reward).update(ended_at=now, ended_by=actor.id)
    known.ended_at, known.ended_by = now, actor.id
    return known


@needs_transaction
def note(
    customer_id: UUID, reward_id: UUID, *, on: date, stopped: str = "", now: datetime
) -> AutomaticAct:
    """What the house did for a customer on a day, or why it did not; once a day."""
    return AutomaticAct.objects.create(
        customer_id=customer_id, reward_id=reward_id, acted_on=on, acted_at=now, stopped=stopped
    )


def _running(family: Sequence[UUID], reward: Reward) -> QuerySet[StandingOrder]:
    return StandingOrder.objects.filter(
        customer_id__in=list(family), reward=reward, ended_at=None
    ).order_by("id")
