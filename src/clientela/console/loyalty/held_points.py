"""Points set aside for orders elsewhere: until when, by whom, and free again by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clientela.console.customers.contact import by
from clientela.console.customers.drawer import pressed
from clientela.console.customers.opened import Family, of_family
from clientela.console.loyalty.answering import answered
from clientela.console.pages import SENT, page
from clientela.flows import hold_points
from clientela.flows.hold_points import Open
from clientela.loyalty.actions.holding import NoSuchHold
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import number

TAB = "customer-points"
SHOWN_MAX = 20
REDEEM = "loyalty.redeem"


@page("customers.view", "loyalty.view", REDEEM, switch="loyalty", methods=SENT)
@of_family
def release_of(request: HouseRequest, family: Family, hold_id: UUID) -> HttpResponse:
    """From the customer's own page."""
    if hold_points.find(hold_id).customer_id not in family:
        raise NoSuchHold
    return pressed(
        request, family, tab=TAB, done=_("The points are free again."),
        carry_out=lambda: hold_points.release_hold(hold_id, **by(request)),
    )  # fmt: skip


@page("customers.view", "loyalty.view", REDEEM, switch="loyalty", methods=SENT,
      shown_on="console:loyalty-orders")  # fmt: skip
def release(request: HouseRequest, hold_id: UUID) -> HttpResponse:
    """From the list of all of them."""
    return answered(
        request, lambda: hold_points.release_hold(hold_id, **by(request)),
        _("The points are free again."), reverse("console:loyalty-orders"),
    )  # fmt: skip


def of_customer(family: Family, request: HouseRequest) -> list[dict[str, Any]]:
    """Those of one customer, for their page."""
    found = hold_points.open_holds(now=request.started_at, family=family, limit=SHOWN_MAX)
    names = staff.names_of({one.hold.actor for one in found}) if found else {}
    return [row(one, names) for one in found]


def row(one: Open, names: dict[str, str]) -> dict[str, Any]:
    hold = one.hold
    words = ngettext("%(points)s point", "%(points)s points", hold.amount)
    return {
        "id": ids.public("hld", hold.id), "points_words": words % {"points": number(hold.amount)},
        "from": f"{one.source} {one.reference}".strip() or _("an order without a name"),
        "until": hold.expires_at, "by": names.get(hold.actor, ""),
    }  # fmt: skip
