"""Rewards: the catalogue, and what a customer can have of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Instant, Minor, Money, Text, public_id
from clientela.customers import queries as customers
from clientela.flows import make_reward, offered_rewards
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.models import Reward
from clientela.loyalty.queries import rewards
from clientela.platform import ids
from clientela.platform.errors import InvalidInput

doors = Doors(tags=["rewards"], switch="loyalty")
Day = Annotated[StrictStr, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Words = dict[StrictStr, Text]
Span = Annotated[list[Day], Field(min_length=2, max_length=2)]
Whole = Annotated[StrictInt, Field(ge=1, le=10**12)]


KindName = Literal[
    "coupon", "money_off", "percent_off", "product", "bill_credit", "service_month", "warranty",
    "miles", "gift_card", "wallet", "cash", "travel",
]  # fmt: skip


class RewardBody(Body):
    """A reward by its key. `prices`: points by tier, `""` is everybody's; `money_prices` beside
    them, in minor units of `price_code`. `audience`: a condition, or `audience_list` a saved list.
    `blackouts`: first and last days on which nobody has it. Amounts are in the currency of `money`
    or in `money_code`.
    """

    key: Annotated[StrictStr, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    kind: KindName
    labels: Words
    terms: Words = {}
    prices: dict[StrictStr, Whole]
    currency: StrictStr = ""
    position: StrictInt = 0
    stock: Whole | None = None
    member_max: Annotated[StrictInt, Field(ge=1, le=10**6)] | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    percent: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    money: Money | None = None
    valid_days: Annotated[StrictInt, Field(ge=1, le=3_650)] | None = None
    coupons_max: Whole | None = None
    points_min: Whole | None = None
    partner: Text = ""
    travel_from_on: Day | None = None
    travel_until_on: Day | None = None
    reply_hours: Annotated[StrictInt, Field(ge=1, le=720)] | None = None
    cancellation: list[dict[StrictStr, StrictInt]] = []
    cash_terms: dict[StrictStr, StrictInt] = {}
    points_max: Whole | None = None
    share_max: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    money_prices: dict[StrictStr, Minor] = {}
    price_code: StrictStr = ""
    money_code: StrictStr = ""
    audience: dict[str, Any] = {}
    audience_list: StrictStr | None = None
    blackouts: Annotated[list[Span], Field(max_length=60)] = []
    most_minor: Whole | None = None
    least_minor: Whole | None = None
    product: Text = ""
    quantity: Annotated[StrictInt, Field(ge=1, le=100_000)] | None = None
    plan: Text = ""
    retired: StrictBool = False


class RewardAnswer(Body):
    id: str
    key: str
    kind: str
    currency: str
    labels: dict[str, str]
    terms: dict[str, str]
    prices: dict[str, int]
    stock_left: int | None
    member_max: int | None
    starts_at: str | None
    ends_at: str | None
    percent: int | None
    money: Money | None
    valid_days: int | None
    points_min: int | None
    partner: str
    travel_from_on: str | None
    travel_until_on: str | None
    reply_hours: int | None
    cancellation: list[dict[str, int]]
    cash_terms: dict[str, int]
    points_max: int | None
    share_max: int | None
    money_prices: dict[str, int]
    price_code: str
    audience: dict[str, Any]
    audience_list: str | None
    blackouts: list[list[str]]
    most_minor: int | None
    least_minor: int | None
    product: str | None
    quantity: int | None
    plan: str
    retired: bool


class RewardPage(Body):
    items: list[RewardAnswer]
    next: str | None


class Saved(Body):
    state: str
    reward: RewardAnswer


class RewardOffered(Body):
    reward: RewardAnswer
    points: int
    money: Money | None
    can_be_had: bool
    why_not: str | None
    missing: int
    available: int


class OfferedPage(Body):
    items: list[RewardOffered]
    next: str | None


@doors.read("/rewards", right="loyalty.view", answer=RewardPage, summary="List the rewards")
def catalogue(request: HouseRequest, retired: Annotated[bool, Query()] = False) -> dict[str, Any]:
    """In the order of the catalogue; with `retired=true` also those nobody can have any more."""
    return {"items": [_reward(one) for one in rewards.catalogue(retired=retired)], "next": None}


@doors.write("POST", "/rewards", right="loyalty.configure", answer=Saved,
             summary="Make or change a reward")  # fmt: skip
def save_reward(request: HouseRequest, body: RewardBody) -> dict[str, Any]:
    """By its key: `new`, `changed` or `unchanged`. What customers have redeemed stays as it was."""
    reward, state = make_reward.save_reward(
        _values(body), retired=body.retired, actor=request.actor, now=request.started_at
    )
    return {"state": state, "reward": _reward(rewards.find(reward.public_id))}


@doors.read("/customers/{customer_id}/rewards", right="loyalty.view", answer=OfferedPage,
            summary="What a customer can have")  # fmt: skip
def offers(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Every reward with what it costs this customer, and why they cannot have it."""
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    found = offered_rewards.offers_for(family, now=request.started_at)
    return {"items": [_offered(one) for one in found], "next": None}


def _values(body: RewardBody) -> RewardValues:
    apart = {"money", "retired", "travel_from_on", "travel_until_on", "audience_list", "blackouts",
             "money_code"}  # fmt: skip
    named = body.audience_list
    return RewardValues(
        **body.model_dump(exclude=apart), minor=body.money.minor if body.money else None,
        money_code=body.money.currency if body.money else body.money_code,
        travel_from_on=day(body.travel_from_on, "travel_from_on"),
        travel_until_on=day(body.travel_until_on, "travel_until_on"),
        audience_view=public_id("lst", named, field="audience_list") if named else None,
        blackouts=tuple(_span(place, days) for place, days in enumerate(body.blackouts)),
    )  # fmt: skip


def _span(place: int, days: list[str]) -> tuple[date, date]:
    first, last = (day(one, f"blackouts.{place}") for one in days)
    assert first is not None
    assert last is not None
    return first, last


def day(written: str | None, field: str) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise InvalidInput("There is no such day.", field=field) from None


def _reward(one: Reward) -> dict[str, Any]:
    pool = one.pool
    minor, code = (pool.minor, pool.money_code) if pool else (one.money_minor, one.money_code)
    return {
        "id": one.public_id, "key": one.key, "kind": one.kind, "currency": one.currency.code,
        "labels": one.labels, "terms": one.terms,
        "prices": {price.tier.key if price.tier else "": price.points
                   for price in one.prices.all()},
        "stock_left": None if one.stock is None else one.stock - one.taken,
        "member_max": one.member_max, "starts_at": iso(one.starts_at),
        "ends_at": iso(one.ends_at), "percent": pool.percent if pool else None,
        "money": None if minor is None else {"minor": minor, "currency": code},
        "valid_days": pool.valid_days if pool else None, "points_min": one.points_min,
        "partner": one.partner, "travel_from_on": iso(one.travel_from_on),
        "travel_until_on": iso(one.travel_until_on), "reply_hours": one.reply_hours,
        "cancellation": one.cancellation, "cash_terms": one.cash_terms,
        **_limits(one),
        "retired": one.retired_at is not None,
    }  # fmt: skip


def _limits(one: Reward) -> dict[str, Any]:
    pool = one.pool
    return {
        "points_max": one.points_max, "share_max": one.share_max,
        "money_prices": {price.tier.key if price.tier else "": price.money_minor
                         for price in one.prices.all() if price.money_minor},
        "price_code": one.price_code, "audience": one.audience, "blackouts": one.blackouts,
        "audience_list": ids.public("lst", one.audience_view) if one.audience_view else None,
        "most_minor": pool.most_minor if pool else None,
        "least_minor": pool.least_minor if pool else None,
        "product": one.product.code if one.product else None, "quantity": one.quantity,
        "plan": one.plan,
    }  # fmt: skip


def _offered(one: rewards.Offered) -> dict[str, Any]:
    return {
        "reward": _reward(one.reward), "points": one.quote.points,
        "money": beside(one.quote.minor, one.reward.price_code),
        "can_be_had": not one.quote.why, "why_not": one.quote.why or None,
        "missing": one.quote.missing, "available": one.available,
    }  # fmt: skip


def beside(minor: int, code: str) -> dict[str, Any] | None:
    """What is paid in money beside the points."""
    return {"minor": minor, "currency": code} if minor else None


def iso(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())
