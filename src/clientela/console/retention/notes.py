"""Flags are set and cleared, needs noted and closed: pages, and forms in the drawer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers import opened
from clientela.console.customers.opened import Family, of_family
from clientela.console.once import send, sent
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.flows import customer_notes
from clientela.platform import text
from clientela.platform.http.requests import HouseRequest
from clientela.products import queries as products
from clientela.retention import queries as retention
from clientela.retention.actions.knowledge import INSTRUCTION_MAX, KEY_MAX, NewFlag, NewNeed
from clientela.retention.words import FLAGS, SOURCES
from clientela.ui.templatetags.ui import label

SWITCH = "retention"
INVALID = 422
UNSAID = ("", "–")
DATE = {"type": "date"}


class FlagForm(forms.Form):
    kind = forms.ChoiceField(label=lazy("Flag"), choices=list(FLAGS.items()))
    instruction = forms.CharField(
        label=lazy("What to do"), max_length=INSTRUCTION_MAX, required=False,
        help_text=lazy("One sentence an attendant reads in a second."),
    )  # fmt: skip
    reason = forms.CharField(label=lazy("Reason"), max_length=INSTRUCTION_MAX, required=False)
    review_on = forms.DateField(
        label=lazy("Look at it again on"), required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )  # fmt: skip


class NeedForm(forms.Form):
    words = forms.CharField(
        label=lazy("What the customer needs"), max_length=INSTRUCTION_MAX,
        help_text=lazy("As it was said: moves house in January."),
    )  # fmt: skip
    source = forms.ChoiceField(label=lazy("From where"), choices=list(SOURCES.items()))
    product_kind = forms.ChoiceField(label=lazy("Kind of product"), required=False)
    competitor = forms.CharField(
        label=lazy("Held with"), max_length=100, required=False,
        help_text=lazy("Another company, where the customer has this from."),
    )  # fmt: skip
    ends_on = forms.DateField(
        label=lazy("Ends there on"), required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["product_kind"] = forms.ChoiceField(
            label=lazy("Kind of product"), required=False, choices=[UNSAID, *kinds]
        )


@page("customers.view", "retention.serve", switch=SWITCH, methods=FORM)
@of_family
def new_flag(request: HouseRequest, family: Family) -> HttpResponse:
    form = FlagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _set_flag(request, family, form))
        if answer:
            return answer
    return _form(request, family, form, title=_("Set a flag"), name="flag-new")


def _set_flag(request: HouseRequest, family: Family, form: FlagForm) -> str:
    given = form.cleaned_data
    new = NewFlag(family[0], given["kind"], given["reason"], given["instruction"], "console",
                  given["review_on"])  # fmt: skip
    customer_notes.set_flag(
        new, actor=request.actor, now=request.started_at, request=request.request_id
    )
    messages.success(request, _("The flag is set."))
    return _back(request, family)


@page("customers.view", "retention.serve", switch=SWITCH, methods=SENT)
def clear_flag(request: HouseRequest, flag_id: UUID) -> HttpResponse:
    flag = retention.flag(flag_id)

    def carry_out() -> str:
        customer_notes.clear_flag(
            flag_id, actor=request.actor, now=request.started_at, request=request.request_id
        )
        messages.success(request, _("The flag is cleared."))
        return reverse("console:customer", args=[flag.customer_id])

    return see(sent(request, carry_out).body.decode())


@page("customers.view", "retention.serve", switch=SWITCH, methods=FORM)
@of_family
def new_need(request: HouseRequest, family: Family) -> HttpResponse:
    kinds = [(kind.key, label(kind.labels) or kind.key) for kind in products.kinds()]
    form = NeedForm(request.POST or None, kinds=kinds)
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _note_need(request, family, form))
        if answer:
            return answer
    return _form(request, family, form, title=_("Note a need"), name="need-new")


def _note_need(request: HouseRequest, family: Family, form: NeedForm) -> str:
    given = form.cleaned_data
    kind = given["product_kind"] or "-".join(text.words(given["words"]))[:KEY_MAX] or "need"
    new = NewNeed(
        family[0], kind, given["words"], given["source"], product_kind=given["product_kind"],
        competitor=given["competitor"], ends_on=given["ends_on"],
    )  # fmt: skip
    customer_notes.note_need(
        new, actor=request.actor, now=request.started_at, request=request.request_id
    )
    messages.success(request, _("The need is noted."))
    return _back(request, family)


@page("customers.view", "retention.serve", switch=SWITCH, methods=SENT)
def close_need(request: HouseRequest, need_id: UUID) -> HttpResponse:
    need = retention.need(need_id)

    def carry_out() -> str:
        customer_notes.close_need(
            need_id, result=request.POST.get("result", ""), actor=request.actor,
            now=request.started_at, request=request.request_id,
        )  # fmt: skip
        messages.success(request, _("The need is closed."))
        return reverse("console:customer", args=[need.customer_id])

    return see(sent(request, carry_out).body.decode())


def _back(request: HouseRequest, family: Family) -> str:
    """To the page the form was opened on, when it is one of ours about a conversation."""
    back = request.POST.get("back", "")
    is_talk = back.startswith("/agent/con_") and back.replace("/agent/con_", "").isalnum()
    return back if is_talk else reverse("console:customer", args=[family[0]])


def _form(
    request: HouseRequest, family: Family, form: forms.Form, *, title: str, name: str
) -> HttpResponse:
    context = {
        "form": form, "title": title, "name": name, "address": request.path,
        "close": reverse("console:customer", args=[family[0]]),
        "back": request.POST.get("back", "") or _talk(request),
    }  # fmt: skip
    status = INVALID if form.is_bound and form.errors else 200
    if "HX-Request" in request.headers:
        return show(request, "console/retention/note_form.html", context, status=status)
    header = opened.header(request, family)
    return show(request, "console/retention/note.html", {**header, **context}, status=status)


def _talk(request: HouseRequest) -> str:
    """The address of the conversation the drawer was opened on."""
    shown = request.headers.get("HX-Current-URL", "")
    return shown[shown.find("/agent/con_") :] if "/agent/con_" in shown else ""
