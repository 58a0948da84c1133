"""The desk: a phone number or a name, and what that customer can have; by the keyboard alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clientela.console.pages import page, show
from clientela.flows import points
from clientela.flows.search import customers_found
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies

SHOWN_MAX = 9
TYPED_MAX = 200


@page("customers.view", "loyalty.view", "loyalty.redeem", switch="loyalty")
def desk(request: HouseRequest) -> HttpResponse:
    """One who is found is opened at once, several are there to choose from."""
    typed = request.GET.get("q", "").strip()[:TYPED_MAX]
    hits = customers_found(typed, company=companies.current())[:SHOWN_MAX] if typed else []
    if len(hits) == 1:
        return redirect("console:customer-redeem", customer_id=hits[0].customer.public_id)
    return show(request, "console/loyalty/desk.html", {
        "typed": typed, "found": [_row(request, number, hit) for number, hit
                                  in enumerate(hits, start=1)],
    })  # fmt: skip


def _row(request: HouseRequest, number: int, hit: Any) -> dict[str, Any]:
    customer = hit.customer
    accounts = points.balances_of([customer.id], now=request.started_at)
    return {
        "number": number, "name": customer.display_name, "customer_number": customer.number,
        "phone": hit.phone, "points": sum(one["available"] for one in accounts),
        "url": reverse("console:customer-redeem", args=[customer.public_id]),
    }  # fmt: skip
