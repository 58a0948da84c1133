"""Many customers redeem at once: a few statements for all of them, each exact as for one alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from clientela.loyalty.models import CouponPool, Reward
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

Name = tuple[str, str]
Asked = tuple[UUID, int]
KNOWN = ("source", "reference")


class Known(NamedTuple):
    """Where a name leads that a source gave a redemption."""

    customer_id: UUID
    redemption_id: UUID
    body_hash: bytes


class Claim(NamedTuple):
    source: str
    reference: str
    customer_id: UUID
    redemption_id: UUID
    body_hash: bytes


class Usable(NamedTuple):
    """What somebody can use of one kind of points, and when the first of it ends."""

    points: int
    next_expiry: datetime | None


class Left(NamedTuple):
    """How many there still are, under lock; None: as many as are wanted."""

    rewards: Mapping[UUID, int]
    pools: Mapping[int, int]


class Booking(NamedTuple):
    """One that is booked, priced and known to be covered. `aliases`: see `aliases_of`;
    `worth_minor`: of its coupon, where its pool does not say.
    """

    customer_id: UUID
    aliases: str
    currency_id: int
    points: int
    redemption_id: UUID
    reward_id: UUID
    body_hash: bytes
    money_minor: int | None
    due_minor: int
    coupon_id: UUID
    number: str
    number_norm: str
    worth_minor: int | None
    expires_at: datetime
    channel: str


class NotWhole(RuntimeError):
    """Lots gave other than what was counted on them; nothing of the batch is kept."""


def aliases_of(family: Sequence[UUID]) -> str:
    """The merged records of a customer, as the statements here take them."""
    return ",".join(id.hex for id in family[1:])


def known(names: Collection[Name]) -> dict[Name, Known]:
    """What these names lead to already."""
    rows = sql.statement("loyalty", "known_redemptions").rows(
        size=len(names), **sql.columns(list(names), KNOWN)
    )
    return {
        (source, reference): Known(customer, redemption, bytes(content))
        for source, reference, customer, redemption, content in rows
    }


@needs_transaction
def claim(claims: Sequence[Claim]) -> set[Name]:
    """Take names for redemptions that are made in this transaction; those that were free. Who comes
    at once with one of them waits here.
    """
    if not claims:
        return set()
    columns = sql.columns(claims, Claim._fields)
    rows = sql.statement("loyalty", "claim_redemptions").rows(size=len(claims), **columns)
    return {(source, reference) for source, reference in rows}


@needs_transaction
def give_up(names: Sequence[Name]) -> None:
    """Let names go that were claimed in this transaction for what came to nothing."""
    if names:
        sql.statement("loyalty", "give_up_names").run(size=len(names), **sql.columns(names, KNOWN))


def usable(asked: Mapping[Asked, Sequence[UUID]], *, now: datetime) -> dict[Asked, Usable]:
    """What each (customer, currency) can use of their own, given their family; on locked accounts
    what a redemption counts on.
    """
    rows = [(*one, aliases_of(family)) for one, family in asked.items()]
    columns = sql.columns(rows, ("customer_id", "currency_id", "aliases"))
    found = sql.statement("loyalty", "usable_many").rows(size=len(rows), now=now, **columns)
    return {(customer, currency): Usable(*rest) for customer, currency, *rest in found}


def times_had(asked: Mapping[tuple[UUID, UUID], Sequence[UUID]]) -> Counter[tuple[UUID, UUID]]:
    """How often each (customer, reward) was had, given their family."""
    if not asked:
        return Counter()
    rows = [(*one, aliases_of(family)) for one, family in asked.items()]
    columns = sql.columns(rows, ("customer_id", "reward_id", "aliases"))
    found = sql.statement("loyalty", "times_had_many").rows(size=len(rows), **columns)
    return Counter({(customer, reward): times for customer, reward, times in found})


def tiers_of(records: Collection[UUID]) -> dict[UUID, set[int]]:
    """The tiers that each of these records stands on, and those below."""
    found: dict[UUID, set[int]] = {}
    for customer, tier in sql.statement("loyalty", "tiers_of_many").rows(records=list(records)):
        found.setdefault(customer, set()).add(tier)
    return found


@needs_transaction
def left(rewards: Iterable[Reward]) -> Left:
    """Lock what there are only so many of, rewards before their codes, each in one order."""
    named = list(rewards)
    stocks = Reward.objects.select_for_update(no_key=True, of=("self",)).filter(
        id__in=[one.id for one in named], stock__isnull=False
    )
    pools = CouponPool.objects.select_for_update(no_key=True).filter(
        id__in=[one.pool_id for one in named if one.pool_id], coupons_max__isnull=False
    )
    return Left(
        {id: stock - taken for id, stock, taken in
         stocks.order_by("id").values_list("id", "stock", "taken") if stock is not None},
        {id: most - issued for id, most, issued in
         pools.order_by("id").values_list("id", "coupons_max", "issued") if most is not None},
    )  # fmt: skip


@needs_transaction
def book(
    bookings: Sequence[Booking], rewards: Mapping[UUID, Reward], *, actor: Actor, now: datetime
) -> list[int]:
    """Take the points and write redemptions with their coupons; the posting of each, in their
    order. NotWhole where the lots do not give what was counted on them.
    """
    if not bookings:
        return []
    columns = sql.columns(bookings, Booking._fields)
    rows = sql.statement("loyalty", "redeem_many").rows(
        size=len(bookings), actor=actor.id, now=now, **columns
    )
    taken = {place: (posting, points) for place, posting, points in rows}
    for place, one in enumerate(bookings, start=1):
        if taken.get(place, (0, 0))[1] != one.points:
            raise NotWhole(f"{one.redemption_id}: {one.points} points were counted on")
    _count(Counter(one.reward_id for one in bookings), rewards)
    return [taken[place][0] for place in range(1, len(bookings) + 1)]


def _count(times: Mapping[UUID, int], rewards: Mapping[UUID, Reward]) -> None:
    """Take them from the stock and from the pools of codes, each in one order."""
    for id in sorted(times):
        Reward.objects.filter(id=id, stock__isnull=False).update(taken=F("taken") + times[id])
    pools: Counter[int] = Counter()
    for id, count in times.items():
        pool = rewards[id].pool_id
        assert pool is not None
        pools[pool] += count
    for pool in sorted(pools):
        CouponPool.objects.filter(id=pool).update(issued=F("issued") + pools[pool])
