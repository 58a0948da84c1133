"""People of the company: invited, given a role, let in no more."""

from __future__ import annotations

from datetime import timedelta
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
from clientela.console.forms import EmailField, name_field
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.flows.invite_person import invite_person
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import ALL, Actor
from clientela.platform.http.requests import HouseRequest
from clientela.staff import actions as staff
from clientela.staff import links, queries
from clientela.staff.models import Person, Role

# The roles a new installation has; one that a company made is called as they call it.
ROLES = {
    "agent": pgettext_lazy("role", "Agent"),
    "warranty-desk": pgettext_lazy("role", "Warranty desk"),
    "marketer": pgettext_lazy("role", "Marketer"),
    "privacy-officer": pgettext_lazy("role", "Privacy officer"),
    "manager": pgettext_lazy("role", "Manager"),
    "developer": pgettext_lazy("role", "Developer"),
    "administrator": pgettext_lazy("role", "Administrator"),
}


class InviteForm(forms.Form):
    email = EmailField()
    name = name_field()
    role = forms.ChoiceField(label=lazy("Role"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may = [role for role in queries.roles() if all(map(actor.may, role.rights))]
        may.sort(key=lambda role: (ALL in role.rights, len(role.rights), role.name))
        self.fields["role"].choices = [(role.key, words_of(role)) for role in may]  # type: ignore[attr-defined]


@page("staff.configure")
def people(request: HouseRequest) -> HttpResponse:
    kept = held.take(request)
    form = InviteForm(kept or None, actor=request.actor)
    notices = [held.notice()] if kept else []
    return _listed(request, form, {"notices": notices})


@page("staff.configure", methods=FORM, shown_on="console:settings-people")
def invite(request: HouseRequest) -> HttpResponse:
    """Make a sign-in link, shown this once: a form sent again makes no second one."""
    if request.method != "POST":
        return redirect("console:settings-people")
    form = InviteForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _listed(request, form, {}, status=422)
    made: dict[str, Any] = {}

    def carry_out() -> str:
        person, token = invite_person(
            **form.cleaned_data, actor=request.actor, now=request.started_at
        )
        until = request.started_at + timedelta(hours=staff.INVITATION_HOURS)
        made.update(email=person.email, link=links.join(token), expires_at=until)
        return reverse("console:settings-people")

    try:
        once.sent(request, carry_out)
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        refusals.into(form, refusal)
        return _listed(request, form, {}, status=422)
    if not made:
        messages.warning(request, _("This link was made already, and is not shown again."))
        return see(reverse("console:settings-people"))
    return _listed(request, InviteForm(actor=request.actor), {"invited": made})


@page("staff.configure", methods=SENT, shown_on="console:settings-people")
def role(request: HouseRequest, person_id: UUID) -> HttpResponse:
    with transactions.open():
        person = staff.assign_roles(
            person_id=person_id, roles=[request.POST.get("role", "")], actor=request.actor
        )
    messages.success(request, _("%(name)s has another role now.") % {"name": person.name})
    return see(reverse("console:settings-people"))


@page("staff.configure", methods=SENT, shown_on="console:settings-people")
def state(request: HouseRequest, person_id: UUID) -> HttpResponse:
    """May sign in, or may no longer."""
    with transactions.open():
        if request.POST.get("active") == "1":
            person = staff.enable(person_id=person_id, actor=request.actor)
            told = _("%(name)s may sign in again.")
        else:
            person = staff.disable(person_id=person_id, actor=request.actor)
            told = _("%(name)s may no longer sign in.")
    messages.success(request, told % {"name": person.name})
    return see(reverse("console:settings-people"))


def words_of(role: Role) -> str:
    return str(ROLES.get(role.key, role.name))


def _listed(
    request: HouseRequest, form: InviteForm, more: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {
        "people": [_shown(person, request.actor) for person in queries.people()],
        "roles": form.fields["role"].choices,  # type: ignore[attr-defined]
        "form": form, **more,
    }  # fmt: skip
    return show(request, "console/settings/people.html", context, status=status)


def _shown(person: Person, actor: Actor) -> dict[str, Any]:
    roles = list(person.roles.all())
    return {
        "public_id": person.public_id, "name": person.name, "email": person.email,
        "role": roles[0].key if roles else "", "role_name": ", ".join(map(words_of, roles)),
        "is_active": person.is_active, "joined_at": person.joined_at,
        "is_me": person.public_id == actor.id,
        "may_change": all(actor.may(right) for role in roles for right in role.rights),
    }  # fmt: skip
