"""Somebody holds out a coupon: is it good, and take it. Guessing codes is slow."""

from __future__ import annotations

from datetime import datetime

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.told_rewards import coupon_facts
from clientela.loyalty.actions import coupons
from clientela.loyalty.actions.coupons import Checked, CouponUnknown
from clientela.loyalty.models import Coupon
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.staff import tries

ABOUT = "coupon"
LENGTH_MAX = 200


def check_coupon(typed: str, *, actor: Actor, now: datetime) -> Checked:
    """The coupon and whether it can be used. CouponUnknown; TooManyTries after ten failures."""
    tries.needs_patience(ABOUT, actor=actor, now=now)
    try:
        return coupons.check(typed, now=now)
    except CouponUnknown:
        _failed(actor=actor, now=now)
        raise


def use_coupon(
    typed: str, *, source: str = "", reference: str = "", place: str = "", actor: Actor,
    now: datetime, request: str = "",
) -> Coupon:  # fmt: skip
    """Take it, once. CouponUnknown, CouponUsed, CouponOver, TooManyTries."""
    if max(map(len, (source, reference, place))) > LENGTH_MAX:
        raise InvalidInput(f"Names have at most {LENGTH_MAX} signs.", field="reference")
    tries.needs_patience(ABOUT, actor=actor, now=now)
    try:
        with transactions.open():
            coupon = coupons.use(
                typed, source=source, reference=reference, place=place, actor=actor, now=now
            )
            told = Happening("coupon.used", now, coupon.customer_id, coupon.public_id,
                             {**coupon_facts(coupon), "place": place})  # fmt: skip
            events.emit([told], actor=actor, now=now, request=request)
    except CouponUnknown:
        _failed(actor=actor, now=now)
        raise
    return coupon


def _failed(*, actor: Actor, now: datetime) -> None:
    with transactions.open():
        tries.failed(ABOUT, actor=actor, now=now)
