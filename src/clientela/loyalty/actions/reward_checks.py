"""What a reward must say, by its kind; the field at fault is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from clientela.loyalty.models import Reward
from clientela.loyalty.rules import cash, travel
from clientela.platform import money, text
from clientela.platform.errors import InvalidInput

if TYPE_CHECKING:
    from clientela.loyalty.actions.catalogue import RewardValues

POINTS_MAX = 10**9
MINOR_MAX = 10**10
COUNT_MAX = 10**9
DAYS_MAX = 3_650
HOURS_MAX = 30 * 24  # a hold lives thirty days at most
QUANTITY_MAX = 100_000
MONTHS_MAX = 120
BLACKOUTS_MAX = 60
LANGUAGES = ("en", "es", "lv")
KEY_LENGTH_MAX = 60
Kind = Reward.Kind


def check(values: RewardValues) -> None:
    if not values.key or len(values.key) > KEY_LENGTH_MAX:
        raise InvalidInput("A reward needs a key of letters, digits and hyphens.", field="key")
    if values.kind not in Kind.values:
        raise InvalidInput(f"A reward is one of {', '.join(Kind.values)}.", field="kind")
    _check_words(values)
    _check_prices(values)
    for name in ("stock", "coupons_max", "member_max", "points_min", "points_max"):
        _within(getattr(values, name), COUNT_MAX, name)
    _check_limits(values)
    _BY_KIND[values.kind](values)


def _check_words(values: RewardValues) -> None:
    for name in ("labels", "terms"):
        if unknown := set(getattr(values, name)) - set(LANGUAGES):
            raise InvalidInput("Use en, es and lv.", field=f"{name}.{min(unknown)}")
    if not text.clean(values.labels.get("en", "")):
        raise InvalidInput("Name the reward in English at least.", field="labels.en")


def _check_prices(values: RewardValues) -> None:
    if not values.prices:
        raise InvalidInput("Say what it costs in points.", field="prices")
    for tier, points in values.prices.items():
        _within(points, POINTS_MAX, f"prices.{tier}" if tier else "prices")
    if unknown := set(values.money_prices) - set(values.prices):
        raise InvalidInput(
            "Money is paid beside points only.", field=f"money_prices.{min(unknown)}"
        )
    for tier, minor in values.money_prices.items():
        if not 0 <= minor <= MINOR_MAX:
            raise InvalidInput(f"Use 0 to {MINOR_MAX}.", field=f"money_prices.{tier}")
    if any(values.money_prices.values()) and values.price_code not in money.CURRENCIES:
        raise InvalidInput("Say in which currency it is paid, such as EUR.", field="price_code")


def _check_limits(values: RewardValues) -> None:
    if values.starts_at and values.ends_at and values.ends_at <= values.starts_at:
        raise InvalidInput("It ends before it begins.", field="ends_at")
    if values.points_min and values.points_max and values.points_max < values.points_min:
        raise InvalidInput("The most is less than the least.", field="points_max")
    _within(values.share_max, 100, "share_max")
    if values.audience and values.audience_view:
        raise InvalidInput("Give a condition or a saved list, one of them.", field="audience")
    if len(values.blackouts) > BLACKOUTS_MAX:
        raise InvalidInput(f"At most {BLACKOUTS_MAX} spans of days.", field="blackouts")
    for place, (first, last) in enumerate(values.blackouts):
        if last < first:
            raise InvalidInput("The last day lies before the first.", field=f"blackouts.{place}")


def _check_coupon(values: RewardValues) -> None:
    if (values.percent is None) == (values.minor is None):
        raise InvalidInput("A coupon is worth money or percent, one of them.", field="percent")
    _within(values.percent, 100, "percent")
    _check_code(values)


def _check_code(values: RewardValues) -> None:
    _check_money(values)
    for name in ("most_minor", "least_minor"):
        if getattr(values, name) is not None:
            _within(getattr(values, name), MINOR_MAX, name)
            _check_currency(values)
    if values.valid_days is None:
        raise InvalidInput("Say for how many days a coupon can be used.", field="valid_days")
    _within(values.valid_days, DAYS_MAX, "valid_days")


def _check_percent(values: RewardValues) -> None:
    if values.percent is None:
        raise InvalidInput("Say how many percent.", field="percent")
    if values.minor is not None:
        raise InvalidInput("This is worth percent; `most_minor` limits it.", field="minor")
    _check_coupon(values)


def _check_money_off(values: RewardValues) -> None:
    if values.percent is not None:
        raise InvalidInput("This is worth money.", field="percent")
    _check_blocks(values)
    _check_code(values)


def _check_blocks(values: RewardValues) -> None:
    if values.minor is None:
        raise InvalidInput("Say what a block of points pays.", field="minor")
    _check_money(values)


def _check_cash(values: RewardValues) -> None:
    _check_blocks(values)
    try:
        cash.read(values.cash_terms)
    except cash.BadTerms as bad:
        raise InvalidInput("This limit cannot be used.", field=f"cash_terms.{bad}") from None


def _check_product(values: RewardValues) -> None:
    if not values.product:
        raise InvalidInput("Name the product by its code.", field="product")
    _within(values.quantity, 1_000, "quantity")


def _check_months(values: RewardValues) -> None:
    if values.quantity is None:
        raise InvalidInput("Say how many months.", field="quantity")
    _within(values.quantity, MONTHS_MAX, "quantity")


def _check_warranty(values: RewardValues) -> None:
    if not text.clean(values.plan):
        raise InvalidInput("Name the warranty plan by its code.", field="plan")
    _check_months(values)


def _check_miles(values: RewardValues) -> None:
    if not text.clean(values.partner):
        raise InvalidInput("Name the partner.", field="partner")
    if values.quantity is None:
        raise InvalidInput("Say how many miles a block of points gives.", field="quantity")
    _within(values.quantity, QUANTITY_MAX, "quantity")


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
    _check_currency(values)


def _check_currency(values: RewardValues) -> None:
    if values.money_code not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="money_code")


def _within(value: int | None, most: int, name: str) -> None:
    if value is not None and not 0 < value <= most:
        raise InvalidInput(f"Use a whole number from 1 to {most}.", field=name)


_BY_KIND: Mapping[str, Callable[[RewardValues], None]] = {
    Kind.COUPON: _check_coupon, Kind.MONEY_OFF: _check_money_off,
    Kind.PERCENT_OFF: _check_percent, Kind.PRODUCT: _check_product,
    Kind.BILL_CREDIT: _check_blocks, Kind.GIFT_CARD: _check_blocks,
    Kind.WALLET: _check_blocks, Kind.SERVICE_MONTH: _check_months,
    Kind.WARRANTY: _check_warranty, Kind.MILES: _check_miles, Kind.CASH: _check_cash,
    Kind.TRAVEL: _check_travel,
}  # fmt: skip
