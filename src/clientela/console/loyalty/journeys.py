"""Travel orders: the board by state and time left, and one order with all that came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.console.loyalty import words
from clientela.console.loyalty.answering import answered, typed
from clientela.console.pages import SENT, page, show
from clientela.customers import queries as customers
from clientela.flows import travel_orders, travel_voucher
from clientela.loyalty.actions import travel as actions
from clientela.loyalty.models import TravelOrder
from clientela.loyalty.queries import rewards
from clientela.loyalty.queries import travel as reads
from clientela.platform import ids
from clientela.platform.errors import NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import label, number

TRAVEL = "loyalty.handle_travel"
PAGE = 50
VIEWS: Mapping[str, str | Promise] = {
    "waiting": lazy("Wait for an answer"), "late": lazy("To be looked at"),
    "ahead": lazy("Confirmed"), "cancelled": lazy("Given up"), "refused": lazy("Refused"),
    "timed_out": lazy("Not answered in time"),
}  # fmt: skip
STEPS: Mapping[str, str | Promise] = {
    "placed": lazy("Ordered"), "placed_sent": lazy("The partner has been asked"),
    "released_sent": lazy("The partner knows that it is not wanted any more"),
    "cancelled_sent": lazy("The partner knows that it is given up"),
    "confirmed": lazy("Confirmed"), "refused": lazy("Refused"),
    "timed_out": lazy("Not answered in time"), "cancelled": lazy("Given up"),
    "late": lazy("Confirmed by the partner after the points were free"),
    "unreached": lazy("The partner could not be asked"),
    "handled": lazy("Looked at"),
}  # fmt: skip


@page("customers.view", "loyalty.view", TRAVEL, switch="loyalty")
def board(request: HouseRequest) -> HttpResponse:
    """The orders of one view: those that wait by the time left, the others as they come."""
    view = request.GET.get("view", "waiting")
    if view not in VIEWS:
        raise NotThere
    found, older = _found(request, view)
    counts = reads.counted()
    names = customers.names_of({one.customer_id for one in found})
    return show(request, "console/loyalty/journeys.html", {
        "rows": [_row(one, names) for one in found], "title": VIEWS[view], "view": view,
        "older": older,
        "views": [{"name": name, "words": said, "current": name == view,
                   "count": counts.get(name)} for name, said in VIEWS.items()],
    })  # fmt: skip


def _found(request: HouseRequest, view: str) -> tuple[list[TravelOrder], str]:
    if view == "waiting":
        return rewards.travel_orders(limit=PAGE), ""
    if view == "late":
        return reads.late_orders(limit=PAGE), ""
    if view == "ahead":
        today = companies.current().today(request.started_at)
        return reads.journeys_ahead(today=today, limit=PAGE), ""
    before = ids.find("trv", request.GET.get("before", ""))
    found = reads.orders(view, before=before, limit=PAGE)
    more = f"?view={view}&before={found[-1].public_id}" if len(found) == PAGE else ""
    return found, more


@page("customers.view", "loyalty.view", TRAVEL, switch="loyalty")
def order(request: HouseRequest, order_id: UUID) -> HttpResponse:
    """One order: what was ordered, what came of it, and what can be done."""
    found = reads.order(order_id)
    names = customers.names_of({found.customer_id})
    state = rewards.state_of_travel_order(found)
    steps = reads.steps_of(found)
    by = staff.names_of({one.actor for one in steps})
    share = None
    if state == "confirmed":
        share = actions.share_of(found, today=companies.current().today(request.started_at))
    return show(request, "console/loyalty/journey.html", {
        **_row(found, names), "state": state, "share": share,
        "steps": [_step(one, found, by) for one in steps],
        "terms": list(travel_voucher.cancellation_words(found.cancellation)),
        "said": label(found.redemption.terms) if found.redemption.terms else "",
        "voucher": found.voucher if state == "confirmed" else "",
        "reference": found.partner_reference,
        "cares": [one for one in found.cares.all() if one.handled_at is None],
        "receipt": reverse("console:redemption",
                           args=[found.customer_id, found.redemption.public_id]),
    })  # fmt: skip


@page("customers.view", "loyalty.view", TRAVEL, switch="loyalty", methods=SENT)
def cancel(request: HouseRequest, order_id: UUID) -> HttpResponse:
    """Give it up, for the share that the page showed."""
    shown = typed(request, "percent")

    def carry_out() -> None:
        travel_orders.cancel_travel_order(
            order_id, cause=typed(request, "cause"),
            percent=int(shown) if shown.isdecimal() else None, actor=request.actor,
            now=request.started_at, request=request.request_id,
        )  # fmt: skip

    return answered(request, carry_out, _("Given up by its terms."), _here(order_id))


@page("customers.view", "loyalty.view", TRAVEL, switch="loyalty", methods=SENT)
def handle(request: HouseRequest, order_id: UUID) -> HttpResponse:
    def carry_out() -> None:
        travel_orders.handle_travel_order(
            order_id, note=typed(request, "note"), actor=request.actor, now=request.started_at,
            request=request.request_id,
        )  # fmt: skip

    return answered(request, carry_out, _("Noted."), _here(order_id))


@page("customers.view", "loyalty.view", switch="loyalty")
def voucher(request: HouseRequest, order_id: UUID) -> HttpResponse:
    """The voucher as a PDF, in the customer's language."""
    found = reads.order(order_id)
    response = HttpResponse(travel_voucher.voucher_of(found), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.public_id}.pdf"'
    return response


def _here(order_id: UUID) -> str:
    return reverse("console:journey", args=[ids.public("trv", order_id)])


def _row(one: TravelOrder, names: Mapping[UUID, str]) -> dict[str, Any]:
    state = rewards.state_of_travel_order(one)
    return {
        "id": one.public_id, "customer": one.customer_id, "name": names.get(one.customer_id, ""),
        "words": label(one.redemption.labels), "points": one.redemption.points,
        "partner": one.partner, "traveller": one.traveller, "starts_on": one.starts_on,
        "ends_on": one.ends_on, "placed_at": one.placed_at, "reply_by": one.reply_by,
        "state_words": words.STATES[state][0], "tone": words.STATES[state][1],
        "money": words.money_of(one.money_minor, one.money_code),
    }  # fmt: skip


def _step(one: reads.Step, order: TravelOrder, by: Mapping[str, str]) -> dict[str, Any]:
    who = order.partner if one.actor.startswith("prt_") else by.get(one.actor, "")
    more = one.note
    if one.kind == "cancelled":
        said = ngettext("%(points)s point back", "%(points)s points back", one.points or 0)
        more = " · ".join(filter(None, [said % {"points": number(one.points)}, one.note]))
    return {
        "words": STEPS[one.kind], "at": one.happened_at, "by": who, "more": more,
        "reference": one.reference,
    }  # fmt: skip
