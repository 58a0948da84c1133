"""The catalogue of rewards: made, changed, retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clientela.loyalty.actions import partners
from clientela.loyalty.actions import reward_checks as checks
from clientela.loyalty.models import CouponPool, Currency, Reward, RewardPrice, Tier
from clientela.loyalty.rules import cash, travel
from clientela.platform import text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.products import queries as products
from clientela.products import rules as product_rules
from clientela.products.models import Product

LANGUAGES = checks.LANGUAGES
POINTS_MAX, COUNT_MAX, DAYS_MAX = checks.POINTS_MAX, checks.COUNT_MAX, checks.DAYS_MAX
HOURS_MAX, KEY_LENGTH_MAX = checks.HOURS_MAX, checks.KEY_LENGTH_MAX
QUANTITY_MAX, SHARE_MAX = checks.QUANTITY_MAX, 100
OWN = (
    "labels", "terms", "position", "stock", "member_max", "starts_at", "ends_at", "money_minor",
    "money_code", "points_min", "points_max", "share_max", "price_code", "audience",
    "audience_view", "blackouts", "product_id", "quantity", "plan", "partner", "travel_from_on",
    "travel_until_on", "reply_hours", "supplier_id", "cancellation", "cash_terms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RewardValues:
    """A reward as a door understood it. `prices`: points by tier key, "" for everybody;
    `money_prices`: what is paid beside them, in minor units of `price_code`. `product` by its code.
    """

    key: str
    kind: str
    labels: Mapping[str, str]
    prices: Mapping[str, int]
    terms: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    position: int = 0
    stock: int | None = None
    member_max: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    percent: int | None = None
    minor: int | None = None
    money_code: str = ""
    valid_days: int | None = None
    coupons_max: int | None = None
    points_min: int | None = None
    partner: str = ""
    travel_from_on: date | None = None
    travel_until_on: date | None = None
    reply_hours: int | None = None
    cancellation: Sequence[Mapping[str, int]] = ()
    cash_terms: Mapping[str, int] = field(default_factory=dict)
    points_max: int | None = None
    share_max: int | None = None
    money_prices: Mapping[str, int] = field(default_factory=dict)
    price_code: str = ""
    audience: Mapping[str, Any] = field(default_factory=dict)
    audience_view: UUID | None = None
    blackouts: Sequence[tuple[date, date]] = ()
    most_minor: int | None = None
    least_minor: int | None = None
    product: str = ""
    quantity: int | None = None
    plan: str = ""


@needs_transaction
def save(
    values: RewardValues, *, actor: Actor, now: datetime, is_demo: bool = False
) -> tuple[Reward, str]:
    """A reward by its key: `new`, `changed` or `unchanged`. Its kind and currency stay as they are.

    What customers have redeemed keeps the name, terms and value it had.
    """
    checks.check(values)
    currency = _currency(values.currency)
    known = Reward.objects.select_related("pool").filter(key=values.key).first()
    if known and (known.kind, known.currency_id) != (values.kind, currency.id):
        raise InvalidInput("A reward keeps its kind; make another one.", field="kind")
    reward = known or Reward(
        key=values.key, kind=values.kind, currency=currency, made_at=now, made_by=actor.id,
        is_demo=is_demo,
    )  # fmt: skip
    before = None if known is None else _snapshot(known)
    for name, value in _columns(values).items():
        setattr(reward, name, value)
    if values.kind in Reward.BY_CODE:
        reward.pool = _pool(values, reward.pool)
    if values.kind == Reward.Kind.TRAVEL:
        reward.supplier = partners.named(
            text.clean(values.partner), actor=actor, now=now, is_demo=is_demo
        )
        reward.partner = reward.supplier.name
    if reward.stock is not None and reward.stock < reward.taken:
        raise InvalidInput(f"{reward.taken} are taken already.", field="stock")
    reward.save()
    _price(reward, values)
    if before is None:
        return reward, "new"
    return reward, "unchanged" if _snapshot(reward) == before else "changed"


@needs_transaction
def retire(reward: Reward, *, now: datetime | None) -> None:
    """Nobody can have it from now on; None: they can again."""
    Reward.objects.filter(id=reward.id).update(retired_at=now)


def _columns(values: RewardValues) -> dict[str, object]:
    same = ("position", "stock", "member_max", "starts_at", "ends_at", "points_min", "points_max",
            "share_max", "price_code", "audience_view", "travel_from_on", "travel_until_on",
            "reply_hours", "plan")  # fmt: skip
    plain: dict[str, object] = {name: getattr(values, name) for name in same}
    plain |= {
        "labels": dict(values.labels), "terms": dict(values.terms),
        "audience": dict(values.audience), "partner": text.clean(values.partner),
        "blackouts": [[day.isoformat() for day in days] for days in values.blackouts],
        "product_id": _product(values).id if values.product else None,
        "quantity": values.quantity or (1 if values.kind == Reward.Kind.PRODUCT else None),
    }  # fmt: skip
    if values.kind == Reward.Kind.CASH:
        plain["cash_terms"] = cash.written(cash.read(values.cash_terms))
    if values.kind == Reward.Kind.TRAVEL:
        plain["cancellation"] = travel.written(travel.read(values.cancellation))
    is_worth = values.kind not in (Reward.Kind.COUPON, Reward.Kind.PERCENT_OFF)
    minor = values.minor if is_worth else None
    return plain | {"money_minor": minor, "money_code": values.money_code if minor else ""}


def _product(values: RewardValues) -> Product:
    norm = product_rules.code_norm(values.product)
    found = products.products_named([values.product]).get(norm)
    if found is None:
        raise InvalidInput(f"There is no product {values.product}.", field="product")
    return found


def _pool(values: RewardValues, pool: CouponPool | None) -> CouponPool:
    pool = pool or CouponPool(key=values.key)
    pool.percent, pool.minor = values.percent, values.minor
    pool.money_code = values.money_code
    pool.most_minor, pool.least_minor = values.most_minor, values.least_minor
    assert values.valid_days is not None
    pool.valid_days, pool.coupons_max = values.valid_days, values.coupons_max
    if pool.coupons_max is not None and pool.coupons_max < pool.issued:
        raise InvalidInput(f"{pool.issued} are given out already.", field="coupons_max")
    if pool._state.adding:
        pool.save(force_insert=True)
    else:
        fields = ["percent", "minor", "money_code", "most_minor", "least_minor", "valid_days",
                  "coupons_max"]  # fmt: skip
        pool.save(update_fields=fields)
    return pool


def _price(reward: Reward, values: RewardValues) -> None:
    tiers = {tier.key: tier for tier in Tier.objects.filter(tier_set__currency=reward.currency)}
    if unknown := set(values.prices) - {"", *tiers}:
        raise InvalidInput(f"There is no tier {min(unknown)}.", field=f"prices.{min(unknown)}")
    wanted = {
        tiers[key].pk if key else None: (points, values.money_prices.get(key, 0))
        for key, points in values.prices.items()
    }
    known = {price.tier_id: (price.points, price.money_minor) for price in reward.prices.all()}
    if known == wanted:
        return
    reward.prices.all().delete()
    RewardPrice.objects.bulk_create(
        RewardPrice(reward=reward, tier_id=tier, points=points, money_minor=minor)
        for tier, (points, minor) in wanted.items()
    )


def _snapshot(reward: Reward) -> tuple[object, ...]:
    pool = reward.pool
    prices = sorted(
        (price.tier_id or 0, price.points, price.money_minor)
        for price in RewardPrice.objects.filter(reward=reward)
    )
    own = tuple(getattr(reward, name) for name in OWN)
    codes = (pool.percent, pool.minor, pool.money_code, pool.most_minor, pool.least_minor,
             pool.valid_days, pool.coupons_max) if pool else ()  # fmt: skip
    return (*own, *codes, *prices)


def _currency(code: str) -> Currency:
    found = Currency.objects.order_by("id")
    currency = (found.filter(code=code) if code else found).first()
    if currency is None:
        raise InvalidInput(f"There are no points called {code}.", field="currency")
    return currency
