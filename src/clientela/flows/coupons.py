"""Somebody holds out a code: is it good, what does it take off, and take it. Guessing is slow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import discounts
from clientela.flows.discounts import Asked, Worth
from clientela.flows.told_rewards import coupon_facts
from clientela.loyalty.actions import coupon_codes as pools
from clientela.loyalty.actions import coupons
from clientela.loyalty.actions.coupons import Checked, CouponOver, CouponUnknown, CouponUsed
from clientela.loyalty.models import CodeUse, Coupon, CouponPool, PoolCode
from clientela.loyalty.rules.discounts import Result
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.staff import tries

ABOUT = "coupon"
LENGTH_MAX = 200
CODES_MAX = 20


@dataclass(frozen=True, slots=True)
class Held:
    """A code somebody holds out: a coupon of a customer's own, or one of a pool. `state`: good,
    used, over, not-yet, killed, or member-limit for the customer who was named.
    """

    state: str
    coupon: Coupon | None = None
    code: PoolCode | None = None
    used_at: datetime | None = None
    customer_id: UUID | None = None

    @property
    def pool(self) -> CouponPool:
        found = self.coupon or self.code
        assert found is not None
        return found.pool

    @property
    def labels(self) -> Mapping[str, str]:
        if self.coupon is not None and self.coupon.redemption is not None:
            return dict(self.coupon.redemption.labels)
        return dict(self.pool.labels)

    def worth(self, key: str) -> Worth:
        if self.coupon is not None:
            return Worth.of_coupon(key, self.coupon)
        return Worth.of_pool(key, self.pool)


def check_coupon(
    typed: str, *, customer: Reference | None = None, actor: Actor, now: datetime
) -> Held:
    """The code and whether it can be used. CouponUnknown; TooManyTries after ten failures."""
    family = _family(customer)
    tries.needs_patience(ABOUT, actor=actor, now=now)
    try:
        return _held(typed, family, now=now)
    except CouponUnknown:
        _failed(actor=actor, now=now)
        raise


def quote(
    typed: Sequence[str], asked: Asked, *, customer: Reference | None = None, actor: Actor,
    now: datetime,
) -> tuple[list[Held], Result]:  # fmt: skip
    """What these codes take off a basket together; those that cannot be used take nothing."""
    if len(typed) > CODES_MAX:
        raise InvalidInput(f"At most {CODES_MAX} codes at once.", field="codes")
    held = [check_coupon(one, customer=customer, actor=actor, now=now) for one in typed]
    good = [one.worth(str(place)) for place, one in enumerate(held) if one.state == "good"]
    return held, discounts.taken_off(asked, good, family=_family(customer))


@transactions.retried
def use_coupon(
    typed: str, *, source: str = "", reference: str = "", place: str = "",
    customer: Reference | None = None, minor: int | None = None, actor: Actor, now: datetime,
    request: str = "",
) -> Held:  # fmt: skip
    """Take it. CouponUnknown, CouponUsed, CouponOver, MemberLimit, TooManyTries."""
    if max(map(len, (source, reference, place))) > LENGTH_MAX:
        raise InvalidInput(f"Names have at most {LENGTH_MAX} signs.", field="reference")
    tries.needs_patience(ABOUT, actor=actor, now=now)
    use: dict[str, Any] = {
        "source": source,
        "reference": reference,
        "place": place,
        "actor": actor,
        "now": now,
    }
    try:
        with transactions.open():
            family = _family(customer)
            code = pools.code_of(typed, lock=True)
            if code is None:
                coupon = coupons.use(typed, **use)
                held = Held("used", coupon, used_at=now, customer_id=coupon.customer_id)
                data, subject = coupon_facts(coupon), coupon.public_id
            else:
                taken = _taken(code, family, minor=minor, **use)
                held = Held("used", code=code, used_at=now, customer_id=taken.customer_id)
                data, subject = code_facts(taken), taken.public_id
            told = Happening("coupon.used", now, held.customer_id, subject,
                             {**data, "place": place})  # fmt: skip
            events.emit([told], actor=actor, now=now, request=request)
    except CouponUnknown:
        _failed(actor=actor, now=now)
        raise
    return held


def undo_uses(
    source: str, reference: str, *, actor: Actor, now: datetime, request: str = ""
) -> int:
    """Codes used in a purchase that was called off can be used again, unless they are over; in an
    open transaction. How many.
    """
    own = coupons.undo_uses(source, reference, actor=actor, now=now)
    of_pools = pools.undo_uses(source, reference, actor=actor, now=now)
    told = [Happening("coupon.use_undone", now, one.customer_id, one.public_id, coupon_facts(one))
            for one in own]  # fmt: skip
    told += [Happening("coupon.use_undone", now, one.customer_id, one.public_id, code_facts(one))
             for one in of_pools]  # fmt: skip
    events.emit(told, actor=actor, now=now, request=request)
    return len(told)


def _taken(
    code: PoolCode, family: Sequence[UUID], *, minor: int | None, source: str, reference: str,
    place: str, actor: Actor, now: datetime,
) -> CodeUse:  # fmt: skip
    state = pools.state_of(code, now=now)
    if state == "used":
        raise CouponUsed
    if state != "good":
        raise CouponOver(reason=state)
    return pools.use(
        code, family=family, source=source, reference=reference, place=place, minor=minor,
        actor=actor, now=now,
    )  # fmt: skip


def _held(typed: str, family: Sequence[UUID], *, now: datetime) -> Held:
    """Both kinds of codes are looked for whatever is found, so that nobody learns by waiting."""
    code = pools.code_of(typed)
    try:
        found: Checked | None = coupons.check(typed, now=now)
    except CouponUnknown:
        if code is None:
            raise
        found = None
    if found is not None:
        return Held(found.state, found.coupon, used_at=found.used_at,
                    customer_id=found.coupon.customer_id)  # fmt: skip
    assert code is not None
    state = pools.state_of(code, now=now)
    most = code.pool.member_max
    if state == "good" and family and most is not None and pools.uses_by(code.pool, family) >= most:
        state = "member-limit"
    return Held(state, code=code)


def code_facts(use: CodeUse) -> dict[str, Any]:
    """What the log may know of a code of a pool: never the code."""
    pool = use.pool
    return {
        "pool": pool.key, "labels": dict(pool.labels), "percent": pool.percent,
        "minor": pool.minor, "currency": pool.money_code,
    }  # fmt: skip


def _family(customer: Reference | None) -> list[UUID]:
    if customer is None:
        return []
    return customers.family_of(customers.the_one(customer).survivor)


def _failed(*, actor: Actor, now: datetime) -> None:
    with transactions.open():
        tries.failed(ABOUT, actor=actor, now=now)
