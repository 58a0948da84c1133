"""Kinds of points: what they are for, and how they are computed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Money, Text
from clientela.flows import points_settings, rules_of_points
from clientela.loyalty.models import Currency

doors = Doors(tags=["loyalty"], switch="loyalty")
Code = Annotated[StrictStr, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Labels = dict[StrictStr, Text]


class Lasting(Body):
    """How long points can be used: so many days or months, then to the end of a period; nothing of
    it: for ever.
    """

    days: Annotated[StrictInt, Field(ge=0, le=36_500)] = 0
    months: Annotated[StrictInt, Field(ge=0, le=1_200)] = 0
    years: Annotated[StrictInt, Field(ge=0, le=100)] = 0
    until: Literal["", "month", "quarter", "half_year", "year"] = ""


class Waiting(Body):
    """Points are usable from 00:00 of so many days later, of a day, or when something happens."""

    days: Annotated[StrictInt, Field(ge=1, le=36_500)] | None = None
    until: Annotated[StrictStr, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    event: Annotated[StrictStr, Field(min_length=1, max_length=60)] | None = None


class Counting(Body):
    """What of a purchase counts: without or with delivery, with tax or without, discounts taken
    off or not, and whether what is paid with points earns.
    """

    basis: Literal["items", "order"] = "items"
    tax: Literal["incl", "excl"] = "incl"
    discounts: Literal["pro_rata", "none"] = "pro_rata"
    points_paid: Literal["nothing", "earns"] = "nothing"


class PointsWorth(Body):
    points: Annotated[StrictInt, Field(ge=1, le=10**9)]
    minor: Annotated[StrictInt, Field(ge=1, le=10**9)]
    currency: StrictStr


class Giving(Body):
    """Whether members give points to each other, how many in a day and a month, and whether what
    is given keeps its end or begins a new life.
    """

    allowed: StrictBool = True
    day_max: Annotated[StrictInt, Field(ge=1, le=10**12)] | None = None
    month_max: Annotated[StrictInt, Field(ge=1, le=10**12)] | None = None
    life: Literal["keep", "reset"] = "keep"


class PointsChange(Body):
    """`grace_days`: how long points that come back after their end can be used. `part_back`: when a
    part comes back of what they paid for partly, they come in proportion, first or last. One
    person moves `adjust_alone_max` by hand without a second, and `adjust_day_max` in a day.
    `home_money`: the money they are earned in, others by the rate of the day; "" counts each as it
    is.
    """

    labels: Labels | None = None
    kind: Literal["spend", "status", "money"] | None = None
    rounding: Literal["floor", "half_up", "ceil"] | None = None
    stack: Literal["sum", "best", "newest"] | None = None
    negative_policy: Literal["debt", "clamp", "block"] | None = None
    debt_max: Annotated[StrictInt, Field(ge=0, le=10**12)] | None = None
    life: Lasting | None = None
    waits: Waiting | None = None
    basis: Counting | None = None
    home_money: Annotated[StrictStr, Field(pattern=r"^([A-Z]{3})?$")] | None = None
    worth: PointsWorth | None = None
    grace_days: Annotated[StrictInt, Field(ge=0, le=366)] | None = None
    part_back: Literal["proportion", "points_first", "points_last"] | None = None
    transfers: Giving | None = None
    adjust_alone_max: Annotated[StrictInt, Field(ge=0, le=10**9)] | None = None
    adjust_day_max: Annotated[StrictInt, Field(ge=0, le=10**9)] | None = None


class NewPoints(PointsChange):
    programme: StrictStr
    code: Code
    labels: Labels


class PointsAnswer(Body):
    code: str
    programme: str
    labels: dict[str, str]
    kind: str
    rounding: str
    stack: str
    negative_policy: str
    debt_max: int
    life: dict[str, Any]
    waits: dict[str, Any]
    basis: Counting
    home_money: str
    grace_days: int
    part_back: str
    transfers: Giving
    adjust_alone_max: int
    adjust_day_max: int
    worth: Money | None
    worth_points: int | None


class PointsPage(Body):
    items: list[PointsAnswer]
    next: str | None


@doors.read("/currencies", right="loyalty.view", answer=PointsPage, summary="List kinds of points")
def currencies(request: HouseRequest) -> dict[str, Any]:
    return {"items": [_answer(one) for one in points_settings.currencies()], "next": None}


@doors.read("/currencies/{code}", right="loyalty.view", answer=PointsAnswer,
            summary="Read a kind of points")  # fmt: skip
def currency(request: HouseRequest, code: StrictStr) -> dict[str, Any]:
    return _answer(rules_of_points.currency_of(code))


@doors.write("POST", "/currencies", right="loyalty.configure", answer=PointsAnswer,
             summary="Make a kind of points")  # fmt: skip
def make(request: HouseRequest, body: NewPoints) -> dict[str, Any]:
    """In a programme that is there; rules that earn them are published apart."""
    made = points_settings.make_currency(
        programme=body.programme, code=body.code, labels=body.labels, values=_values(body),
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _answer(made)


@doors.write("PATCH", "/currencies/{code}", right="loyalty.configure", answer=PointsAnswer,
             summary="Change a kind of points")  # fmt: skip
def change(request: HouseRequest, code: StrictStr, body: PointsChange) -> dict[str, Any]:
    """What is said is changed, for what is earned from now on."""
    changed = points_settings.change_currency(
        code, labels=body.labels, values=_values(body), actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _answer(changed)


def _values(body: PointsChange) -> dict[str, Any]:
    """The settings that were said, as they are stored."""
    said = body.model_dump(exclude={"labels", "programme", "code"}, exclude_none=True)
    if "life" in said:
        said["life"] = {name: value for name, value in said["life"].items() if value}
    if "transfers" in said:
        giving = said["transfers"]
        said["transfers"] = giving if giving.pop("allowed") else {}
    if "basis" in said:
        plain = Counting().model_dump()
        said["basis"] = {name: one for name, one in said["basis"].items() if one != plain[name]}
    return said


def _answer(one: Currency) -> dict[str, Any]:
    worth = one.worth or None
    return {
        "code": one.code, "programme": one.programme_id, "labels": one.labels, "kind": one.kind,
        "rounding": one.rounding, "stack": one.stack, "negative_policy": one.negative_policy,
        "debt_max": one.debt_max, "life": one.life, "waits": one.waits,
        "basis": {**Counting().model_dump(), **one.basis}, "home_money": one.home_money,
        "grace_days": one.grace_days, "part_back": one.part_back,
        "transfers": {**Giving(allowed=bool(one.transfers)).model_dump(), **one.transfers},
        "adjust_alone_max": one.adjust_alone_max, "adjust_day_max": one.adjust_day_max,
        "worth": {"minor": worth["minor"], "currency": worth["currency"]} if worth else None,
        "worth_points": worth["points"] if worth else None,
    }  # fmt: skip
