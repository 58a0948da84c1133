"""What a redemption would take, leave and give: it is run as it is, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.flows import offered_rewards
from clientela.flows import redeem_reward as redeeming
from clientela.flows.redeem_reward import Outcome, Wanted
from clientela.loyalty.actions.redeeming import NotEnoughPoints, Redeemed
from clientela.loyalty.models import Redemption, Reward
from clientela.loyalty.queries import pools, rewards
from clientela.loyalty.queries.rewards import Used
from clientela.loyalty.rules import rewards as rules
from clientela.platform import transactions
from clientela.platform.http.actors import Actor


@dataclass(frozen=True, slots=True)
class Quoted:
    """`used`: which points, in the order in which they are taken."""

    outcome: Outcome
    used: list[Used]


@dataclass(frozen=True, slots=True)
class Price:
    """What the points of a reward come to; `left` of `available`: what can be used afterwards."""

    quote: rules.Quote
    left: int
    available: int
    used: tuple[Used, ...] = ()


@transactions.retried
def quote_redemption(wanted: Wanted, *, actor: Actor, now: datetime) -> Quoted:
    """Refuses whatever redeeming it would refuse, in the same words."""
    return transactions.tried(_whole, wanted, actor=actor, now=now)


def used_by(made: Redemption) -> list[Used]:
    """Which points a redemption took or holds."""
    family = customers.family_of(made.customer_id)
    return rewards.used_by(made, family, [*family, *pools.sharers(family)])


@transactions.retried
def price_of(
    family: Sequence[UUID], reward: Reward, *, points: int | None, starts_on: date | None = None,
    actor: Actor, now: datetime,
) -> Price:  # fmt: skip
    """What it costs somebody before they have said what else it needs, such as where money is to
    go; `quote.why` when it would be refused.
    """
    offered = offered_rewards.offer_for(family, reward, now=now, points=points, starts_on=starts_on)
    quoted = offered.quote
    if quoted.why not in ("", "not-enough-points"):
        return Price(quoted, offered.available, offered.available)
    reference = customers.Reference("id", str(family[0]))
    wanted = Wanted(reference, reward.key, points=points, starts_on=starts_on)
    try:
        done, used = transactions.tried(_points, wanted, reward, family, actor=actor, now=now)
    except NotEnoughPoints as refused:
        why, missing = quoted.why or "not-enough-points", int(refused.extra["missing"])
        short = replace(quoted, why=why, missing=missing)
        return Price(short, int(refused.extra["available"]), offered.available)
    made = done.redemption
    found = rules.Quote(made.points, quoted.blocks, minor=made.due_minor)
    return Price(found, done.balance, offered.available, tuple(used))


def _whole(wanted: Wanted, *, actor: Actor, now: datetime) -> Quoted:
    outcome = redeeming.redeem_reward(wanted, actor=actor, now=now)
    return Quoted(outcome, used_by(outcome.redemption))


def _points(
    wanted: Wanted, reward: Reward, family: Sequence[UUID], *, actor: Actor, now: datetime
) -> tuple[Redeemed, list[Used]]:
    done = redeeming.take(wanted, reward, family, actor=actor, now=now).done
    return done, used_by(done.redemption)
