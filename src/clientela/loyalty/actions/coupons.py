"""Coupons: codes from chance, given out within their pool, used once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from clientela.loyalty.models import (
    Coupon,
    CouponKey,
    CouponPool,
    CouponUse,
    CouponUseEnd,
    Redemption,
)
from clientela.loyalty.rules import codes
from clientela.platform import sql
from clientela.platform.errors import NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

ISSUED = (
    "id", "customer_id", "pool_id", "number", "percent", "minor", "money_code", "most_minor",
    "least_minor", "expires_at",
)  # fmt: skip


class CouponUnknown(NotThere):
    code = "coupon-unknown"
    title = "There is no such coupon"


class CouponUsed(Problem):
    code = "coupon-used"
    status = 409
    title = "This coupon has been used"


class CouponOver(Problem):
    code = "coupon-over"
    status = 409
    title = "This coupon can no longer be used"


class PoolEmpty(Problem):
    code = "coupons-given-out"
    status = 409
    title = "All coupons of this kind are given out"


@dataclass(frozen=True, slots=True)
class Checked:
    """A coupon somebody holds out: `state` is good, used, over or killed."""

    coupon: Coupon
    state: str
    used_at: datetime | None = None


@needs_transaction
def issue(
    pool: CouponPool, *, customer_id: UUID, redemption: Redemption | None, expires_at: datetime,
    now: datetime, minor: int | None = None,
) -> Coupon:  # fmt: skip
    """A new code for this customer, unless the pool has given out as many as it may. `minor`: what
    it is worth, where the pool does not say.
    """
    code = codes.drawn(secrets.token_bytes)
    coupon = Coupon(
        customer_id=customer_id, pool=pool, redemption=redemption, percent=pool.percent,
        minor=pool.minor if minor is None else minor, money_code=pool.money_code, issued_at=now,
        most_minor=pool.most_minor, least_minor=pool.least_minor, expires_at=expires_at,
        number=codes.shown(code),
    )  # fmt: skip
    made = sql.statement("loyalty", "issue_coupon").row(
        number_norm=code, redemption_id=redemption.id if redemption else None, now=now,
        **{name: getattr(coupon, name) for name in ISSUED},
    )  # fmt: skip
    if made == (0, 0):
        raise PoolEmpty(field="reward")
    # That chance makes a code twice is as good as impossible, and harmless: nothing is kept then.
    assert made == (1, 1), "the system's source of chance repeats itself"
    return coupon


@needs_transaction
def use(
    typed: str, *, source: str, reference: str, place: str, actor: Actor, now: datetime
) -> Coupon:
    """Take a coupon, once. CouponUnknown, CouponUsed or CouponOver."""
    found = check(typed, now=now, lock=True)
    if found.state == "used":
        raise CouponUsed(used_at=found.used_at.isoformat() if found.used_at else None)
    if found.state != "good":
        raise CouponOver
    turn = CouponUse.objects.filter(
        customer_id=found.coupon.customer_id, coupon=found.coupon
    ).count() + 1  # fmt: skip
    with refusing(coupon_used_within_limit=CouponUsed):
        CouponUse.objects.create(
            customer_id=found.coupon.customer_id, coupon=found.coupon, source=source, turn=turn,
            reference=reference, place=place, actor=actor.id, used_at=now,
        )  # fmt: skip
    return found.coupon


def check(typed: str, *, now: datetime, lock: bool = False) -> Checked:
    """The coupon behind a code as somebody typed it; CouponUnknown for nobody's."""
    code = codes.normal(typed)
    key = CouponKey.objects.filter(number_norm=code or "").first()
    if key is None:
        raise CouponUnknown("No coupon has this code.", field="code")
    listed = Coupon.objects.select_related("redemption", "pool")
    if lock:
        listed = listed.select_for_update(of=("self",))
    coupon = listed.get(id=key.coupon_id, customer_id=key.customer_id)
    used = _uses(coupon.customer_id).filter(coupon=coupon).first()
    return Checked(coupon, _state(coupon, used, now), used.used_at if used else None)


def _state(coupon: Coupon, used: CouponUse | None, now: datetime) -> str:
    if used is not None:
        return "used"
    if coupon.killed_at is not None:
        return "killed"
    return "over" if coupon.expires_at <= now else "good"


def _uses(customer_id: UUID) -> QuerySet[CouponUse]:
    """Uses that stand."""
    return CouponUse.objects.filter(customer_id=customer_id, ends=None)


@needs_transaction
def undo_uses(source: str, reference: str, *, actor: Actor, now: datetime) -> list[Coupon]:
    """Uses in a purchase that was called off, before the coupons are over; these coupons."""
    found = CouponUse.objects.filter(
        source=source, reference=reference, ends=None, coupon__expires_at__gt=now,
        coupon__killed_at=None,
    ).select_related("coupon__redemption", "coupon__pool")  # fmt: skip
    undone = list(found)
    for one in undone:
        CouponUseEnd.objects.create(
            customer_id=one.customer_id, use=one, actor=actor.id, undone_at=now
        )
    return [one.coupon for one in undone]


@needs_transaction
def kill(redemption: Redemption, *, now: datetime) -> None:
    """The coupons of a redemption that is being reversed; CouponUsed when one was used."""
    held = Coupon.objects.select_for_update().filter(
        customer_id=redemption.customer_id, redemption=redemption
    )
    for coupon in held:
        if _uses(coupon.customer_id).filter(coupon=coupon).exists():
            raise CouponUsed("The coupon has been used, so its points cannot come back.")
    held.filter(killed_at=None).update(killed_at=now)
