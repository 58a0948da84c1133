"""Cash-back that is paid by itself: a customer wants it, and once a day it is done.

At the end of each day whoever has the points that the reward names is paid all whole blocks of
them, as far as the limits of day and month leave room. What cannot be done says why, and waits for
staff on the page of cash. Nobody has more than five such acts a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import cash_checks, redeem_reward
from clientela.flows.redeem_reward import Wanted
from clientela.loyalty.actions import cash
from clientela.loyalty.actions import standing_orders as actions
from clientela.loyalty.actions.cash import CashLimitReached, Payout, PayoutNotVerified
from clientela.loyalty.models import CashOut, Reward, StandingOrder
from clientela.loyalty.queries import rewards
from clientela.loyalty.queries import standing_orders as queries
from clientela.loyalty.queries.standing_orders import Due
from clientela.loyalty.rules import rewards as rules
from clientela.platform import ids, transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor

ACTS_MAX = 5  # for one customer in a day
AT_ONCE = 200
CHANNEL = "automatic"


class TooManyActs(Problem):
    code = "too-many-acts"
    status = 409
    title = "The house has done this customer enough in one day"


@transactions.retried
def give_order(
    customer: Reference, reward: str, payout: Payout, *, actor: Actor, now: datetime,
    request: str = "",
) -> StandingOrder:  # fmt: skip
    """From now on cash is paid to a customer by itself; another way replaces the one before."""
    with transactions.open():
        family = customers.family_of(customers.the_one(customer).survivor)
        if payout.way == CashOut.Way.BANK:
            cash.identify(family, payout, actor=actor, now=now)
        order = actions.give(
            family, rewards.find(reward), way=payout.way, actor=actor, now=now
        )  # fmt: skip
        if order.ordered_at == now:
            told = _told("standing_order.given", order, now=now)
            events.emit([told], actor=actor, now=now, request=request)
    return order


@transactions.retried
def end_order(
    customer: Reference, reward: str, *, actor: Actor, now: datetime, request: str = ""
) -> StandingOrder:
    """Nothing is paid by itself any more. NoSuchStandingOrder."""
    with transactions.open():
        family = customers.family_of(customers.the_one(customer).survivor)
        order = actions.end(family, rewards.find(reward), actor=actor, now=now)
        told = _told("standing_order.ended", order, now=now)
        events.emit([told], actor=actor, now=now, request=request)
    return order


def pay_slice(
    programme: str, *, on: date, after: str, actor: Actor, at: datetime, now: datetime
) -> tuple[int, str | None]:
    """Pay those that are due among the next standing orders, in the transaction that is open: how
    many were paid, and where the next slice goes on. `at`: the midnight it counts from.
    """
    last = UUID(hex=after) if after else UUID(int=0)
    found = queries.due(programme, on=on, at=at, after=last, limit=AT_ONCE)
    listed = _each_once(found)
    wanted = {one.reward_id for one in listed if one.is_due}
    offered = {one.id: one for one in rewards.catalogue() if one.id in wanted}
    paid = [
        _act(one, offered, on=on, actor=actor, at=at, now=now) for one in listed if one.is_due
    ]  # fmt: skip
    is_over = len(listed) == len(found) < AT_ONCE
    place = None if is_over else listed[-1].id.hex
    return sum(paid), place


def _each_once(found: Sequence[Due]) -> list[Due]:
    """Up to the first customer who comes a second time: what they have is looked at anew then."""
    listed: dict[UUID, Due] = {}
    for one in found:
        if one.customer_id in listed:
            break
        listed[one.customer_id] = one
    return list(listed.values())


def _act(
    due: Due, offered: Mapping[UUID, Reward], *, on: date, actor: Actor, at: datetime,
    now: datetime,
) -> bool:  # fmt: skip
    """Whether it was paid; if not, what stopped it is written down."""
    reward = offered[due.reward_id]
    try:
        with transactions.open():
            actions.note(due.customer_id, due.reward_id, on=on, now=at)
            _pay(due, reward, actor=actor, at=at)
    except Problem as refusal:
        actions.note(due.customer_id, due.reward_id, on=on, stopped=refusal.code, now=at)
        told = Happening(
            "standing_order.stopped", at, due.customer_id, ids.public("sto", due.id),
            {"reason": refusal.code, "labels": dict(reward.labels)},
        )  # fmt: skip
        events.emit([told], actor=actor, now=now)
        return False
    return True


def _pay(due: Due, reward: Reward, *, actor: Actor, at: datetime) -> None:
    if due.acts >= ACTS_MAX:
        raise TooManyActs(f"At most {ACTS_MAX} a day.")
    family = customers.family_of(due.customer_id)
    wanted = Wanted(
        customer=Reference("id", str(due.customer_id)), reward=reward.key,
        points=_points(due, reward, family, at=at), payout=_payout(due, family), channel=CHANNEL,
        is_automatic=True,
    )  # fmt: skip
    redeem_reward.redeem_reward(wanted, actor=actor, now=at)


def _payout(due: Due, family: Sequence[UUID]) -> Payout:
    if due.way != CashOut.Way.BANK:
        return Payout(due.way)
    known = cash.identity_of(family)
    if known is None:
        raise PayoutNotVerified("There is no account to pay to.")
    return Payout(due.way, known.iban, known.payee)


def _points(due: Due, reward: Reward, family: Sequence[UUID], *, at: datetime) -> int:
    """All whole blocks, as many as the limits leave. CashLimitReached."""
    offer = rewards.offer_of(reward)
    block = rules.price_for(offer, rewards.tiers_of(family))
    if block is None or reward.money_minor is None:
        raise redeem_reward.RewardNotAvailable(field="reward", reason="no-price")
    most = rules.most(offer, block, available=due.usable)
    checks = cash_checks.checks_for(reward, family, minor=0, has_account=True, now=at)
    left = min((one.minor for one in checks if one.minor is not None), default=None)
    if left is not None:
        most = min(most, left // reward.money_minor * block)
    if most < rules.least(offer, block):
        raise CashLimitReached(f"The limits leave {left} minor units.", left=left)
    return most


def _told(name: str, order: StandingOrder, *, now: datetime) -> Happening:
    data = {"way": order.way, "labels": dict(order.reward.labels)}
    return Happening(name, now, order.customer_id, order.public_id, data)
