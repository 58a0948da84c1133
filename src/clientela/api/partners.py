"""Partners, the codes they gave us, and the days of journeys."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.rewards import iso
from clientela.api.router import Doors
from clientela.api.types import After, Body, Code, Day, HouseRequest, Money, Name
from clientela.flows import tell_partners, travel_catalogue
from clientela.loyalty.actions.partners import CODES_AT_ONCE, PartnerValues
from clientela.loyalty.actions.travel import OFFERS_AT_ONCE, OfferValues
from clientela.loyalty.models import Partner, TravelOffer
from clientela.loyalty.queries import rewards
from clientela.loyalty.queries import travel as reads
from clientela.platform.errors import InvalidInput
from clientela.staff import company as companies

doors = Doors(tags=["rewards"], switch="loyalty")
HANDLES, CONFIGURES = "loyalty.handle_travel", "loyalty.configure"
LIMIT_MAX = 200
Whole = Annotated[StrictInt, Field(ge=1, le=10**9)]


class RateBody(Body):
    """So many points are settled with so many minor units."""

    points: Whole
    minor: Whole


class PartnerBody(Body):
    """A partner by its key. `earn`: what it pays us for points earned there; `burn`: what we pay it
    for points used there; both in `currency`.
    """

    key: Annotated[StrictStr, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    name: Name
    fulfilment: Literal["desk", "pool", "webhook"] = "desk"
    address: StrictStr = ""
    reply_hours: Annotated[StrictInt, Field(ge=1, le=720)] = 48
    earn: RateBody | None = None
    burn: RateBody | None = None
    currency: Code | None = None
    language: Literal["en", "es", "lv"] | None = None
    retired: StrictBool = False


class PartnerAnswer(Body):
    id: str
    key: str
    name: str
    fulfilment: str
    address: str
    reply_hours: int
    earn: RateBody | None
    burn: RateBody | None
    currency: str | None
    language: str | None
    codes_left: int | None
    retired: bool


class PartnerPage(Body):
    items: list[PartnerAnswer]
    next: str | None


class PartnerSaved(Body):
    """`secret` is shown when the partner is new, or its secret was changed; never again."""

    state: str
    partner: PartnerAnswer
    secret: str | None


class CodesBody(Body):
    codes: Annotated[list[StrictStr], Field(min_length=1, max_length=CODES_AT_ONCE)]
    good_until_on: Day | None = None


class CodesBrought(Body):
    new: int
    known: int
    left: int


class TravelDateBody(Body):
    """One day of a journey. `points`, and `money` besides: where it costs otherwise than the
    journey.
    """

    starts_on: Day
    ends_on: Day | None = None
    seats: Annotated[StrictInt, Field(ge=1, le=100_000)]
    points: Whole | None = None
    money: Money | None = None
    closed: StrictBool = False


class OffersBody(Body):
    """The journey by its key, and its days; a day again changes what it says."""

    journey: StrictStr
    offers: Annotated[list[TravelDateBody], Field(min_length=1, max_length=OFFERS_AT_ONCE)]


class TravelOfferAnswer(Body):
    id: str
    journey: str
    labels: dict[str, str]
    partner: str
    starts_on: str
    ends_on: str
    seats: int
    seats_left: int
    points: int | None
    money: Money | None
    closed: bool


class TravelOfferPage(Body):
    items: list[TravelOfferAnswer]
    next: str | None


class TravelOfferState(Body):
    state: str
    offer: TravelOfferAnswer


class OffersSaved(Body):
    results: list[TravelOfferState]


@doors.read("/partners", right=HANDLES, answer=PartnerPage, summary="List partners")
def list_partners(
    request: HouseRequest, retired: Annotated[bool, Query()] = False
) -> dict[str, Any]:
    """By name; with `retired=true` also those nothing is ordered from any more."""
    found = reads.partners(retired=retired)
    return {"items": [_partner(one) for one in found], "next": None}


@doors.write("POST", "/partners", right=CONFIGURES, answer=PartnerSaved,
             summary="Make or change a partner", kept=False)  # fmt: skip
def save_partner(request: HouseRequest, body: PartnerBody) -> dict[str, Any]:
    """By its key: `new`, `changed` or `unchanged`. Its account in the ledger stays its own."""
    values = PartnerValues(
        body.key, body.name, body.fulfilment, body.address, body.reply_hours,
        (body.earn.points, body.earn.minor) if body.earn else None,
        (body.burn.points, body.burn.minor) if body.burn else None, body.currency or "",
        body.language or "",
    )  # fmt: skip
    partner, state = travel_catalogue.save_partner(
        values, retired=body.retired, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    secret = tell_partners.secret_of(partner) if state == "new" else None
    return {"state": state, "partner": _partner(partner), "secret": secret}


@doors.write("POST", "/partners/{partner}/secret", right=CONFIGURES, answer=PartnerSaved,
             summary="Give a partner another secret", kept=False)  # fmt: skip
def rotate_secret(request: HouseRequest, partner: StrictStr) -> dict[str, Any]:
    """The old one is worth nothing from now on."""
    found = travel_catalogue.rotate_secret(
        partner, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return {
        "state": "changed", "partner": _partner(found), "secret": tell_partners.secret_of(found),
    }  # fmt: skip


@doors.write("POST", "/partners/{partner}/vouchers", right=CONFIGURES, answer=CodesBrought,
             summary="Bring in a partner's codes")  # fmt: skip
def bring_vouchers(request: HouseRequest, partner: StrictStr, body: CodesBody) -> dict[str, Any]:
    """Codes that are here already stay as they are."""
    brought = travel_catalogue.bring_vouchers(
        partner, body.codes, good_until_on=body.good_until_on, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    left = reads.codes_left(reads.partner(partner))
    return {"new": brought.new, "known": brought.known, "left": left}


@doors.read("/travel-offers", right="loyalty.view", answer=TravelOfferPage,
            summary="List the days of journeys")  # fmt: skip
def list_offers(
    request: HouseRequest, journey: Annotated[str, Query(max_length=60)] = "",
    over: Annotated[bool, Query()] = False, after: After = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """The next first; with `over=true` also those that are past or closed."""
    found = reads.offers(
        today=companies.current().today(request.started_at),
        reward=rewards.find(journey) if journey else None, over=over, after=_beyond(after),
        limit=limit,
    )  # fmt: skip
    last = found[-1] if len(found) == limit else None
    following = f"{last.starts_on.isoformat()}~{last.id.hex}" if last else None
    return {"items": [_offer(one) for one in found], "next": following}


@doors.write("POST", "/travel-offers", right=CONFIGURES, answer=OffersSaved,
             summary="Make or change days of a journey")  # fmt: skip
def save_offers(request: HouseRequest, body: OffersBody) -> dict[str, Any]:
    """By the first day: `new`, `changed` or `unchanged`. Seats that are taken stay taken."""
    batch = [
        OfferValues(
            one.starts_on, one.seats, one.ends_on, one.points, one.closed,
            money_minor=one.money.minor if one.money else None,
            money_code=one.money.currency if one.money else "",
        )
        for one in body.offers
    ]  # fmt: skip
    saved = travel_catalogue.save_offers(body.journey, batch, now=request.started_at)
    return {"results": [{"state": state, "offer": _offer(one)} for one, state in saved]}


def _beyond(after: str | None) -> tuple[date, UUID] | None:
    if not after:
        return None
    day, _, id = after.partition("~")
    try:
        return date.fromisoformat(day), UUID(hex=id)
    except ValueError:
        raise InvalidInput("Use the value of `next`.", field="after") from None


def _partner(one: Partner) -> dict[str, Any]:
    def rate(points: int | None, minor: int | None) -> dict[str, int] | None:
        return None if points is None or minor is None else {"points": points, "minor": minor}

    is_pool = one.fulfilment == Partner.Fulfilment.POOL
    return {
        "id": one.public_id, "key": one.key, "name": one.name, "fulfilment": one.fulfilment,
        "address": one.address, "reply_hours": one.reply_hours,
        "earn": rate(one.earn_points, one.earn_minor),
        "burn": rate(one.burn_points, one.burn_minor), "currency": one.money_code or None,
        "language": one.language or None,
        "codes_left": reads.codes_left(one) if is_pool else None,
        "retired": one.retired_at is not None,
    }  # fmt: skip


def _offer(one: TravelOffer) -> dict[str, Any]:
    return {
        "id": one.public_id, "journey": one.reward.key, "labels": one.reward.labels,
        "partner": one.reward.partner, "starts_on": iso(one.starts_on),
        "ends_on": iso(one.ends_on), "seats": one.seats, "seats_left": one.seats - one.taken,
        "points": one.points, "closed": one.closed_at is not None,
        "money": None if one.money_minor is None
        else {"minor": one.money_minor, "currency": one.reward.price_code},
    }  # fmt: skip
