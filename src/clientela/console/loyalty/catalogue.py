"""The catalogue of rewards: listed, made, changed, retired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clientela.console.loyalty import words
from clientela.console.loyalty.held_forms import form_class
from clientela.console.loyalty.reward_form import RewardForm
from clientela.console.once import send
from clientela.console.pages import FORM, page, show
from clientela.flows.lists import views
from clientela.flows.make_reward import save_reward
from clientela.loyalty.models import Reward
from clientela.loyalty.queries import rewards
from clientela.platform import ids, periods
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import day, label, number


@page("loyalty.view", switch="loyalty")
def catalogue(request: HouseRequest) -> HttpResponse:
    """Every reward in its order, those nobody can have any more at the end; or one kind of them."""
    only = request.GET.get("kind", "")
    found = rewards.catalogue(retired=True)
    listed = sorted(
        (one for one in found if only in ("", one.kind)), key=lambda one: one.retired_at is not None
    )
    there = {one.kind for one in found}
    kinds = _kinds()
    return show(request, "console/loyalty/catalogue.html", {
        "rewards": [_row(one, now=request.started_at) for one in listed], "kinds": kinds,
        "filters": [(key, words_) for key, words_ in kinds if key in there], "shown_kind": only,
    })  # fmt: skip


def _kinds() -> list[tuple[str, str]]:
    """The kinds there can be: cover only where the warranty programme is on."""
    company = companies.current()
    return [
        (key, str(name)) for key, name in words.KINDS.items()
        if key != Reward.Kind.WARRANTY or company.is_on("warranty")
    ]  # fmt: skip


@page("loyalty.view", "loyalty.configure", switch="loyalty", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    """A new reward of the kind in the address."""
    kind = request.GET.get("kind", "")
    if kind not in Reward.Kind.values:
        kind = Reward.Kind.COUPON
    return _edited(request, kind, None)


@page("loyalty.view", "loyalty.configure", switch="loyalty", methods=FORM)
def edit(request: HouseRequest, reward_id: UUID) -> HttpResponse:
    reward = rewards.find(ids.public("rew", reward_id))
    return _edited(request, reward.kind, reward)


def _edited(request: HouseRequest, kind: str, reward: Reward | None) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    form = form_class(kind)(given, reward=reward, views=views.views_for(request.actor))
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _save(request, form))
        if answer:
            return answer
    context = {
        "form": form, "kind": words.KINDS[kind], "name": label(reward.labels) if reward else "",
    }  # fmt: skip
    status = 422 if form.errors else 200
    return show(request, "console/loyalty/reward.html", context, status=status)


def _save(request: HouseRequest, form: RewardForm) -> str:
    save_reward(form.values(), retired=not form.cleaned_data["offered"], actor=request.actor,
                now=request.started_at)  # fmt: skip
    messages.success(request, _("Saved."))
    return reverse("console:loyalty-rewards")


def _row(one: Reward, *, now: datetime) -> dict[str, Any]:
    everybody = {price.tier_id: price for price in one.prices.all()}
    tiers = [
        {"words": label(price.tier.labels), "points": price.points}
        for price in one.prices.all() if price.tier
    ]  # fmt: skip
    plain = everybody.get(None)
    return {
        "id": one.public_id, "words": label(one.labels), "icon": words.ICONS[Reward.Kind(one.kind)],
        "kind": words.KINDS[one.kind], "more": words.worth_of(one), "tiers": tiers,
        "points": plain.points if plain else None,
        "beside": words.money_of(plain.money_minor or None, one.price_code) if plain else "",
        "left": None if one.stock is None else one.stock - one.taken, "stock": one.stock,
        "is_retired": one.retired_at is not None, "notes": list(_notes(one, now=now)),
    }  # fmt: skip


def _notes(one: Reward, *, now: datetime) -> Iterator[tuple[str, str]]:
    """What limits it, each in a few words with its tone."""
    if one.stock is not None and one.taken >= one.stock:
        yield _("sold out"), "bad"
    if one.starts_at is not None and one.starts_at > now:
        yield _("from %(day)s") % {"day": day(_local(one.starts_at))}, "accent"
    if one.ends_at is not None:
        last = _local(one.ends_at - timedelta(microseconds=1))
        over = one.ends_at <= now
        yield _("until %(day)s") % {"day": day(last)}, "bad" if over else ""
    if one.audience or one.audience_view:
        yield _("for some customers"), "accent"
    if one.member_max is not None:
        times = ngettext("%(times)s time each", "%(times)s times each", one.member_max)
        yield times % {"times": number(one.member_max)}, ""
    if one.blackouts:
        yield _("not on some days"), ""
    if one.share_max is not None:
        yield _("up to %(percent)s %% of a purchase") % {"percent": number(one.share_max)}, ""


def _local(instant: datetime) -> date:
    return periods.day_of(instant, companies.current().zone)
