"""Keys of programs: made with just the rights they need, shown once, revoked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from clientela.console import held, once, refusals
from clientela.console.forms import name_field
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.flows.make_key import make_key
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import ALL, Actor
from clientela.platform.http.requests import HouseRequest
from clientela.staff import keys as api_keys
from clientela.staff import queries, rights

RATE = 100


class KeyForm(forms.Form):
    name = name_field(label=pgettext_lazy("program", "Name"))
    rights = forms.MultipleChoiceField(
        label=lazy("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    rate = forms.IntegerField(
        label=lazy("Calls a second"), min_value=0, max_value=api_keys.RATE_MAX, initial=RATE,
        help_text=lazy("0 is no limit."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        declared = [right for right in rights.declared() if actor.may(right.key)]
        listed = [(right.key, right.sentence) for right in declared]
        if actor.may(ALL):
            listed.append((ALL, _("Everything, now and later")))
        self.fields["rights"].choices = listed  # type: ignore[attr-defined]


@page("staff.configure")
def keys(request: HouseRequest) -> HttpResponse:
    kept = held.take(request)
    form = KeyForm(kept or None, actor=request.actor)
    return _listed(request, form, {"notices": [held.notice()] if kept else []})


@page("staff.configure", methods=FORM, shown_on="console:settings-keys")
def create(request: HouseRequest) -> HttpResponse:
    """Make a key, shown this once: a form sent again makes no second one."""
    if request.method != "POST":
        return redirect("console:settings-keys")
    form = KeyForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _listed(request, form, {}, status=422)
    made: dict[str, str] = {}

    def carry_out() -> str:
        given = form.cleaned_data
        key = make_key(
            name=given["name"], wanted=given["rights"], rate=given["rate"], actor=request.actor,
            now=request.started_at,
        )  # fmt: skip
        made.update(name=key.key.name, key=key.secret)
        return reverse("console:settings-keys")

    try:
        once.sent(request, carry_out)
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        refusals.into(form, refusal)
        return _listed(request, form, {}, status=422)
    if not made:
        messages.warning(request, _("This key was made already, and is not shown again."))
        return see(reverse("console:settings-keys"))
    return _listed(request, KeyForm(actor=request.actor), {"made": made})


@page("staff.configure", methods=SENT, shown_on="console:settings-keys")
def revoke(request: HouseRequest, key_id: UUID) -> HttpResponse:
    with transactions.open():
        key = api_keys.revoke(key_id=key_id, actor=request.actor, now=request.started_at)
    messages.success(request, _("The key of %(name)s is revoked.") % {"name": key.name})
    return see(reverse("console:settings-keys"))


def _listed(
    request: HouseRequest, form: KeyForm, more: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {"api_keys": queries.keys(), "form": form, **more}
    return show(request, "console/settings/keys.html", context, status=status)
