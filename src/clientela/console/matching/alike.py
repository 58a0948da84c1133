"""Who somebody that is being typed in may be: shown while typing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from clientela.console.customers.record_form import NewForm
from clientela.console.matching import words
from clientela.console.pages import show
from clientela.customers.actions import IdentityValue, NewCustomer
from clientela.flows import find_duplicates
from clientela.flows import look_up as looking
from clientela.flows.find_duplicates import LikelyDuplicate
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies

SHOWN_MAX = 5


def shown(request: HouseRequest, form: NewForm) -> HttpResponse:
    """The part of the page under the form's head; empty where nobody is like this."""
    form.is_valid()  # what is wrong so far is said when it is sent
    found = find_duplicates.visible(find_duplicates.candidates(_typed(form)), actor=request.actor)
    rows = [row_of(find_duplicates.told(one)) for one in found[:SHOWN_MAX]]
    known = {row["id"] for row in rows}
    named = looking.of_this_name(form.cleaned_data.get("name", ""), company=companies.current())
    rows += [
        {"id": hit.customer.public_id, "name": hit.customer.display_name,
         "number": hit.customer.number, "found_by": words.reason("same-name")}
        for hit in named[:SHOWN_MAX] if hit.customer.public_id not in known
    ]  # fmt: skip
    return show(request, "console/matching/alike.html", {"rows": rows[:SHOWN_MAX]})


def of(refusal: LikelyDuplicate) -> list[dict[str, Any]]:
    """The candidates of a refusal, as the form lists them."""
    return [row_of(one) for one in refusal.extra["candidates"]]


def row_of(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": told["id"], "name": told["name"], "number": told["number"],
        "found_by": ", ".join(map(words.reason, told["reasons"])),
    }  # fmt: skip


def _typed(form: NewForm) -> NewCustomer:
    given = form.cleaned_data
    identities = []
    if form.number:
        identities.append(IdentityValue("phone", form.number, form.number))
    if email := looking.normal_email(given.get("email") or ""):
        identities.append(IdentityValue("email", email, email))
    return NewCustomer(
        name=given.get("name") or "", profile_type=form.kind.key,
        attributes=form.attributes(), identities=tuple(identities),
    )  # fmt: skip
