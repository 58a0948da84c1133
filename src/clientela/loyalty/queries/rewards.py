"""Reads of the catalogue and of what customers got for their points."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from clientela.customers.sight import seen
from clientela.loyalty.models import (
    Benefit,
    CashOut,
    Coupon,
    Redemption,
    RedemptionReversal,
    Reward,
    TravelOrder,
)
from clientela.loyalty.queries import pools
from clientela.loyalty.rules import rewards as rules
from clientela.platform import ids, sql
from clientela.platform.errors import NotThere

REWARDS_KEPT = 500
OF_A_CASH_OUT = ("decisions", "payments", "lines__file", "returns")
OF_A_JOURNEY = ("steps", "cancellations")


class NoSuchReward(NotThere):
    code = "no-such-reward"
    title = "There is no such reward"


class NoSuchRedemption(NotThere):
    code = "no-such-redemption"
    title = "There is no such redemption"


class Used(NamedTuple):
    """Points of one end that a redemption took or holds; `of_others`: of who shares with them."""

    points: int
    expires_at: datetime | None
    of_others: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """A reward as it is for one customer: what it costs them, and why they cannot have it."""

    reward: Reward
    quote: rules.Quote
    available: int


def catalogue(*, retired: bool = False) -> list[Reward]:
    """Every reward with its prices, in the order of the catalogue."""
    found = _listed()
    return list(found if retired else found.filter(retired_at=None))


def _listed() -> QuerySet[Reward]:
    return Reward.objects.select_related("currency", "pool", "product").prefetch_related(
        "prices__tier"
    )


def find(named: str) -> Reward:
    """A reward by its id or its key."""
    found = _listed()
    try:
        reward = found.filter(id=ids.parse("rew", named)).first()
    except ValueError:
        reward = found.filter(key=named).first()
    if reward is None:
        raise NoSuchReward(f"There is no reward {named[:60]}.", field="reward")
    return reward


def kept(named: str) -> Reward:
    """As `find`, to be read only: every redemption asks for it, and it is the same object until a
    row of it is written anew. What was given out of its pool it does not know.
    """
    id = ids.find("rew", named)
    stamp = sql.statement("loyalty", "reward_stamp").value(named=named, id=id)
    return _kept(named, stamp) if stamp else find(named)


@lru_cache(maxsize=REWARDS_KEPT)
def _kept(named: str, _stamp: str) -> Reward:
    return find(named)


def offer_of(reward: Reward) -> rules.Offer:
    return rules.Offer(
        kind=reward.kind,
        prices={price.tier_id: rules.Price(price.points, price.money_minor)
                for price in reward.prices.all()},
        stock_left=None if reward.stock is None else reward.stock - reward.taken,
        member_max=reward.member_max, points_min=reward.points_min, points_max=reward.points_max,
        starts_at=reward.starts_at, ends_at=reward.ends_at, retired_at=reward.retired_at,
        blackouts=tuple((date.fromisoformat(first), date.fromisoformat(last))
                        for first, last in reward.blackouts),
    )  # fmt: skip


def offers_for(
    family: Sequence[UUID], *, now: datetime, today: date, rewards: Sequence[Reward],
    barred: Container[UUID] = (), wanted: int | None = None, offer: rules.Offer | None = None,
) -> list[Offered]:  # fmt: skip
    """These rewards for one customer; `barred`: those that are meant for others; `offer`: another
    than the catalogue's, of the one reward that is asked for.
    """
    available = available_to(family, now=now)
    cash = {}
    if any(reward.kind == Reward.Kind.CASH for reward in rewards):
        cash = available_to(family, now=now, for_cash=True)
    tiers = tiers_of(family)
    had = times_had(family, [reward.id for reward in rewards if reward.member_max is not None])
    offered = []
    for reward in rewards:
        usable = cash if reward.kind == Reward.Kind.CASH else available
        points = usable.get(reward.currency_id, 0)
        member = rules.Member(points, tiers, had.get(reward.id, 0), reward.id not in barred)
        quoted = rules.quote(offer or offer_of(reward), member, now=now, today=today, wanted=wanted)
        offered.append(Offered(reward, quoted, points))
    return offered


def used_by(made: Redemption, family: Sequence[UUID], everybody: Sequence[UUID]) -> list[Used]:
    """Which points it took or holds of `everybody` whose they may be, in the order of use."""
    rows = sql.statement("loyalty", "used_by").rows(
        family=list(family), whose=list(everybody), key=str(made.id), hold_id=made.hold_id
    )
    return [Used(*row) for row in rows]


def available_to(
    family: Sequence[UUID], *, now: datetime, for_cash: bool = False
) -> dict[int, int]:
    """What can be used now, by currency; as a redemption counts it, swept or not, with what others
    of a pool let them use. `for_cash`: only what may become money.
    """
    rows = sql.statement("loyalty", "available").rows(
        family=list(family), now=now, for_cash=for_cash
    )
    found = dict(rows)
    for currency_id, points in pools.usable_of_others(family, now=now, for_cash=for_cash).items():
        found[currency_id] = found.get(currency_id, 0) + points
    return found


def tiers_of(family: Iterable[UUID], *, now: datetime | None = None) -> frozenset[int]:
    """Tiers the customer stands on now, and those below them on the same ladder."""
    rows = sql.statement("loyalty", "tiers_of").rows(family=list(family), now=now)
    return frozenset(id for (id,) in rows)


def times_had(family: Sequence[UUID], rewards: Sequence[UUID]) -> dict[UUID, int]:
    if not rewards:
        return {}
    rows = sql.execute(
        "SELECT id, loyalty_times_had(%s, id) FROM unnest(%s::uuid[]) AS wanted (id)",
        [list(family), list(rewards)], prepare=True,
    )  # fmt: skip
    return dict(rows.fetchall())


def redemption(redemption_id: UUID) -> Redemption:
    rows = Redemption.objects.select_related("reward__currency", "currency")
    found = seen(rows.filter(id=redemption_id)).first()
    if found is None:
        raise NoSuchRedemption
    return found


def reversal_of(redemption: Redemption) -> RedemptionReversal | None:
    return RedemptionReversal.objects.filter(
        customer_id=redemption.customer_id, redemption=redemption
    ).first()


def coupon_of(redemption: Redemption) -> Coupon | None:
    return Coupon.objects.filter(customer_id=redemption.customer_id, redemption=redemption).first()


def cash_out_of(redemption: Redemption) -> CashOut | None:
    return CashOut.objects.filter(customer_id=redemption.customer_id, redemption=redemption).first()


def travel_order_of(redemption: Redemption) -> TravelOrder | None:
    return TravelOrder.objects.filter(
        customer_id=redemption.customer_id, redemption=redemption
    ).first()


def benefit_of(redemption: Redemption) -> Benefit | None:
    found = Benefit.objects.filter(customer_id=redemption.customer_id, redemption=redemption)
    return found.prefetch_related("steps").first()


def benefits(
    *, open_only: bool = True, after: UUID | None = None, limit: int = 50
) -> list[Benefit]:
    """What was given and is to be handed over or booked, by its id, oldest first."""
    found = seen(Benefit.objects.select_related("redemption").prefetch_related("steps"))
    listed = found.filter(is_open=True) if open_only else found
    beyond = listed.filter(id__gt=after) if after else listed
    return list(beyond.order_by("id")[:limit])


def state_of_benefit(benefit: Benefit) -> str:
    """open, given or refused."""
    answered = benefit.steps.all()
    return answered[0].kind if answered else "open" if benefit.is_open else "given"


def cash_outs(
    *, open_only: bool = True, after: UUID | None = None, limit: int = 50
) -> list[CashOut]:
    """Requests for money by their id, oldest first."""
    more = ("decisions", "lines") if open_only else OF_A_CASH_OUT
    found = seen(CashOut.objects.select_related("redemption").prefetch_related(*more))
    listed = found.filter(is_open=True) if open_only else found
    beyond = listed.filter(id__gt=after) if after else listed
    return list(beyond.order_by("id")[:limit])


def travel_orders(
    *, open_only: bool = True, after: tuple[datetime, UUID] | None = None, limit: int = 50
) -> list[TravelOrder]:
    """Travel orders by (to be answered by, id), the most urgent first."""
    more = () if open_only else OF_A_JOURNEY
    found = seen(TravelOrder.objects.select_related("redemption").prefetch_related(*more))
    listed = found.filter(is_open=True) if open_only else found
    if after is not None:
        reply_by, id = after
        listed = listed.filter(Q(reply_by__gt=reply_by) | Q(reply_by=reply_by, id__gt=id))
    return list(listed.order_by("reply_by", "id")[:limit])


def travel_orders_over(*, now: datetime, limit: int) -> list[UUID]:
    """Open orders nobody answered in time."""
    found = TravelOrder.objects.filter(is_open=True, reply_by__lte=now).order_by("reply_by", "id")
    return list(found.values_list("id", flat=True)[:limit])


def state_of_cash_out(asked: CashOut) -> str:
    """waiting, approved, refused, exported, paid, or rejected or returned by the bank."""
    if not asked.is_open and (came_back := asked.returns.all()):
        return came_back[0].kind
    if not asked.is_open and asked.payments.all():
        return "paid"
    if asked.lines.all():
        return "exported"
    decided = asked.decisions.all()
    return decided[0].verdict if decided else "waiting"


def state_of_travel_order(order: TravelOrder) -> str:
    """waiting, confirmed, refused, timed_out or cancelled."""
    if order.is_open:
        return "waiting"
    if order.cancellations.all():
        return "cancelled"
    answered = order.steps.all()
    return answered[0].kind if answered else "waiting"


@dataclass(frozen=True, slots=True)
class Got:
    """A redemption and what became of it: reversed, its coupon used, over from `expires_at` on, or
    how its order stands.
    """

    id: UUID
    customer_id: UUID
    kind: str
    labels: dict[str, str]
    points: int
    redeemed_at: datetime
    is_reversed: bool
    is_used: bool
    expires_at: datetime | None
    order_state: str

    @property
    def public_id(self) -> str:
        return ids.public("red", self.id)

    def state(self, *, now: datetime) -> str:
        """One code for all of it: reversed, used, over or done, or how the order stands (waiting,
        approved, exported, paid, returned, rejected, refused, confirmed, timed_out, cancelled).
        """
        if self.is_reversed:
            return "reversed"
        if self.order_state:
            return self.order_state
        if self.is_used:
            return "used"
        return "over" if self.expires_at is not None and self.expires_at <= now else "done"


def got(family: Iterable[UUID], *, named: Iterable[UUID] = (), latest: int = 0) -> list[Got]:
    """These redemptions of the family and its `latest` ones, newest first."""
    rows = sql.statement("loyalty", "got").rows(
        family=list(family), named=list(named), latest=latest
    )
    return [
        Got(id, customer, kind, json.loads(labels), *rest)
        for id, customer, kind, labels, *rest in rows
    ]  # fmt: skip
