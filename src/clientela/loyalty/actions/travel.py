"""Journeys for points: ordered, then confirmed with a voucher, refused, or timed out."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from clientela.loyalty.models import Redemption, Reward, TravelOrder, TravelOrderStep
from clientela.loyalty.rules import codes
from clientela.platform import text
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

TRAVELLER_LENGTH_MAX = 200
NOTE_LENGTH_MAX = 500


class NoSuchTravelOrder(NotThere):
    code = "no-such-travel-order"
    title = "There is no such travel order"


class AlreadyAnswered(Problem):
    code = "already-answered"
    status = 409
    title = "This travel order has been answered already"


def journey(reward: Reward, *, traveller: str, starts_on: date | None, today: date) -> None:
    """Refuse a journey that the offer does not hold."""
    if not 0 < len(text.clean(traveller)) <= TRAVELLER_LENGTH_MAX:
        raise InvalidInput("Say who travels.", field="travel.traveller")
    first, last = reward.travel_from_on, reward.travel_until_on
    if starts_on is None:
        if first or last:
            raise InvalidInput("Say on which day the journey begins.", field="travel.starts_on")
        return
    if starts_on < today or (first and starts_on < first) or (last and starts_on > last):
        days = f"from {max(first or today, today)}" + (f" to {last}" if last else "")
        raise InvalidInput(f"The journey can begin {days}.", field="travel.starts_on")


@needs_transaction
def place(
    redemption: Redemption, *, traveller: str, starts_on: date | None, actor: Actor, now: datetime
) -> TravelOrder:
    """Wait for an answer as long as the offer says."""
    reward = redemption.reward
    assert reward.reply_hours is not None
    return TravelOrder.objects.create(
        customer_id=redemption.customer_id, redemption=redemption, partner=reward.partner,
        traveller=text.clean(traveller), starts_on=starts_on,
        voucher=codes.shown(codes.made(secrets.choice)), placed_by=actor.id, placed_at=now,
        reply_by=now + timedelta(hours=reward.reply_hours),
    )  # fmt: skip


@needs_transaction
def lock(order_id: UUID) -> TravelOrder:
    found = (
        TravelOrder.objects.select_for_update(of=("self",)).select_related("redemption__reward")
        .filter(id=order_id).first()
    )  # fmt: skip
    if found is None:
        raise NoSuchTravelOrder
    return found


@needs_transaction
def answer(
    order: TravelOrder, kind: TravelOrderStep.Kind, *, note: str, actor: Actor, now: datetime
) -> TravelOrderStep:
    """What became of an order, once."""
    with refusing(a_travel_order_is_answered_once=AlreadyAnswered):
        step = TravelOrderStep.objects.create(
            customer_id=order.customer_id, order=order, kind=kind,
            note=text.clean(note)[:NOTE_LENGTH_MAX], actor=actor.id, taken_at=now,
        )  # fmt: skip
    TravelOrder.objects.filter(id=order.id, customer_id=order.customer_id).update(is_open=False)
    return step
