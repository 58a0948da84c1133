"""The pages behind a customer's tabs: holdings, purchases, points, timeline, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clientela.console.customers import opened, sought
from clientela.console.customers.opened import Family, of_family
from clientela.console.customers.postings import bought_words, got_by, posting_rows, why_of
from clientela.console.customers.postings import why_purchase as why_of_purchase
from clientela.console.loyalty import held_points, shared
from clientela.console.loyalty.words import got_row
from clientela.console.pages import page, show
from clientela.console.paging import Pages, key_of
from clientela.console.privacy import reviewed
from clientela.flows import bought, held, points
from clientela.flows.bought import Bought
from clientela.loyalty.queries.ledger import NoSuchPosting
from clientela.platform.http.requests import HouseRequest
from clientela.platform.money import Money
from clientela.purchases import queries as purchases
from clientela.purchases.queries import NoSuchPurchase, Summary

PAGE = 50
GOT_SHOWN = 10
# Chips over the ledger: what they are called, and the kinds of postings they show.
POSTING_KINDS: Mapping[str, tuple[str | Promise, tuple[str, ...]]] = {
    "": (_("All"), ()),
    "earned": (_("Earned"), ("earn", "grant")),
    "adjusted": (_("By hand"), ("grant", "adjust")),
    "used": (_("Used"), ("redeem", "restore")),
    "expired": (_("Expired"), ("expire", "reinstate")),
    "given": (_("Given and got"), ("transfer_out", "transfer_in")),
    "returned": (_("Returned"), ("reverse",)),
}


@page("customers.view", "products.view")
@of_family
def holdings(request: HouseRequest, family: Family) -> HttpResponse:
    now, former = held.parted(held.holdings_of(family, now=request.started_at))
    context = {
        "holdings": now, "former": [{**one, "closed_on": one["ends_on"]} for one in former],
    }  # fmt: skip
    return _shown(request, family, "holdings", context)


@page("customers.view", "purchases.view")
@of_family
def bought_page(request: HouseRequest, family: Family) -> HttpResponse:
    pages = Pages.of(request)
    which, chips = sought.of_purchases(request)
    rows, following = bought.page_of(
        family, before=pages.moment_of_record(), limit=PAGE, which=which
    )
    summary = purchases.summary_of(family) if not pages.before and not chips else None
    context = {
        "rows": [_purchase(one) for one in rows], "summary": _summary(summary), "chips": chips,
        **pages.links(key_of(*following) if following else None),
    }  # fmt: skip
    return _shown(request, family, "purchases", context)


@page("customers.view", "loyalty.view", switch="loyalty")
@of_family
def points_page(request: HouseRequest, family: Family) -> HttpResponse:
    return _shown(request, family, "points", _ledger(request, family))


@page("customers.view", "loyalty.view", switch="loyalty")
@of_family
def why(request: HouseRequest, family: Family, posting_id: int) -> HttpResponse:
    """The road to a posting's figure: in the drawer, and by address beside the ledger."""
    found = points.why(posting_id)
    if found.posting.customer_id not in family:
        raise NoSuchPosting
    known = bought.some(filter(None, [found.posting.purchase_id]), family=family)
    told, close = why_of(found, known), reverse("console:customer-points", args=[family[0]])
    if "HX-Request" in request.headers:
        steps = {"why": told, "close": close, **reviewed.link(request, family, found.posting)}
        return show(request, "ui/why_steps.html", steps)
    context = {**_ledger(request, family), "why": told, "why_close": close,
               **reviewed.link(request, family, found.posting)}  # fmt: skip
    return _shown(request, family, "points", context)


@page("customers.view", "purchases.view", "loyalty.view", switch="loyalty")
@of_family
def why_purchase(request: HouseRequest, family: Family, purchase_id: UUID) -> HttpResponse:
    """Why a purchase earned what it earned, also where that is nothing."""
    known = bought.some([purchase_id], family=family)
    if purchase_id not in known:
        raise NoSuchPurchase
    found = known[purchase_id]
    told = why_of_purchase(points.why_purchase(found.purchase, now=request.started_at), found)
    close = reverse("console:purchase", args=[family[0], purchase_id])
    if "HX-Request" in request.headers:
        return show(request, "ui/why_steps.html", {"why": told, "close": close})
    context = {**opened.header(request, family), "why": told, "close": close}
    return show(request, "console/customers/purchase_why.html", context)


def _shown(
    request: HouseRequest, family: Family, tab: str, context: Mapping[str, Any]
) -> HttpResponse:
    whole = {**opened.header(request, family), **context}
    return show(request, f"console/customers/{tab}.html", whole)


def _purchase(one: Bought) -> dict[str, Any]:
    sale = one.purchase
    return {
        "id": sale.public_id, "purchased_at": sale.purchased_at, "text": bought_words(one),
        "total": Money(sale.total_minor, sale.currency),
        "returned": Money(sale.returned_minor, sale.currency),
        "channel": sale.channel, "place": sale.place, "points": one.points,
    }  # fmt: skip


def _summary(found: Summary | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "count": found.count, "spent": [Money(minor, code) for code, minor in found.spent],
        "first_on": found.first_at, "last_on": found.last_at,
    }  # fmt: skip


def _ledger(request: HouseRequest, family: Family) -> dict[str, Any]:
    pages = Pages.of(request)
    chosen = request.GET.get("kind", "")
    rows, following = points.ledger_page(
        family, before=pages.number(), kinds=POSTING_KINDS.get(chosen, ("", ()))[1], limit=PAGE
    )
    known = bought.some(
        (row.posting.purchase_id for row in rows if row.posting.purchase_id), family=family
    )
    got = got_by(rows, family, latest=GOT_SHOWN)
    accounts = points.balances_of(family, now=request.started_at) if not pages.before else []
    return {
        "accounts": accounts,
        "rows": posting_rows(rows, known, got),
        "kinds": [
            {"words": words, "url": f"{request.path}?kind={code}" if code else request.path,
             "current": code == chosen}
            for code, (words, _kinds) in POSTING_KINDS.items()
        ],
        "filtered": bool(chosen),
        "got": [
            got_row(one, now=request.started_at) for one in list(got.values())[:GOT_SHOWN]
        ] if not pages.before else [],
        **(_first_page(request, family, accounts) if not pages.before else {}),
        **pages.links(str(following) if following else None),
    }  # fmt: skip


def _first_page(
    request: HouseRequest, family: Family, accounts: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What stands above the ledger."""
    are_held = any(one["held"] for one in accounts)
    return {
        **shared.shown(family, now=request.started_at),
        "holds": held_points.of_customer(family, request) if are_held else [],
    }
