"""A card of a board moved to another column: one field of one customer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse

from clientela.console import refusals
from clientela.console.pages import SENT, page, see
from clientela.flows.register_customer import Details, change_customer
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest


@page("customers.view", "customers.edit", methods=SENT, shown_on="console:customers")
def move(request: HouseRequest, customer_id: UUID) -> HttpResponse:
    """Refused, the board is shown as it is, and a toast says why."""
    form = request.POST
    version = form.get("version", "")
    try:
        change_customer(
            customer_id, Details(attributes={form.get("field", ""): form.get("value", "")}),
            version=int(version) if version.isdecimal() else None, actor=request.actor,
            now=request.started_at, request=request.request_id,
        )  # fmt: skip
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        messages.info(request, refusals.sentence(refusal))
    start, to = reverse("console:customers"), form.get("to", "")
    return see(to if to.startswith(f"{start}?") else start)
