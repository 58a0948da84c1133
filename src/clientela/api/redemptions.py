"""Redeeming: a coupon, money or a journey for points."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import StrictBool, StrictStr

from clientela.api.coupons import CouponAnswer, coupon_of
from clientela.api.rewards import Day, Whole, beside, day, iso
from clientela.api.router import Doors
from clientela.api.types import (
    Body,
    Customer,
    HouseRequest,
    Money,
    Name,
    Text,
    public_id,
    reference,
)
from clientela.flows import gift_cards
from clientela.flows import redeem_reward as redeeming
from clientela.flows.give_reward import Told
from clientela.flows.quote_redemption import quote_redemption
from clientela.flows.redeem_reward import Outcome, Wanted
from clientela.loyalty.actions import cash
from clientela.loyalty.models import Benefit, CashOut, TravelOrder
from clientela.loyalty.queries import rewards
from clientela.loyalty.rules import ibans
from clientela.platform import ids

doors = Doors(tags=["rewards"], switch="loyalty")


class PayoutBody(Body):
    """Off the next bill, into the customer's wallet, or to a bank account."""

    way: Literal["bill", "bank", "wallet"]
    iban: StrictStr = ""
    payee: Text = ""


class TravelBody(Body):
    traveller: Name
    starts_on: Day | None = None


class RedemptionBody(Body):
    """`points`: of what is had by blocks, how many. `holding`: what months or cover are for;
    `member`: where miles go; `handed`: a thing is handed over at once. `source` and `reference`
    book it once.
    """

    customer: Customer
    reward: StrictStr
    points: Whole | None = None
    payout: PayoutBody | None = None
    travel: TravelBody | None = None
    holding: StrictStr | None = None
    member: Text = ""
    handed: StrictBool = False
    source: Text = ""
    reference: Text = ""


class CashOutAnswer(Body):
    """`iban` is shortened. `waits_until`: it cannot be approved before."""

    id: str
    way: str
    money: Money
    iban: str
    state: str
    waits_until: str | None


class TravelOrderAnswer(Body):
    id: str
    partner: str
    starts_on: str | None
    reply_by: str
    state: str
    voucher: str | None


class BenefitAnswer(Body):
    """A thing, a credit, months or miles. `state`: open, given or refused."""

    id: str
    kind: str
    state: str
    quantity: int
    money: Money | None
    product: str
    holding: str | None
    policy: str | None
    partner: str
    reference: str
    purse: str | None = None
    card_code: str | None = None


class Redeemed(Body):
    """`state`: done, or waiting for a person. `to_pay`: in money, beside the points."""

    id: str
    state: str
    replayed: bool
    customer: str
    merged_from: str | None = None
    reward: str
    kind: str
    points: int
    to_pay: Money | None
    balance: int
    redeemed_at: str
    coupon: CouponAnswer | None
    cash_out: CashOutAnswer | None
    travel_order: TravelOrderAnswer | None
    benefit: BenefitAnswer | None


class UsedPoints(Body):
    """Points of one end; `shared`: of others of the household."""

    points: int
    expires_at: str | None
    shared: bool


class RewardGives(Body):
    money: Money | None
    percent: int | None
    quantity: int | None
    expires_at: str | None
    waits_until: str | None


class RedemptionQuote(Body):
    """`balance`: what could be used afterwards; `used`: which points, in the order they go."""

    state: str
    replayed: bool
    customer: str
    merged_from: str | None = None
    reward: str
    kind: str
    points: int
    to_pay: Money | None
    balance: int
    gives: RewardGives
    used: list[UsedPoints]


SAID_BEFORE = (
    "state", "replayed", "customer", "merged_from", "reward", "kind", "points", "to_pay", "balance",
)  # fmt: skip


class CauseBody(Body):
    cause: Text = ""


class RedemptionReversed(Body):
    id: str
    points: int


@doors.write("POST", "/redemptions", right="loyalty.redeem", answer=Redeemed,
             summary="Redeem a reward")  # fmt: skip
def redeem(request: HouseRequest, body: RedemptionBody) -> dict[str, Any]:
    """Takes the points, or holds them for cash and travel until a person decides.

    The same `source` and `reference` with the same content get the same answer; with other content
    409 `reference-taken`.
    """
    outcome = redeeming.redeem_reward(
        wanted(body), actor=request.actor, now=request.started_at, request=request.request_id
    )
    return redeemed(outcome)


@doors.write("POST", "/redemptions/quotes", right="loyalty.view", answer=RedemptionQuote,
             summary="Quote a redemption")  # fmt: skip
def quote(request: HouseRequest, body: RedemptionBody) -> dict[str, Any]:
    """What it would take and leave, with the very computation of the redemption; nothing is
    written. Refused where the redemption itself would be, with the same code.
    """
    found = quote_redemption(wanted(body), actor=request.actor, now=request.started_at)
    told = redeemed(found.outcome)
    return {
        **{name: told[name] for name in SAID_BEFORE if name in told},
        "gives": _gives(found.outcome),
        "used": [
            {"points": one.points, "expires_at": iso(one.expires_at), "shared": one.of_others}
            for one in found.used
        ],
    }  # fmt: skip


def wanted(body: RedemptionBody, at: str = "") -> Wanted:
    """A redemption as flows take it; `at` is where it stands in the body."""
    asked = body.payout
    payout = cash.payout(asked.way, asked.iban, asked.payee) if asked else None
    return Wanted(
        customer=reference(body.customer, field=f"{at}customer"), reward=body.reward,
        points=body.points, payout=payout, traveller=body.travel.traveller if body.travel else "",
        starts_on=day(body.travel.starts_on, f"{at}travel.starts_on") if body.travel else None,
        told=Told(
            public_id("hol", body.holding, field=f"{at}holding") if body.holding else None,
            body.member, body.handed,
        ),
        source=body.source, reference=body.reference, channel="api",
    )  # fmt: skip


def _gives(outcome: Outcome) -> dict[str, Any]:
    """What the customer would have; no code is told before it is paid for."""
    coupon, asked, given = outcome.coupon, outcome.cash_out, outcome.benefit
    money = asked and beside(asked.minor, asked.money_code)
    if coupon is not None:
        money = beside(coupon.minor or 0, coupon.money_code)
    elif given is not None:
        money = beside(given.minor or 0, given.money_code)
    return {
        "money": money, "percent": coupon.percent if coupon else None,
        "quantity": given.quantity if given else None,
        "expires_at": coupon_of(coupon)["expires_at"] if coupon else None,
        "waits_until": iso(asked.waits_until) if asked else None,
    }  # fmt: skip


@doors.read("/redemptions/{redemption_id}", right="loyalty.view", answer=Redeemed,
            summary="Read a redemption")  # fmt: skip
def read_redemption(request: HouseRequest, redemption_id: StrictStr) -> dict[str, Any]:
    """As it stands, with the coupon, the request for money or the travel order."""
    made = rewards.redemption(public_id("red", redemption_id))
    return redeemed(redeeming.again(made, now=request.started_at))


@doors.write("POST", "/redemptions/{redemption_id}/reversal", right="loyalty.redeem",
             answer=RedemptionReversed, summary="Reverse a redemption")  # fmt: skip
def reverse(request: HouseRequest, redemption_id: StrictStr, body: CauseBody) -> dict[str, Any]:
    """The points go back to the lots they came from, with the end they had, once. A coupon that was
    used stays used: 409 `coupon-used`.
    """
    made, points = redeeming.reverse_redemption(
        public_id("red", redemption_id), cause=body.cause, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {"id": made.public_id, "points": points}


def redeemed(outcome: Outcome) -> dict[str, Any]:
    made = outcome.redemption
    asked, order, given = outcome.cash_out, outcome.travel_order, outcome.benefit
    is_open = any(one is not None and one.is_open for one in (asked, order, given))
    came = {"merged_from": ids.public("cus", outcome.named)} if outcome.named else {}
    return {
        **came, "id": made.public_id, "state": "waiting" if is_open else "done",
        "replayed": outcome.replayed, "customer": ids.public("cus", made.customer_id),
        "reward": made.reward.key, "kind": made.kind, "points": made.points,
        "to_pay": beside(made.due_minor, made.due_code), "balance": outcome.balance,
        "redeemed_at": made.redeemed_at.isoformat(),
        "coupon": outcome.coupon and coupon_of(outcome.coupon),
        "cash_out": asked and cash_out(asked), "travel_order": order and travel_order(order),
        "benefit": given and benefit(given),
    }  # fmt: skip


def _purse_of(given: Benefit) -> dict[str, Any]:
    """The gift card or wallet it is in; a card made here with its code."""
    if given.purse_id is None:
        return {"purse": None, "card_code": None}
    purse = gift_cards.card_of(given.purse_id)
    is_card = given.kind == "gift_card"
    return {"purse": purse.public_id, "card_code": gift_cards.code_of(purse) if is_card else None}


def benefit(given: Benefit) -> dict[str, Any]:
    step = next(iter(given.steps.all()), None)
    return {
        "id": given.public_id, "kind": given.kind, "state": rewards.state_of_benefit(given),
        "quantity": given.quantity, "money": beside(given.minor or 0, given.money_code),
        "product": given.product_name, "partner": given.partner,
        "holding": ids.public("hol", given.holding_id) if given.holding_id else None,
        "policy": ids.public("pol", given.policy_id) if given.policy_id else None,
        "reference": step.reference if step else "", **_purse_of(given),
    }  # fmt: skip


def cash_out(asked: CashOut) -> dict[str, Any]:
    return {
        "id": asked.public_id, "way": asked.way,
        "iban": ibans.short(asked.iban) if asked.iban else "",
        "money": {"minor": asked.minor, "currency": asked.money_code},
        "state": rewards.state_of_cash_out(asked), "waits_until": iso(asked.waits_until),
    }  # fmt: skip


def travel_order(order: TravelOrder) -> dict[str, Any]:
    state = rewards.state_of_travel_order(order)
    return {
        "id": order.public_id, "partner": order.partner, "starts_on": iso(order.starts_on),
        "reply_by": order.reply_by.isoformat(), "state": state,
        "voucher": order.voucher if state == "confirmed" else None,
    }  # fmt: skip
