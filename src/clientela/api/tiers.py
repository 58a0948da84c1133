"""Ladders and their tiers, where customers stand on them, and what a review decides."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.currencies import Code, Labels, Lasting
from clientela.api.loyalty import Balance
from clientela.api.loyalty import family_of as family
from clientela.api.rewards import day, iso
from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Text, public_id
from clientela.flows import keep_ladders, points, review_tiers
from clientela.flows.review_tiers import Decision
from clientela.loyalty.models import Standing, Tier, TierSet
from clientela.loyalty.queries import tiers as queries
from clientela.platform import ids, periods

doors = Doors(tags=["tiers"], switch="loyalty")
DECIDED_AT_ONCE = 10_000
Days = Annotated[StrictInt, Field(ge=0, le=366)]
Words = dict[StrictStr, Annotated[StrictStr, Field(max_length=1_000)]]
Measure = Literal["points", "spend", "purchases", "products", "balance"]
Window = Literal["rolling", "calendar", "anniversary", "lifetime"]


class LadderTerms(Body):
    """What a ladder measures over which time, when a tier begins and how it is kept and lost.
    `currency`: of money, with `spend`; `counts`: other points than its own that are counted.
    `late`: a purchase that comes late raises from now on, or also gives what was bought after it
    the points of the tier it reached.
    """

    labels: Labels
    measure: Measure = "points"
    currency: StrictStr = ""
    counts: StrictStr = ""
    window: Window = "rolling"
    starts: Literal["now", "next_period"] = "now"
    keeps: Literal["end_of_period", "end_of_next_period"] = "end_of_next_period"
    keep_days: Days = 0
    lowers: Literal["recompute", "one_step", "none"] = "recompute"
    grace_days: Days = 0
    reversal_waits: StrictBool = False
    crossing: Literal["before", "after"] = "before"
    late: Literal["raises", "re_rates"] = "raises"


class LadderBody(LadderTerms):
    key: Code
    points: Code


class TierBody(Body):
    """A tier, reached at its threshold or more; `factor` as "1.5" or "3/2"."""

    key: Code
    labels: Labels
    threshold: Annotated[StrictInt, Field(ge=1, le=10**12)]
    benefits: Words = {}
    staff_notes: Words = {}
    factor: Text = "1"
    life: Lasting | None = None


class TierAnswer(Body):
    key: str
    labels: dict[str, str]
    threshold: int
    benefits: dict[str, str]
    staff_notes: dict[str, str]
    factor: str
    life: dict[str, int | str]
    members: int


class LadderAnswer(Body):
    key: str
    points: str
    labels: dict[str, str]
    measure: str
    currency: str | None
    counts: str | None
    window: str
    starts: str
    keeps: str
    keep_days: int
    lowers: str
    grace_days: int
    reversal_waits: bool
    crossing: str
    late: str
    tiers: list[TierAnswer]
    next_review: str | None
    warnings: list[str]


class LadderPage(Body):
    items: list[LadderAnswer]
    next: str | None


class TierDecision(Body):
    customer: str
    ladder: str
    before: str
    after: str | None
    way: str
    measured: int


class TierDecisionPage(Body):
    items: list[TierDecision]
    on: str
    due: int
    next: str | None


class TierReview(Body):
    """`more`: not all was decided yet; send it again."""

    up: int
    stays: int
    down: int
    more: bool


class StandingAnswer(Body):
    id: str
    ladder: str
    tier: str
    labels: dict[str, str]
    starts_at: str
    ends_at: str | None
    kept_until: str | None
    measured: int
    purchase: str | None


class Loyalty(Body):
    balances: list[Balance]
    standings: list[StandingAnswer]


@doors.read("/tiers", right="loyalty.view", answer=LadderPage, summary="List the ladders")
def ladders(request: HouseRequest) -> dict[str, Any]:
    """Every ladder with its tiers, lowest first, and how many customers stand on each."""
    return {"items": [_ladder(one, request) for one in queries.ladders()], "next": None}


@doors.write("POST", "/tiers", right="loyalty.configure", answer=LadderAnswer,
             summary="Make or change a ladder")  # fmt: skip
def save_ladder(request: HouseRequest, body: LadderBody) -> dict[str, Any]:
    """By its key; its tiers stay as they are. `warnings` names what is often not meant."""
    keep_ladders.save_ladder(body.model_dump(exclude={"points"}), points=body.points,
                             actor=request.actor, now=request.started_at)  # fmt: skip
    return _ladder(queries.ladder_of(body.key), request)


@doors.write("POST", "/tiers/{ladder}/steps", right="loyalty.configure", answer=LadderAnswer,
             summary="Make or change a tier")  # fmt: skip
def save_tier(request: HouseRequest, ladder: StrictStr, body: TierBody) -> dict[str, Any]:
    """By its key in its ladder. Whoever reaches it already is raised by the next review."""
    life = body.life.model_dump(exclude_defaults=True) if body.life else {}
    keep_ladders.save_tier(ladder, {**body.model_dump(exclude={"life"}), "life": life},
                           actor=request.actor, now=request.started_at)  # fmt: skip
    return _ladder(queries.ladder_of(ladder), request)


@doors.write("DELETE", "/tiers/{ladder}/steps/{tier}", right="loyalty.configure",
             answer=LadderAnswer, summary="Take a tier out of its ladder")  # fmt: skip
def drop_tier(request: HouseRequest, ladder: StrictStr, tier: StrictStr) -> dict[str, Any]:
    """As long as nobody ever stood on it and no reward has a price for it."""
    keep_ladders.drop_tier(ladder, tier, actor=request.actor, now=request.started_at)
    return _ladder(queries.ladder_of(ladder), request)


@doors.read("/tier-reviews", right="loyalty.view", answer=TierDecisionPage,
            summary="Preview a tier review")  # fmt: skip
def preview(  # noqa: PLR0917 - what a question may say
    request: HouseRequest, ladder: StrictStr,
    on: Annotated[str | None, Query(max_length=10)] = None,
    way: Annotated[Literal["up", "stays", "down"] | None, Query()] = None,
    after: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Who would go up, stay and go down in the review of a day (without one: of today), by what is
    there so far. Nothing is written.
    """
    found = queries.ladder_of(ladder)
    then = day(on, "on") or _today(found, request)
    decided, following = review_tiers.preview(
        found, on=then, ways=[way] if way else [], limit=limit,
        after=public_id("cus", after) if after else None,
    )  # fmt: skip
    return {
        "items": [_decision(one) for one in decided], "on": then.isoformat(),
        "due": queries.count_due(found, on=then),
        "next": ids.public("cus", following) if following else None,
    }  # fmt: skip


@doors.write("POST", "/tier-reviews", right="loyalty.configure", answer=TierReview,
             summary="Run the tier review")  # fmt: skip
def run(request: HouseRequest) -> dict[str, Any]:
    """Decide whose time is over, about ten thousand of them; each night does it too."""
    decided = review_tiers.review_tiers(
        actor=request.actor, now=request.started_at, most=DECIDED_AT_ONCE
    )
    ways = Counter(one.way for one in decided)
    return {
        **{way: ways[way] for way in review_tiers.WAYS},
        "more": len(decided) >= DECIDED_AT_ONCE,
    }


@doors.read("/customers/{customer_id}/loyalty", right="loyalty.view", answer=Loyalty,
            summary="Read a customer's points and tiers")  # fmt: skip
def loyalty(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Balances with where the customer stands, and every standing there was, newest first."""
    records = family(customer_id)
    return {
        "balances": points.balances_of(records, now=request.started_at),
        "standings": [_standing(one) for one in queries.history_of(records)],
    }


def _ladder(one: TierSet, request: HouseRequest) -> dict[str, Any]:
    return {
        "key": one.key, "points": one.currency.code, "labels": one.labels, "measure": one.measure,
        "currency": one.money_code or None, "counts": one.counted.code if one.counted else None,
        "window": one.time_window, "starts": one.starts, "keeps": one.keeps,
        "keep_days": one.keep_days, "lowers": one.lowers, "grace_days": one.grace_days,
        "reversal_waits": one.reversal_waits, "crossing": one.crossing,
        "late": one.late,
        "tiers": [_tier(step) for step in queries.steps_of(one, now=request.started_at)],
        "next_review": iso(queries.next_review(one)), "warnings": list(keep_ladders.warnings(one)),
    }  # fmt: skip


def _tier(one: Tier) -> dict[str, Any]:
    return {
        "key": one.key, "labels": one.labels, "threshold": one.threshold,
        "benefits": one.benefits, "staff_notes": one.staff_notes,
        "factor": str(queries.factor_of(one)), "life": one.life,
        "members": one.members,  # type: ignore[attr-defined]
    }  # fmt: skip


def _decision(one: Decision) -> dict[str, Any]:
    return {
        "customer": ids.public("cus", one.customer_id), "ladder": one.ladder,
        "before": one.before, "after": one.after, "way": one.way, "measured": one.measured,
    }  # fmt: skip


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "id": str(one), "ladder": one.tier_set_id, "tier": one.tier.key,
        "labels": one.tier.labels, "starts_at": one.starts_at.isoformat(),
        "ends_at": iso(one.ends_at), "kept_until": iso(one.kept_until), "measured": one.measured,
        "purchase": ids.public("pur", one.purchase_id) if one.purchase_id else None,
    }  # fmt: skip


def _today(ladder: TierSet, request: HouseRequest) -> date:
    return periods.day_of(request.started_at, review_tiers.zone_of(ladder))
