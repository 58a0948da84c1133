"""A household shares its points: whoever may uses those of the others, nobody's lots move."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers import sight
from clientela.customers.kin import queries as kin
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import one_customer
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import lives, pools
from clientela.loyalty.actions.lives import Turn
from clientela.loyalty.models import Pool, PoolMember
from clientela.loyalty.queries import pools as reads
from clientela.loyalty.queries import transfers
from clientela.loyalty.queries.pools import Shared, Sharing
from clientela.platform import ids, sql, transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor


class NotOfTheHousehold(Problem):
    code = "not-of-the-household"
    status = 409
    title = "This customer does not belong to the household"


@dataclass(frozen=True, slots=True)
class Together:
    """A pool with its members; `usable`: all that they can use together."""

    pool: Pool
    members: list[Shared]

    @property
    def usable(self) -> int:
        return sum(max(0, one.usable) for one in self.members)


def pools_of(family: Sequence[UUID], *, now: datetime) -> list[Together]:
    return [Together(one, reads.members_of(one, now=now)) for one in reads.open_pools(family)]


def seen_of(family: Sequence[UUID], *, now: datetime, lots_max: int) -> dict[str, Any]:
    """What a page tells besides balances: `lots` in the order of use, `kinds` of points,
    `has_home`, `pools` with their `members`, `standings` and an open `pause`.
    """
    told: dict[str, Any] = json.loads(sql.statement("flows", "shared_points").value(
        family=list(family), now=now, lots_max=lots_max, **_seeing()
    ))  # fmt: skip
    return told


def _seeing() -> dict[str, Any]:
    whole = sight.present().parameters
    return {name: whole[name] for name in ("branches", "person", "restricted")}


@transactions.retried
def share_points(
    household_id: UUID, *, currency: str, actor: Actor, now: datetime, request: str = ""
) -> Together:
    """Open a pool of a household: everybody whose main household it is shares from now on. Head and
    partner may use the points of the others, the rest once somebody lets them.
    """
    with transactions.open():
        kin.household(household_id)
        kind = transfers.currency(currency)
        pool = pools.open_pool(household_id, currency=kind, actor=actor, now=now)
        members = [one for one in kin.members_of(household_id) if one.membership.is_main]
        one_customer.lock([one.customer.id for one in members])
        for one in members:
            may_spend = one.membership.role in ("head", "partner")
            _join(pool, one.customer.id, may_spend=may_spend, month_max=None, actor=actor, now=now,
                  request=request)  # fmt: skip
    return Together(pool, reads.members_of(pool, now=now))


@transactions.retried
def join_pool(
    pool_id: UUID, customer: customers.Reference, *, may_spend: bool, month_max: int | None,
    actor: Actor, now: datetime, request: str = "",
) -> Together:  # fmt: skip
    """NotOfTheHousehold for whoever does not belong to it; AlreadyShares."""
    with transactions.open():
        pool = reads.pool(pool_id)
        family = one_customer.locked(customer)
        homes = {home.household.id for home in kin.homes_of(family)}
        if pool.household_id not in homes:
            raise NotOfTheHousehold(field="customer")
        _join(pool, family[0], may_spend=may_spend, month_max=month_max, actor=actor, now=now,
              request=request)  # fmt: skip
    return Together(pool, reads.members_of(pool, now=now))


@transactions.retried
def change_share(
    pool_id: UUID, member_id: UUID, *, may_spend: bool, month_max: int | None, actor: Actor,
    now: datetime, request: str = "",
) -> Together:  # fmt: skip
    """Whether a member may use the points of the others, and how many in a month."""
    with transactions.open():
        pool = reads.pool(pool_id)
        member = reads.member(member_id, pool=pool)
        one_customer.lock([member.customer_id])
        pools.change(member, may_spend=may_spend, month_max=month_max)
        data = {"may_spend": may_spend, "month_max": month_max}
        events.emit([_told("pool.changed", pool, member.customer_id, now, data)], actor=actor,
                    now=now, request=request)  # fmt: skip
    return Together(pool, reads.members_of(pool, now=now))


@transactions.retried
def leave_pool(
    pool_id: UUID, member_id: UUID, *, actor: Actor, now: datetime, request: str = ""
) -> None:
    """They take with them what is left of what they earned. The last to leave closes the pool."""
    with transactions.open():
        pool = reads.pool(pool_id)
        _leave(reads.member(member_id, pool=pool), pool, actor=actor, now=now, request=request)


def left_household(
    customer_id: UUID, household_id: UUID, *, actor: Actor, now: datetime, request: str = ""
) -> None:
    """Who leaves a household leaves its pools, in the transaction that is open."""
    rows = PoolMember.objects.select_related("pool__currency").filter(
        customer_id__in=customers.family_of(customer_id), left_at=None,
        pool__household_id=household_id, pool__closed_at=None,
    )  # fmt: skip
    for member in rows:
        _leave(member, member.pool, actor=actor, now=now, request=request)


def settled(
    family: Sequence[UUID], *, currency_id: int, actor: Actor, now: datetime
) -> tuple[list[Turn], Sharing | None]:
    """Lock and settle the accounts of a customer and of whoever shares points with them; whose
    points they may use, as it stands under these locks.
    """
    turns, sharing = settled_for(family, {currency_id}, actor=actor, now=now)
    return turns, sharing.get(currency_id)


def settled_for(
    family: Sequence[UUID], currencies: Collection[int], *, actor: Actor, now: datetime
) -> tuple[list[Turn], dict[int, Sharing]]:
    """The same for several kinds of points, all locked in one order."""
    before = _shared_with(family, currencies, now=now)
    others = {id for one in before.values() for id in one.others}
    turns = lives.settle([*family, *sorted(others)], actor=actor, now=now)
    if not before:
        return turns, {}
    return turns, {
        id: replace(one, others=tuple(who for who in one.others if who in others))
        for id, one in _shared_with(family, before, now=now).items()
    }


def _shared_with(
    family: Sequence[UUID], currencies: Collection[int], *, now: datetime
) -> dict[int, Sharing]:
    if not reads.sharing_among(family):
        return {}
    found = {id: reads.sharing(family, currency_id=id, now=now) for id in sorted(currencies)}
    return {id: one for id, one in found.items() if one is not None}


def _join(
    pool: Pool, customer: UUID, *, may_spend: bool, month_max: int | None, actor: Actor,
    now: datetime, request: str,
) -> None:  # fmt: skip
    family = customers.family_of(customer)
    pools.join(pool, family, may_spend=may_spend, month_max=month_max, now=now)
    data = {"may_spend": may_spend, "month_max": month_max}
    events.emit([_told("pool.joined", pool, family[0], now, data)], actor=actor, now=now,
                request=request)  # fmt: skip


def _leave(member: PoolMember, pool: Pool, *, actor: Actor, now: datetime, request: str) -> None:
    one_customer.lock([member.customer_id])
    family = customers.family_of(member.customer_id)
    turns = lives.settle(family, actor=actor, now=now)  # nobody uses their points meanwhile
    pools.leave(member, now=now)
    told = [*expired_happenings(turns), _told("pool.left", pool, family[0], now, {})]
    events.emit(told, actor=actor, now=now, request=request)


def _told(
    name: str, pool: Pool, customer: UUID, now: datetime, data: Mapping[str, object]
) -> Happening:
    household = ids.public("hou", pool.household_id)
    facts = {**data, "currency": pool.currency.code, "household": household}
    return Happening(name, now, customer, pool.public_id, facts)
