"""Coverage checks, and policies with what they are worth."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import BeforeValidator, Field, StrictBool, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, Day, HouseRequest, Money, Name, Text, public_id
from clientela.flows.check_coverage import Asked, check_coverage
from clientela.flows.sell_policy import NewSale, sell_policy
from clientela.flows.told_covers import checked, policy_shown
from clientela.flows.value_policy import cancel_policy, value_of
from clientela.warranty.rules import spans

doors = Doors(tags=["warranty"], switch="warranty")


def _day_or_instant(value: Any) -> date | datetime:
    if not isinstance(value, str):
        raise ValueError("send a date, or an instant with its zone")
    if len(value) == 10:
        return date.fromisoformat(value)
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone, such as +02:00 or Z")
    return instant


FaultDay = Annotated[date | datetime, BeforeValidator(_day_or_instant, json_schema_input_type=str)]
Months = Annotated[StrictInt, Field(ge=0, le=spans.MONTHS_MAX)]


class Reading(Body):
    """A counter as it stood; it matters to plans that end by use."""

    uom: Name
    value: StrictInt
    read_on: Day | None = None


class Check(Body):
    """Name a serial or a holding. Without `component` the unit as a whole is meant."""

    serial: Text = ""
    holding: StrictStr | None = None
    fault_on: FaultDay | None = None
    component: Text = ""
    cost_type: Text = ""
    found_on: Day | None = None
    reported_on: Day | None = None
    readings: Annotated[list[Reading], Field(max_length=100)] = []


class PlanTried(Body):
    plan: str
    name: str
    layer: str
    policy: str | None
    answer: Literal["covered", "not_covered", "pending"]
    reasons: list[str]
    starts_on: date
    until: date
    percent: dict[str, float]
    payer: str
    left: Money | None


class UnitShown(Body):
    holding: str
    customer: str
    merged_from: str | None = None
    product: str
    serial: str
    sold_on: date | None
    in_service_on: date | None
    in_service_source: str
    country: str
    replaced_on: date | None


class Checked(Body):
    """`resembles`: a known serial that an unknown one may be a mistyping of."""

    answer: Literal["covered", "not_covered", "pending", "unknown"]
    fault_on: date
    component: str
    until: date | None
    by: PlanTried | None
    unit: UnitShown | None
    resembles: str | None
    plans: list[PlanTried]


class Sale(Body):
    holding: StrictStr
    plan: Name
    term_months: Months | None = None
    price_minor: Annotated[StrictInt, Field(ge=0, le=10**13)] | None = None
    sold_on: Day | None = None


class RefundShown(Body):
    """`share` is the unearned part as it was counted: days, months, or digits by the 78ths."""

    amount: Money
    method: str
    share: str
    unearned_minor: int
    claims_minor: int
    fee_minor: int
    free_look: bool


class Ended(Body):
    on: date
    reason: str
    refund: Money
    cancelled_at: str


class PolicyShown(Body):
    id: str
    number: str
    plan: str
    name: str
    layer: str
    terms_version: int
    holding: str
    customer: str
    merged_from: str | None = None
    product: str
    serial: str
    starts_on: date
    ends_on: date
    days_left: int
    price: Money
    insured: Money | None
    claims_paid: Money
    limit_left: Money | None
    earned: Money
    refund_today: RefundShown
    cancelled: Ended | None


class Cancel(Body):
    reason: Name
    on: Day | None = None
    by_us: StrictBool = False


@doors.write("POST", "/warranty/coverage-checks", right="warranty.view", answer=Checked,
             summary="Check what is covered")  # fmt: skip
def check(request: HouseRequest, body: Check) -> dict[str, Any]:
    """Is a fault of that day covered, why, by whom and until when; every plan says its reasons."""
    asked = Asked(
        serial=body.serial, holding_id=public_id("hol", body.holding, field="holding")
        if body.holding else None, fault_on=body.fault_on, component=body.component,
        cost_type=body.cost_type, found_on=body.found_on, reported_on=body.reported_on,
    )  # fmt: skip
    return checked(check_coverage(asked, now=request.started_at))


@doors.write("POST", "/warranty/policies", right="warranty.sell", answer=PolicyShown,
             summary="Sell a cover")  # fmt: skip
def sell(request: HouseRequest, body: Sale) -> dict[str, Any]:
    """A cover for something that is held already; each condition that fails is named."""
    sale = NewSale(
        public_id("hol", body.holding, field="holding"), body.plan, body.term_months,
        body.price_minor, body.sold_on,
    )  # fmt: skip
    policy = sell_policy(sale, actor=request.actor, now=request.started_at,
                         request=request.request_id)  # fmt: skip
    return policy_shown(value_of(policy.public_id, now=request.started_at))


@doors.read("/warranty/policies/{number}", right="warranty.view", answer=PolicyShown,
            summary="Value and longevity of a policy")  # fmt: skip
def policy(
    request: HouseRequest, number: StrictStr, on: Annotated[date | None, Query()] = None
) -> dict[str, Any]:
    """Price, limits left, claims paid, earned, refund if it were cancelled that day; its dates."""
    return policy_shown(value_of(number, now=request.started_at, on=on))


@doors.write("POST", "/warranty/policies/{number}/cancellation", right="warranty.sell",
             answer=PolicyShown, summary="Cancel a policy")  # fmt: skip
def cancel(request: HouseRequest, number: StrictStr, body: Cancel) -> dict[str, Any]:
    """End a policy with its refund; a repeat answers with the first."""
    value, _, _ = cancel_policy(
        number, on=body.on, reason=body.reason, by_us=body.by_us, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return policy_shown(value)
