"""A customer gets something for their points, whatever the catalogue has; or gives it back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import (
    audiences,
    cash_outs,
    give_reward,
    offered_rewards,
    share_points,
    travel_orders,
)
from clientela.flows.give_reward import Told
from clientela.flows.told_points import expired_happenings
from clientela.flows.told_rewards import got_happenings, taken_back
from clientela.loyalty.actions import lives, redeeming
from clientela.loyalty.actions.cash import Payout
from clientela.loyalty.actions.lives import Turn
from clientela.loyalty.actions.redeeming import HoldHasEnded, Redeemed, Wish
from clientela.loyalty.models import (
    Benefit,
    CashOut,
    Coupon,
    HoldEnd,
    Redemption,
    Reward,
    TravelOrder,
)
from clientela.loyalty.queries import pools, rewards
from clientela.loyalty.rules import rewards as rules
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.purchases.actions import ReferenceTaken
from clientela.staff import company as companies
from clientela.staff.company import Company

REFERENCE_LENGTH_MAX = 200
CAUSE_LENGTH_MAX = 500
NOTHING_TOLD = Told()


class RewardNotAvailable(Problem):
    code = "reward-not-available"
    status = 409
    title = "This reward cannot be had"


class HoldIsOpen(Problem):
    code = "hold-is-open"
    status = 409
    title = "This still waits for a person"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a door understood. `points`: of what is had by blocks, how many; by default the least
    there can be. `source` and `reference` name it, so that it is booked once.
    """

    customer: customers.Reference
    reward: str
    points: int | None = None
    payout: Payout | None = None
    traveller: str = ""
    starts_on: date | None = None
    told: Told = NOTHING_TOLD
    source: str = ""
    reference: str = ""
    channel: str = ""
    is_automatic: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it. `balance`: what can be used afterwards; `named`: the merged
    record it came by.
    """

    redemption: Redemption
    balance: int
    coupon: Coupon | None = None
    cash_out: CashOut | None = None
    travel_order: TravelOrder | None = None
    benefit: Benefit | None = None
    replayed: bool = False
    named: UUID | None = None


@transactions.retried
def redeem_reward(wanted: Wanted, *, actor: Actor, now: datetime, request: str = "") -> Outcome:
    """Take the points and give the reward, in one transaction.

    The same source and reference again: the same answer, and nothing happens. NotEnoughPoints,
    RewardSoldOut, LimitReached, RewardNotAvailable, InvalidInput; then nothing was written.
    """
    with transactions.open():
        who = customers.the_one(wanted.customer)
        family = customers.family_of(who.survivor)
        reward, id = rewards.kept(wanted.reward), ids.uuid7()
        if before := _claimed(wanted, reward, family, id, now=now):
            return came_by(before, who)
        taken = take(wanted, reward, family, id=id, actor=actor, now=now)
        done = taken.done
        outcome = _given(done, wanted, taken.blocks, actor=actor, now=now, request=request)
        told = [*expired_happenings(taken.turns), *got_happenings(outcome, done)]
        events.emit(told, actor=actor, now=now, request=request)
    return came_by(outcome, who)


def came_by(outcome: Outcome, who: customers.Resolved) -> Outcome:
    """With the merged record that was named, where it is on the one that survived."""
    if who.named in (who.survivor, outcome.redemption.customer_id):
        return outcome
    is_moved = outcome.redemption.customer_id != who.survivor
    return outcome if is_moved else replace(outcome, named=who.named)


class Taken(NamedTuple):
    """The points a reward costs are taken or held; what it is for is not given yet."""

    done: Redeemed
    blocks: int
    turns: list[Turn]


@needs_transaction
def take(
    wanted: Wanted, reward: Reward, family: Sequence[UUID], *, id: UUID | None = None,
    actor: Actor, now: datetime,
) -> Taken:  # fmt: skip
    """By the catalogue, under the lock of the accounts of all whose points may be used."""
    turns, sharing = share_points.settled(
        family, currency_id=reward.currency_id, actor=actor, now=now
    )
    wish, blocks = _priced(wanted, reward, family, now=now)
    done = redeeming.redeem(family, wish, id=id, actor=actor, now=now, sharing=sharing)
    return Taken(done, blocks, turns)


def _claimed(
    wanted: Wanted, reward: Reward, family: Sequence[UUID], id: UUID, *, now: datetime
) -> Outcome | None:
    """The first answer, where this source has named this redemption before; it may stand on a
    record that was merged since.
    """
    if not wanted.reference:
        return None
    needs_name(wanted)
    known = redeeming.claim(
        source=wanted.source, reference=wanted.reference, customer_id=family[0],
        redemption_id=id, body_hash=body_hash(wanted, reward, family[0]),
    )  # fmt: skip
    if known is None:
        return None
    whose = known.customer_id if known.customer_id in family else family[0]
    if bytes(known.body_hash) != body_hash(wanted, reward, whose):
        raise name_taken(wanted)
    return again(rewards.redemption(known.redemption_id), now=now)


def needs_name(wanted: Wanted) -> None:
    """InvalidInput unless a source and a reference name it, both short."""
    named = wanted.source and wanted.reference
    if not named or len(wanted.source + wanted.reference) > REFERENCE_LENGTH_MAX:
        raise InvalidInput("A reference needs its source; both are short.", field="reference")


def name_taken(wanted: Wanted) -> ReferenceTaken:
    return ReferenceTaken(
        f"{wanted.source} {wanted.reference} is booked with other content.", field="reference"
    )


def again(made: Redemption, *, now: datetime) -> Outcome:
    """A redemption as it stands, with what can be used now."""
    family = customers.family_of(made.customer_id)
    balance = rewards.available_to(family, now=now).get(made.currency_id, 0)
    return Outcome(
        made, balance, rewards.coupon_of(made), rewards.cash_out_of(made),
        rewards.travel_order_of(made), rewards.benefit_of(made), replayed=True,
    )  # fmt: skip


def body_hash(wanted: Wanted, reward: Reward, customer: UUID) -> bytes:
    """What tells whether the same is asked again."""
    payout = wanted.payout
    content = [
        customer.hex, reward.key, wanted.points, wanted.traveller, str(wanted.starts_on or ""),
        [payout.way, payout.iban, payout.payee] if payout else None,
    ]  # fmt: skip
    if wanted.told != NOTHING_TOLD:
        content.append([str(wanted.told.holding_id or ""), wanted.told.member])
    return hashlib.sha256(json.dumps(content).encode()).digest()[:16]


def _priced(
    wanted: Wanted, reward: Reward, family: Sequence[UUID], *, now: datetime
) -> tuple[Wish, int]:
    """What it costs by the catalogue; whether there is enough of it is for the ledger to say."""
    company, tiers = companies.current(), frozenset[int]()
    if any(one.tier_id is not None for one in reward.prices.all()):
        tiers = rewards.tiers_of(family)
    is_meant = not audiences.barred([reward], family, company=company, now=now)
    quoted = price(wanted, reward, tiers, is_meant=is_meant, company=company, now=now)
    money = None if reward.money_minor is None else reward.money_minor * quoted.blocks
    return Wish(
        reward, quoted.points, money, reward.kind in Reward.HELD,
        body_hash(wanted, reward, family[0]), wanted.channel, quoted.minor,
    ), quoted.blocks  # fmt: skip


def price(
    wanted: Wanted, reward: Reward, tiers: frozenset[int], *, is_meant: bool, company: Company,
    now: datetime,
) -> rules.Quote:  # fmt: skip
    """What it costs somebody on these tiers; RewardNotAvailable, InvalidInput."""
    if not offered_rewards.is_possible(reward):
        raise RewardNotAvailable(field="reward", reason="programme-off")
    quoted = rules.quote(
        offered_rewards.offer_on(reward, wanted.starts_on),
        rules.Member(rules.PLENTY, tiers, is_meant=is_meant), now=now, wanted=wanted.points,
        today=company.today(now),
    )  # fmt: skip
    if quoted.why in ("not-whole-blocks", "below-minimum", "above-maximum"):
        raise _wrong_points(reward, tiers)
    if quoted.why not in ("", "sold-out"):
        raise RewardNotAvailable(field="reward", reason=quoted.why)
    return quoted


def _wrong_points(reward: Reward, tiers: frozenset[int]) -> InvalidInput:
    offer = rewards.offer_of(reward)
    price = rules.price_for(offer, tiers) or 1
    if reward.kind not in Reward.BY_BLOCKS:
        return InvalidInput(f"This costs {price} points, no more and no less.", field="points")
    least, most = rules.least(offer, price), reward.points_max
    words = f"Use a multiple of {price} points, at least {least}"
    return InvalidInput(f"{words}, at most {most}." if most else f"{words}.", field="points")


def _given(
    done: Redeemed, wanted: Wanted, blocks: int, *, actor: Actor, now: datetime, request: str
) -> Outcome:
    """What the customer gets in their hand."""
    made, reward = done.redemption, done.redemption.reward
    if reward.kind == Reward.Kind.CASH:
        if wanted.payout is None:
            raise InvalidInput("Say how the money is to be paid.", field="payout")
        asked = cash_outs.requested(
            made, wanted.payout, minor=(reward.money_minor or 0) * blocks,
            is_automatic=wanted.is_automatic, actor=actor, now=now,
        )  # fmt: skip
        return Outcome(made, done.balance, cash_out=asked)
    if reward.kind == Reward.Kind.TRAVEL:
        order = travel_orders.placed(
            made, traveller=wanted.traveller, starts_on=wanted.starts_on, actor=actor, now=now
        )
        return Outcome(made, done.balance, travel_order=order)
    if reward.kind in Reward.BY_CODE:
        return Outcome(made, done.balance, give_reward.coupon(made, blocks=blocks, now=now))
    given = give_reward.benefit(
        made, wanted.told, blocks=blocks, actor=actor, now=now, request=request
    )
    return Outcome(made, done.balance, benefit=given)


@transactions.retried
def reverse_redemption(
    redemption_id: UUID, *, cause: str, actor: Actor, now: datetime, request: str = ""
) -> tuple[Redemption, int]:
    """Give the points back to the lots they came from, with the end they had; how many.

    AlreadyReversed, CouponUsed, BenefitGiven, HoldIsOpen (refuse the order), HoldHasEnded (they are
    free).
    """
    with transactions.open():
        made = rewards.redemption(redemption_id)
        family = customers.family_of(made.customer_id)
        family += pools.sharers(family)  # whose points may have been used too
        expired = lives.settle(family, actor=actor, now=now)
        _needs_settled(made)
        taken_back(made, cause=cause, actor=actor, now=now, request=request)
        back = redeeming.restore(
            made, family=family, cause=cause[:CAUSE_LENGTH_MAX], actor=actor, now=now
        )
        expired += lives.expire_now(back.accounts, actor=actor, now=now)
        told = Happening(
            "points.restored", now, made.customer_id, made.public_id,
            {"points": back.points, "currency": made.currency.code,
             "posting": f"pos_{back.posting_id}", "labels": dict(made.labels)},
        )  # fmt: skip
        events.emit([told, *expired_happenings(expired)], actor=actor, now=now, request=request)
    return made, back.points


def _needs_settled(made: Redemption) -> None:
    if made.hold_id is None:
        return
    ended = HoldEnd.objects.filter(customer_id=made.customer_id, hold_id=made.hold_id).first()
    if ended is None:
        raise HoldIsOpen(f"Answer {ids.public('red', made.id)} first, or refuse it.")
    if ended.kind != HoldEnd.Kind.SETTLED:
        raise HoldHasEnded("These points are free already.")
