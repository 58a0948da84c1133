"""The catalogue of rewards is changed."""

from __future__ import annotations

from datetime import datetime

from clientela.flows import audiences
from clientela.loyalty.actions import catalogue
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.models import Reward
from clientela.platform import transactions
from clientela.platform.http.actors import Actor


@transactions.retried
def save_reward(
    values: RewardValues, *, retired: bool = False, actor: Actor, now: datetime
) -> tuple[Reward, str]:
    """Make or change a reward by its key, and take it out of the catalogue or back into it."""
    audiences.check(values.audience, values.audience_view, actor=actor)
    with transactions.open():
        reward, state = catalogue.save(values, actor=actor, now=now)
        if retired != (reward.retired_at is not None):
            catalogue.retire(reward, now=now if retired else None)
            state = "changed" if state == "unchanged" else state
    return reward, state
