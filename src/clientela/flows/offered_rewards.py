"""What a customer can have for their points now, what it takes, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.flows import audiences
from clientela.loyalty.models import Reward
from clientela.loyalty.queries import rewards
from clientela.loyalty.queries.rewards import Offered
from clientela.loyalty.rules import rewards as rules
from clientela.staff import company as companies


def offers_for(family: Sequence[UUID], *, now: datetime) -> list[Offered]:
    """The catalogue for one customer."""
    company = companies.current()
    listed = [one for one in rewards.catalogue() if is_possible(one)]
    barred = audiences.barred(listed, family, company=company, now=now)
    return rewards.offers_for(
        family, now=now, today=company.today(now), rewards=listed, barred=barred
    )


def quote_for(
    family: Sequence[UUID], reward: Reward, *, now: datetime, points: int | None = None
) -> rules.Quote:
    """What a redemption would take, or why it would be refused; nothing is written."""
    company = companies.current()
    barred = audiences.barred([reward], family, company=company, now=now)
    [offered] = rewards.offers_for(
        family, now=now, today=company.today(now), rewards=[reward], barred=barred, wanted=points
    )
    return offered.quote


def is_possible(reward: Reward) -> bool:
    """Whether what gives it is there: a longer warranty needs its programme."""
    return reward.kind != Reward.Kind.WARRANTY or companies.current().is_on("warranty")
