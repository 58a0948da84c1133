"""Journeys for points: placed with a partner, answered by it or by us, or given up by terms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import travel_letters
from clientela.flows.partnering import jobs
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import lives, partners, redeeming, travel
from clientela.loyalty.actions.travel import AlreadyAnswered
from clientela.loyalty.models import (
    Partner,
    PartnerMessage,
    Redemption,
    TravelCare,
    TravelOrder,
    TravelOrderStep,
)
from clientela.loyalty.models.ledger import REDEEMED
from clientela.loyalty.queries import pools, rewards
from clientela.loyalty.queries import travel as reads
from clientela.loyalty.rules.travel import Share
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.staff import company as companies

AT_ONCE = 200
FROM_THE_POOL = "from the codes that stand here"
Kind = TravelOrderStep.Kind


def placed(
    made: Redemption, *, traveller: str, starts_on: date | None, actor: Actor, now: datetime
) -> TravelOrder:
    """The order of a redemption, in its transaction: a seat is taken, the partner is told.

    NoSeatLeft, VouchersGivenOut, NoSuchTravelOffer, InvalidInput.
    """
    today = companies.current().today(now)
    offer = travel.journey(made.reward, traveller=traveller, starts_on=starts_on, today=today)
    order = travel.place(
        made, traveller=traveller, starts_on=starts_on, offer=offer, actor=actor, now=now
    )
    _tell_partner(order, PartnerMessage.Kind.PLACED, now=now)
    return order


def placed_happenings(order: TravelOrder, *, now: datetime) -> Iterator[Happening]:
    """A journey whose codes stand here is confirmed the moment it is ordered."""
    if order.supplier and order.supplier.fulfilment == Partner.Fulfilment.POOL:
        yield from _answered(
            order, Kind.CONFIRMED, note=FROM_THE_POOL, reference="", actor=SYSTEM, now=now
        )


@transactions.retried
def answer_travel_order(
    order_id: UUID, *, confirmed: bool, note: str = "", reference: str = "", actor: Actor,
    now: datetime, request: str = "",
) -> TravelOrder:  # fmt: skip
    """Confirm it: the held points are used and the voucher counts; or refuse it and free them.

    AlreadyAnswered, also when it timed out.
    """
    kind = Kind.CONFIRMED if confirmed else Kind.REFUSED
    with transactions.open():
        order = _seen(order_id)
        told = _answered(order, kind, note=note, reference=reference, actor=actor, now=now)
        events.emit(told, actor=actor, now=now, request=request)
    return reads.order(order_id)


@transactions.retried
def partner_answers(
    order_id: UUID, *, confirmed: bool, note: str = "", reference: str, actor: Actor,
    now: datetime, request: str = "",
) -> tuple[TravelOrder, bool]:  # fmt: skip
    """A partner answers by itself, under its own reference; whether it was said before.

    The same answer again changes nothing. A confirmation after the points were released is put
    before staff and settles nothing; another answer to what is answered is AlreadyAnswered.
    """
    kind = Kind.CONFIRMED if confirmed else Kind.REFUSED
    with transactions.open():
        order = travel.lock(order_id)
        before = rewards.state_of_travel_order(order)
        if before in (kind, "cancelled") and order.partner_reference == reference:
            return order, True
        if before in (Kind.REFUSED, Kind.TIMED_OUT) and confirmed:
            return _late(order, reference, note, actor=actor, now=now, request=request)
        told = _answered(order, kind, note=note, reference=reference, actor=actor, now=now)
        events.emit(told, actor=actor, now=now, request=request)
    return order, False


def _late(
    order: TravelOrder, reference: str, note: str, *, actor: Actor, now: datetime, request: str
) -> tuple[TravelOrder, bool]:
    new = travel.ask_staff(
        order, TravelCare.Kind.LATE, reference=reference, words=note, now=now
    )  # fmt: skip
    if new:
        told = _told("travel_order.confirmed_late", order, now=now)
        events.emit([told], actor=actor, now=now, request=request)
    return order, not new


@transactions.retried
def time_out_travel_orders(*, actor: Actor, now: datetime) -> int:
    """Free the points of orders nobody answered within the hours of their offer; how many."""
    with transactions.open():
        due = rewards.travel_orders_over(now=now, limit=AT_ONCE)
        for order_id in due:
            try:
                with transactions.open():
                    order = travel.lock(order_id)
                    told = _answered(
                        order, Kind.TIMED_OUT, note="", reference="", actor=actor, now=now
                    )
                    events.emit(told, actor=actor, now=now)
            except AlreadyAnswered:
                continue  # somebody answered this very moment
    return len(due)


@transactions.retried
def cancel_travel_order(
    order_id: UUID, *, cause: str = "", percent: int | None = None, actor: Actor, now: datetime,
    request: str = "",
) -> TravelOrder:  # fmt: skip
    """Give a confirmed journey up: the share of its terms goes back to the lots it came from, the
    partner keeps the rest, the seat is free. `percent`: what the door showed; where the terms give
    another share by now, TermsHaveMoved.

    NotConfirmed, JourneyGivenUp.
    """
    with transactions.open():
        order = _seen(order_id)
        share = travel.share_of(order, today=companies.current().today(now))
        if percent is not None and percent != share.percent:
            raise travel.TermsHaveMoved(
                f"{share.percent} percent go back now.", percent=share.percent
            )
        travel.cancel(order, share, cause=cause, actor=actor, now=now)
        told = _given_back(order, share, cause=cause, actor=actor, now=now)
        travel.free_seat(order)
        _tell_partner(order, PartnerMessage.Kind.CANCELLED, now=now)
        travel_letters.tell(order, "cancelled", share=share, actor=actor, now=now)
        events.emit(told, actor=actor, now=now, request=request)
    return reads.order(order_id)


def taken_back(
    made: Redemption, *, cause: str, actor: Actor, now: datetime
) -> list[Happening]:  # fmt: skip
    """Staff give all of a confirmed journey back, whatever its terms, before its points come back:
    the seat is free, partner and customer are told. JourneyGivenUp.
    """
    known = rewards.travel_order_of(made)
    if known is None:
        return []
    order = travel.lock(known.id)
    share = travel.whole_of(order)
    travel.cancel(order, share, cause=cause, actor=actor, now=now)
    travel.free_seat(order)
    _tell_partner(order, PartnerMessage.Kind.CANCELLED, now=now)
    travel_letters.tell(order, "taken_back", share=share, actor=actor, now=now)
    return [_told("travel_order.cancelled", order, now=now, percent=share.percent)]


@transactions.retried
def handle_travel_order(
    order_id: UUID, *, note: str = "", actor: Actor, now: datetime, request: str = ""
) -> TravelOrder:
    """Staff have looked at what came of an order. NothingWaits."""
    with transactions.open():
        order = _seen(order_id)
        travel.handle(order, note=note, actor=actor, now=now)
        told = _told("travel_order.handled", order, now=now)
        events.emit([told], actor=actor, now=now, request=request)
    return reads.order(order_id)


def _seen(order_id: UUID) -> TravelOrder:
    """The order under its lock, for somebody who may see whose it is."""
    reads.order(order_id)
    return travel.lock(order_id)


def _answered(
    order: TravelOrder, kind: Kind, *, note: str, reference: str, actor: Actor, now: datetime
) -> list[Happening]:
    travel.answer(order, kind, note=note, reference=reference, actor=actor, now=now)
    travel_letters.tell(order, kind, note=note, actor=actor, now=now)
    if kind == Kind.CONFIRMED:
        ended = redeeming.settle_hold(
            order.redemption, actor=actor, now=now,
            money_minor=order.redemption.reward.money_minor,
            receiver=order.supplier.account_id if order.supplier else REDEEMED,
        )  # fmt: skip
        return [_told(NAMES[kind], order, now=now, voucher_ends=order.voucher[-4:]),
                _points("points.redeemed", order, now=now,
                        posting=f"pos_{ended.posting_id}")]  # fmt: skip
    ended = redeeming.release_hold(
        order.redemption, actor=actor, now=now, timed_out=kind == Kind.TIMED_OUT
    )
    travel.free_seat(order)
    _tell_partner(order, PartnerMessage.Kind.RELEASED, now=now)
    expired = lives.expire_now(ended.accounts, actor=actor, now=now)
    return [_told(NAMES[kind], order, now=now), _points("points.released", order, now=now),
            *expired_happenings(expired)]  # fmt: skip


def _given_back(
    order: TravelOrder, share: Share, *, cause: str, actor: Actor, now: datetime
) -> list[Happening]:
    """The share of the terms to the customer; what they do not give stays with the partner."""
    told = _told("travel_order.cancelled", order, now=now, percent=share.percent)
    redeeming.put_back(order.redemption)
    if not share.points:
        return [told]
    made = order.redemption
    family = customers.family_of(made.customer_id)
    family += pools.sharers(family)
    expired = lives.settle(family, actor=actor, now=now)
    back = redeeming.restore_share(
        made, share.points, family=family, cause=cause, actor=actor, now=now
    )
    expired += lives.expire_now(back.accounts, actor=actor, now=now)
    restored = _points(
        "points.restored", order, now=now, points=back.points, posting=f"pos_{back.posting_id}"
    )
    return [told, restored, *expired_happenings(expired)]


def _tell_partner(order: TravelOrder, kind: PartnerMessage.Kind, *, now: datetime) -> None:
    """Only a partner that is asked by itself, and is on the other end, is told."""
    partner = order.supplier
    if partner is None or partner.fulfilment != Partner.Fulfilment.WEBHOOK:
        return
    message = partners.write(order, kind, partner=partner, now=now)
    jobs.queue_message(message.id)


NAMES = {
    Kind.CONFIRMED: "travel_order.confirmed",
    Kind.REFUSED: "travel_order.refused",
    Kind.TIMED_OUT: "travel_order.timed_out",
}


def _told(name: str, order: TravelOrder, *, now: datetime, **more: Any) -> Happening:
    data = {"labels": dict(order.redemption.labels), "partner": order.partner, **more}
    return Happening(name, now, order.customer_id, order.public_id, data)


def _points(name: str, order: TravelOrder, *, now: datetime, **more: Any) -> Happening:
    made = order.redemption
    data: dict[str, Any] = {
        "points": made.points, "currency": made.reward.currency.code,
        "redemption": made.public_id, "labels": dict(made.labels), **more,
    }  # fmt: skip
    return Happening(name, now, order.customer_id, order.public_id, data)
