"""What is masked in a record is shown to somebody who says why, once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clientela.console import refusals
from clientela.console.customers import attributes, kinds, opened
from clientela.console.customers.opened import Family, of_family
from clientela.console.pages import FORM, page, show
from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.customers.sight import IDENTITIES, present
from clientela.flows.open_record import REASON_LENGTH_MAX, reveal_fields
from clientela.platform.errors import NotThere, Problem
from clientela.platform.http.requests import HouseRequest
from clientela.ui import words

IDENTITY = "identity."
INVALID = 422


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why you need to see it"), max_length=REASON_LENGTH_MAX,
        help_text=_("It is kept with your name, and the customer may ask for it."),
    )  # fmt: skip


@page("customers.view", methods=FORM)
@of_family
def reveal(request: HouseRequest, family: Family, field: str) -> HttpResponse:
    """The form that asks why and, once it is answered, the value: it is on this answer alone."""
    customer = customers.get(family[0])
    form = ReasonForm(request.POST or None)
    context: dict[str, Any] = {
        "form": form, "title": _words(customer, field), "customer": {"id": customer.public_id},
        "close": reverse("console:customer", args=[customer.id]), "address": request.path,
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            context["shown"] = _revealed(request, customer, field, form.cleaned_data["reason"])
        except Problem as refusal:
            if refusal.status >= 500:
                raise
            refusals.into(form, refusal)
    answer = _drawn(request, family, context, status=INVALID if form.errors else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _revealed(request: HouseRequest, customer: Customer, field: str, reason: str) -> str:
    kind = field.removeprefix(IDENTITY) if field.startswith(IDENTITY) else ""
    found = reveal_fields(
        customer.id, fields=() if kind else (field,), identities=(kind,) if kind else (),
        reason=reason, actor=request.actor, now=request.started_at, channel="console",
        request=request.request_id,
    )  # fmt: skip
    if kind:
        return ", ".join(one["value"] for one in found["identities"])
    if field not in found["attributes"]:
        return ""
    known = kinds.current()[customer.profile_type.key].fields
    return attributes.shown(
        next(one for one in known if one.key == field), found["attributes"][field]
    )


def _words(customer: Customer, field: str) -> str:
    """What the field is called; NotThere for one that is not masked for this person."""
    seeing, profile_type = present(), customer.profile_type.key
    kind = field.removeprefix(IDENTITY)
    if kind != field and seeing.masks(IDENTITIES, kind):
        return words.of(kind, "identity")
    for one in kinds.current()[profile_type].fields:
        if one.key == field and seeing.masks(profile_type, field):
            return attributes.words_of(one)
    raise NotThere


def _drawn(
    request: HouseRequest, family: Family, context: dict[str, Any], *, status: int
) -> HttpResponse:
    if "HX-Request" in request.headers:
        return show(request, "console/customers/reveal_drawer.html", context, status=status)
    whole = {**context, **opened.header(request, family)}  # a page says whose record it is
    return show(request, "console/customers/reveal.html", whole, status=status)
