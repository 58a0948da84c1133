"""Webhooks: other systems that are told of what happens, and what became of each message."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console import once, refusals
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.console.paging import Pages, key_of
from clientela.events import actions
from clientela.events import queries as events
from clientela.events.models import Delivery, Subscription
from clientela.flows import webhooks as flow
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.outgoing import ADDRESS_LENGTH_MAX
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries as staff
from clientela.ui import words

RIGHT = "events.subscribe"
LISTED_ON = "console:settings-webhooks"
PAGE = 50


class WebhookForm(forms.Form):
    address = forms.CharField(
        label=lazy("Where to"), max_length=ADDRESS_LENGTH_MAX,
        widget=forms.TextInput(attrs={"placeholder": "https://", "inputmode": "url"}),
    )  # fmt: skip
    names = forms.CharField(
        label=lazy("Which events"), required=False, max_length=4000,
        help_text=lazy("Such as purchase.recorded, points.earned; left empty, all of them."),
    )  # fmt: skip

    def clean_names(self) -> list[str]:
        return [name for name in re.split(r"[\s,;]+", self.cleaned_data["names"]) if name]


@page(RIGHT)
def webhooks(request: HouseRequest) -> HttpResponse:
    return _listed(request, WebhookForm(), {})


@page(RIGHT, methods=FORM, shown_on=LISTED_ON)
def create(request: HouseRequest) -> HttpResponse:
    """Make a webhook, its secret shown this once: a form sent again makes no second one."""
    if request.method != "POST":
        return see(reverse(LISTED_ON))
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _listed(request, form, {}, status=422)
    made: dict[str, str] = {}

    def carry_out() -> str:
        done = flow.subscribe(**form.cleaned_data, actor=request.actor, now=request.started_at)
        made.update(address=done.subscription.address, secret=done.secret)
        return _address_of(done.subscription)

    try:
        once.sent(request, carry_out)
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        refusals.into(form, refusal)
        return _listed(request, form, {}, status=422)
    if not made:
        messages.warning(
            request, _("This webhook was made already; its secret is not shown again.")
        )
        return see(reverse(LISTED_ON))
    return _listed(request, WebhookForm(), {"made": made})


@page(RIGHT)
def webhook(request: HouseRequest, webhook_id: UUID) -> HttpResponse:
    return _one(request, events.subscription(webhook_id), {})


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def secret(request: HouseRequest, webhook_id: UUID) -> HttpResponse:
    """A new secret, shown once; sent again it is another one, and both are good."""
    rotated = flow.rotate(events.subscription(webhook_id), now=request.started_at)
    return _one(request, rotated.subscription, {"secret": rotated.secret})


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def state(request: HouseRequest, webhook_id: UUID) -> HttpResponse:
    found = events.subscription(webhook_id)
    is_active = request.POST.get("active") == "1"
    with transactions.open():
        actions.change_subscription(found, is_active=is_active, now=request.started_at)
    return see(_address_of(found))


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def test(request: HouseRequest, webhook_id: UUID) -> HttpResponse:
    found = events.subscription(webhook_id)
    flow.test(found, actor=request.actor, now=request.started_at)
    messages.success(request, _("A test is on its way."))
    return see(_address_of(found))


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def missed(request: HouseRequest, webhook_id: UUID) -> HttpResponse:
    """Send what was written down since a moment, given as the page knew it."""
    found = events.subscription(webhook_id)
    since = Pages(request, request.POST.get("since", ""), ()).moment()
    if since is not None:
        queued = flow.replay(
            found, starts_at=since[0], ends_at=request.started_at, now=request.started_at
        )
        messages.success(request, _("%(count)s messages are on their way.") % {"count": queued})
    return see(_address_of(found))


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def removal(request: HouseRequest, webhook_id: UUID) -> HttpResponse:
    found = events.subscription(webhook_id)
    with transactions.open():
        actions.unsubscribe(found, now=request.started_at)
    messages.success(
        request, _("The webhook to %(address)s is removed.") % {"address": found.address}
    )
    return see(reverse(LISTED_ON))


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def again(request: HouseRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    found = events.subscription(webhook_id)
    flow.again(events.delivery(delivery_id, subscription=found), now=request.started_at)
    messages.success(request, _("The message is on its way again."))
    return see(_address_of(found))


def notice(request: HouseRequest) -> list[dict[str, Any]]:
    """For whoever may mend it: a webhook that the house switched off, or that fails and fails."""
    count = events.in_trouble() if request.actor.may(RIGHT) else 0
    if not count:
        return []
    return [{
        "name": "webhooks", "tone": "bad", "words": _("Webhooks are in trouble."),
        "more": _("Another system is not told of what happens."), "url": reverse(LISTED_ON),
    }]  # fmt: skip


def _listed(
    request: HouseRequest, form: WebhookForm, more: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    found = events.subscriptions()
    waiting = events.waiting(found)
    context = {"webhooks": [_row(it, waiting.get(it.id, 0)) for it in found], "form": form, **more}
    return show(request, "console/settings/webhooks.html", context, status=status)


def _one(request: HouseRequest, found: Subscription, more: dict[str, Any]) -> HttpResponse:
    pages = Pages.of(request)
    page = events.deliveries_of(found, before=pages.record(), limit=PAGE)
    following = page[-1][0].id.hex if len(page) == PAGE else None
    maker = staff.names_of({found.made_by}).get(found.made_by, found.made_by)
    context = {
        "webhook": {**_row(found, events.waiting([found]).get(found.id, 0)), "made_by": maker},
        "sent": [_sent(*it) for it in page], **pages.links(following), **more,
    }  # fmt: skip
    return show(request, "console/settings/webhook.html", context)


def _row(it: Subscription, waiting: int) -> dict[str, Any]:
    state = it.off_why if it.off_at else "in_trouble" if it.failures else "on"
    return {
        "id": it.public_id, "address": it.address, "names": it.names, "waiting": waiting,
        "is_on": it.off_at is None, "state": state, "words": words.of(state, "webhook"),
        "failures": it.failures, "made_at": it.made_at, "off_at": it.off_at,
        "since": key_of(it.off_at, 0) if it.off_at else "",
    }  # fmt: skip


def _sent(it: Delivery, name: str) -> dict[str, Any]:
    return {
        "id": it.public_id, "name": name, "state": it.state, "tries": it.tries,
        "answer": it.fault or it.status, "next_try_at": it.next_try_at, "ended_at": it.ended_at,
        "waits": it.state == Delivery.State.WAITING,
    }  # fmt: skip


def _address_of(found: Subscription) -> str:
    return reverse("console:settings-webhook", args=[found.id])
