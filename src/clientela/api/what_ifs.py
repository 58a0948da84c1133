"""What draft rules would have given for past purchases."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from pydantic import Field, StrictInt, StrictStr

from clientela.api.router import Doors, accepted
from clientela.api.types import Body, HouseRequest, Money, public_id
from clientela.flows import told_what_if, try_rules
from clientela.flows.rules_of_points import Draft
from clientela.loyalty.models.trials import Trial
from clientela.loyalty.queries import trials

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


class WhatIfTrial(Body):
    """`state`: waiting, running, finished, cancelled or failed, then with the code of a `fault`.
    `found`: what it came to; only with one trial that is finished.
    """

    id: str
    state: str
    currency: str
    months: int
    purchases_done: int
    purchases: int
    asked_by: str
    asked_at: str
    ended_at: str | None
    fault: str
    found: WhatIfAnswer | None


class WhatIfTrials(Body):
    items: list[WhatIfTrial]
    next: str | None


@doors.write("POST", "/what-ifs", right="loyalty.configure", answer=WhatIfAnswer,
             summary="Try draft rules on past months", kept=False, queued=WhatIfTrial)  # fmt: skip
def try_on_past(request: HouseRequest, body: WhatIfWish) -> dict[str, Any] | HttpResponse:
    """The last whole months, by the rules in force and by the drafts; no points are written. Where
    purchases are more than a million: 202, and the trial is followed at its address.
    """
    drafts = [Draft(body.currency, one.key, one.labels, one.body, one.priority)
              for one in body.rules]  # fmt: skip
    view = public_id("lst", body.list_id, field="list_id") if body.list_id else None
    found = try_rules.try_rules(
        drafts, months=body.months, view_id=view, actor=request.actor, now=request.started_at
    )
    if isinstance(found, Trial):
        return accepted(_told(found), at=f"{request.path}/{found.public_id}")
    return told_what_if.told(found)


@doors.read("/what-ifs", right="loyalty.configure", answer=WhatIfTrials,
            summary="List trials of draft rules")  # fmt: skip
def latest(request: HouseRequest) -> dict[str, Any]:
    """Those that were tried in the background, the newest first, at most ten."""
    rows = trials.latest()
    return {"items": [{**try_rules.told_trial(one), "found": None} for one in rows], "next": None}


@doors.read("/what-ifs/{trial_id}", right="loyalty.configure", answer=WhatIfTrial,
            summary="Follow a trial of draft rules")  # fmt: skip
def trial(request: HouseRequest, trial_id: StrictStr) -> dict[str, Any]:
    """How far it is, and once it is finished what it found; kept for ninety days."""
    return _told(trials.trial(public_id("tri", trial_id)))


@doors.write("POST", "/what-ifs/{trial_id}/cancellation", right="loyalty.configure",
             answer=WhatIfTrial, summary="Cancel a trial of draft rules")  # fmt: skip
def cancel(request: HouseRequest, trial_id: StrictStr) -> dict[str, Any]:
    """It stops before its next slice; 409 where it is over."""
    return _told(try_rules.cancel(
        public_id("tri", trial_id), actor=request.actor, now=request.started_at
    ))  # fmt: skip


def _told(one: Trial) -> dict[str, Any]:
    found = try_rules.found_of(one)
    told = None if found is None else told_what_if.told(found)
    return {**try_rules.told_trial(one), "found": told}
