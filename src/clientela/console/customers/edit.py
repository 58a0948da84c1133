"""A customer is written down or changed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console import held
from clientela.console.customers import conflicts
from clientela.console.customers.opened import Family, of_family
from clientela.console.customers.record_form import EditForm, NewForm
from clientela.console.matching import alike
from clientela.console.once import send
from clientela.console.pages import FORM, SENT, page, show
from clientela.customers import queries as customers
from clientela.customers.actions import ChangedMeanwhile
from clientela.customers.models import Customer
from clientela.flows.edit_customer import edit_customer
from clientela.flows.find_duplicates import Accepted, LikelyDuplicate
from clientela.flows.register_customer import register_customer
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies

INVALID = 422
DUPLICATE = 409


@page("customers.view", "customers.edit", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    """Write down somebody new; who may be known already is shown first."""
    kept = held.take(request) if request.method == "GET" else None
    form = _new_form(request, kept)
    context: dict[str, Any] = {"form": form, "notices": [held.notice()] if kept else []}
    if request.method == "POST" and "redraw" not in request.POST and form.is_valid():
        try:
            answer = send(
                request, form, lambda: _register(request, form), passing=(LikelyDuplicate,)
            )
            if answer:
                return answer
        except LikelyDuplicate as known:
            context["duplicates"], context["others"] = alike.of(known), known.extra["others"]
    status = INVALID if form.errors else DUPLICATE if "duplicates" in context else 200
    return show(request, "console/customers/new.html", context, status=status)


@page("customers.view", "customers.edit", methods=SENT, shown_on="console:customer-new")
def alike_typed(request: HouseRequest) -> HttpResponse:
    """Who this may be, while it is being typed in."""
    return alike.shown(request, _new_form(request, None))


@page("customers.view", "customers.edit", methods=FORM)
@of_family
def edit(request: HouseRequest, family: Family) -> HttpResponseBase:
    """Change a record; what somebody else changed meanwhile is never overwritten unseen."""
    customer = customers.get(family[0])
    kept = held.take(request) if request.method == "GET" else None
    form = _edit_form(request, customer, kept)
    if request.method != "POST" or not form.is_valid():
        return _edited(request, customer, form, kept=kept)
    if form.cleaned_data["version"] != customer.version:
        found = conflicts.between(form, customer)
        if found:
            return _conflict(request, family, form, found)
    names = conflicts.wanted(form, take=request.POST.get("take", ""))
    try:
        answer = send(
            request, form, lambda: _change(request, customer, form, names),
            passing=(ChangedMeanwhile,),
        )  # fmt: skip
    except ChangedMeanwhile:
        return edit(request, customer_id=family[0])
    return answer or _edited(request, customer, form)


def _new_form(request: HouseRequest, kept: QueryDict | None) -> NewForm:
    """The form of the type chosen; another type chosen meanwhile draws its fields anew."""
    kinds = [kind for kind in customers.profile_types().values() if kind.retired_at is None]
    given: Mapping[str, Any] | None = request.POST if request.method == "POST" else kept
    asked = (given or request.GET).get("type")
    kind = next((one for one in kinds if one.key == asked), kinds[0])
    more: dict[str, Any] = {
        "kind": kind, "kinds": kinds, "company": companies.current(), "now": request.started_at,
    }  # fmt: skip
    if given is None or "redraw" in given:
        return NewForm(initial=_first_values(request.GET, given), **more)
    return NewForm(given, **more)


def _first_values(asked: Mapping[str, Any], typed: Mapping[str, Any] | None) -> dict[str, Any]:
    """A number that called is filled in; when the type changes, what was typed stays."""
    if typed is None:
        return {"phone": asked.get("phone", "")}
    return {name: typed[name] for name in typed if name not in ("type", "redraw")}


def _register(request: HouseRequest, form: NewForm) -> str:
    id, _is_new = register_customer(
        form.details(), actor=request.actor, now=request.started_at, request=request.request_id,
        watch=True, accepted=_accepted(request),
    )  # fmt: skip
    messages.success(request, _("%(name)s is written down.") % {"name": form.cleaned_data["name"]})
    return reverse("console:customer", args=[id])


def _accepted(request: HouseRequest) -> Accepted | None:
    if not request.POST.get("confirmed"):
        return None
    return Accepted(request.POST.get("reason", "").strip() or _("looked at and told apart"))


def _edit_form(request: HouseRequest, customer: Customer, kept: QueryDict | None) -> EditForm:
    return _form_of(request, customer, request.POST if request.method == "POST" else kept)


def _form_of(request: HouseRequest, customer: Customer, given: QueryDict | None) -> EditForm:
    own = [one for one in customers.identities_of([customer.id]) if one.kind in ("phone", "email")]
    return EditForm(
        given, customer=customer, identities=own, company=companies.current(),
        now=request.started_at,
    )  # fmt: skip


def _edited(
    request: HouseRequest, customer: Customer, form: EditForm, *, kept: QueryDict | None = None
) -> HttpResponse:
    context = {
        "customer": {"id": customer.public_id, "name": customer.display_name}, "form": form,
        "notices": [held.notice()] if kept else [],
    }  # fmt: skip
    status = INVALID if form.is_bound and form.errors and not kept else 200
    return show(request, "console/customers/edit.html", context, status=status)


def _change(request: HouseRequest, customer: Customer, form: EditForm, names: list[str]) -> str:
    edit_customer(
        customer.id, form.details(names), version=customer.version, withdraw=form.withdrawn(),
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    messages.success(request, _("Saved."))
    return reverse("console:customer", args=[customer.id])


def _conflict(
    request: HouseRequest, family: Family, form: EditForm, found: list[conflicts.Conflict]
) -> HttpResponse:
    """Both versions side by side; the form stays as it was typed, on top of theirs."""
    customer = form.customer
    form = _form_of(request, customer, conflicts.on_top_of_theirs(form, customer, found))
    by, at = conflicts.last_change(family)
    context = {
        "customer": {"id": customer.public_id, "name": customer.display_name}, "form": form,
        "conflict": found, "conflict_by": by, "conflict_at": at,
    }  # fmt: skip
    return show(request, "console/customers/edit.html", context, status=ChangedMeanwhile.status)
