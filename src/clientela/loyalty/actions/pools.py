"""Households share their points: a pool is opened, joined, left and closed; no lot moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.loyalty.models import Currency, Pool, PoolMember
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

POINTS_MAX = 10**12


class PoolIsOpen(Problem):
    code = "pool-is-open"
    status = 409
    title = "This household shares these points already"


class AlreadyShares(Problem):
    code = "already-shares"
    status = 409
    title = "This customer shares these points already"


@needs_transaction
def open_pool(household_id: UUID, *, currency: Currency, actor: Actor, now: datetime) -> Pool:
    with refusing(one_open_pool_of_a_household=PoolIsOpen):
        return Pool.objects.create(
            household_id=household_id, currency=currency, opened_at=now, opened_by=actor.id
        )


@needs_transaction
def join(
    pool: Pool, family: Sequence[UUID], *, may_spend: bool, month_max: int | None, now: datetime
) -> PoolMember:
    """Somebody shares from now on; one pool of these points at a time. The customer is locked."""
    shares = PoolMember.objects.filter(
        customer_id__in=list(family), left_at=None, pool__closed_at=None,
        pool__currency_id=pool.currency_id,
    )  # fmt: skip
    if shares.exists():
        raise AlreadyShares(field="customer")
    return PoolMember.objects.create(
        customer_id=family[0], pool=pool, may_spend=may_spend, month_max=limit(month_max),
        joined_at=now,
    )  # fmt: skip


@needs_transaction
def change(member: PoolMember, *, may_spend: bool, month_max: int | None) -> None:
    PoolMember.objects.filter(id=member.id, customer_id=member.customer_id).update(
        may_spend=may_spend, month_max=limit(month_max)
    )


@needs_transaction
def leave(member: PoolMember, *, now: datetime) -> None:
    """They keep the points they earned; the pool closes with its last member."""
    PoolMember.objects.filter(id=member.id, customer_id=member.customer_id).update(left_at=now)
    Pool.objects.filter(id=member.pool_id, closed_at=None).exclude(
        members__left_at__isnull=True
    ).update(closed_at=now)


@needs_transaction
def close(pool: Pool, *, now: datetime) -> None:
    PoolMember.objects.filter(pool=pool, left_at=None).update(left_at=now)
    Pool.objects.filter(id=pool.id, closed_at=None).update(closed_at=now)


def limit(month_max: int | None) -> int | None:
    if month_max is not None and not 0 <= month_max <= POINTS_MAX:
        raise InvalidInput("A limit is a whole number of points, 0 or more.", field="month_max")
    return month_max
