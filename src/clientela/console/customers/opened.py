"""What stands above every page of one customer, and how its address is understood."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import reverse

from clientela.console.customers.kinds import words_of
from clientela.console.retention import flags
from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.customers.queries import NoSuchCustomer
from clientela.flows import heading
from clientela.platform.http.requests import HouseRequest
from clientela.products import queries as products
from clientela.staff import company as companies

View = Callable[..., HttpResponseBase]
Family = list[UUID]


def of_family(view: View) -> View:
    """The view of one customer, which gets its family of ids, the survivor first.

    The id of a merged customer leads on to the survivor (308).
    """

    @functools.wraps(view)
    def resolved(
        request: HouseRequest, customer_id: UUID, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        family = customers.family_of(customer_id)
        if not family or family[0] != customer_id:
            return moved(request, customer_id, family=family, **kwargs)
        return view(request, family, *args, **kwargs)

    return resolved


def moved(
    request: HouseRequest, customer_id: UUID, *, family: Family | None = None, **kwargs: Any
) -> HttpResponseBase:
    """From a merged customer to the survivor; nowhere, where nobody is known by the id."""
    family = customers.family_of(customer_id) if family is None else family
    if not family:
        raise NoSuchCustomer
    return _redirected(request, family[0], kwargs)


def _redirected(request: HouseRequest, survivor: UUID, kwargs: dict[str, Any]) -> HttpResponseBase:
    match = request.resolver_match
    assert match is not None
    address = reverse(match.view_name, kwargs={"customer_id": survivor, **kwargs})
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(
        f"{address}?{query}" if query else address, preserve_request=True
    )


def header(
    request: HouseRequest, family: Family, customer: Customer | None = None
) -> dict[str, Any]:
    """What the head and the tabs of a customer's page show."""
    customer, now = customer or customers.get(family[0]), request.started_at
    today = companies.current().today(now)
    found = heading.of(family, actor=request.actor, now=now)
    held = (
        products.held_count_of(family, today=today)
        if request.actor.may("products.view")
        else None
    )  # fmt: skip
    above = head(shown(customer, phone=_first(found.identities, "phone")), held=held)
    return {**above, "flags": flags.shown(found.flags, found.issues)}


def head(customer: dict[str, Any], *, held: int | None) -> dict[str, Any]:
    return {
        "customer": customer, "flags": [], "counts": {"holdings": held, "purchases": None},
        "points_on": companies.current().is_on("loyalty"),
        "warranty_on": companies.current().is_on("warranty"),
        "issues_on": companies.current().is_on("issues"),
        "offers_on": companies.current().is_on("retention"),
    }  # fmt: skip


def shown(customer: Customer, *, phone: str) -> dict[str, Any]:
    return {
        "id": customer.public_id, "number": customer.number, "name": customer.display_name,
        "type": words_of(customer.profile_type), "party": customer.party,
        "status": customer.status, "language": customer.language, "country": customer.country,
        "since": customer.known_since,
        "phone": phone,
    }  # fmt: skip


def _first(identities: Iterable[Mapping[str, Any]], kind: str) -> str:
    """The main identity of a kind, else the oldest one."""
    return next((one.get("value", "") for one in identities if one["kind"] == kind), "")
