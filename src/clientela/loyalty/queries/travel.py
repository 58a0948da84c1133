"""Reads of partners, the dates of journeys, the orders, and what waits for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from clientela.customers.sight import seen
from clientela.loyalty.actions.partners import NoSuchPartner
from clientela.loyalty.actions.travel import NoSuchTravelOrder
from clientela.loyalty.models import (
    Partner,
    PartnerMessage,
    Reward,
    TravelCare,
    TravelOffer,
    TravelOrder,
    TravelOrderStep,
    Voucher,
)
from clientela.loyalty.queries.rewards import OF_A_JOURNEY
from clientela.platform import ids

STATES = ("waiting", "late", "confirmed", "cancelled", "refused", "timed_out")


def partners(*, retired: bool = False) -> list[Partner]:
    found = Partner.objects.annotate(
        codes_left=Count("vouchers", filter=Q(vouchers__order_id=None))
    ).order_by("name", "key")
    return list(found if retired else found.filter(retired_at=None))


def partner(named: str) -> Partner:
    """A partner by its id or its key."""
    try:
        found = Partner.objects.filter(id=ids.parse("prt", named)).first()
    except ValueError:
        found = Partner.objects.filter(key=named).first()
    if found is None:
        raise NoSuchPartner(f"There is no partner {named[:60]}.", field="partner")
    return found


def codes_left(partner: Partner) -> int:
    return Voucher.objects.filter(partner=partner, order_id=None).count()


def offers(
    *, today: date, reward: Reward | None = None, over: bool = False,
    after: tuple[date, UUID] | None = None, limit: int = 50,
) -> list[TravelOffer]:  # fmt: skip
    """Dates of journeys, the next first; with `over` also those that are past or closed."""
    found = TravelOffer.objects.select_related("reward__currency", "reward__supplier")
    if reward is not None:
        found = found.filter(reward=reward)
    if not over:
        found = found.filter(closed_at=None, starts_on__gte=today, reward__retired_at=None)
    if after is not None:
        day, id = after
        found = found.filter(Q(starts_on__gt=day) | Q(starts_on=day, id__gt=id))
    return list(found.order_by("starts_on", "id")[:limit])


def offer(offer_id: UUID) -> TravelOffer | None:
    return TravelOffer.objects.select_related("reward").filter(id=offer_id).first()


def date_of(reward: Reward, starts_on: date) -> TravelOffer | None:
    """The day of a journey that begins so, where it can be booked."""
    return TravelOffer.objects.filter(reward=reward, starts_on=starts_on, closed_at=None).first()


def order(order_id: UUID) -> TravelOrder:
    """With everything that came of it."""
    found = seen(_orders().filter(id=order_id)).first()
    if found is None:
        raise NoSuchTravelOrder
    return found


def orders(
    state: str = "", *, partner: Partner | None = None, before: UUID | None = None,
    limit: int = 50,
) -> list[TravelOrder]:  # fmt: skip
    """Orders in a state, or all of them, the newest first."""
    found = seen(_orders())
    if partner is not None:
        found = found.filter(supplier=partner)
    if state:
        found = _in_state(found, state)
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found.order_by("-id")[:limit])


def journeys_ahead(*, today: date, limit: int) -> list[TravelOrder]:
    """Confirmed journeys that have not begun, the next first; those without a day last."""
    found = _in_state(seen(_orders()), "confirmed").filter(
        Q(starts_on__gte=today) | Q(starts_on=None)
    )
    return list(found.order_by(F("starts_on").asc(nulls_last=True), "id")[:limit])


def late_orders(*, limit: int) -> list[TravelOrder]:
    """Orders of which something came that nobody has looked at, oldest first."""
    return list(_in_state(seen(_orders()), "late").order_by("id")[:limit])


def counted() -> dict[str, int]:
    """How many orders wait for an answer, and how many for staff."""
    return {
        "waiting": seen(TravelOrder.objects.filter(is_open=True)).count(),
        "late": seen(TravelCare.objects.filter(handled_at=None)).count(),
    }


def _orders() -> QuerySet[TravelOrder]:
    found = TravelOrder.objects.select_related("redemption__reward", "supplier", "offer")
    return found.prefetch_related(*OF_A_JOURNEY, "cares")


def _in_state(found: QuerySet[TravelOrder], state: str) -> QuerySet[TravelOrder]:
    if state == "waiting":
        return found.filter(is_open=True)
    if state == "late":
        cares = TravelCare.objects.filter(handled_at=None).values("order_id")
        return found.filter(id__in=cares)
    if state == "cancelled":
        return found.filter(cancellations__isnull=False)
    steps = TravelOrderStep.objects.filter(kind=state).values("order_id")
    return found.filter(id__in=steps, cancellations__isnull=True)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that came of an order, with who and when."""

    kind: str
    happened_at: datetime
    actor: str
    note: str = ""
    reference: str = ""
    points: int | None = None
    percent: int | None = None


def steps_of(order: TravelOrder) -> list[Step]:
    """All that came of an order, in its order: placed, sent, answered, cancelled, looked at."""
    found = [Step("placed", order.placed_at, order.placed_by, points=order.redemption.points)]
    found += [
        Step(f"{one.kind}_sent", one.ended_at or one.written_at, "system", note=one.fault)
        for one in messages_of(order)
        if one.state == PartnerMessage.State.ACCEPTED
    ]
    found += [
        Step(one.kind, one.taken_at, one.actor, one.note, order.partner_reference)
        for one in order.steps.all()
    ]
    found += [
        Step("cancelled", one.cancelled_at, one.actor, one.cause, "", one.points, one.percent)
        for one in order.cancellations.all()
    ]
    for care in order.cares.all():
        found.append(Step(care.kind, care.came_at, "system", care.words, care.reference))
        if care.handled_at is not None:
            found.append(Step("handled", care.handled_at, care.handled_by, care.note))
    return sorted(found, key=lambda step: step.happened_at)


def messages_of(order: TravelOrder) -> list[PartnerMessage]:
    found = PartnerMessage.objects.filter(customer_id=order.customer_id, travel_order_id=order.id)
    return list(found.order_by("id"))


def messages_due(*, now: datetime, limit: int) -> list[UUID]:
    found = PartnerMessage.objects.filter(
        state=PartnerMessage.State.WAITING, next_try_at__lte=now
    ).order_by("next_try_at", "id")
    return list(found.values_list("id", flat=True)[:limit])


def partner_of(order_id: UUID) -> Partner | None:
    """Whose order it is; only a partner that is asked by itself answers by itself."""
    return Partner.objects.filter(
        fulfilment=Partner.Fulfilment.WEBHOOK,
        id__in=TravelOrder.objects.filter(id=order_id).values("supplier_id"),
    ).first()
