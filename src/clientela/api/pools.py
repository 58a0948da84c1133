"""Pools: a household uses its points together, everybody within their limit."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, Customer, HouseRequest, public_id, reference
from clientela.customers import queries as customers
from clientela.flows import share_points
from clientela.flows.share_points import Together
from clientela.loyalty.queries.pools import Shared
from clientela.platform import ids

doors = Doors(tags=["loyalty"], switch="loyalty")
Points = Annotated[StrictInt, Field(ge=0, le=10**12)]


class NewPool(Body):
    currency: StrictStr


class NewShare(Body):
    """`month_max`: how many points of the others in a month; null: no limit."""

    customer: Customer
    may_spend: StrictBool = True
    month_max: Points | None = None


class ShareChange(Body):
    may_spend: StrictBool
    month_max: Points | None = None


class PoolMemberRow(Body):
    """`usable`: what they bring; `used_this_month`: of the others; `left`: null for no limit."""

    id: str
    customer: str
    may_spend: bool
    month_max: int | None
    used_this_month: int
    left: int | None
    usable: int
    joined_at: str


class PointsPool(Body):
    id: str
    household: str
    currency: str
    usable: int
    members: list[PoolMemberRow]


class PoolList(Body):
    items: list[PointsPool]
    next: str | None


class ShareEnded(Body):
    id: str


@doors.read("/customers/{customer_id}/points-pool", right="loyalty.view", answer=PoolList,
            summary="Read the pools a customer shares in")  # fmt: skip
def read_pools(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Who shares, what all can use together, and what each may still use of the others."""
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    found = share_points.pools_of(family, now=request.started_at)
    return {"items": [_pool(one) for one in found], "next": None}


@doors.write("POST", "/households/{household_id}/points-pools", right="loyalty.adjust",
             answer=PointsPool, summary="Let a household share its points")  # fmt: skip
def share(request: HouseRequest, household_id: StrictStr, body: NewPool) -> dict[str, Any]:
    """Everybody whose main household it is shares; head and partner may use what others bring."""
    return _pool(share_points.share_points(
        public_id("hou", household_id), currency=body.currency, actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.write("POST", "/points-pools/{pool_id}/members", right="loyalty.adjust", answer=PointsPool,
             summary="Let somebody join a pool")  # fmt: skip
def join(request: HouseRequest, pool_id: StrictStr, body: NewShare) -> dict[str, Any]:
    """409 `not-of-the-household`, 409 `already-shares`. No points move."""
    return _pool(share_points.join_pool(
        public_id("poo", pool_id), reference(body.customer), may_spend=body.may_spend,
        month_max=body.month_max, actor=request.actor, now=request.started_at,
        request=request.request_id,
    ))  # fmt: skip


@doors.write("PATCH", "/points-pools/{pool_id}/members/{member_id}", right="loyalty.adjust",
             answer=PointsPool, summary="Change what a member may use")  # fmt: skip
def change(
    request: HouseRequest, pool_id: StrictStr, member_id: StrictStr, body: ShareChange
) -> dict[str, Any]:
    """Whether they may use the points of the others, and how many in a month."""
    return _pool(share_points.change_share(
        public_id("poo", pool_id), public_id("pom", member_id), may_spend=body.may_spend,
        month_max=body.month_max, actor=request.actor, now=request.started_at,
        request=request.request_id,
    ))  # fmt: skip


@doors.write("POST", "/points-pools/{pool_id}/members/{member_id}/ending", right="loyalty.adjust",
             answer=ShareEnded, summary="Let somebody leave a pool")  # fmt: skip
def leave(request: HouseRequest, pool_id: StrictStr, member_id: StrictStr) -> dict[str, Any]:
    """They keep what is left of what they earned; the last to leave closes the pool."""
    share_points.leave_pool(
        public_id("poo", pool_id), public_id("pom", member_id), actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {"id": member_id}


def _pool(together: Together) -> dict[str, Any]:
    pool = together.pool
    return {
        "id": pool.public_id, "household": ids.public("hou", pool.household_id),
        "currency": pool.currency.code, "usable": together.usable,
        "members": [_member(one) for one in together.members],
    }  # fmt: skip


def _member(one: Shared) -> dict[str, Any]:
    return {
        "id": ids.public("pom", one.member.id), "customer": ids.public("cus", one.family[0]),
        "may_spend": one.member.may_spend, "month_max": one.member.month_max,
        "used_this_month": one.used, "left": one.left, "usable": one.usable,
        "joined_at": one.member.joined_at.isoformat(),
    }  # fmt: skip
