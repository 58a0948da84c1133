"""Somebody holds out a code: is it good, what does it take off, and take it. Guessing is slow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.staff import tries

ABOUT = "coupon"
LENGTH_MAX = 200
CODES_MAX = 20


class CouponTakesNothing(Problem):
    code = "coupon-takes-nothing"
    status = 409
    title = "This coupon takes nothing off this basket"


@dataclass(frozen=True, slots=True)
class Held:
    """A code somebody holds out: a coupon of a customer's own, or one of a pool. `state`: good,
    used, over, not-yet, killed, or member-limit for the customer who was named. `off`: what it and
    those `beside` it took off the basket they were used on.
    """

    state: str
    coupon: Coupon | None = None
    code: PoolCode | None = None
    used_at: datetime | None = None
    customer_id: UUID | None = None
    off: Result | None = None
    beside: tuple[Held, ...] = ()

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

    @property
    def turn(self) -> tuple[str, str]:
        """Where it stands among codes of the same priority."""
        return self.pool.key, str((self.coupon or self.code).pk)  # type: ignore[union-attr]

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
    return held, _together(held, asked, _family(customer), states=("good",))


@transactions.retried
def use_coupon(
    typed: str, *, source: str = "", reference: str = "", place: str = "",
    customer: Reference | None = None, minor: int | None = None, asked: Asked | None = None,
    beside: Sequence[str] = (), actor: Actor, now: datetime, request: str = "",
) -> Held:  # fmt: skip
    """Take it, on this basket beside these codes. CouponUnknown, CouponUsed, CouponOver,
    CouponTakesNothing, MemberLimit, TooManyTries.
    """
    if max(map(len, (source, reference, place))) > LENGTH_MAX:
        raise InvalidInput(f"Names have at most {LENGTH_MAX} signs.", field="reference")
    tries.needs_patience(ABOUT, actor=actor, now=now)
    named = (source, reference) if source and reference else None
    others = tuple(check_coupon(one, customer=customer, actor=actor, now=now) for one in beside)
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
                held, minor = _off(held, others, asked, family, minor, purchase=named)
                data, subject = coupon_facts(coupon), coupon.public_id
            else:
                used = Held("used", code=code)
                held, minor = _off(used, others, asked, family, minor, purchase=named)
                taken = _taken(code, family, minor=minor, **use)
                held = replace(held, used_at=now, customer_id=taken.customer_id)
                data, subject = code_facts(taken), taken.public_id
            told = Happening("coupon.used", now, held.customer_id, subject,
                             {**data, "place": place, "off_minor": minor})  # fmt: skip
            events.emit([told], actor=actor, now=now, request=request)
    except CouponUnknown:
        _failed(actor=actor, now=now)
        raise
    return held


def _off(
    held: Held, others: tuple[Held, ...], asked: Asked | None, family: Sequence[UUID],
    minor: int | None, *, purchase: tuple[str, str] | None,
) -> tuple[Held, int | None]:  # fmt: skip
    """What it takes off the basket beside the others, which may have been used on it before; and
    how much of it is its own. CouponTakesNothing.
    """
    if asked is None:
        return held, minor
    family = family or ([held.customer_id] if held.customer_id else [])
    result = _together((held, *others), asked, family, states=("good", "used"),
                       purchase=purchase)  # fmt: skip
    own = next(one for one in result.taken if one.key == "0")
    if not own.minor:
        raise CouponTakesNothing(reason=own.why)
    return replace(held, off=result, beside=others), own.minor


def _together(
    held: Sequence[Held], asked: Asked, family: Sequence[UUID], *, states: Sequence[str],
    purchase: tuple[str, str] | None = None,
) -> Result:  # fmt: skip
    """What those in these states take off; the same in whatever order they are named. Each is told
    by its place.
    """
    places = [place for place, one in enumerate(held) if one.state in states]
    in_turn = sorted(places, key=lambda place: held[place].turn)
    turns = {f"{turn:02}": place for turn, place in enumerate(in_turn)}
    worths = [held[place].worth(turn) for turn, place in turns.items()]
    found = discounts.taken_off(asked, worths, family=family, purchase=purchase)
    return replace(found, taken=[replace(one, key=str(turns[one.key])) for one in found.taken])


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
