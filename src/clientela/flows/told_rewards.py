"""What the log says of a reward that was got, and what is taken back with its points."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import cash_outs, travel_orders, value_policy
from clientela.loyalty.actions import benefits, coupons, purses
from clientela.loyalty.actions.redeeming import Redeemed
from clientela.loyalty.models import Benefit, Coupon, Redemption, Reward, TillPayment
from clientela.loyalty.queries import rewards
from clientela.platform import ids
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor

if TYPE_CHECKING:
    from clientela.flows.redeem_reward import Outcome


class BenefitGiven(Problem):
    code = "benefit-given"
    status = 409
    title = "This has been booked, so its points cannot come back"


class PaidWithPoints(Problem):
    code = "paid-with-points"
    status = 409
    title = "These points paid for a purchase"


def got_happenings(outcome: Outcome, done: Redeemed) -> Iterator[Happening]:
    """First what was got, then the points that went for it; the timeline tells them as one."""
    made = outcome.redemption
    points = {"points": made.points, "currency": made.reward.currency.code,
              "redemption": made.public_id, "labels": dict(made.labels)}  # fmt: skip
    used = {**points, "posting": f"pos_{done.posting_id}"}
    if coupon := outcome.coupon:
        yield _happening("coupon.issued", made, coupon.public_id, coupon_facts(coupon))
        yield _happening("points.redeemed", made, coupon.public_id, used)
    if asked := outcome.cash_out:
        data = {"minor": asked.minor, "currency": asked.money_code, "way": asked.way}
        yield _happening("cash_out.requested", made, asked.public_id, data)
        yield _happening("points.held", made, asked.public_id, points)
        yield from cash_outs.requested_happenings(asked)
    if order := outcome.travel_order:
        data = {"labels": dict(made.labels), "partner": order.partner,
                "reply_by": order.reply_by.isoformat()}  # fmt: skip
        yield _happening("travel_order.placed", made, order.public_id, data)
        yield _happening("points.held", made, order.public_id, points)
        yield from travel_orders.placed_happenings(order, now=made.redeemed_at)
    if benefit := outcome.benefit:
        name = "benefit.promised" if benefit.is_open else "benefit.given"
        yield _happening(name, made, benefit.public_id, benefit_facts(benefit))
        yield _happening("points.redeemed", made, benefit.public_id, used)


def _happening(name: str, made: Redemption, subject: str, data: dict[str, Any]) -> Happening:
    return Happening(name, made.redeemed_at, made.customer_id, subject, data)


def coupon_facts(coupon: Coupon) -> dict[str, Any]:
    """What the log may know of a coupon: never its code."""
    return {
        "redemption": coupon.redemption.public_id if coupon.redemption else None,
        "labels": dict(coupon.redemption.labels) if coupon.redemption else {},
        "percent": coupon.percent, "minor": coupon.minor, "currency": coupon.money_code,
        "expires_at": coupon.expires_at.isoformat(),
    }  # fmt: skip


def benefit_facts(benefit: Benefit) -> dict[str, Any]:
    """What billing and partners need to book it, nothing that tells who it is."""
    facts: dict[str, Any] = {
        "redemption": benefit.redemption.public_id, "labels": dict(benefit.redemption.labels),
        "kind": benefit.kind, "quantity": benefit.quantity,
    }  # fmt: skip
    if benefit.minor is not None:
        facts |= {"minor": benefit.minor, "currency": benefit.money_code}
    if benefit.holding_id is not None:
        facts["holding"] = ids.public("hol", benefit.holding_id)
    return facts


def taken_back(
    made: Redemption, *, cause: str = "", actor: Actor, now: datetime, request: str = ""
) -> None:
    """What was got goes before its points come back. CouponUsed, BenefitGiven, JourneyGivenUp."""
    if made.kind == Reward.Kind.CASH:
        raise BenefitGiven("The money was paid. Say that the payment came back instead.")
    if made.kind == Reward.Kind.TRAVEL:
        told = travel_orders.taken_back(made, cause=cause, actor=actor, now=now)
        events.emit(told, actor=actor, now=now, request=request)
        return
    if made.kind in Reward.BY_CODE:
        if TillPayment.objects.filter(redemption=made).exists():
            raise PaidWithPoints("Return the purchase that these points paid for.")
        coupons.kill(made, now=now)
        return
    known = rewards.benefit_of(made)
    if known is None:
        return
    benefit = benefits.lock(known.id)
    if benefit.policy_id is not None:
        value_policy.cancel_policy(
            ids.public("pol", benefit.policy_id), on=None, reason="", by_us=True, actor=actor,
            now=now, request=request,
        )  # fmt: skip
        return
    if benefit.purse_id is not None:
        _money_back(benefit, actor=actor, now=now)
        return
    if benefit.kind != Reward.Kind.PRODUCT and rewards.state_of_benefit(known) == "given":
        raise BenefitGiven(f"{known.public_id} has been booked.")
    benefits.close(benefit)


def _money_back(benefit: Benefit, *, actor: Actor, now: datetime) -> None:
    """Out of the wallet, if it is still there; off a card that nobody has used."""
    assert benefit.purse_id is not None
    assert benefit.minor is not None
    purse = purses.lock(benefit.purse_id)
    if purse.kind == purse.Kind.CARD and purse.balance_minor != benefit.minor:
        raise BenefitGiven("The gift card has been used.")
    cause = purses.Cause("reversal", benefit.public_id, None, benefit.redemption_id)
    purses.move(purse, -benefit.minor, purses.Kind.TAKE_BACK, cause=cause, actor=actor, now=now)
