"""A customer gets something for their points: a coupon, money, a journey; or gives it back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import cash_outs, travel_orders
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import coupons, lives, redeeming
from clientela.loyalty.actions.cash import Payout
from clientela.loyalty.actions.redeeming import HoldHasEnded, Redeemed, Wish
from clientela.loyalty.models import CashOut, Coupon, HoldEnd, Redemption, Reward, TravelOrder
from clientela.loyalty.queries import rewards
from clientela.loyalty.rules import rewards as rules
from clientela.loyalty.rules.lives import Life
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.purchases.actions import ReferenceTaken
from clientela.staff import company as companies

REFERENCE_LENGTH_MAX = 200
CAUSE_LENGTH_MAX = 500


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
    """What a door understood. `points`: for cash, how many to turn into money; by default the least
    there can be. `source` and `reference` name it, so that it is booked once.
    """

    customer: customers.Reference
    reward: str
    points: int | None = None
    payout: Payout | None = None
    traveller: str = ""
    starts_on: date | None = None
    source: str = ""
    reference: str = ""
    channel: str = ""
    is_automatic: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it. `balance`: what can be used afterwards."""

    redemption: Redemption
    balance: int
    coupon: Coupon | None = None
    cash_out: CashOut | None = None
    travel_order: TravelOrder | None = None
    replayed: bool = False


@transactions.retried
def redeem_reward(wanted: Wanted, *, actor: Actor, now: datetime, request: str = "") -> Outcome:
    """Take the points and give the reward, in one transaction.

    The same source and reference again: the same answer, and nothing happens. NotEnoughPoints,
    RewardSoldOut, LimitReached, RewardNotAvailable, InvalidInput; then nothing was written.
    """
    with transactions.open():
        customer = customers.the_one(wanted.customer).survivor
        family = customers.family_of(customer)
        reward = rewards.find(wanted.reward)
        if before := _claimed(wanted, reward, family, now=now):
            return before
        expired = lives.settle(family, actor=actor, now=now)
        wish, blocks = _priced(wanted, reward, family, now=now)
        done = redeeming.redeem(family, wish, actor=actor, now=now)
        outcome = _given(done, wanted, blocks, actor=actor, now=now)
        if wanted.reference:
            redeeming.name(done.redemption, source=wanted.source, reference=wanted.reference)
        told = [*expired_happenings(expired), *_happenings(outcome, done)]
        events.emit(told, actor=actor, now=now, request=request)
    return outcome


def quote_for(
    family: Sequence[UUID], reward: Reward, *, now: datetime, points: int | None = None
) -> rules.Quote:
    """What a redemption would take, or why it would be refused; nothing is written."""
    member = rules.Member(
        rewards.available_to(family, now=now).get(reward.currency_id, 0),
        rewards.tiers_of(family),
        rewards.times_had(family, [reward.id]).get(reward.id, 0),
    )
    return rules.quote(rewards.offer_of(reward), member, now=now, wanted=points)


def _claimed(
    wanted: Wanted, reward: Reward, family: Sequence[UUID], *, now: datetime
) -> Outcome | None:
    """The first answer, where this source has named this redemption before; it may stand on a
    record that was merged since.
    """
    if not wanted.reference:
        return None
    if not wanted.source or len(wanted.source + wanted.reference) > REFERENCE_LENGTH_MAX:
        raise InvalidInput("A reference needs its source; both are short.", field="reference")
    known = redeeming.claim(
        source=wanted.source, reference=wanted.reference, customer_id=family[0],
        body_hash=_body_hash(wanted, reward, family[0]),
    )  # fmt: skip
    if known is None:
        return None
    whose = known.customer_id if known.customer_id in family else family[0]
    if bytes(known.body_hash) != _body_hash(wanted, reward, whose):
        raise ReferenceTaken(
            f"{wanted.source} {wanted.reference} is booked with other content.", field="reference"
        )
    return again(rewards.redemption(known.redemption_id), now=now)


def again(made: Redemption, *, now: datetime) -> Outcome:
    """A redemption as it stands, with what can be used now."""
    family = customers.family_of(made.customer_id)
    balance = rewards.available_to(family, now=now).get(made.currency_id, 0)
    return Outcome(
        made, balance, rewards.coupon_of(made), rewards.cash_out_of(made),
        rewards.travel_order_of(made), replayed=True,
    )  # fmt: skip


def _body_hash(wanted: Wanted, reward: Reward, customer: UUID) -> bytes:
    payout = wanted.payout
    content = [
        customer.hex, reward.key, wanted.points, wanted.traveller, str(wanted.starts_on or ""),
        [payout.way, payout.iban, payout.payee] if payout else None,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content).encode()).digest()[:16]


def _priced(
    wanted: Wanted, reward: Reward, family: Sequence[UUID], *, now: datetime
) -> tuple[Wish, int]:
    """What it costs by the catalogue; whether there is enough of it is for the ledger to say."""
    offer, member = rewards.offer_of(reward), rules.Member(rules.PLENTY, rewards.tiers_of(family))
    quoted = rules.quote(offer, member, now=now, wanted=wanted.points)
    if quoted.why in ("not-whole-blocks", "below-minimum"):
        raise _wrong_points(reward, offer, member)
    if quoted.why and quoted.why != "sold-out":
        raise RewardNotAvailable(field="reward", reason=quoted.why)
    money = None if reward.money_minor is None else reward.money_minor * quoted.blocks
    is_held = reward.kind != Reward.Kind.COUPON
    return Wish(reward, quoted.points, money, is_held, _body_hash(wanted, reward, family[0]),
                wanted.channel), quoted.blocks  # fmt: skip


def _wrong_points(reward: Reward, offer: rules.Offer, member: rules.Member) -> InvalidInput:
    price = rules.price_for(offer, member.tiers)
    if reward.kind != Reward.Kind.CASH:
        return InvalidInput(f"This costs {price} points, no more and no less.", field="points")
    least = max(reward.points_min or 0, price or 0)
    return InvalidInput(f"Use a multiple of {price} points, at least {least}.", field="points")


def _given(done: Redeemed, wanted: Wanted, blocks: int, *, actor: Actor, now: datetime) -> Outcome:
    """What the customer gets in their hand."""
    made, reward, company = done.redemption, done.redemption.reward, companies.current()
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
    assert reward.pool is not None
    ends = Life(days=reward.pool.valid_days).expires_at(now, company.zone)
    assert ends is not None
    coupon = coupons.issue(
        reward.pool, customer_id=made.customer_id, redemption=made, expires_at=ends, now=now
    )
    return Outcome(made, done.balance, coupon=coupon)


def _happenings(outcome: Outcome, done: Redeemed) -> Iterator[Happening]:
    """First what was got, then the points that went for it; the timeline tells them as one."""
    made = outcome.redemption
    points = {"points": made.points, "currency": made.reward.currency.code,
              "redemption": made.public_id, "labels": dict(made.labels)}  # fmt: skip
    if coupon := outcome.coupon:
        yield _happening("coupon.issued", made, coupon.public_id, coupon_facts(coupon))
        yield _happening("points.redeemed", made, coupon.public_id,
                         {**points, "posting": f"pos_{done.posting_id}"})  # fmt: skip
    if asked := outcome.cash_out:
        data = {"minor": asked.minor, "currency": asked.money_code, "way": asked.way}
        yield _happening("cash_out.requested", made, asked.public_id, data)
        yield _happening("points.held", made, asked.public_id, points)
        yield from cash_outs.requested_happenings(asked)
    if order := outcome.travel_order:
        data = {"labels": dict(made.labels), "partner": order.partner,
                "reply_by": order.reply_by.isoformat()}  # fmt: skip
        yield _happening("travel_order.placed", made, order.public_id, data)
        yield _happening("points.held", made, order.public_id, points)
        yield from travel_orders.placed_happenings(order, now=made.redeemed_at)


def _happening(name: str, made: Redemption, subject: str, data: dict[str, Any]) -> Happening:
    return Happening(name, made.redeemed_at, made.customer_id, subject, data)


def coupon_facts(coupon: Coupon) -> dict[str, Any]:
    """What the log may know of a coupon: never its code."""
    return {
        "redemption": coupon.redemption.public_id if coupon.redemption else None,
        "labels": dict(coupon.redemption.labels) if coupon.redemption else {},
        "percent": coupon.percent, "minor": coupon.minor, "currency": coupon.money_code,
        "expires_at": coupon.expires_at.isoformat(),
    }  # fmt: skip


@transactions.retried
def reverse_redemption(
    redemption_id: UUID, *, cause: str, actor: Actor, now: datetime, request: str = ""
) -> tuple[Redemption, int]:
    """Give the points back to the lots they came from, with the end they had; how many.

    AlreadyReversed, CouponUsed, HoldIsOpen (refuse the order), HoldHasEnded (they are free).
    """
    with transactions.open():
        made = rewards.redemption(redemption_id)
        family = customers.family_of(made.customer_id)
        expired = lives.settle(family, actor=actor, now=now)
        _needs_settled(made)
        if made.kind == Reward.Kind.COUPON:
            coupons.kill(made, now=now)
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
