"""Finding a customer: the search box, its suggestions, and who calls from a number."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.customers import phones
from clientela.console.lists import pages as lists
from clientela.console.pages import page, show
from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.customers.queries import Hit
from clientela.flows import look_up as looking
from clientela.flows.look_up import LookedUp
from clientela.flows.search import HELD, customers_found
from clientela.platform.http.requests import HouseRequest
from clientela.platform.phones import BadPhone, display
from clientela.staff import company as companies
from clientela.ui import words as words_of

QUERY_LENGTH_MAX = 200
SUGGESTIONS_MAX = 8


@page("customers.view")
def search(request: HouseRequest) -> HttpResponse:
    """Who fits what was typed; the list of customers where nothing was.

    One customer meant exactly is opened at once; a number of nobody or of several leads to its own
    page.
    """
    query = _query(request)
    if not query:
        return lists.listed(request)
    found = looking.look_up(query, company=companies.current())
    if found.one is not None:
        return redirect("console:customer", found.one)
    if found.number or found.fault:
        return _called(request, query, found)
    rows = [
        {**_row(hit.customer), "found_by": _found_by(hit, query), "former_name": hit.former}
        for hit in found.hits
    ]
    return _listed(request, query, rows, is_cut=len(rows) == customers.SEARCH_MAX)


@page("customers.view")
def suggestions(request: HouseRequest) -> HttpResponse:
    """The first few that fit, under the box while it is typed into."""
    query = _query(request)
    hits = (
        customers_found(query, company=companies.current(), limit=SUGGESTIONS_MAX) if query else ()
    )
    rows = [
        {"url": reverse("console:customer", args=[hit.customer.id]),
         "words": hit.customer.display_name,
         "more": _shown_phone(hit) or hit.email or str(hit.customer.number),
         "found_by": hit.former or _found_by(hit, query)}
        for hit in hits
    ]  # fmt: skip
    return show(request, "ui/suggestions.html", {"suggestions": rows, "query": query})


@page("customers.view")
def callers(request: HouseRequest) -> HttpResponse:
    """Who calls from a number: the record, or those who share it, or nobody."""
    query = _readable(request.GET.get("number", ""))
    if not query:
        return redirect("console:customers")
    try:
        found = looking.callers(query, company=companies.current())
    except BadPhone as bad:
        found = LookedUp(fault=bad.reason)
    if found.one is not None:
        return redirect("console:customer", found.one)
    return _called(request, query, found)


def _called(request: HouseRequest, query: str, found: LookedUp) -> HttpResponse:
    candidates = [
        {**_row(one.hit.customer), "household": "", "holdings": one.holdings,
         "last_contact_at": one.last_contact_at}
        for one in looking.told_apart(found.hits)
    ]  # fmt: skip
    context = {
        "query": query, "number": found.number or query, "candidates": candidates,
        "households": any(one["household"] for one in candidates),
        "fault": phones.sentence(found.fault) if found.fault else "",
    }  # fmt: skip
    return show(request, "console/customers/callers.html", context)


def _listed(
    request: HouseRequest, query: str, rows: list[dict[str, Any]], *, is_cut: bool
) -> HttpResponse:
    context = {"query": query, "rows": rows, "all": is_cut and bool(query)}
    return show(request, "console/customers/search.html", context)


def _query(request: HouseRequest) -> str:
    """`q` of the search box; `search`, as the API calls it, does as well."""
    return _readable(request.GET.get("q") or request.GET.get("search") or "")


def _readable(typed: str) -> str:
    """Without signs that nobody types and no text may hold."""
    return "".join(filter(str.isprintable, typed[:QUERY_LENGTH_MAX])).strip()


def _row(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.public_id, "name": customer.display_name, "number": customer.number,
        "type": customer.profile_type.labels or customer.profile_type.key,
        "language": customer.language, "last_activity_at": customer.last_activity_at,
    }  # fmt: skip


def _found_by(hit: Hit, query: str) -> str:
    """What of the customer fits; nothing where it is the name, in which it is marked."""
    if hit.kind == "phone" and hit.value:
        return display(hit.value)
    if hit.kind == "email":
        return hit.value or _("E-mail")
    if query == str(hit.customer.number) or hit.kind == "customer-number":
        return _("Number")
    if hit.kind == HELD:
        return _("Account or serial")
    if hit.kind:
        return f"{words_of.of(hit.kind, 'identity')} {hit.value}".strip()
    return ""


def _shown_phone(hit: Hit) -> str:
    return display(hit.phone) if hit.phone.startswith("+") else hit.phone
