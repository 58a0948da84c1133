"""The desk answers travel orders: a voucher, or the points are free; silence frees them too."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import lives, redeeming, travel
from clientela.loyalty.models import TravelOrder, TravelOrderStep
from clientela.loyalty.queries import rewards
from clientela.platform import transactions
from clientela.platform.http.actors import Actor

AT_ONCE = 200
Kind = TravelOrderStep.Kind


@transactions.retried
def answer_travel_order(
    order_id: UUID, *, confirmed: bool, note: str = "", actor: Actor, now: datetime,
    request: str = "",
) -> TravelOrder:  # fmt: skip
    """Confirm it: the held points are used and the voucher counts; or refuse it and free them.

    AlreadyAnswered, also when it timed out.
    """
    kind = Kind.CONFIRMED if confirmed else Kind.REFUSED
    with transactions.open():
        return _answer(order_id, kind, note=note, actor=actor, now=now, request=request)


@transactions.retried
def time_out_travel_orders(*, actor: Actor, now: datetime) -> int:
    """Free the points of orders nobody answered within the hours of their offer; how many."""
    with transactions.open():
        due = rewards.travel_orders_over(now=now, limit=AT_ONCE)
        for order_id in due:
            try:
                with transactions.open():
                    _answer(order_id, Kind.TIMED_OUT, note="", actor=actor, now=now, request="")
            except travel.AlreadyAnswered:
                continue  # somebody answered this very moment
    return len(due)


def _answer(
    order_id: UUID, kind: Kind, *, note: str, actor: Actor, now: datetime, request: str
) -> TravelOrder:
    order = travel.lock(order_id)
    travel.answer(order, kind, note=note, actor=actor, now=now)
    if kind == Kind.CONFIRMED:
        ended = redeeming.settle_hold(
            order.redemption, actor=actor, now=now,
            money_minor=order.redemption.reward.money_minor,
        )  # fmt: skip
        told = [_told(kind, order, now=now, voucher_ends=order.voucher[-4:]),
                _points("points.redeemed", order, now=now,
                        posting=f"pos_{ended.posting_id}")]  # fmt: skip
    else:
        ended = redeeming.release_hold(
            order.redemption, actor=actor, now=now, timed_out=kind == Kind.TIMED_OUT
        )
        expired = lives.expire_now(ended.accounts, actor=actor, now=now)
        told = [_told(kind, order, now=now), _points("points.released", order, now=now),
                *expired_happenings(expired)]  # fmt: skip
    events.emit(told, actor=actor, now=now, request=request)
    return order


NAMES = {
    Kind.CONFIRMED: "travel_order.confirmed",
    Kind.REFUSED: "travel_order.refused",
    Kind.TIMED_OUT: "travel_order.timed_out",
}


def _told(kind: Kind, order: TravelOrder, *, now: datetime, **more: Any) -> Happening:
    data = {"labels": dict(order.redemption.labels), "partner": order.partner, **more}
    return Happening(NAMES[kind], now, order.customer_id, order.public_id, data)


def _points(name: str, order: TravelOrder, *, now: datetime, **more: Any) -> Happening:
    made = order.redemption
    data = {"points": made.points, "currency": made.reward.currency.code,
            "redemption": made.public_id, "labels": dict(made.labels), **more}  # fmt: skip
    return Happening(name, now, order.customer_id, order.public_id, data)
