"""The first page of an empty installation: who the company is, and its first administrator.

It is open only while nobody is there, and only to the machine itself: the request comes from the
loopback address and says of no proxy that handed it on. Whoever can do that can read the data
folder as well. Behind a proxy or from elsewhere the first administrator comes in by the link of
`clientela people invite EMAIL --role administrator`, typed on the server.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from django import forms
from django.contrib.auth import login
from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clientela.console import refusals
from clientela.console.forms import (
    EmailField,
    country_field,
    currency_field,
    languages,
    name_field,
    password_field,
    zone_field,
)
from clientela.console.pages import see, show
from clientela.flows.set_up import set_up
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff

BACKEND = "clientela.console.sessions.People"
HANDED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
COMPANY = ("country", "currency", "time_zone", "language")


class OnlyFromHere(Problem):
    code = "only-from-this-machine"
    status = 403
    title = "This page opens only on the machine itself"


class WelcomeForm(forms.Form):
    company = forms.CharField(label=_("Name of the company"), max_length=200)
    country = country_field()
    currency = currency_field()
    time_zone = zone_field()
    language = forms.ChoiceField(label=_("Language"), choices=languages)
    name = name_field()
    email = EmailField()
    password = password_field()

    def company_values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"name": given["company"], **{name: given[name] for name in COMPANY}}


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HouseRequest) -> HttpResponse:
    if staff.anybody_is_there():
        raise Http404
    if not is_from_here(request):
        raise OnlyFromHere
    if request.method != "POST":
        known = companies.read()
        initial = {
            "company": known.name, "country": known.country, "currency": known.currency,
            "time_zone": known.time_zone, "language": (get_language() or "en")[:2],
        }  # fmt: skip
        return show(request, "console/welcome.html", {"form": WelcomeForm(initial=initial)})
    form = WelcomeForm(request.POST)
    return (_begun(request, form) if form.is_valid() else None) or show(
        request, "console/welcome.html", {"form": form}, status=422
    )


def is_from_here(request: HouseRequest) -> bool:
    """Asked by a program of this machine, directly."""
    if any(name in request.headers for name in HANDED_ON):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _begun(request: HouseRequest, form: WelcomeForm) -> HttpResponse | None:
    """Signed in as the first administrator; None: refused, and the form says why."""
    given = form.cleaned_data
    try:
        person = set_up(
            company=form.company_values(), email=given["email"], name=given["name"],
            password=given["password"], now=request.started_at,
        )  # fmt: skip
    except Problem as refusal:
        refusals.into(form, refusal)
        return None
    login(request, person, backend=BACKEND)
    return see("/")
