"""Bodies and answers of requests, limits, packages, erasures and periods."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.types import Body, Day, Instant, Name, Text


class RestrictionBody(Body):
    kind: Literal["hold", "marketing", "profiling", "frozen"]
    reason: Annotated[Text, Field(min_length=1)]
    source: Text = ""
    until_on: Day | None = None


class RestrictionOut(Body):
    id: str
    customer: str
    merged_from: str | None = None
    kind: str
    reason: str
    source: str
    set_by: str
    set_at: str
    until_on: str | None
    lifted_at: str | None
    lifted_by: str
    lifted_reason: str


class RestrictionPage(Body):
    items: list[RestrictionOut]
    next: str | None


class Lifting(Body):
    reason: Text = ""


class RequestBody(Body):
    """`received_at`: when it reached the company; its thirty days begin there."""

    kind: Literal["access", "erasure", "restriction", "objection", "rectification", "review"]
    received_at: Instant | None = None
    channel: Text = ""
    words: Text = ""
    proof: Text = ""
    about: Text = ""


class RequestOut(Body):
    id: str
    customer: str
    merged_from: str | None = None
    kind: str
    channel: str
    words: str
    proof: str
    about: str
    received_at: str
    due_on: str
    answered_at: str | None
    answered_by: str
    outcome: str
    answer: str


class RequestPage(Body):
    items: list[RequestOut]
    next: str | None


class RequestAnswer(Body):
    outcome: Literal["done", "partly", "refused"]
    answer: Text = ""


class Package(Body):
    data: dict[str, Any]
    html: str


class ErasureBody(Body):
    """`classes`: only these; none: everything."""

    classes: list[StrictStr] = []
    request: StrictStr | None = None


class Reach(Body):
    table: str
    data_class: str
    how: str
    rows: int


class KeptBy(Body):
    key: str
    words: str
    count: int
    until_on: str | None


class Planned(Body):
    classes: list[str]
    known_classes: list[str]
    reached: list[Reach]
    fields: list[str]
    kept: list[KeptBy]


class ErasureOut(Body):
    id: str
    customer: str
    merged_from: str | None = None
    classes: list[str]
    asked_at: str
    done_at: str
    done_by: str
    reached: dict[str, int]


class ErasurePage(Body):
    items: list[ErasureOut]
    next: str | None


class Outcome(Body):
    state: Literal["erased", "restricted"]
    erasure: ErasureOut | None
    restriction: RestrictionOut | None
    kept: list[KeptBy]


class Rectified(Body):
    fields: list[str]


class PeriodBody(Body):
    data_class: Name
    months: Annotated[StrictInt, Field(ge=1, le=1_200)]
    ground: Text = ""
    receivers: Text = ""
    is_on: StrictBool = False


class DueOut(Body):
    data_class: str
    table: str
    how: str
    rows: int
    before: str


class Periods(Body):
    periods: list[PeriodBody]
    due: list[DueOut]
