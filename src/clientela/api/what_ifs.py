"""What draft rules would have given for past purchases."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Money, public_id
from clientela.flows import what_if
from clientela.flows.rules_of_points import Draft

doors = Doors(tags=["loyalty"], switch="loyalty")


class RuleTried(Body):
    """`body` as rules are published; a known key replaces that rule, another is added."""

    key: Annotated[StrictStr, Field(max_length=40)]
    labels: dict[str, StrictStr]
    body: dict[str, Any]
    priority: StrictInt = 0


class WhatIfWish(Body):
    """`list_id`: only whoever is in this saved list."""

    currency: Annotated[StrictStr, Field(max_length=40)]
    months: Annotated[StrictInt, Field(ge=1, le=60)] = 12
    list_id: StrictStr | None = None
    rules: Annotated[list[RuleTried], Field(min_length=1, max_length=50)]


class WhatIfSum(Body):
    """`key`: a month, a tier or a profile type; empty for all, and for those on no tier. Cost is
    what the points stand for in money; null where they have no price. `points_given`: what the
    purchases really earned, less what returns took; null where they are more than a million.
    """

    key: str
    purchases: int
    spent: list[Money]
    points_now: int
    points_draft: int
    points_given: int | None
    cost_now_minor: int | None
    cost_draft_minor: int | None
    cost_given_minor: int | None


class WhatIfAnswer(Body):
    """`every` above 1: only one purchase of so many was computed, and figures were multiplied."""

    currency: str
    first_on: str
    last_on: str
    every: int
    money: str
    whole: WhatIfSum
    by_month: list[WhatIfSum]
    by_tier: list[WhatIfSum]
    by_segment: list[WhatIfSum]


@doors.write("POST", "/what-ifs", right="loyalty.configure", answer=WhatIfAnswer,
             summary="Try draft rules on past months", kept=False)  # fmt: skip
def try_rules(request: HouseRequest, body: WhatIfWish) -> dict[str, Any]:
    """The last whole months, by the rules in force and by the drafts; nothing is written."""
    drafts = [Draft(body.currency, one.key, one.labels, one.body, one.priority)
              for one in body.rules]  # fmt: skip
    only = None
    if body.list_id:
        view = public_id("lst", body.list_id, field="list_id")
        only = what_if.customers_of(view, actor=request.actor, now=request.started_at)
    found = what_if.what_if(drafts, months=body.months, now=request.started_at, only=only)
    return what_if.told(found)
