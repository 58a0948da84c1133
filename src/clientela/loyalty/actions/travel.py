"""Journeys for points: their dates, ordered, answered, given up; and what staff must look at."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F

from clientela.loyalty.actions import partners
from clientela.loyalty.models import (
    Partner,
    Redemption,
    Reward,
    TravelCancellation,
    TravelCare,
    TravelOffer,
    TravelOrder,
    TravelOrderStep,
)
from clientela.loyalty.rules import codes
from clientela.loyalty.rules import travel as rules
from clientela.loyalty.rules.travel import Share
from clientela.platform import ids, money, text
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

TRAVELLER_LENGTH_MAX = 200
NOTE_LENGTH_MAX = 500
REFERENCE_LENGTH_MAX = 120
SEATS_MAX = 100_000
OFFERS_AT_ONCE = 500
POINTS_MAX = 10**9
MONEY_MAX = 10**12


class NoSuchTravelOrder(NotThere):
    code = "no-such-travel-order"
    title = "There is no such travel order"


class NoSuchTravelOffer(NotThere):
    code = "no-such-travel-offer"
    title = "This journey is not offered on that day"


class AlreadyAnswered(Problem):
    code = "already-answered"
    status = 409
    title = "This travel order has been answered already"


class NoSeatLeft(Problem):
    code = "no-seat-left"
    status = 409
    title = "All seats of this day are taken"


class NotConfirmed(Problem):
    code = "not-confirmed"
    status = 409
    title = "This journey has not been confirmed"


class JourneyGivenUp(Problem):
    code = "journey-given-up"
    status = 409
    title = "This journey has been given up already"


class TermsHaveMoved(Problem):
    code = "terms-have-moved"
    status = 409
    title = "The terms give another share back by now"


class NothingWaits(Problem):
    code = "nothing-waits"
    status = 409
    title = "Somebody has looked at this already"


@dataclass(frozen=True, slots=True)
class OfferValues:
    """One date of a journey. `points`, `money_minor` of `money_code`: where it costs otherwise than
    the reward; no money besides is 0.
    """

    starts_on: date
    seats: int
    ends_on: date | None = None
    points: int | None = None
    is_closed: bool = False
    money_minor: int | None = None
    money_code: str = ""


@needs_transaction
def save_offers(
    reward: Reward, batch: Sequence[OfferValues], *, now: datetime
) -> list[tuple[TravelOffer, str]]:
    """Dates of a journey by their first day: each new, changed or unchanged."""
    if reward.kind != Reward.Kind.TRAVEL:
        raise InvalidInput("Only journeys have dates.", field="reward")
    if len(batch) > OFFERS_AT_ONCE:
        raise InvalidInput(f"At most {OFFERS_AT_ONCE} dates at once.", field="offers")
    for place, one in enumerate(batch):
        _check_offer(one, place)
        _in_its_money(reward, one, place)
    known = {
        offer.starts_on: offer
        for offer in TravelOffer.objects.select_for_update()
        .filter(reward=reward, starts_on__in=[one.starts_on for one in batch]).order_by("id")
    }  # fmt: skip
    return [_save_offer(reward, one, known.get(one.starts_on), now=now) for one in batch]


def _check_offer(one: OfferValues, place: int) -> None:
    if not 0 < one.seats <= SEATS_MAX:
        raise InvalidInput(f"Use 1 to {SEATS_MAX} seats.", field=f"offers.{place}.seats")
    if one.ends_on is not None and one.ends_on < one.starts_on:
        raise InvalidInput(
            "The last day lies before the first.", field=f"offers.{place}.ends_on"
        )  # fmt: skip
    if one.points is not None and not 0 < one.points <= POINTS_MAX:
        raise InvalidInput(f"Use 1 to {POINTS_MAX} points.", field=f"offers.{place}.points")
    if one.money_minor is None:
        return
    if not 0 <= one.money_minor <= MONEY_MAX:
        raise InvalidInput("Use an amount of at least 0.", field=f"offers.{place}.money.minor")
    if one.money_minor and one.money_code not in money.CURRENCIES:
        raise InvalidInput(
            "Say in which currency it is paid, such as EUR.", field=f"offers.{place}.money.currency"
        )


def _in_its_money(reward: Reward, one: OfferValues, place: int) -> None:
    """A journey takes one money besides points: the one it names, or the first a day names."""
    if not one.money_minor:
        return
    if not reward.price_code:
        reward.price_code = one.money_code
        reward.save(update_fields=["price_code"])
    if one.money_code != reward.price_code:
        raise InvalidInput(
            f"This journey is paid in {reward.price_code}.", field=f"offers.{place}.money.currency"
        )


def _save_offer(
    reward: Reward, one: OfferValues, known: TravelOffer | None, *, now: datetime
) -> tuple[TravelOffer, str]:
    offer = known or TravelOffer(reward=reward, starts_on=one.starts_on)
    if offer.taken > one.seats:
        raise InvalidInput(f"{offer.taken} seats are taken already.", field="seats")
    closed_at = (offer.closed_at or now) if one.is_closed else None
    columns = {"ends_on": one.ends_on or one.starts_on, "seats": one.seats, "points": one.points,
               "money_minor": one.money_minor, "closed_at": closed_at}  # fmt: skip
    if known and all(getattr(known, name) == value for name, value in columns.items()):
        return known, "unchanged"
    for name, value in columns.items():
        setattr(offer, name, value)
    if known:
        offer.save(update_fields=list(columns))
    else:
        offer.save(force_insert=True)
    return offer, "changed" if known else "new"


def journey(
    reward: Reward, *, traveller: str, starts_on: date | None, today: date
) -> TravelOffer | None:
    """The date somebody wants; refused where the journey does not hold it. None: it has no dates
    of its own, and any day between its first and last will do.
    """
    if not 0 < len(text.clean(traveller)) <= TRAVELLER_LENGTH_MAX:
        raise InvalidInput("Say who travels.", field="travel.traveller")
    has_dates = TravelOffer.objects.filter(reward=reward).exists()
    first, last = reward.travel_from_on, reward.travel_until_on
    if starts_on is None:
        if first or last or has_dates:
            raise InvalidInput("Say on which day the journey begins.", field="travel.starts_on")
        return None
    if has_dates:
        offer = TravelOffer.objects.filter(reward=reward, starts_on=starts_on, closed_at=None)
        found = offer.first() if starts_on >= today else None
        if found is None:
            raise NoSuchTravelOffer("Choose one of its dates.", field="travel.starts_on")
        return found
    if starts_on < today or (first and starts_on < first) or (last and starts_on > last):
        days = f"from {max(first or today, today)}" + (f" to {last}" if last else "")
        raise InvalidInput(f"The journey can begin {days}.", field="travel.starts_on")
    return None


@needs_transaction
def take_seat(offer: TravelOffer) -> None:
    """Just as many as there are succeed; NoSeatLeft."""
    taken = TravelOffer.objects.filter(id=offer.id, taken__lt=F("seats"), closed_at=None).update(
        taken=F("taken") + 1
    )
    if not taken:
        raise NoSeatLeft(field="travel.starts_on")


@needs_transaction
def free_seat(order: TravelOrder) -> None:
    if order.offer_id is not None:
        TravelOffer.objects.filter(id=order.offer_id, taken__gt=0).update(taken=F("taken") - 1)


@needs_transaction
def place(
    redemption: Redemption, *, traveller: str, starts_on: date | None,
    offer: TravelOffer | None = None, actor: Actor, now: datetime,
) -> TravelOrder:  # fmt: skip
    """Take the seat and wait for an answer as long as the journey says; price and terms as today.

    NoSeatLeft, or VouchersGivenOut where the partner's codes stand here.
    """
    reward = redemption.reward
    assert reward.reply_hours is not None
    if offer is not None:
        take_seat(offer)
    id, supplier = ids.uuid7(), reward.supplier
    voucher = codes.shown(codes.drawn(secrets.token_bytes))
    if supplier is not None and supplier.fulfilment == Partner.Fulfilment.POOL:
        day = starts_on or now.date()
        voucher = partners.take_voucher(supplier, order_id=id, travels_on=day)
    return TravelOrder.objects.create(
        id=id, customer_id=redemption.customer_id, redemption=redemption,
        partner=supplier.name if supplier else reward.partner, supplier=supplier, offer=offer,
        traveller=text.clean(traveller), starts_on=starts_on,
        ends_on=offer.ends_on if offer else None, cancellation=reward.cancellation,
        money_minor=redemption.due_minor or None, money_code=redemption.due_code,
        voucher=voucher, placed_by=actor.id, placed_at=now,
        reply_by=now + timedelta(hours=reward.reply_hours),
    )  # fmt: skip


@needs_transaction
def lock(order_id: UUID) -> TravelOrder:
    found = (
        TravelOrder.objects.select_for_update(of=("self",))
        .select_related("redemption__reward__currency", "supplier")
        .filter(id=order_id).first()
    )  # fmt: skip
    if found is None:
        raise NoSuchTravelOrder
    return found


@needs_transaction
def answer(
    order: TravelOrder, kind: TravelOrderStep.Kind, *, note: str, reference: str = "",
    actor: Actor, now: datetime,
) -> TravelOrderStep:  # fmt: skip
    """What became of an order, once. `reference`: the partner's own name for it."""
    with refusing(a_travel_order_is_answered_once=AlreadyAnswered):
        step = TravelOrderStep.objects.create(
            customer_id=order.customer_id, order=order, kind=kind,
            note=text.clean(note)[:NOTE_LENGTH_MAX], actor=actor.id, taken_at=now,
        )  # fmt: skip
    order.is_open = False
    order.partner_reference = text.clean(reference)[:REFERENCE_LENGTH_MAX]
    TravelOrder.objects.filter(id=order.id, customer_id=order.customer_id).update(
        is_open=False, partner_reference=order.partner_reference
    )
    return step


def share_of(order: TravelOrder, *, today: date) -> Share:
    """What giving up a journey on that day gives back, by the terms it was ordered under."""
    percent = rules.percent_back(
        rules.read(order.cancellation), starts_on=order.starts_on, today=today
    )
    return rules.share_back(percent, points=order.redemption.points, minor=order.money_minor)


def whole_of(order: TravelOrder) -> Share:
    """All of it, whatever the terms say."""
    return rules.share_back(100, points=order.redemption.points, minor=order.money_minor)


@needs_transaction
def cancel(
    order: TravelOrder, share: Share, *, cause: str, actor: Actor, now: datetime
) -> TravelCancellation:
    """A confirmed journey is given up, once. NotConfirmed, JourneyGivenUp."""
    confirmed = TravelOrderStep.objects.filter(
        customer_id=order.customer_id, order=order, kind=TravelOrderStep.Kind.CONFIRMED
    )
    if not confirmed.exists():
        raise NotConfirmed("Refuse the order instead; its points are free then.")
    with refusing(a_journey_is_cancelled_once=JourneyGivenUp):
        return TravelCancellation.objects.create(
            customer_id=order.customer_id, order=order, percent=share.percent,
            points=share.points, money_minor=share.minor,
            cause=text.clean(cause)[:NOTE_LENGTH_MAX], actor=actor.id, cancelled_at=now,
        )  # fmt: skip


@needs_transaction
def ask_staff(
    order: TravelOrder, kind: TravelCare.Kind, *, reference: str = "", words: str = "",
    now: datetime,
) -> bool:  # fmt: skip
    """Put something before staff, once for each reference; False: it waits or was seen before."""
    return TravelCare.objects.get_or_create(
        customer_id=order.customer_id, order=order, kind=kind,
        reference=text.clean(reference)[:REFERENCE_LENGTH_MAX],
        defaults={"came_at": now, "words": text.clean(words)[:NOTE_LENGTH_MAX]},
    )[1]  # fmt: skip


@needs_transaction
def handle(order: TravelOrder, *, note: str, actor: Actor, now: datetime) -> int:
    """Staff have looked at what came of an order; NothingWaits."""
    waits = TravelCare.objects.filter(customer_id=order.customer_id, order=order, handled_at=None)
    done = waits.update(
        handled_at=now, handled_by=actor.id, note=text.clean(note)[:NOTE_LENGTH_MAX]
    )
    if not done:
        raise NothingWaits
    return done
