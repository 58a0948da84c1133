"""Roles of the company, and what people who have them may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from clientela.console import refusals
from clientela.console.forms import NAME_LENGTH_MAX
from clientela.console.once import send
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.console.settings.people import words_of
from clientela.flows.decide_role import change_role, make_role, remove_role
from clientela.platform.errors import Problem
from clientela.platform.http.actors import ALL, Actor
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries, roles
from clientela.staff.models import Role

INVALID = 422
LISTED_ON = "console:settings-roles"
# What the rights of one app are about.
ABOUT = {
    "customers": lazy("Customers"), "products": lazy("Products"), "purchases": lazy("Purchases"),
    "notes": lazy("Notes, tasks and files"), "privacy": lazy("Privacy"), "mail": lazy("Letters"),
    "calls": lazy("Calls"), "issues": lazy("Issues"), "warranty": lazy("Warranty"),
    "loyalty": lazy("Loyalty"), "retention": lazy("Retention"), "events": lazy("Webhooks"),
    "staff": lazy("Settings"),
}  # fmt: skip


class RoleForm(forms.Form):
    """The rights somebody may give or take; others stay as they are and are not asked for."""

    name = forms.CharField(label=pgettext_lazy("role", "Name"), max_length=NAME_LENGTH_MAX)
    rights = forms.MultipleChoiceField(required=False, label=lazy("Rights"))

    def __init__(self, *args: Any, actor: Actor, role: Role | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.actor, self.role = actor, role
        mine = [one for one in roles.offered() if actor.may(one.key)]
        self.fields["rights"].choices = [(one.key, one.sentence) for one in mine]  # type: ignore[attr-defined]
        if role is not None and role.shipped is not None:
            del self.fields["name"]  # it is called in every language

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        others = [one for one in queries.roles() if self.role is None or one.key != self.role.key]
        taken = {str(it).casefold() for one in others for it in (one.name, words_of(one))}
        if name.casefold() in taken:
            raise forms.ValidationError(_("Another role is called so."))
        return name

    def wanted(self) -> list[str]:
        """What is ticked, and what this person could not untick."""
        there = set(self.role.rights) if self.role else set()
        return [*self.cleaned_data["rights"], *(one for one in there if not self.actor.may(one))]

    def groups(self) -> Iterator[dict[str, Any]]:
        """All rights by what they are about; `ticked` as typed, else as the role has them."""
        there = self.role.rights if self.role else self.initial.get("rights", [])
        ticked = set(self.data.getlist("rights") if self.is_bound else there)  # type: ignore[attr-defined]
        if self.role is not None:
            ticked |= {one for one in there if not self.actor.may(one)}
        for app, words in ABOUT.items():
            listed = [one for one in roles.offered() if one.key.partition(".")[0] == app]
            yield {
                "words": words, "key": app,
                "rights": [
                    {"key": one.key, "words": one.sentence, "ticked": one.key in ticked,
                     "fixed": not self.actor.may(one.key)}
                    for one in listed
                ],
            }  # fmt: skip


@page(roles.CONFIGURE)
def listed(request: HouseRequest) -> HttpResponse:
    people = queries.people()
    rows = [_row(role, sum(role in one.roles.all() for one in people)) for role in queries.roles()]
    rows.sort(key=lambda row: (not row["whole"], -row["rights"], str(row["words"])))
    return show(request, "console/settings/roles.html", {"roles": rows})


@page(roles.CONFIGURE, methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    """A role of the company's own, made like another one where `like` names it."""
    like = queries.role(request.GET.get("like", ""))
    first = {"rights": [one for one in like.rights if request.actor.may(one)]} if like else {}
    given = request.POST if request.method == "POST" else None
    form = RoleForm(given, actor=request.actor, initial=first)

    def make() -> str:
        role = make_role(name=form.cleaned_data["name"], wanted=form.wanted(), **_by(request))
        messages.success(request, _("Saved."))
        return reverse("console:role", args=[role.key])

    return _form(request, form, make, title=_("New role"))


@page(roles.CONFIGURE, methods=FORM)
def edit(request: HouseRequest, key: str) -> HttpResponse:
    role = queries.role_called(key)
    given = request.POST if request.method == "POST" else None
    form = RoleForm(given, actor=request.actor, role=role, initial={"name": role.name})

    def change() -> str:
        change_role(key, wanted=form.wanted(), name=form.cleaned_data.get("name"), **_by(request))
        messages.success(request, _("Saved."))
        return reverse(LISTED_ON)

    return _form(request, form, change, title=words_of(role), role=role)


@page(roles.CONFIGURE, methods=SENT, shown_on=LISTED_ON)
def reset(request: HouseRequest, key: str) -> HttpResponse:
    """The rights that a role came with."""
    return _told(request, lambda: change_role(key, wanted=roles.as_shipped(key), **_by(request)))


@page(roles.CONFIGURE, methods=SENT, shown_on=LISTED_ON)
def remove(request: HouseRequest, key: str) -> HttpResponse:
    return _told(request, lambda: remove_role(key, **_by(request)))


def _told(request: HouseRequest, carry_out: Any) -> HttpResponse:
    try:
        carry_out()
        messages.success(request, _("Saved."))
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        messages.error(request, refusals.sentence(refusal))
    return see(reverse(LISTED_ON))


def _form(
    request: HouseRequest, form: RoleForm, carry_out: Any, *, title: str, role: Role | None = None
) -> HttpResponse:
    status = 200
    if request.method == "POST":
        answer = send(request, form, carry_out) if form.is_valid() else None
        if answer:
            return answer
        status = INVALID
    changed = role is not None and role.shipped is not None and not _is_as_shipped(role)
    context = {
        "form": form, "title": title, "role": role, "groups": list(form.groups()),
        "whole": role is not None and ALL in role.rights, "changed": changed,
        "own": role is not None and role.shipped is None,
    }  # fmt: skip
    return show(request, "console/settings/role.html", context, status=status)


def _row(role: Role, people: int) -> dict[str, Any]:
    return {
        "key": role.key, "words": words_of(role), "people": people, "whole": ALL in role.rights,
        "rights": len(role.rights), "own": role.shipped is None,
        "changed": role.shipped is not None and not _is_as_shipped(role),
    }  # fmt: skip


def _is_as_shipped(role: Role) -> bool:
    return set(role.rights) == set(role.shipped or ())


def _by(request: HouseRequest) -> dict[str, Any]:
    return {"actor": request.actor, "now": request.started_at, "request": request.request_id}
