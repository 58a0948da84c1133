"""Rules tried on past months: one in the making or a file of them, beside what was given."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from clientela.console import refusals
from clientela.console.loyalty.rule_form import EARNS, RuleForm
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.customers import queries as customers
from clientela.flows import rules_of_points, try_rules
from clientela.flows.lists import views
from clientela.flows.rules_of_points import Draft
from clientela.flows.what_if import Sum, WhatIf
from clientela.loyalty.actions.trials import TrialIsOver
from clientela.loyalty.models import TierSet
from clientela.loyalty.models.trials import Trial
from clientela.loyalty.queries import trials
from clientela.platform import ids
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.requests import HouseRequest
from clientela.platform.money import Money
from clientela.ui import dates
from clientela.ui.templatetags import ui

MONTHS = (3, 6, 12, 24)
MONTHS_FIRST = 12
FILE_BYTES_MAX, WRITTEN_MAX = 200_000, 100_000


def tried() -> list[URLPattern]:
    """Addresses below those of the loyalty desk."""
    return [
        path("rules/past", past, name="rules-past"),
        path("rules/past/<tri:trial_id>", trial, name="rules-trial"),
        path("rules/past/<tri:trial_id>/cancellation", cancel, name="rules-trial-cancel"),
    ]


RIGHTS = ("loyalty.view", "loyalty.publish")


@page(*RIGHTS, switch="loyalty", methods=FORM)
def past(request: HouseRequest) -> HttpResponse:
    """Choose months, a list and rules; below, what they would have given. No points are written. Of
    very many purchases it is found in the background, on a page of its own.
    """
    context: dict[str, Any] = {
        **_blank(request), "months": _months(request), "list": request.POST.get("list", ""),
    }  # fmt: skip
    if request.method == "POST":
        try:
            drafts = _drafts(request)
            context |= _named(drafts)
            found = _tried(request, drafts)
            if isinstance(found, Trial):
                return see(reverse("console:rules-trial", args=[found.public_id]))
            context["found"] = _shown(found)
        except Problem as refusal:
            context["fault"] = str(refusal.detail or refusal.title)
    status = 422 if context["fault"] else 200
    return show(request, "console/loyalty/past.html", context, status=status)


@page(*RIGHTS, switch="loyalty")
def trial(request: HouseRequest, trial_id: UUID) -> HttpResponse:
    """How far it is, asked again each second, and what it found."""
    one = trials.trial(trial_id)
    context: dict[str, Any] = {"trial": one, "is_open": one.ended_at is None}
    if "HX-Request" in request.headers and one.ended_at is None:
        return show(request, "console/loyalty/past_trial.html", context)
    found = try_rules.found_of(one)
    context |= {
        **_blank(request), **_named(try_rules.drafts_of(one)), "months": one.months,
        "list": ids.public("lst", one.view_id) if one.view_id else "",
        "found": None if found is None else _shown(found),
    }  # fmt: skip
    response = show(request, "console/loyalty/past.html", context)
    if "HX-Request" in request.headers:
        response.headers["HX-Refresh"] = "true"
    return response


@page(*RIGHTS, switch="loyalty", methods=SENT, shown_on="console:rules-past")
def cancel(request: HouseRequest, trial_id: UUID) -> HttpResponse:
    """It stops before its next slice."""
    address = reverse("console:rules-trial", args=[ids.public("tri", trial_id)])
    try:
        try_rules.cancel(trial_id, actor=request.actor, now=request.started_at)
    except TrialIsOver as refusal:
        messages.warning(request, refusals.sentence(refusal))
    return see(address)


def _blank(request: HouseRequest) -> dict[str, Any]:
    return {
        "choices": MONTHS, "lists": views.views_for(request.actor), "fault": "", "found": None,
        "rules": "", "names": [], "trials": trials.latest(),
    }  # fmt: skip


def _named(drafts: Sequence[Draft]) -> dict[str, Any]:
    names = [ui.label(dict(one.labels)) or one.key for one in drafts]
    return {"rules": _written(drafts), "names": names}


def _months(request: HouseRequest) -> int:
    asked = request.POST.get("months", "")
    return int(asked) if asked in map(str, MONTHS) else MONTHS_FIRST


def _tried(request: HouseRequest, drafts: Sequence[Draft]) -> WhatIf | Trial:
    view = None
    if named := request.POST.get("list", ""):
        try:
            view = ids.parse("lst", named)
        except ValueError:
            raise InvalidInput(_("There is no such list."), field="list") from None
    return try_rules.try_rules(
        drafts, months=_months(request), view_id=view, actor=request.actor,
        now=request.started_at,
    )  # fmt: skip


def _drafts(request: HouseRequest) -> list[Draft]:
    """Of the file, of the form of a rule, or those that were tried already."""
    if file := request.FILES.get("file"):
        if (file.size or 0) > FILE_BYTES_MAX:
            raise InvalidInput(_("The file is too large."), field="file")
        return _read(
            file.read().decode("utf-8", "replace"), is_toml=str(file.name).endswith("toml")
        )
    if "earn" in request.POST:
        return [_of_form(request)]
    return _read(request.POST.get("rules", "")[:WRITTEN_MAX])


def _of_form(request: HouseRequest) -> Draft:
    named, earn = request.POST.get("of_rule", ""), request.POST.get("earn", "")
    rule = rules_of_points.rule_of(int(named)) if named.isdecimal() else None
    form = RuleForm(request.POST, earn=earn if earn in EARNS else "per_money", rule=rule)
    if not form.is_valid():
        raise InvalidInput(_("Fill in the rule first."), field="rules")
    currency = request.POST.get("currency", "")
    return Draft(currency, form.key(), form.labels(), form.body(), form.priority_said())


def _read(written: str, *, is_toml: bool = False) -> list[Draft]:
    """The file of `clientela loyalty what-if`: currency and rules."""
    try:
        said = tomllib.loads(written) if is_toml else json.loads(written)
    except ValueError:
        said = None
    said = said if isinstance(said, dict) else {}
    rules = said.get("rules")
    if not isinstance(rules, list) or not all(isinstance(one, dict) for one in rules):
        raise InvalidInput(
            _("Choose a file with currency and rules, in TOML or JSON."), field="file"
        )
    return [
        Draft(str(said.get("currency", "")), str(one.get("key", "")),
              one.get("labels") or {"en": str(one.get("key", ""))}, one.get("body") or {},
              one.get("priority", 0))
        for one in rules
    ]  # fmt: skip


def _written(drafts: Sequence[Draft]) -> str:
    rules = [{"key": one.key, "labels": dict(one.labels), "body": dict(one.body),
              "priority": one.priority} for one in drafts]  # fmt: skip
    return json.dumps({"currency": drafts[0].currency if drafts else "", "rules": rules})


def _shown(found: WhatIf) -> dict[str, Any]:
    steps = {
        tier.key: ui.label(tier.labels) or tier.key
        for ladder in TierSet.objects.all()
        for tier in ladder.tiers.all()
    }
    kinds = {key: ui.label(kind.labels) or key for key, kind in customers.profile_types().items()}
    return {
        "every": found.every, "is_given": found.is_given,
        "whole": _row(found, _("Together"), found.whole),
        "months": _drawn(found),
        "tiers": [_row(found, steps.get(key, key) or _("On no tier"), one)
                  for key, one in sorted(found.by_tier.items())],
        "segments": [_row(found, kinds.get(key, key), one)
                     for key, one in sorted(found.by_segment.items())],
    }  # fmt: skip


def _row(found: WhatIf, words: str, one: Sum) -> dict[str, Any]:
    return {
        "words": words, "purchases": one.purchases,
        "given": one.points_given if found.is_given else None,
        "now": one.points_now, "draft": one.points_draft,
        "more": ui.signed(one.points_draft - one.points_now),
        "cost": _money(found, one.points_draft),
        "more_cost": _money(found, one.points_draft - one.points_now),
    }  # fmt: skip


def _drawn(found: WhatIf) -> list[dict[str, Any]]:
    """Months with two bars each: what was given, and what the draft would have given."""
    highest = max(
        (max(one.points_given, one.points_draft) for one in found.by_month.values()), default=0
    )
    return [
        {**_row(found, f"{dates.month(month, ui.language())} {month.year}", one),
         "letter": dates.month(month, ui.language()), "bars": _bars(one, highest)}
        for key, one in found.by_month.items()
        for month in [date.fromisoformat(f"{key}-01")]
    ]  # fmt: skip


def _bars(one: Sum, highest: int) -> Mapping[str, int]:
    given, draft = (
        max(2, round(100 * points / highest)) if points > 0 and highest else 0
        for points in (one.points_given, one.points_draft)
    )
    return {"given": given, "given_top": 100 - given, "draft": draft, "draft_top": 100 - draft}


def _money(found: WhatIf, points: int) -> Money | None:
    cost = found.cost(points)
    return None if cost is None else Money(cost, found.money_code)
