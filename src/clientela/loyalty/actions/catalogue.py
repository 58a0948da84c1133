"""The catalogue of rewards: made, changed, retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from clientela.loyalty.actions import partners
from clientela.loyalty.models import CouponPool, Currency, Reward, RewardPrice, Tier
from clientela.loyalty.rules import cash, travel
from clientela.platform import money, text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

POINTS_MAX = 10**9
MINOR_MAX = 10**10
COUNT_MAX = 10**9
DAYS_MAX = 3_650
HOURS_MAX = 30 * 24  # a hold lives thirty days at most
LANGUAGES = ("en", "es", "lv")
KEY_LENGTH_MAX = 60


@dataclass(frozen=True, slots=True)
class RewardValues:
    """A reward as a door understood it. `prices`: points by tier key, "" for everybody."""

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


@needs_transaction
def save(
    values: RewardValues, *, actor: Actor, now: datetime, is_demo: bool = False
) -> tuple[Reward, str]:
    """A reward by its key: `new`, `changed` or `unchanged`. Its kind and currency stay as they are.

    What customers have redeemed keeps the name, terms and value it had.
    """
    _check(values)
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
    if values.kind == Reward.Kind.COUPON:
        reward.pool = _pool(values, reward.pool)
    if values.kind == Reward.Kind.TRAVEL:
        reward.supplier = partners.named(
            text.clean(values.partner), actor=actor, now=now, is_demo=is_demo
        )
        reward.partner = reward.supplier.name
    if reward.stock is not None and reward.stock < reward.taken:
        raise InvalidInput(f"{reward.taken} are taken already.", field="stock")
    reward.save()
    _price(reward, values.prices)
    if before is None:
        return reward, "new"
    return reward, "unchanged" if _snapshot(reward) == before else "changed"


@needs_transaction
def retire(reward: Reward, *, now: datetime | None) -> None:
    """Nobody can have it from now on; None: they can again."""
    Reward.objects.filter(id=reward.id).update(retired_at=now)


def _columns(values: RewardValues) -> dict[str, object]:
    plain = {
        name: getattr(values, name)
        for name in ("position", "stock", "member_max", "starts_at", "ends_at")
    }
    plain |= {"labels": dict(values.labels), "terms": dict(values.terms)}
    if values.kind == Reward.Kind.CASH:
        plain |= {"money_minor": values.minor, "money_code": values.money_code,
                  "points_min": values.points_min,
                  "cash_terms": cash.written(cash.read(values.cash_terms))}  # fmt: skip
    if values.kind == Reward.Kind.TRAVEL:
        plain |= {
            "money_minor": values.minor, "money_code": values.money_code,
            "partner": text.clean(values.partner), "travel_from_on": values.travel_from_on,
            "travel_until_on": values.travel_until_on, "reply_hours": values.reply_hours,
            "cancellation": travel.written(travel.read(values.cancellation)),
        }  # fmt: skip
    return plain


def _pool(values: RewardValues, pool: CouponPool | None) -> CouponPool:
    pool = pool or CouponPool(key=values.key)
    pool.percent, pool.minor = values.percent, values.minor
    pool.money_code = values.money_code if values.minor else ""
    assert values.valid_days is not None
    pool.valid_days, pool.coupons_max = values.valid_days, values.coupons_max
    if pool.coupons_max is not None and pool.coupons_max < pool.issued:
        raise InvalidInput(f"{pool.issued} are given out already.", field="coupons_max")
    if pool._state.adding:
        pool.save(force_insert=True)
    else:
        fields = ["percent", "minor", "money_code", "valid_days", "coupons_max"]
        pool.save(update_fields=fields)
    return pool


def _price(reward: Reward, prices: Mapping[str, int]) -> None:
    tiers = {tier.key: tier for tier in Tier.objects.filter(tier_set__currency=reward.currency)}
    if unknown := set(prices) - {"", *tiers}:
        raise InvalidInput(f"There is no tier {min(unknown)}.", field=f"prices.{min(unknown)}")
    wanted = {tiers[key].pk if key else None: points for key, points in prices.items()}
    known = {price.tier_id: price.points for price in reward.prices.all()}
    if known == wanted:
        return
    reward.prices.all().delete()
    RewardPrice.objects.bulk_create(
        RewardPrice(reward=reward, tier_id=tier, points=points) for tier, points in wanted.items()
    )


def _snapshot(reward: Reward) -> tuple[object, ...]:
    pool = reward.pool
    prices = sorted(
        (price.tier_id or 0, price.points) for price in RewardPrice.objects.filter(reward=reward)
    )
    own = tuple(
        getattr(reward, name)
        for name in ("labels", "terms", "position", "stock", "member_max", "starts_at", "ends_at",
                     "money_minor", "money_code", "points_min", "partner", "travel_from_on",
                     "travel_until_on", "reply_hours", "supplier_id", "cancellation", "cash_terms")
    )  # fmt: skip
    codes = (pool.percent, pool.minor, pool.money_code, pool.valid_days, pool.coupons_max) if pool \
        else ()  # fmt: skip
    return (*own, *codes, *prices)


def _currency(code: str) -> Currency:
    found = Currency.objects.order_by("id")
    currency = (found.filter(code=code) if code else found).first()
    if currency is None:
        raise InvalidInput(f"There are no points called {code}.", field="currency")
    return currency


def _check(values: RewardValues) -> None:
    if not values.key or len(values.key) > KEY_LENGTH_MAX:
        raise InvalidInput("A reward needs a key of letters, digits and hyphens.", field="key")
    if values.kind not in Reward.Kind.values:
        raise InvalidInput("A reward is a coupon, cash or travel.", field="kind")
    _check_words(values)
    if not values.prices:
        raise InvalidInput("Say what it costs in points.", field="prices")
    for tier, points in values.prices.items():
        _within(points, POINTS_MAX, f"prices.{tier}" if tier else "prices")
    for name in ("stock", "coupons_max", "member_max", "points_min"):
        _within(getattr(values, name), COUNT_MAX, name)
    if values.starts_at and values.ends_at and values.ends_at <= values.starts_at:
        raise InvalidInput("It ends before it begins.", field="ends_at")
    {"coupon": _check_coupon, "cash": _check_cash, "travel": _check_travel}[values.kind](values)


def _check_words(values: RewardValues) -> None:
    for name in ("labels", "terms"):
        if unknown := set(getattr(values, name)) - set(LANGUAGES):
            raise InvalidInput("Use en, es and lv.", field=f"{name}.{min(unknown)}")
    if not text.clean(values.labels.get("en", "")):
        raise InvalidInput("Name the reward in English at least.", field="labels.en")


def _check_coupon(values: RewardValues) -> None:
    if (values.percent is None) == (values.minor is None):
        raise InvalidInput("A coupon is worth money or percent, one of them.", field="percent")
    _within(values.percent, 100, "percent")
    _check_money(values)
    if values.valid_days is None:
        raise InvalidInput("Say for how many days a coupon can be used.", field="valid_days")
    _within(values.valid_days, DAYS_MAX, "valid_days")


def _check_cash(values: RewardValues) -> None:
    if values.minor is None:
        raise InvalidInput("Say what a block of points pays.", field="minor")
    _check_money(values)
    try:
        cash.read(values.cash_terms)
    except cash.BadTerms as bad:
        raise InvalidInput("This limit cannot be used.", field=f"cash_terms.{bad}") from None


def _check_travel(values: RewardValues) -> None:
    if not text.clean(values.partner):
        raise InvalidInput("Name the partner.", field="partner")
    if values.reply_hours is None:
        raise InvalidInput("Say within how many hours we answer.", field="reply_hours")
    _within(values.reply_hours, HOURS_MAX, "reply_hours")
    first, last = values.travel_from_on, values.travel_until_on
    if first and last and last < first:
        raise InvalidInput("The last day lies before the first.", field="travel_until_on")
    _check_money(values)
    try:
        travel.read(values.cancellation)
    except travel.BadTerms as bad:
        part = f"cancellation.{bad}".rstrip(".")
        raise InvalidInput("These terms of cancellation cannot be.", field=part) from None


def _check_money(values: RewardValues) -> None:
    if values.minor is None:
        return
    _within(values.minor, MINOR_MAX, "minor")
    if values.money_code not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="money_code")


def _within(value: int | None, most: int, name: str) -> None:
    if value is not None and not 0 < value <= most:
        raise InvalidInput(f"Use a whole number from 1 to {most}.", field=name)
