"""To which branch a customer belongs, and who looks after them."""

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
from clientela.console.once import send
from clientela.console.pages import FORM, page, show
from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.flows.assign_customer import assign_customer
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries as staff

INVALID = 422


class AssignmentForm(forms.Form):
    branch = forms.ChoiceField(
        label=lazy("Branch"), required=False,
        help_text=lazy("Without one everybody in the company sees the customer."),
    )  # fmt: skip
    owner = forms.ChoiceField(label=lazy("Looked after by"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        branches = [(one.key, one.name) for one in staff.branches()]
        people = [(str(one.id), one.name) for one in staff.people() if one.is_active]
        self.fields["branch"].choices = [("", lazy("The whole company")), *branches]  # type: ignore[attr-defined]
        self.fields["owner"].choices = [("", "–"), *people]  # type: ignore[attr-defined]


@page("customers.view", "customers.assign", methods=FORM)
@of_family
def assign(request: HouseRequest, family: Family) -> HttpResponse:
    customer = customers.get(family[0])
    first = {"branch": customer.branch, "owner": str(customer.owner_id or "")}
    form = AssignmentForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _assign(request, customer, form))
        if answer:
            return answer
    context = {**opened.header(request, family), "form": form}
    status = INVALID if form.errors else 200
    return show(request, "console/customers/assignment.html", context, status=status)


def _assign(request: HouseRequest, customer: Customer, form: AssignmentForm) -> str:
    given = form.cleaned_data
    assign_customer(
        customer.id, branch=given["branch"],
        owner=UUID(given["owner"]) if given["owner"] else None, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    messages.success(request, _("Saved."))
    return reverse("console:customer-history", args=[customer.id])
