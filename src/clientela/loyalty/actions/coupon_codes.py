"""Pools of codes: made, filled with codes, and their codes used within every limit."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from clientela.loyalty.actions.coupons import CouponUsed
from clientela.loyalty.models import CodeUse, CodeUseEnd, CouponPool, PoolCode, Reward
from clientela.loyalty.rules import codes
from clientela.platform import money, sql, text
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

AT_ONCE = 20_000
CODES_MAX = 5_000_000
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TYPED = re.compile(r"[A-Z0-9]{4,24}")
BETWEEN = re.compile(r"[\s\-‐-―]+")


class NoSuchPool(NotThere):
    code = "no-such-coupon-pool"
    title = "There is no such pool of codes"


class MemberLimit(Problem):
    code = "member-limit"
    status = 409
    title = "This customer has used such codes as often as they can be used"


@dataclass(frozen=True, slots=True)
class PoolValues:
    """A pool as a door understood it; what it takes off is a percentage, an amount, or `free`
    pieces for `paid` ones.
    """

    key: str
    labels: Mapping[str, str]
    terms: Mapping[str, str] = field(default_factory=dict)
    percent: int | None = None
    minor: int | None = None
    money_code: str = ""
    paid: int | None = None
    free: int | None = None
    scope: str = CouponPool.Scope.ORDER
    priority: int = 0
    products: Sequence[str] = ()
    categories: Sequence[str] = ()
    most_minor: int | None = None
    least_minor: int | None = None
    is_of_last_purchase: bool = False
    rounds_to_units: bool = False
    is_shared: bool = False
    uses_max: int | None = None
    member_max: int | None = None
    coupons_max: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@needs_transaction
def save(
    values: PoolValues, *, actor: Actor, now: datetime, is_demo: bool = False
) -> tuple[CouponPool, str]:
    """A pool by its key: `new` or `changed`. Codes that are out take what it says from now on."""
    _check(values)
    known = CouponPool.objects.select_for_update().filter(key=values.key).first()
    if known is not None and Reward.objects.filter(pool=known).exists():
        raise InvalidInput("A reward gives these codes out; change the reward.", field="key")
    if known is not None and known.is_shared != values.is_shared:
        raise InvalidInput("A pool stays shared, or not.", field="shared")
    pool = known or CouponPool(
        key=values.key, valid_days=1, made_by=actor.id, made_at=now, is_demo=is_demo
    )
    for one in fields(values):
        value = getattr(values, one.name)
        setattr(pool, one.name, list(value) if isinstance(value, tuple) else value)
    pool.labels, pool.terms = dict(values.labels), dict(values.terms)
    pool.save()
    PoolCode.objects.filter(pool=pool).update(uses_max=values.uses_max if values.is_shared else 1)
    return pool, "changed" if known else "new"


def _check(values: PoolValues) -> None:
    for field_, words, holds in _demands(values):
        if not holds:
            raise InvalidInput(words, field=field_)


def _demands(values: PoolValues) -> Iterator[tuple[str, str, bool]]:
    yield (
        "key",
        "Use small letters, digits and hyphens.",
        bool(KEY.fullmatch(values.key) and len(values.key) <= 60),
    )
    yield "labels.en", "Name it in English at least.", bool(text.clean(values.labels.get("en", "")))
    is_free = bool(values.paid and values.free)
    worths = [values.percent is not None, values.minor is not None, is_free]
    yield "percent", "It takes off percent, money or pieces, one of them.", sum(worths) == 1
    yield "percent", "Use 1 to 100.", values.percent is None or 1 <= values.percent <= 100
    needs_code = any((values.minor, values.most_minor, values.least_minor))
    yield (
        "money_code",
        "Use a currency of ISO 4217, such as EUR.",
        (not needs_code or values.money_code in money.CURRENCIES),
    )
    yield "free", "Free pieces are of lines.", not is_free or values.scope == "line"
    yield "scope", "Use line, order or delivery.", values.scope in CouponPool.Scope.values
    yield (
        "last_purchase",
        "Of the last purchase one takes percent.",
        (not values.is_of_last_purchase or values.percent is not None),
    )
    yield (
        "whole_units",
        "Percent is rounded to whole units.",
        (not values.rounds_to_units or values.percent is not None),
    )
    yield (
        "ends_at",
        "It ends before it begins.",
        (values.starts_at is None or values.ends_at is None or values.starts_at < values.ends_at),
    )
    for name in ("minor", "most_minor", "least_minor", "uses_max", "member_max", "coupons_max"):
        value = getattr(values, name)
        yield name, "Use a whole number from 1 on.", value is None or 0 < value <= 10**10


def find(key: str) -> CouponPool:
    found = CouponPool.objects.filter(key=key).first()
    if found is None:
        raise NoSuchPool(f"There is no pool {key[:60]}.", field="pool")
    return found


@needs_transaction
def generate(pool: CouponPool, count: int) -> list[str]:
    """New codes from chance, twelve signs each, the last one a check; a slice of them."""
    _room(pool, count)
    made = [codes.drawn(secrets.token_bytes) for _ in range(count)]
    written = _write(pool, made)
    while len(written) < count:  # chance made one twice
        written += _write(
            pool, [codes.drawn(secrets.token_bytes) for _ in range(count - len(written))]
        )
    return written


@needs_transaction
def add(pool: CouponPool, written: Sequence[str]) -> list[str]:
    """Codes that come from elsewhere, already normal; those that nobody had before."""
    _room(pool, len(written))
    added = _write(pool, written)
    CouponPool.objects.filter(id=pool.id).update(issued=F("issued") - (len(written) - len(added)))
    return added


def _room(pool: CouponPool, count: int) -> None:
    """Count them to the pool, unless it may not have so many."""
    room = CouponPool.objects.filter(id=pool.id).filter(
        Q(coupons_max__isnull=True) | Q(issued__lte=F("coupons_max") - count)
    )
    if pool.is_shared and PoolCode.objects.filter(pool=pool).count() + count > 1:
        raise InvalidInput("A shared pool has one code.", field="count")
    if not room.update(issued=F("issued") + count):
        raise InvalidInput(f"The pool has room for {pool.coupons_max} codes.", field="count")


def _write(pool: CouponPool, written: Sequence[str]) -> list[str]:
    rows = sql.statement("loyalty", "add_codes").rows(
        size=len(written), pool=pool.id, uses_max=pool.uses_max if pool.is_shared else 1,
        number_norm=list(written),
    )  # fmt: skip
    return [number for (number,) in rows]


def normal(typed: str) -> str | None:
    """A code as it is looked up: capitals and digits, four to twenty-four; None when it is none."""
    if len(typed) > codes.TYPED_MAX:
        return None
    code = BETWEEN.sub("", typed).upper()
    return code if TYPED.fullmatch(code) else None


def code_of(typed: str, *, lock: bool = False) -> PoolCode | None:
    listed = PoolCode.objects.select_related("pool")
    if lock:
        listed = listed.select_for_update(of=("self",))
    return listed.filter(number_norm=normal(typed) or "").first()


def state_of(code: PoolCode, *, now: datetime) -> str:
    """good, used, over, not-yet or killed."""
    pool = code.pool
    if code.killed_at is not None:
        return "killed"
    if code.uses_max is not None and code.uses >= code.uses_max:
        return "used"
    if pool.starts_at is not None and now < pool.starts_at:
        return "not-yet"
    return "over" if pool.ends_at is not None and pool.ends_at <= now else "good"


@needs_transaction
def use(
    code: PoolCode, *, family: Sequence[UUID], source: str, reference: str, place: str,
    minor: int | None, actor: Actor, now: datetime,
) -> CodeUse:  # fmt: skip
    """Take a locked code, once more. CouponUsed, MemberLimit."""
    _within_member(code.pool, family)
    room = PoolCode.objects.filter(number_norm=code.number_norm).filter(
        Q(uses_max__isnull=True) | Q(uses__lt=F("uses_max"))
    )
    if not room.update(uses=F("uses") + 1):
        raise CouponUsed
    return CodeUse.objects.create(
        customer_id=family[0] if family else None, pool=code.pool, number_norm=code.number_norm,
        source=source, reference=reference, place=place, minor=minor, actor=actor.id, used_at=now,
    )  # fmt: skip


def _within_member(pool: CouponPool, family: Sequence[UUID]) -> None:
    if pool.member_max is None:
        return
    if not family:
        raise InvalidInput("Say who uses it: there is a limit for each customer.", field="customer")
    CouponPool.objects.select_for_update(no_key=True).get(id=pool.id)  # one at a time counts
    if uses_by(pool, family) >= pool.member_max:
        raise MemberLimit(f"It can be used {pool.member_max} times by one customer.")


def uses_by(pool: CouponPool, family: Iterable[UUID]) -> int:
    return CodeUse.objects.filter(customer_id__in=list(family), pool=pool, ends=None).count()


@needs_transaction
def undo_uses(source: str, reference: str, *, actor: Actor, now: datetime) -> list[CodeUse]:
    """Uses in a purchase that was called off, before the codes are over."""
    found = CodeUse.objects.filter(source=source, reference=reference, ends=None).filter(
        Q(pool__ends_at__isnull=True) | Q(pool__ends_at__gt=now)
    )
    undone = list(found.select_related("pool"))
    for one in undone:
        CodeUseEnd.objects.create(
            customer_id=one.customer_id, use=one, actor=actor.id, undone_at=now
        )
        PoolCode.objects.filter(number_norm=one.number_norm, uses__gt=0).update(uses=F("uses") - 1)
    return undone


def counts(pool: CouponPool) -> tuple[int, int]:
    """How many codes a pool has, and how often they were used."""
    found = PoolCode.objects.filter(pool=pool).aggregate(codes=Count("*"), used=Sum("uses"))
    return found["codes"], found["used"] or 0
