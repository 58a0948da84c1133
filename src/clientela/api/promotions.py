"""Promotions: dated groups of rules with an audience and a budget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StrictStr

from clientela.api.limits import NothingMore
from clientela.api.router import Doors
from clientela.api.types import Body, Day, HouseRequest
from clientela.flows import promotions
from clientela.loyalty.actions.promotions import BudgetValues, PromotionValues
from clientela.loyalty.models import Promotion
from clientela.loyalty.queries import promotions as reads
from clientela.staff import company as companies

doors = Doors(tags=["loyalty"], switch="loyalty")
RULES_MAX = 20


class PromotionRuleBody(Body):
    """A rule as in `POST /rules`; without `key` it gets the promotion's and a number."""

    key: StrictStr | None = None
    labels: dict[StrictStr, StrictStr] | None = None
    body: dict[str, Any]
    priority: StrictInt | None = None


class BudgetBody(Body):
    """`times`, `points` or `money` (minor units by the points' worth); `per` place or channel each
    has its own. What does not fit whole gives nothing, with `trim` what still fits.
    """

    unit: Literal["times", "points", "money"]
    most: StrictInt
    per: Literal["all", "place", "channel"] = "all"
    mode: Literal["reject", "trim"] = "reject"


class PromotionBody(Body):
    key: StrictStr
    currency: StrictStr = ""
    labels: dict[StrictStr, StrictStr]
    first_day: Day | None = None
    last_day: Day | None = None
    audience: dict[str, Any] | None = None
    budget: BudgetBody | None = None
    rules: Annotated[list[PromotionRuleBody], Field(min_length=1, max_length=RULES_MAX)]


class BudgetUsed(Body):
    value: str
    used: int
    most: int


class BudgetAnswer(Body):
    unit: str
    most: int
    per: str
    mode: str
    used: list[BudgetUsed]


class PromotionRuleAnswer(Body):
    key: str
    labels: dict[str, str]
    body: dict[str, Any]


class PromotionAnswer(Body):
    """`state`: planned, running, spent, over or ended."""

    key: str
    currency: str
    labels: dict[str, str]
    state: str
    first_day: str | None
    last_day: str | None
    audience: dict[str, Any] | None
    budget: BudgetAnswer | None
    rules: list[PromotionRuleAnswer]


class Promotions(Body):
    items: list[PromotionAnswer]
    next: str | None


class PromotionSaved(Body):
    state: Literal["new", "changed"]
    promotion: PromotionAnswer


@doors.read("/promotions", right="loyalty.view", answer=Promotions, summary="List promotions")
def listed(request: HouseRequest) -> dict[str, Any]:
    """The latest first, with what is used of their budgets."""
    return {"items": [told(one, request) for one in reads.listed()], "next": None}


@doors.write("POST", "/promotions", right="loyalty.publish", answer=PromotionSaved,
             summary="Save a promotion")  # fmt: skip
def save(request: HouseRequest, body: PromotionBody) -> dict[str, Any]:
    """By its key: new, or changed from now on. Its days and audience are written into its rules.
    What a budget counts cannot be changed once some of it is used: 409 `budget-is-used`.
    """
    made, state = promotions.save_promotion(
        _values(body), currency=body.currency, actor=request.actor, now=request.started_at
    )
    return {"state": state, "promotion": told(made, request)}


@doors.write("POST", "/promotions/{key}/end", right="loyalty.publish", answer=PromotionAnswer,
             summary="End a promotion")  # fmt: skip
def end(request: HouseRequest, key: StrictStr, body: NothingMore) -> dict[str, Any]:
    """Its rules give nothing from now on. 409 `promotion-has-ended`."""
    done = promotions.end_promotion(key, actor=request.actor, now=request.started_at)
    return told(done, request)


def _values(body: PromotionBody) -> PromotionValues:
    budget = body.budget
    return PromotionValues(
        body.key, body.labels, [rule.model_dump() for rule in body.rules], body.first_day,
        body.last_day, body.audience,
        BudgetValues(budget.unit, budget.most, budget.per, budget.mode) if budget
        else BudgetValues(),
    )  # fmt: skip


def told(one: Promotion, request: HouseRequest) -> dict[str, Any]:
    today = companies.current().today(request.started_at)
    return {
        "key": one.key, "currency": one.currency.code, "labels": one.labels,
        "state": reads.state_of(one, today=today),
        "first_day": one.first_day.isoformat() if one.first_day else None,
        "last_day": one.last_day.isoformat() if one.last_day else None,
        "audience": one.audience, "budget": _budget(one),
        "rules": [
            {"key": part.rule.key, "labels": part.rule.labels, "body": part.body}
            for part in one.parts.all()
        ],
    }  # fmt: skip


def _budget(one: Promotion) -> dict[str, Any] | None:
    if not one.budget_unit:
        return None
    return {
        "unit": one.budget_unit, "most": one.budget_most, "per": one.budget_per,
        "mode": one.budget_mode,
        "used": [{"value": row.value, "used": row.used, "most": row.most}
                 for row in one.budgets.all()],
    }  # fmt: skip
