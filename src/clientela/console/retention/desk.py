"""The retention desk: rates and terms that end soon, "later" that is due, leads under way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.once import sent
from clientela.console.pages import SENT, page, see, show
from clientela.customers import queries as customers
from clientela.flows import leads
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest
from clientela.retention import queries as retention
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import label

SWITCH = "retention"
SHOWN = 50
DAYS_AHEAD = 90
LATER_AHEAD = 7
SOON = 60


@page("customers.view", "retention.view", switch=SWITCH)
def desk(request: HouseRequest) -> HttpResponse:
    today = companies.current().today(request.started_at)
    due = retention.later_due(today=today, days=LATER_AHEAD, limit=SHOWN)
    under_way = retention.open_leads(limit=SHOWN)
    wanted = [one.offer_id for one in due] + [one.offer_id for one in under_way]
    labels = retention.labels_of(wanted)
    people = staff.names_of({one.owner for one in under_way} | {one.recorded_by for one in due})
    named = customers.names_of({one.customer_id for one in under_way})
    context = {
        "maturing": [
            {"customer": {"id": ids.public("cus", one.customer_id), "name": one.customer},
             "product": one.product, "icon": one.icon, "ends_on": one.ends_on,
             "is_rate": one.is_rate, **_left(one.ends_on, today)}
            for one in retention.matures_soon(today=today, days=DAYS_AHEAD, limit=SHOWN)
        ],
        "due": [
            {"customer": {"id": ids.public("cus", one.customer_id), "name": one.customer},
             "offer": _name(labels, one.offer_id), "until_on": one.until_on,
             "by": people.get(one.recorded_by, ""), **_left(one.until_on, today)}
            for one in due
        ],
        "leads": [
            {"id": one.public_id, "customer": _customer(one.customer_id, named),
             "name": _name(labels, one.offer_id), "owner": people.get(one.owner, ""),
             "due_on": one.due_on, **_left(one.due_on, today)}
            for one in under_way
        ],
        "days_ahead": DAYS_AHEAD,
    }  # fmt: skip
    return show(request, "console/retention/desk.html", context)


@page("customers.view", "retention.serve", switch=SWITCH, methods=SENT)
def close_lead(request: HouseRequest, lead_id: UUID) -> HttpResponse:
    """A lead is won or lost, by the button that was pressed."""
    lead = retention.lead(lead_id)

    def carry_out() -> str:
        leads.close_lead(
            lead_id, result=request.POST.get("result", ""), reason=request.POST.get("reason", ""),
            actor=request.actor, now=request.started_at, request=request.request_id,
        )  # fmt: skip
        messages.success(request, _("Recorded."))
        if request.POST.get("from") == "customer":
            return reverse("console:customer-offers", args=[lead.customer_id])
        return reverse("console:retention-desk")

    return see(sent(request, carry_out).body.decode())


def _left(day: date, today: date) -> dict[str, Any]:
    days = (day - today).days
    tone = "bad" if days < 0 else "warn" if days <= SOON else ""
    return {"days_left": days, "tone": tone}


def _name(labels: Mapping[UUID, tuple[str, Mapping[str, str]]], offer_id: UUID) -> str:
    key, names = labels.get(offer_id, ("", {}))
    return label(names) or key


def _customer(customer_id: UUID, named: Mapping[UUID, str]) -> dict[str, str]:
    return {"id": ids.public("cus", customer_id), "name": named.get(customer_id, "–")}
