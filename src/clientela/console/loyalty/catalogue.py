"""The catalogue of rewards: listed, made, changed, retired."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.loyalty import words
from clientela.console.loyalty.reward_form import RewardForm, form_class
from clientela.console.once import send
from clientela.console.pages import FORM, page, show
from clientela.flows.make_reward import save_reward
from clientela.loyalty.models import Reward
from clientela.loyalty.queries import rewards
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest
from clientela.ui.templatetags.ui import label


@page("loyalty.view", switch="loyalty")
def catalogue(request: HouseRequest) -> HttpResponse:
    """Every reward in its order, those nobody can have any more at the end."""
    listed = sorted(rewards.catalogue(retired=True), key=lambda one: one.retired_at is not None)
    return show(request, "console/loyalty/catalogue.html", {
        "rewards": [_row(one) for one in listed], "kinds": words.KINDS.items(),
    })  # fmt: skip


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
    made = form_class(kind)
    form = made(request.POST, reward=reward) if request.method == "POST" else made(reward=reward)
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


def _row(one: Reward) -> dict[str, Any]:
    everybody = {price.tier_id: price.points for price in one.prices.all()}
    tiers = [
        {"words": label(price.tier.labels), "points": price.points}
        for price in one.prices.all() if price.tier
    ]  # fmt: skip
    return {
        "id": one.public_id, "words": label(one.labels), "icon": words.ICONS[Reward.Kind(one.kind)],
        "kind": words.KINDS[one.kind], "more": words.worth_of(one),
        "points": everybody.get(None), "tiers": tiers,
        "left": None if one.stock is None else one.stock - one.taken, "stock": one.stock,
        "is_retired": one.retired_at is not None,
    }  # fmt: skip
