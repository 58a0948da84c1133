"""Telephone lines: made, given new addresses, switched off; and what the telephone system calls
our people.
"""

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

from clientela.calls import queries as calls
from clientela.calls.actions.lines import Opened
from clientela.console import held, once, refusals
from clientela.console.customers.phones import PhoneField
from clientela.console.forms import UNSAID, country_field, languages, name_field
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.flows import keep_lines
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.staff import links
from clientela.staff import queries as staff

PAGE = "console:settings-telephones"


class LineForm(forms.Form):
    name = name_field(label=pgettext_lazy("telephone line", "Name"))
    number = PhoneField(label=lazy("Our number"), required=False)
    region = country_field(
        help_text=lazy("Callers' numbers without a prefix are read as numbers of this country.")
    )
    language = forms.ChoiceField(
        label=lazy("Language"), required=False, choices=lambda: [UNSAID, *languages()]
    )
    people = forms.MultipleChoiceField(
        label=lazy("Rings for"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=lazy("Where the telephone system names nobody. None ticked: all who may serve."),
        choices=lambda: [(one.email, one.name) for one in staff.people() if one.is_active],
    )  # fmt: skip


class ExtensionForm(forms.Form):
    extension = forms.CharField(label=lazy("Extension"), max_length=100)
    person = forms.ChoiceField(
        label=pgettext_lazy("of the company", "Person"),
        choices=lambda: [(one.email, one.name) for one in staff.people() if one.is_active],
    )  # fmt: skip


@page("staff.configure")
def telephones(request: HouseRequest) -> HttpResponse:
    kept = held.take(request)
    return _listed(request, line=LineForm(kept or None))


@page("staff.configure", methods=FORM, shown_on=PAGE)
def create(request: HouseRequest) -> HttpResponse:
    """Make a line; its address is shown this once, also to a form that is sent again."""
    if request.method != "POST":
        return redirect(PAGE)
    form = LineForm(request.POST)
    if not form.is_valid():
        return _listed(request, line=form, status=422)
    opened: list[Opened] = []

    def carry_out() -> str:
        given = form.cleaned_data
        opened.append(keep_lines.open_line(**given, actor=request.actor, now=request.started_at))
        return reverse(PAGE)

    try:
        once.sent(request, carry_out)
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        refusals.into(form, refusal)
        return _listed(request, line=form, status=422)
    return _shown_once(request, opened)


@page("staff.configure", methods=SENT, shown_on=PAGE)
def rotate(request: HouseRequest, line_id: UUID) -> HttpResponse:
    opened: list[Opened] = []

    def carry_out() -> str:
        opened.append(keep_lines.rotate_by_id(line_id, actor=request.actor, now=request.started_at))
        return reverse(PAGE)

    once.sent(request, carry_out)
    return _shown_once(request, opened)


@page("staff.configure", methods=SENT, shown_on=PAGE)
def switch(request: HouseRequest, line_id: UUID) -> HttpResponse:
    on = request.POST.get("on") == "yes"
    line = keep_lines.switch(line_id, on=on, now=request.started_at)
    told = _("The line %(name)s is on.") if on else _("The line %(name)s is off.")
    messages.success(request, told % {"name": line.name})
    return see(reverse(PAGE))


@page("staff.configure", methods=FORM, shown_on=PAGE)
def extension(request: HouseRequest) -> HttpResponse:
    """What the telephone system calls somebody; said again, it means the other one."""
    if request.method != "POST":
        return redirect(PAGE)
    form = ExtensionForm(request.POST)
    if not form.is_valid():
        return _listed(request, extension=form, status=422)
    keep_lines.name_extension(form.cleaned_data["extension"], person=form.cleaned_data["person"])
    messages.success(request, _("Saved."))
    return see(reverse(PAGE))


@page("staff.configure", methods=SENT, shown_on=PAGE)
def forget(request: HouseRequest) -> HttpResponse:
    keep_lines.forget_extension(request.POST.get("extension", ""))
    return see(reverse(PAGE))


def _shown_once(request: HouseRequest, opened: list[Opened]) -> HttpResponse:
    if not opened:
        messages.warning(request, _("This address was made already, and is not shown again."))
        return see(reverse(PAGE))
    [made] = opened
    told = {"name": made.line.name, "address": links.telephone(made.token)}
    return _listed(request, made=told)


def _listed(
    request: HouseRequest, *, line: LineForm | None = None,
    extension: ExtensionForm | None = None, made: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    names = {person.id: person.name for person in staff.people()}
    context: dict[str, Any] = {
        "lines": [
            {
                "line": one, "people": [names[id] for id in one.people if id in names],
                "tokens": [token for token in one.tokens.all() if token.ended_at is None],
            }
            for one in calls.lines()
        ],
        "extensions": [
            {"name": one.name, "person": names.get(one.person_id, "–")}
            for one in calls.extensions()
        ],
        "form": line or LineForm(), "extension_form": extension or ExtensionForm(), "made": made,
    }  # fmt: skip
    return show(request, "console/settings/telephones.html", context, status=status)
