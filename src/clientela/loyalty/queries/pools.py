"""Who uses whose points: pools of households, their members, and what each may still use."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.loyalty.models import Pool, PoolMember
from clientela.platform import ids, periods, sql
from clientela.platform.errors import NotThere

MEMBERS_MAX = 50


class NoSuchPool(NotThere):
    code = "no-such-pool"
    title = "There is no such pool of points"


class NoSuchPoolMember(NotThere):
    code = "no-such-pool-member"
    title = "The pool has no such member"


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a customer may use of the others of their pool: from these accounts of `others`, so many
    points (None: no limit of their own).
    """

    pool: Pool
    others: tuple[UUID, ...]
    most: int | None


@dataclass(frozen=True, slots=True)
class Shared:
    """A member as the pool sees them; `usable`: what they bring, less what they owe; `used`: what
    they have used of the others this month.
    """

    member: PoolMember
    family: tuple[UUID, ...]
    usable: int
    used: int

    @property
    def left(self) -> int | None:
        """How much they may still use of the others this month; None: no limit."""
        if not self.member.may_spend:
            return 0
        most = self.member.month_max
        return None if most is None else max(0, most - self.used)


def open_pools(family: Sequence[UUID]) -> list[Pool]:
    """The pools a customer shares in now."""
    rows = Pool.objects.filter(
        members__customer_id__in=list(family), members__left_at=None, closed_at=None
    )
    return list(rows.select_related("currency__programme").distinct().order_by("currency_id"))


def pool(pool_id: UUID) -> Pool:
    found = Pool.objects.select_related("currency__programme").filter(
        id=pool_id, closed_at=None
    ).first()  # fmt: skip
    if found is None:
        raise NoSuchPool
    return found


def member(member_id: UUID, *, pool: Pool) -> PoolMember:
    found = PoolMember.objects.filter(id=member_id, pool=pool, left_at=None).first()
    if found is None:
        raise NoSuchPoolMember
    return found


def members_of(pool: Pool, *, now: datetime) -> list[Shared]:
    """Its members, the first to join first."""
    rows = sql.execute(
        "SELECT id, family, usable, used FROM loyalty_pool_members(%s, %s, %s)",
        [pool.id, now, _month_of(pool, now)], prepare=True,
    ).fetchall()  # fmt: skip
    members = PoolMember.objects.in_bulk([row[0] for row in rows])
    return [Shared(members[id], tuple(family), usable, used) for id, family, usable, used in rows]


def sharing(family: Sequence[UUID], *, currency_id: int, now: datetime) -> Sharing | None:
    """What a customer may use of others in one currency now; None: they share with nobody, or may
    not use what they share.
    """
    own = PoolMember.objects.select_related("pool__currency__programme").filter(
        customer_id__in=list(family), left_at=None, pool__closed_at=None, may_spend=True,
        pool__currency_id=currency_id,
    ).order_by("joined_at").first()  # fmt: skip
    if own is None:
        return None
    others = _others(own.pool, family)
    most = own.month_max
    if most is not None:
        most = max(0, most - used_by(own.pool, family, now=now))
    return Sharing(own.pool, others, most) if others else None


def sharing_among(customer_ids: Collection[UUID]) -> set[UUID]:
    """Those of many records who may use points of others in some pool."""
    rows = sql.execute(
        "SELECT sharer.customer_id FROM loyalty_poolmember AS sharer"
        " JOIN loyalty_pool AS pool ON pool.id = sharer.pool_id AND pool.closed_at IS NULL"
        " WHERE sharer.customer_id = ANY (%s::uuid[]) AND sharer.left_at IS NULL"
        " AND sharer.may_spend",
        [ids.as_array(customer_ids)], prepare=True,
    )  # fmt: skip
    return {id for (id,) in rows}


def usable_of_others(
    family: Sequence[UUID], *, now: datetime, for_cash: bool = False
) -> dict[int, int]:
    """What a customer may use now of those they share with, by currency; for cash what may be."""
    found: dict[int, int] = {}
    for pool in open_pools(family):
        one = sharing(family, currency_id=pool.currency_id, now=now)
        if one is not None:
            usable = max(0, _usable(pool, one.others, now=now, for_cash=for_cash))
            found[pool.currency_id] = usable if one.most is None else min(usable, one.most)
    return found


def sharers(family: Sequence[UUID]) -> list[UUID]:
    """Everybody who shares, or shared, a pool with a customer: whose points may have been used."""
    pools = PoolMember.objects.filter(customer_id__in=list(family)).values("pool")
    rows = PoolMember.objects.filter(pool__in=pools).values_list("customer_id", flat=True)
    return sorted(_records(set(rows) - set(family)) - set(family))


def used_by(pool: Pool, family: Sequence[UUID], *, now: datetime) -> int:
    """What a member used of the others in this local month, less what was given back."""
    row = sql.execute(
        "SELECT loyalty_used_of_pool(%s, %s, %s, %s)",
        [list(family), pool.id, pool.currency_id, _month_of(pool, now)], prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    points: int = row[0]
    return points


def _month_of(pool: Pool, now: datetime) -> datetime:
    """The beginning of the local month."""
    zone = ZoneInfo(pool.currency.programme.time_zone)
    return periods.local_midnight(periods.day_of(now, zone).replace(day=1), zone)


def _others(pool: Pool, family: Sequence[UUID]) -> tuple[UUID, ...]:
    rows = pool.members.filter(left_at=None).exclude(customer_id__in=list(family))
    named = rows.order_by("id").values_list("customer_id", flat=True)[:MEMBERS_MAX]
    return tuple(sorted(_records(set(named)) - set(family)))


def _records(customer_ids: Collection[UUID]) -> set[UUID]:
    """All records of these customers, whoever may see them: their points are shared."""
    if not customer_ids:
        return set()
    rows = sql.execute(
        "SELECT DISTINCT unnest(customers_family(id)) FROM unnest(%s::uuid[]) AS named (id)",
        [list(customer_ids)], prepare=True,
    ).fetchall()  # fmt: skip
    return {id for (id,) in rows}


def _usable(pool: Pool, family: Sequence[UUID], *, now: datetime, for_cash: bool) -> int:
    row = sql.statement("loyalty", "usable").row(
        family=list(family), currency_id=pool.currency_id, now=now, for_cash=for_cash
    )
    assert row is not None
    usable: int = row[1]
    return usable
