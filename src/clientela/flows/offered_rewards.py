"""What a customer can have for their points now, what it takes, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from clientela.flows import audiences
from clientela.loyalty.models import Reward
from clientela.loyalty.queries import rewards, travel
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


def offer_for(
    family: Sequence[UUID], reward: Reward, *, now: datetime, points: int | None = None,
    starts_on: date | None = None,
) -> Offered:  # fmt: skip
    """One reward for one customer: what the catalogue says it takes, or why it cannot be had.
    `starts_on`: of a journey, as its days may cost otherwise.
    """
    company = companies.current()
    barred = audiences.barred([reward], family, company=company, now=now)
    [offered] = rewards.offers_for(
        family, now=now, today=company.today(now), rewards=[reward], barred=barred, wanted=points,
        offer=offer_on(reward, starts_on),
    )  # fmt: skip
    return offered


def offer_on(reward: Reward, starts_on: date | None) -> rules.Offer:
    """The offer of a reward; a journey on one of its days, at the price of that day."""
    offer = rewards.offer_of(reward)
    if reward.kind != Reward.Kind.TRAVEL or starts_on is None:
        return offer
    day = travel.date_of(reward, starts_on)
    return offer if day is None else rules.on_day(offer, points=day.points, minor=day.money_minor)


def is_possible(reward: Reward) -> bool:
    """Whether what gives it is there: a longer warranty needs its programme."""
    return reward.kind != Reward.Kind.WARRANTY or companies.current().is_on("warranty")
