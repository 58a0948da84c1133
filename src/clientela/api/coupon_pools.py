"""Pools of codes for tills: made, filled, their codes told; and what codes take off a basket."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.rewards import Whole, Words, iso
from clientela.api.router import Doors
from clientela.api.types import (
    Body,
    Customer,
    HouseRequest,
    Instant,
    Money,
    Quantity,
    Text,
    reference,
)
from clientela.flows import coupon_pools, coupons
from clientela.flows.discounts import Asked, Line
from clientela.loyalty.actions import coupon_codes as pools
from clientela.loyalty.actions.coupon_codes import PoolValues
from clientela.loyalty.models import CouponPool
from clientela.loyalty.rules.discounts import Result

doors = Doors(tags=["coupons"], switch="loyalty")
AT_ONCE_MAX = 10_000
Key = Annotated[StrictStr, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class PoolBody(Body):
    """What a code takes off: `percent`, `money`, or `free` pieces for each `paid`; of which lines
    (`products` and `categories` by code and key), of the whole, or of delivery. `last_purchase`:
    the percent is of the customer's last purchase. `whole_units`: a percent is rounded half up to
    whole units of money, else to minor units; `most_minor` cuts after that. `shared`: one code for
    all, used `uses_max` times.
    """

    key: Key
    labels: Words
    terms: Words = {}
    percent: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    money: Money | None = None
    money_code: StrictStr = ""
    paid: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    free: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    scope: Literal["line", "order", "delivery"] = "order"
    priority: Annotated[StrictInt, Field(ge=-1_000, le=1_000)] = 0
    products: Annotated[list[Text], Field(max_length=200)] = []
    categories: Annotated[list[Text], Field(max_length=200)] = []
    most_minor: Whole | None = None
    least_minor: Whole | None = None
    last_purchase: StrictBool = False
    whole_units: StrictBool = False
    shared: StrictBool = False
    uses_max: Annotated[StrictInt, Field(ge=1, le=10**9)] | None = None
    member_max: Annotated[StrictInt, Field(ge=1, le=10**6)] | None = None
    codes_max: Whole | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class PoolAnswer(Body):
    key: str
    labels: dict[str, str]
    percent: int | None
    money: Money | None
    paid: int | None
    free: int | None
    scope: str
    most_minor: int | None
    least_minor: int | None
    last_purchase: bool
    whole_units: bool
    shared: bool
    codes: int
    used: int
    starts_at: str | None
    ends_at: str | None


class PoolSaved(Body):
    state: str
    pool: PoolAnswer


class PoolPage(Body):
    items: list[PoolAnswer]
    next: str | None


class CouponCodesBody(Body):
    """Either `count`, to generate so many, or `codes`, to take those."""

    count: Annotated[StrictInt, Field(ge=1, le=AT_ONCE_MAX)] | None = None
    codes: Annotated[list[StrictStr], Field(max_length=AT_ONCE_MAX)] = []


class CodeFault(Body):
    line: int
    code: str
    error: str


class CodesMade(Body):
    added: int
    codes: list[str]
    errors: list[CodeFault]


class BasketLine(Body):
    product: Text = ""
    quantity: Annotated[Quantity, Field(validate_default=True)] = "1"  # type: ignore[assignment]
    total_minor: Annotated[StrictInt, Field(ge=0, le=10**12)]


class BasketBody(Body):
    lines: Annotated[list[BasketLine], Field(min_length=1, max_length=1_000)]
    currency: Annotated[StrictStr, Field(min_length=3, max_length=3)]
    delivery_minor: Annotated[StrictInt, Field(ge=0, le=10**12)] = 0

    def asked(self) -> Asked:
        """A quantity that is no whole number, by weight, is one piece."""
        return Asked(tuple(
            Line(one.product, one.quantity // 1000 if one.quantity % 1000 == 0 else 1,
                 one.total_minor)
            for one in self.lines
        ), self.currency, self.delivery_minor)  # fmt: skip


class QuoteBody(Body):
    codes: Annotated[list[StrictStr], Field(min_length=1, max_length=20)]
    basket: BasketBody
    customer: Customer | None = None


class CodeTaken(Body):
    """`why`: below-least, nothing-left, not-the-best, or the state of a code that is not good."""

    code: str
    minor: int
    why: str


class DiscountQuote(Body):
    codes: list[CodeTaken]
    lines: list[int]
    delivery_minor: int
    off: Money
    to_pay: Money


@doors.read("/coupon-pools", right="loyalty.view", answer=PoolPage, summary="List pools of codes")
def listed(request: HouseRequest) -> dict[str, Any]:
    """Those of rewards are not among them: their codes are given out one by one."""
    return {"items": [_pool(one) for one in coupon_pools.listed()], "next": None}


@doors.write("POST", "/coupon-pools", right="loyalty.configure", answer=PoolSaved,
             summary="Make or change a pool of codes")  # fmt: skip
def save(request: HouseRequest, body: PoolBody) -> dict[str, Any]:
    """By its key: `new` or `changed`. Codes that are out take what it says from now on."""
    apart = {"money", "money_code", "last_purchase", "whole_units", "shared", "codes_max",
             "products", "categories"}  # fmt: skip
    values = PoolValues(
        **body.model_dump(exclude=apart), minor=body.money.minor if body.money else None,
        money_code=body.money.currency if body.money else body.money_code,
        is_of_last_purchase=body.last_purchase, rounds_to_units=body.whole_units,
        is_shared=body.shared,
        coupons_max=body.codes_max, products=tuple(body.products),
        categories=tuple(body.categories),
    )  # fmt: skip
    pool, state = coupon_pools.save_pool(values, actor=request.actor, now=request.started_at)
    return {"state": state, "pool": _pool(pool)}


@doors.write("POST", "/coupon-pools/{pool}/codes", right="loyalty.configure", answer=CodesMade,
             summary="Generate or import codes")  # fmt: skip
def fill(request: HouseRequest, pool: StrictStr, body: CouponCodesBody) -> dict[str, Any]:
    """At most 10,000 at once. A code that cannot be used is told with its line; the others are
    taken.
    """
    if body.codes:
        done = coupon_pools.import_codes(
            pool, body.codes, actor=request.actor, now=request.started_at
        )
        faults = [{"line": one.line, "code": one.code, "error": one.error} for one in done.errors]
        return {"added": done.added, "codes": [], "errors": faults}
    made = [
        code for slice_ in coupon_pools.generate_codes(
            pool, body.count or 0, actor=request.actor, now=request.started_at
        ) for code in slice_
    ]  # fmt: skip
    return {"added": len(made), "codes": made, "errors": []}


@doors.write("POST", "/coupons/quotes", right="loyalty.redeem", answer=DiscountQuote,
             summary="What do codes take off a basket?")  # fmt: skip
def quote(request: HouseRequest, body: QuoteBody) -> dict[str, Any]:
    """Discounts of lines in turn, then the best one off the whole, then delivery. Nothing is
    written: use the codes when the purchase is paid.
    """
    held, result = coupons.quote(
        body.codes, body.basket.asked(), customer=reference(body.customer) if body.customer
        else None, actor=request.actor, now=request.started_at,
    )  # fmt: skip
    return quoted(body.codes, [one.state for one in held], result, body.basket.currency)


def quoted(codes: list[str], states: list[str], result: Result, currency: str) -> dict[str, Any]:
    taken = {one.key: one for one in result.taken}
    told = []
    for place, (code, state) in enumerate(zip(codes, states, strict=True)):
        one = taken.get(str(place))
        told.append({"code": code, "minor": one.minor if one else 0,
                     "why": one.why if one else state})  # fmt: skip
    return {
        "codes": told, "lines": result.off, "delivery_minor": result.delivery_off,
        "off": {"minor": result.off_minor, "currency": currency},
        "to_pay": {"minor": result.total_minor, "currency": currency},
    }  # fmt: skip


def _pool(one: CouponPool) -> dict[str, Any]:
    counted = pools.counts(one)
    amount = None if one.minor is None else {"minor": one.minor, "currency": one.money_code}
    return {
        "key": one.key, "labels": one.labels, "percent": one.percent, "money": amount,
        "paid": one.paid, "free": one.free, "scope": one.scope, "shared": one.is_shared,
        "most_minor": one.most_minor, "least_minor": one.least_minor,
        "last_purchase": one.is_of_last_purchase, "whole_units": one.rounds_to_units,
        "codes": counted[0], "used": counted[1], "starts_at": iso(one.starts_at),
        "ends_at": iso(one.ends_at),
    }  # fmt: skip
