"""Points pay part of a purchase: how many, and taking them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import audiences
from clientela.flows.record_purchases import Outcome
from clientela.flows.redeem_reward import RewardNotAvailable
from clientela.loyalty.actions import redeeming
from clientela.loyalty.actions.till import By, Payment
from clientela.loyalty.models import Reward
from clientela.loyalty.queries import rewards
from clientela.loyalty.queries.pools import Sharing
from clientela.loyalty.queries.rewards import NoSuchReward
from clientela.loyalty.rules import rewards as rules
from clientela.platform import ids
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies


class PaymentNotPossible(Problem):
    code = "payment-not-possible"
    status = 409
    title = "This cannot be paid so"


@dataclass(frozen=True, slots=True)
class Wish:
    """Pay with points: so many, or `up_to` so many (None: as many as can be used). `reward` names
    the rate, by its key; without it the first rate of the catalogue.
    """

    points: int | None = None
    up_to: bool = True
    reward: str = ""
    means: str = By.POINTS.value

    def text(self) -> str:
        """What a repeat is compared by."""
        return f"points {self.points} {self.up_to} {self.reward}"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a wish is met: so many points for so much money, or `why` none."""

    wish: Wish
    reward: Reward
    points: int
    minor: int
    currency: str
    why: str = ""
    means: str = By.POINTS


def plan(
    wish: Wish, family: Sequence[UUID], *, due_minor: int, total_minor: int, currency: str,
    used: Mapping[int, int], now: datetime, field: str = "payments",
) -> Plan:  # fmt: skip
    """How many points pay how much, with `used` of each kind planned for already. What was asked
    for exactly and cannot be is refused: whether there are enough of them is for the ledger to
    say, which has the points this purchase earns.
    """
    reward = rate(wish, field=field)
    if reward.money_code != currency:
        raise InvalidInput(f"Points pay in {reward.money_code} here.", field=field)
    offer, tiers = rewards.offer_of(reward), rewards.tiers_of(family)
    _needs_open(reward, offer, family, tiers, now=now)
    is_exact = not wish.up_to and wish.points is not None
    available = rewards.available_to(family, now=now).get(reward.currency_id, 0)
    available -= used.get(reward.currency_id, 0)
    found = rules.pay(
        offer,
        rules.Bill(due_minor, total_minor, reward.money_minor or 1, reward.share_max),
        available=rules.PLENTY if is_exact else available, tiers=tiers, wanted=wish.points,
        up_to=not is_exact,
    )  # fmt: skip
    if is_exact and found.why:
        raise PaymentNotPossible(WORDS[found.why], field=field, reason=found.why)
    return Plan(wish, reward, found.points, found.minor, currency, found.why)


WORDS = {
    "no-price": "This rate is for higher tiers.",
    "below-minimum": "This is below the least that can be used.",
    "above-maximum": "This is above the most that can be used.",
    "not-whole-blocks": "Points are used in whole blocks of the rate.",
    "nothing-due": "This is more than what is due.",
    "above-share": "This is more than the share of a purchase that points may pay.",
}


def take(
    plan: Plan, family: Sequence[UUID], *, sharing: Sharing | None = None, purchase: Outcome,
    at: datetime, actor: Actor, now: datetime, request: str = "",
) -> Payment:  # fmt: skip
    """Take the points of a plan for a purchase that was recorded; what the customer lacks comes
    from whoever shares points with them. NotEnoughPoints, LimitReached.
    """
    paid = Payment(plan.means, plan.wish.text(), plan.minor, plan.currency, plan.points, plan.why)
    if not plan.points:
        return paid
    assert purchase.id is not None
    subject = ids.public("pur", purchase.id)
    content = hashlib.sha256(f"{subject} {plan.wish.text()}".encode()).digest()[:16]
    wish = redeeming.Wish(plan.reward, plan.points, plan.minor, False, content, "till")
    done = redeeming.redeem(family, wish, actor=actor, now=now, sharing=sharing)
    made = done.redemption
    told = Happening(
        "points.redeemed", at, made.customer_id, subject,
        {"points": made.points, "currency": plan.reward.currency.code,
         "redemption": made.public_id, "labels": dict(made.labels),
         "posting": f"pos_{done.posting_id}"},
    )  # fmt: skip
    events.emit([told], actor=actor, now=now, request=request)
    return Payment(plan.means, plan.wish.text(), plan.minor, plan.currency, plan.points, "", made)


def rates() -> list[Reward]:
    """The rates at which points pay, in the order of the catalogue."""
    return [one for one in rewards.catalogue() if one.kind == Reward.Kind.MONEY_OFF]


def rate(wish: Wish, *, field: str = "payments") -> Reward:
    """The rate a wish means: the one it names, or the first."""
    if wish.reward:
        found = rewards.find(wish.reward)
        if found.kind != Reward.Kind.MONEY_OFF:
            raise InvalidInput("Points pay at the rate of a reward of money off.", field=field)
        return found
    first = next(iter(rates()), None)
    if first is None:
        raise NoSuchReward("No reward says what points are worth at the till.", field=field)
    return first


def _needs_open(
    reward: Reward, offer: rules.Offer, family: Sequence[UUID], tiers: frozenset[int], *,
    now: datetime,
) -> None:  # fmt: skip
    company = companies.current()
    is_meant = not audiences.barred([reward], family, company=company, now=now)
    member = rules.Member(rules.PLENTY, tiers, is_meant=is_meant)
    quoted = rules.quote(offer, member, now=now, today=company.today(now))
    if quoted.why:
        raise RewardNotAvailable(field="payments", reason=quoted.why)
