"""Warranty plans, and their terms in versions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, Day, HouseRequest, Minor, Name, Text
from clientela.flows.define_warranty import define_plan, succeed_terms
from clientela.flows.told_covers import plan_shown, terms_shown
from clientela.warranty.queries import book
from clientela.warranty.rules import spans

doors = Doors(tags=["warranty"], switch="warranty")
Months = Annotated[StrictInt, Field(ge=0, le=spans.MONTHS_MAX)]


class Clause(Body):
    component_path: Text = ""
    cost_type: Text = "all"
    included: StrictBool = True
    percent_bp: StrictInt = 10_000
    months: StrictInt | None = None
    days: StrictInt | None = None


class Limit(Body):
    """`kind` is `cap` or `deductible`, `per` is `claim` or `lifetime`."""

    kind: Text
    per: Text = "claim"
    amount_minor: Minor


class Price(Body):
    term_months: StrictInt
    amount_minor: Minor


class TermsText(Body):
    """A version of a plan's terms; once sold it is never edited."""

    names: dict[str, StrictStr]
    texts: dict[str, StrictStr] = {}
    currency: StrictStr = "EUR"
    sold_from: Day | None = None
    sold_until: Day | None = None
    start_rule: StrictStr = "delivery"
    end_rule: StrictStr = "anniversary_inclusive"
    waiting_days: StrictInt = 0
    window_days: StrictInt | None = None
    refund_method: StrictStr = "days"
    refund_fee_minor: Minor = 0
    free_look_days: StrictInt = 30
    clauses: list[Clause]
    limits: list[Limit] = []
    prices: list[Price] = []


class NextTerms(TermsText):
    """`version`: write that one anew, which nobody bought; without it the next one."""

    version: StrictInt | None = None


class PlanAssigned(Body):
    """A product by code, a kind or a category by key; `given`: its units get the plan."""

    product: Text | None = None
    kind: Text | None = None
    category: Text | None = None
    given: StrictBool = False
    term_months: Months | None = None


class PlanPart(Body):
    product: Text | None = None
    kind: Text | None = None
    path: Name
    names: dict[str, StrictStr] = {}


class PlanWritten(Body):
    """A plan by its code. `product` is the code of the product that sells it; none: free."""

    code: Annotated[Name, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
    layer: Literal["maker", "part", "extended", "home", "service", "goodwill"]
    stack: Text = ""
    priority: StrictInt = 0
    product: Text | None = None
    payer: Text = "company"
    markets: list[StrictStr] = []
    assignments: Annotated[list[PlanAssigned], Field(max_length=1_000)] = []
    components: Annotated[list[PlanPart], Field(max_length=1_000)] = []
    terms: TermsText | None = None


class TermsShown(Body):
    plan: str
    version: int
    digest: str
    names: dict[str, str]
    currency: str
    sold_from: date | None
    sold_until: date | None
    start_rule: str
    end_rule: str
    waiting_days: int
    window_days: int | None
    refund_method: str
    refund_fee_minor: int
    free_look_days: int
    clauses: list[Clause]
    limits: list[Limit]
    prices: list[Price]


class PlanShown(Body):
    code: str
    layer: str
    stack: str
    product: str | None
    payer: str
    markets: list[str]
    versions: list[TermsShown]


class Plans(Body):
    items: list[PlanShown]
    next: str | None


class PlanSaved(Body):
    code: str
    state: Literal["new", "changed", "unchanged"]


@doors.read("/warranty/plans", right="warranty.view", answer=Plans, summary="List the plans")
def plans(request: HouseRequest) -> dict[str, Any]:
    """Every plan with all versions of its terms."""
    return {"items": [plan_shown(plan) for plan in book.plans()], "next": None}


@doors.write("POST", "/warranty/plans", right="warranty.configure", answer=PlanSaved,
             summary="Define a plan")  # fmt: skip
def define(request: HouseRequest, body: PlanWritten) -> dict[str, Any]:
    """A plan by its code. Terms that were sold are frozen: give the plan a next version instead."""
    document = body.model_dump(exclude_unset=True)
    plan, state = define_plan(document, actor=request.actor, now=request.started_at)
    return {"code": plan.code, "state": state}


@doors.write("POST", "/warranty/plans/{code}/terms", right="warranty.configure",
             answer=TermsShown, summary="Succeed a plan's terms")  # fmt: skip
def succeed(request: HouseRequest, code: StrictStr, body: NextTerms) -> dict[str, Any]:
    """The next version of the terms; policies keep the version of their sale for ever."""
    text = body.model_dump(exclude_unset=True)
    version = text.pop("version", None)
    terms = succeed_terms(code, text, version=version, actor=request.actor,
                          now=request.started_at)  # fmt: skip
    return terms_shown(terms)
