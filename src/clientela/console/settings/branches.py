"""Branches and teams, and who is of which."""

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

from clientela.console.forms import name_field
from clientela.console.once import send
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.platform import transactions
from clientela.platform.http.requests import HouseRequest
from clientela.staff import branches as staff_branches
from clientela.staff import queries as staff

INVALID = 422


class BranchForm(forms.Form):
    name = name_field()
    key = forms.CharField(
        label=lazy("Key"), max_length=40,
        help_text=lazy("Small letters, digits and hyphens; it stays the same: riga-1."),
    )  # fmt: skip


@page("staff.configure")
def branches(request: HouseRequest) -> HttpResponse:
    return _listed(request, BranchForm())


@page("staff.configure", methods=FORM, shown_on="console:settings-branches")
def create(request: HouseRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("console:settings-branches")
    form = BranchForm(request.POST)
    if form.is_valid():
        answer = send(request, form, lambda: _define(request, form))
        if answer:
            return answer
    return _listed(request, form, status=INVALID)


def _define(request: HouseRequest, form: BranchForm) -> str:
    with transactions.open():
        staff_branches.define(**form.cleaned_data)
    messages.success(request, _("Saved."))
    return reverse("console:settings-branches")


@page("staff.configure", methods=SENT, shown_on="console:settings-branches")
def place(request: HouseRequest, person_id: UUID) -> HttpResponse:
    """Exactly the branches that are ticked; none is the whole company."""
    with transactions.open():
        person = staff_branches.place(
            person_id=person_id, branches=request.POST.getlist("branch"), actor=request.actor
        )
    messages.success(request, _("%(name)s sees other branches now.") % {"name": person.name})
    return see(reverse("console:settings-branches"))


def _listed(request: HouseRequest, form: BranchForm, *, status: int = 200) -> HttpResponse:
    listed = staff.branches()
    people = [
        {"public_id": one.public_id, "name": one.name, "email": one.email,
         "branches": [{"key": it.key, "name": it.name, "is_theirs": it.key in one.branches}
                      for it in listed],
         "everywhere": not one.branches}
        for one in staff.people() if one.is_active
    ]  # fmt: skip
    context: dict[str, Any] = {"branches": listed, "people": people, "form": form}
    return show(request, "console/settings/branches.html", context, status=status)
