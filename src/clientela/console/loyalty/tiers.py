"""The ladders: their steps, what each gives, and how many stand on it; who moves at a review."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from clientela.console.loyalty import tier_words as words
from clientela.console.pages import page, show
from clientela.console.templatetags.points import measured
from clientela.customers import queries as customers
from clientela.flows import keep_ladders, review_tiers
from clientela.loyalty.models import Tier, TierSet
from clientela.loyalty.queries import tiers as queries
from clientela.platform.http.requests import HouseRequest
from clientela.ui.templatetags.ui import label

MOVES_SHOWN = 50


@page("loyalty.view", switch="loyalty")
def tiers(request: HouseRequest) -> HttpResponse:
    ladders = [_ladder(one, request) for one in queries.ladders()]
    return show(request, "console/loyalty/tiers.html", {
        "ladders": ladders, "moves": _moves(request) if ladders else [],
    })  # fmt: skip


def _ladder(one: TierSet, request: HouseRequest) -> dict[str, Any]:
    figure = {"measure": one.measure, "currency": one.money_code}
    steps = queries.steps_of(one, now=request.started_at)
    return {
        "key": one.key, "words": label(one.labels), "measures": words.measures(one),
        "terms": list(words.terms(one)),
        "warnings": [words.WARNINGS[code] for code in keep_ladders.warnings(one)],
        "steps": [_step(step, figure) for step in reversed(steps)],
    }  # fmt: skip


def _step(step: Tier, figure: dict[str, str]) -> dict[str, Any]:
    rule = step.factor_rule
    return {
        "key": step.key, "note": label(step.staff_notes) if step.staff_notes else "",
        "words": label(step.labels), "threshold": measured(step.threshold, figure),
        "benefits": label(step.benefits) if step.benefits else "",
        "factor": label(rule.labels) if rule else "", "members": step.members,  # type: ignore[attr-defined]
    }  # fmt: skip


def _moves(request: HouseRequest) -> list[dict[str, Any]]:
    """What the next review would decide; nothing is written."""
    decided = review_tiers.review_tiers(
        actor=request.actor, now=request.started_at, is_trial=True
    )[:MOVES_SHOWN]  # fmt: skip
    names = customers.names_of({one.customer_id for one in decided})
    steps = {
        (ladder.key, tier.key): label(tier.labels)
        for ladder in queries.ladders() for tier in ladder.tiers.all()
    }  # fmt: skip
    return [
        {"customer": one.customer_id, "name": names.get(one.customer_id, ""),
         "way": words.WAYS[one.way], "tone": words.TONES[one.way],
         "before": steps.get((one.ladder, one.before), one.before),
         "after": steps.get((one.ladder, one.after or ""), "")}
        for one in decided
    ]  # fmt: skip
