"""The link of an invitation: it signs in once, after a name and a password were chosen."""

from __future__ import annotations

from django import forms
from django.contrib.auth import login
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from clientela.console import refusals
from clientela.console.forms import name_field, password_field
from clientela.console.pages import see, show
from clientela.console.welcome import BACKEND
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.staff import actions as staff
from clientela.staff import queries
from clientela.staff.actions import InvitationOver


class JoinForm(forms.Form):
    name = name_field()
    password = password_field()


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HouseRequest, token: str) -> HttpResponse:
    """Looking at the page does not use the link up; programs that read letters look too."""
    person = queries.invited(token, now=request.started_at)
    if person is None:
        return _dead(request)
    typed = request.POST if request.method == "POST" else None
    form = JoinForm(typed, initial={"name": person.name})
    if request.method == "POST" and form.is_valid():
        try:
            with transactions.open():
                joined = staff.join(token, now=request.started_at, **form.cleaned_data)
        except InvitationOver:
            return _dead(request)
        except Problem as refusal:
            refusals.into(form, refusal)
        else:
            login(request, joined, backend=BACKEND)
            return see("/")
    context = {"person": {"name": person.name, "email": person.email}, "form": form}
    return show(request, "console/join.html", context, status=422 if form.errors else 200)


def _dead(request: HouseRequest) -> HttpResponse:
    return show(request, "console/join.html", {"dead": True}, status=InvitationOver.status)
