"""Cash that is paid by itself: who wants it, and what was done or stopped."""

from __future__ import annotations

from typing import Any

from pydantic import StrictStr

from clientela.api.redemptions import PayoutBody
from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, public_id
from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.flows import standing_orders
from clientela.loyalty.actions import cash
from clientela.loyalty.models import AutomaticAct, StandingOrder
from clientela.loyalty.queries import standing_orders as reads
from clientela.platform import ids

doors = Doors(tags=["rewards"], switch="loyalty")


class StandingOrderBody(Body):
    """`reward`: cash whose terms name `auto_points`, by its key."""

    reward: StrictStr
    payout: PayoutBody


class StandingOrderEnding(Body):
    reward: StrictStr


class StandingOrderAnswer(Body):
    """`points`: with so many it is paid, once a day at most."""

    id: str
    customer: str
    merged_from: str | None = None
    reward: str
    labels: dict[str, str]
    way: str
    points: int | None
    ordered_at: str
    ended_at: str | None


class AutomaticActAnswer(Body):
    """`stopped`: the code of what stopped it, where it was not done."""

    reward: str
    on: str
    stopped: str | None


class StandingOrderPage(Body):
    items: list[StandingOrderAnswer]
    acts: list[AutomaticActAnswer]
    next: str | None


@doors.read("/customers/{customer_id}/standing-orders", right="loyalty.view",
            answer=StandingOrderPage, summary="What is paid to a customer by itself")  # fmt: skip
def list_orders(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Those that run, and what was done of late or was stopped, the newest first."""
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    return {
        "items": [_order(one) for one in reads.of_family(family)],
        "acts": [_act(one) for one in reads.acts_of(family)], "next": None,
    }  # fmt: skip


@doors.write("POST", "/customers/{customer_id}/standing-orders", right="loyalty.redeem",
             answer=StandingOrderAnswer, summary="Pay cash to a customer by itself")  # fmt: skip
def give_order(
    request: HouseRequest, customer_id: StrictStr, body: StandingOrderBody
) -> dict[str, Any]:
    """From now on, once a day at most, whenever there are the points that the reward names. Another
    way replaces the one before.
    """
    asked = body.payout
    return _order(standing_orders.give_order(
        Reference("id", str(public_id("cus", customer_id))), body.reward,
        cash.payout(asked.way, asked.iban, asked.payee), actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.write("POST", "/customers/{customer_id}/standing-orders/ending", right="loyalty.redeem",
             answer=StandingOrderAnswer, summary="Pay nothing by itself any more")  # fmt: skip
def end_order(
    request: HouseRequest, customer_id: StrictStr, body: StandingOrderEnding
) -> dict[str, Any]:
    """404 `no-such-standing-order` where nothing is paid by itself."""
    return _order(standing_orders.end_order(
        Reference("id", str(public_id("cus", customer_id))), body.reward, actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


def _order(one: StandingOrder) -> dict[str, Any]:
    return {
        "id": one.public_id, "customer": ids.public("cus", one.customer_id),
        "reward": one.reward.key, "labels": one.reward.labels, "way": one.way,
        "points": one.reward.cash_terms.get("auto_points"),
        "ordered_at": one.ordered_at.isoformat(),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
    }  # fmt: skip


def _act(one: AutomaticAct) -> dict[str, Any]:
    return {"reward": one.reward.key, "on": one.acted_on.isoformat(),
            "stopped": one.stopped or None}  # fmt: skip
