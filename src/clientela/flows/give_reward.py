"""What a customer gets in their hand for a redemption, by its kind: a row of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings

from clientela.customers import queries as customers
from clientela.flows import gift_cards, sell_policy
from clientela.flows.sell_policy import NewSale
from clientela.loyalty.actions import benefits, coupons, purses
from clientela.loyalty.actions.benefits import NewBenefit
from clientela.loyalty.actions.purses import Cause
from clientela.loyalty.models import Benefit, BenefitStep, Coupon, Redemption, Reward
from clientela.loyalty.rules.lives import Life
from clientela.platform import text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.products import queries as products
from clientela.products import rules as product_rules
from clientela.staff import company as companies

MEMBER_LENGTH_MAX = 60
Kind = Reward.Kind


@dataclass(frozen=True, slots=True)
class Told:
    """What a door says besides: which holding months are for, which number miles go to, and that a
    thing is handed over this very moment.
    """

    holding_id: UUID | None = None
    member: str = ""
    is_handed: bool = False


def coupon(made: Redemption, *, blocks: int, now: datetime) -> Coupon:
    """A code: worth what its pool says, or so many blocks of money."""
    reward = made.reward
    assert reward.pool is not None
    ends = Life(days=reward.pool.valid_days).expires_at(now, companies.current().zone)
    assert ends is not None
    minor = None
    if reward.kind == Kind.MONEY_OFF:
        minor = (reward.money_minor or 0) * blocks
    return coupons.issue(
        reward.pool, customer_id=made.customer_id, redemption=made, expires_at=ends, now=now,
        minor=minor,
    )  # fmt: skip


def benefit(
    made: Redemption, told: Told, *, blocks: int, actor: Actor, now: datetime, request: str = ""
) -> Benefit:
    """A thing, a credit, months or miles. What is handed over this moment is given at once."""
    new = _NEW[made.kind](made, told, blocks)
    if made.kind == Kind.WARRANTY:
        new = _extended(made, new, actor=actor, now=now, request=request)
    if made.kind in (Kind.GIFT_CARD, Kind.WALLET):
        new = _stored(made, new, actor=actor, now=now)
    given = benefits.make(made, new, now=now)
    if made.kind == Kind.PRODUCT and told.is_handed:
        benefits.answer(given, BenefitStep.Kind.GIVEN, actor=actor, now=now)
    return given


def _money(made: Redemption, told: Told, blocks: int) -> NewBenefit:
    """A gift card, or money in the wallet: booked in `_stored`."""
    reward = made.reward
    minor = (reward.money_minor or 0) * blocks
    return NewBenefit(minor=minor, money_code=reward.money_code, is_open=False)


def _product(made: Redemption, told: Told, blocks: int) -> NewBenefit:
    product = made.reward.product
    assert product is not None
    return NewBenefit(made.reward.quantity or 1, product_id=product.id, product_name=product.name)


def _credit(made: Redemption, told: Told, blocks: int) -> NewBenefit:
    reward = made.reward
    return NewBenefit(minor=(reward.money_minor or 0) * blocks, money_code=reward.money_code)


def _months(made: Redemption, told: Told, blocks: int) -> NewBenefit:
    return NewBenefit(
        made.reward.quantity or 1, holding_id=_holding(made, told),
        is_open=made.kind != Kind.WARRANTY,
    )  # fmt: skip


def _miles(made: Redemption, told: Told, blocks: int) -> NewBenefit:
    member = text.clean(told.member)
    if not member or len(member) > MEMBER_LENGTH_MAX:
        raise InvalidInput(
            f"Say to which membership of {made.reward.partner} the miles go.", field="member"
        )
    quantity = (made.reward.quantity or 1) * blocks
    return NewBenefit(quantity, partner=made.reward.partner, member=member)


_NEW: Mapping[str, Callable[[Redemption, Told, int], NewBenefit]] = {
    Kind.PRODUCT: _product, Kind.BILL_CREDIT: _credit, Kind.SERVICE_MONTH: _months,
    Kind.WARRANTY: _months, Kind.MILES: _miles, Kind.GIFT_CARD: _money, Kind.WALLET: _money,
}  # fmt: skip


def _holding(made: Redemption, told: Told) -> UUID:
    """What the months are for: something the customer holds, of the reward's product if it names
    one.
    """
    if told.holding_id is None:
        raise InvalidInput("Say what it is for.", field="holding")
    family = customers.family_of(made.customer_id)
    held = next(
        (one for holder, one in products.holdings_of(family) if one.id == told.holding_id), None
    )
    if held is None or held.closed_on is not None or held.status not in product_rules.OPEN:
        raise InvalidInput("The customer does not hold this now.", field="holding")
    if made.reward.product_id not in (None, held.product_id):
        raise InvalidInput("The reward is for another product.", field="holding")
    return told.holding_id


def _extended(
    made: Redemption, new: NewBenefit, *, actor: Actor, now: datetime, request: str
) -> NewBenefit:
    """The warranty programme's own step: a policy of the plan, for nothing."""
    assert new.holding_id is not None
    sale = NewSale(new.holding_id, made.reward.plan, new.quantity, price_minor=0)
    policy = sell_policy.sell_policy(sale, actor=actor, now=now, request=request)
    return NewBenefit(new.quantity, holding_id=new.holding_id, policy_id=policy.id, is_open=False)


def _stored(made: Redemption, new: NewBenefit, *, actor: Actor, now: datetime) -> NewBenefit:
    """The card or the wallet the money is in from now on."""
    assert new.minor is not None
    cause = Cause("redemption", made.public_id, None, made.id)
    if made.kind == Kind.WALLET:
        purse = purses.wallet(made.customer_id, new.money_code, actor=actor, now=now)
        purses.move(purse, new.minor, purses.Kind.REWARD, cause=cause, actor=actor, now=now)
    else:
        purse = purses.issue(
            new.minor, new.money_code, customer_id=made.customer_id, secret=settings.SECRET_KEY,
            cause=cause, expires_at=gift_cards.ends_of(new.money_code, now=now), actor=actor,
            now=now, kind=purses.Kind.REWARD,
        ).card  # fmt: skip
    return replace(new, purse_id=purse.id)
