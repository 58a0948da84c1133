"""A ladder and its tiers, made and changed in forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.loyalty.ladder_form import LadderForm, TierForm
from clientela.console.loyalty.tier_words import WARNINGS
from clientela.console.once import send, sent
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.console.refusals import sentence
from clientela.flows import keep_ladders
from clientela.loyalty.models import TierSet
from clientela.loyalty.queries import tiers as queries
from clientela.platform.errors import InvalidInput
from clientela.platform.http.requests import HouseRequest
from clientela.ui.templatetags.ui import label

WRITES = ("loyalty.view", "loyalty.configure")


@page(*WRITES, switch="loyalty", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    return _ladder(request, None)


@page(*WRITES, switch="loyalty", methods=FORM)
def edit(request: HouseRequest, ladder: str) -> HttpResponse:
    return _ladder(request, queries.ladder_of(ladder))


def _ladder(request: HouseRequest, ladder: TierSet | None) -> HttpResponse:
    form = LadderForm(request.POST if request.method == "POST" else None, ladder=ladder)

    def carry_out() -> str:
        body = form.body()
        if ladder is None and TierSet.objects.filter(key=body["key"]).exists():
            raise InvalidInput(_("There is a ladder of this name."), field="label_en")
        saved = keep_ladders.save_ladder(
            body, points=form.points(), actor=request.actor, now=request.started_at
        )
        _say(request, saved)
        return reverse("console:loyalty-tiers")

    title = label(ladder.labels) if ladder else _("New ladder")
    return _answer(request, form, carry_out, {"title": title})


@page(*WRITES, switch="loyalty", methods=FORM)
def tier_new(request: HouseRequest, ladder: str) -> HttpResponse:
    return _tier(request, queries.ladder_of(ladder), "")


@page(*WRITES, switch="loyalty", methods=FORM)
def tier_edit(request: HouseRequest, ladder: str, tier: str) -> HttpResponse:
    return _tier(request, queries.ladder_of(ladder), tier)


def _tier(request: HouseRequest, ladder: TierSet, key: str) -> HttpResponse:
    tier = keep_ladders.tier_of(ladder, key) if key else None
    form = TierForm(request.POST if request.method == "POST" else None, ladder=ladder, tier=tier)

    def carry_out() -> str:
        body = form.body()
        if tier is None and ladder.tiers.filter(key=body["key"]).exists():
            raise InvalidInput(_("There is a tier of this name."), field="label_en")
        keep_ladders.save_tier(
            ladder.key, body, actor=request.actor, now=request.started_at
        )  # fmt: skip
        messages.success(request, _("Saved. Whoever reaches it already is raised in the night."))
        return reverse("console:loyalty-tiers")

    named = {"ladder": label(ladder.labels)}
    title = label(tier.labels) if tier else _("New tier of %(ladder)s") % named
    removal = reverse("console:tier-removal", args=[ladder.key, tier.key]) if tier else ""
    return _answer(request, form, carry_out, {"title": title, "removal": removal})


@page(*WRITES, switch="loyalty", methods=SENT, shown_on="console:loyalty-tiers")
def tier_removal(request: HouseRequest, ladder: str, tier: str) -> HttpResponse:
    """Take out a tier on which nobody ever stood."""
    keep_ladders.tier_of(queries.ladder_of(ladder), tier)

    def carry_out() -> str:
        try:
            keep_ladders.drop_tier(ladder, tier, actor=request.actor, now=request.started_at)
            messages.success(request, _("Taken out."))
        except InvalidInput as refusal:
            messages.error(request, sentence(refusal))
        return reverse("console:loyalty-tiers")

    return see(sent(request, carry_out).body.decode())


def _answer(
    request: HouseRequest, form: forms.Form, carry_out: Any, context: dict[str, Any]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, carry_out)
        if answer:
            return answer
    status = 422 if form.errors else 200
    return show(request, "console/loyalty/ladder.html", {"form": form, **context}, status=status)


def _say(request: HouseRequest, ladder: TierSet) -> None:
    messages.success(request, _("Saved."))
    for code in keep_ladders.warnings(ladder):
        if code != "no-tiers-yet":
            messages.warning(request, str(WARNINGS[code]))
