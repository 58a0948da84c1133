"""What the customers of a benchmark have for their points."""

from __future__ import annotations

from datetime import UTC, datetime

from clientela.flows.make_reward import save_reward
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.platform.http.actors import SYSTEM

COUPON, RATE = "bench-coffee", "bench-off"


def offered() -> None:
    """A coupon and money off, for everybody and as many as are wanted."""
    made = {
        COUPON: RewardValues(COUPON, "coupon", {"en": "Coffee"}, {"": 1}, minor=100,
                             money_code="EUR", valid_days=90),
        RATE: RewardValues(RATE, "money_off", {"en": "Money off"}, {"": 10}, minor=10,
                           money_code="EUR", valid_days=90),
    }  # fmt: skip
    for values in made.values():
        save_reward(values, actor=SYSTEM, now=datetime.now(UTC))
