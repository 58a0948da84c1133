"""Codes that are held out: is one good, and take it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictStr

from clientela.api.coupon_pools import BasketBody, DiscountQuote, quoted
from clientela.api.rewards import Whole, iso
from clientela.api.router import Doors
from clientela.api.types import Body, Customer, HouseRequest, Money, Text, reference
from clientela.flows import coupons
from clientela.flows.coupons import CODES_MAX, Held
from clientela.loyalty.models import Coupon
from clientela.platform import ids
from clientela.staff import company as companies

doors = Doors(tags=["rewards"], switch="loyalty")


class CouponAnswer(Body):
    id: str | None
    code: str
    percent: int | None
    money: Money | None
    expires_at: str | None


class CodeBody(Body):
    code: StrictStr
    basket: BasketBody | None = None
    customer: Customer | None = None


class UseBody(Body):
    """`basket`: before any discount; `beside`: other codes that are used on it. `off_minor`: what
    the till took off, where no basket is sent.
    """

    code: StrictStr
    source: Text = ""
    reference: Text = ""
    place: Text = ""
    customer: Customer | None = None
    off_minor: Whole | None = None
    basket: BasketBody | None = None
    beside: Annotated[list[StrictStr], Field(max_length=CODES_MAX - 1)] = []


class CouponChecked(Body):
    """`customer`: whose it is; of a code of a pool who used it, where that was said. `off`: what it
    takes off the basket that was sent.
    """

    state: str
    coupon: CouponAnswer
    labels: dict[str, str]
    customer: str | None
    off: DiscountQuote | None = None
    merged_from: str | None = None
    used_at: str | None


@doors.write("POST", "/coupons/checks", right="loyalty.redeem", answer=CouponChecked,
             summary="Is a coupon good?")  # fmt: skip
def check_coupon(request: HouseRequest, body: CodeBody) -> dict[str, Any]:
    """By its code, in any case, with or without hyphens; with a basket also what it takes off.
    404 `coupon-unknown`; after ten failures a minute 429 `too-many-tries`.
    """
    who = reference(body.customer) if body.customer else None
    by: dict[str, Any] = {"actor": request.actor, "now": request.started_at}
    if body.basket is None:
        return _checked(coupons.check_coupon(body.code, customer=who, **by), body.code)
    [held], result = coupons.quote([body.code], body.basket.asked(), customer=who, **by)
    off = quoted([body.code], [held.state], result, body.basket.currency)
    return {**_checked(held, body.code), "off": off}


@doors.write("POST", "/coupons/uses", right="loyalty.redeem", answer=CouponChecked,
             summary="Use a coupon")  # fmt: skip
def use_coupon(request: HouseRequest, body: UseBody) -> dict[str, Any]:
    """Once: 409 `coupon-used` afterwards, 409 `coupon-over` when its time is over. With a basket
    the answer says what was taken off each line and in all; 409 `coupon-takes-nothing` keeps a code
    that would take nothing.
    """
    held = coupons.use_coupon(
        body.code, source=body.source, reference=body.reference, place=body.place,
        customer=reference(body.customer) if body.customer else None, minor=body.off_minor,
        asked=body.basket.asked() if body.basket else None, beside=body.beside,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    told = _checked(held, body.code)
    if body.basket is None or held.off is None:
        return told
    codes = [body.code, *body.beside]
    off = quoted(codes, [one.state for one in (held, *held.beside)], held.off, body.basket.currency)
    return {**told, "off": off}


def coupon_of(coupon: Coupon) -> dict[str, Any]:
    money = None
    if coupon.minor is not None:
        money = {"minor": coupon.minor, "currency": coupon.money_code}
    return {
        "id": coupon.public_id, "code": coupon.number, "percent": coupon.percent, "money": money,
        "expires_at": coupon.expires_at.astimezone(companies.current().zone).isoformat(),
    }  # fmt: skip


def _checked(held: Held, typed: str) -> dict[str, Any]:
    shown = coupon_of(held.coupon) if held.coupon else _of_pool(held, typed)
    return {
        "state": held.state, "coupon": shown, "labels": dict(held.labels),
        "customer": ids.public("cus", held.customer_id) if held.customer_id else None,
        "used_at": iso(held.used_at),
    }  # fmt: skip


def _of_pool(held: Held, typed: str) -> dict[str, Any]:
    pool = held.pool
    money = None if pool.minor is None else {"minor": pool.minor, "currency": pool.money_code}
    return {"id": None, "code": typed, "percent": pool.percent, "money": money,
            "expires_at": iso(pool.ends_at)}  # fmt: skip
