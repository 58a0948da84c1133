"""The first page: how the company stands, who came last, what waits."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from clientela.console.imports.state import rows_of
from clientela.console.notes import task_list
from clientela.console.pages import page, show
from clientela.console.settings import webhooks
from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.flows.figures import Figures, figures
from clientela.imports import queries as imports
from clientela.imports.models import Batch
from clientela.platform.http.actors import Actor
from clientela.platform.http.requests import HouseRequest
from clientela.products.queries import Held
from clientela.ui import words
from clientela.ui.templatetags.ui import label

LATEST = 8
IMPORTS = 5
FRESH_SECONDS = 60.0
WAITS: Mapping[str, str] = {
    Batch.State.CHECKED: "player-play",
    Batch.State.FAILED: "alert-triangle",
}


@dataclass(slots=True)
class Memory:
    """The figures as this process last counted them, and when by its own clock."""

    counted: Figures | None = None
    counted_at: float = 0.0


MEMORY = Memory()


@page()
def home(request: HouseRequest) -> HttpResponse:
    may = request.actor.may
    counted = current(request)
    batches = imports.latest(IMPORTS) if may("customers.import") else []
    latest = customers.latest(LATEST) if may("customers.view") else []
    context = {
        "figures": visible(counted, request.actor), "as_of": counted.as_of,
        "latest": [_customer(customer) for customer in latest],
        "imports": rows_of(batches), "waiting": [*task_list.waiting(request), *_waiting(batches)],
        "held": _held(counted.held) if may("products.view") else [],
        "held_whole": counted.customers, "notices": webhooks.notice(request),
    }  # fmt: skip
    return show(request, "console/home.html", context)


def current(request: HouseRequest) -> Figures:
    """The figures, counted again once a minute in every process."""
    if MEMORY.counted is None or time.monotonic() - MEMORY.counted_at > FRESH_SECONDS:
        MEMORY.counted, MEMORY.counted_at = figures(now=request.started_at), time.monotonic()
    return MEMORY.counted


def forget() -> None:
    """Drop this process's copy."""
    MEMORY.counted = None


def visible(counted: Figures, actor: Actor) -> dict[str, Any]:
    """The figures this person may see; the others are missing."""
    found: dict[str, Any] = {}
    if actor.may("customers.view"):
        found |= {
            "customers": counted.customers, "customers_new": counted.customers_new,
            "customers_trend": counted.customers_trend,
        }  # fmt: skip
    if actor.may("purchases.view"):
        found |= {
            "purchases": counted.purchases, "purchases_trend": counted.purchases_trend,
            "spent": counted.spent,
        }  # fmt: skip
    if actor.may("loyalty.view") and counted.points is not None:
        found["points"] = counted.points
    if actor.may("customers.import"):
        found["imports"] = counted.imports
    return found


def _customer(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.public_id, "name": customer.display_name, "number": customer.number,
        "type": customer.profile_type.labels, "seen_at": customer.last_activity_at,
    }  # fmt: skip


def _waiting(batches: Iterable[Batch]) -> Iterable[dict[str, Any]]:
    """Files that were checked and never run, or stopped."""
    for batch in batches:
        if batch.state in WAITS:
            yield {
                "words": batch.file_name, "more": words.of(batch.state, "batch"),
                "url": reverse("console:import", args=[batch.id]), "icon": WAITS[batch.state],
                "since": batch.created_at,
            }  # fmt: skip


def _held(held: Iterable[Held]) -> list[dict[str, Any]]:
    return [{"words": label(one.labels) or one.kind, "count": one.customers} for one in held]
