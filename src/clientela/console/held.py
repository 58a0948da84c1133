"""What was typed into a form by somebody whose session was over: kept until they are back."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.customers.attributes import PREFIX
from clientela.customers.definitions import marked
from clientela.platform.http.requests import HouseRequest

HELD = "held"
BYTES_MAX = 100_000
SECONDS_MAX = 30 * 60
NEVER_HELD = ("csrfmiddlewaretoken", "password", "idempotency_key")


def keep(request: HouseRequest, *, shown_on: str = "") -> str:
    """Put the posted fields aside (no files, no passwords, no sensitive fields); the address that
    shows them again.
    """
    address = reverse(shown_on) if shown_on else request.path
    typed = request.POST.copy()
    sensitive = (PREFIX + key for key in marked.sealed_keys(marked.marked()))
    for name in (*NEVER_HELD, *sensitive):
        typed.pop(name, None)
    body = typed.urlencode()
    if body and len(body) <= BYTES_MAX:
        now = request.started_at.timestamp()
        request.session[HELD] = {"address": address, "body": body, "kept_at": now}
    return address


def take(request: HouseRequest) -> QueryDict | None:
    """The fields put aside for this page, once."""
    kept = request.session.get(HELD)
    if not kept or kept["address"] != request.path:
        return None
    del request.session[HELD]
    if request.started_at.timestamp() - kept["kept_at"] > SECONDS_MAX:
        return None
    return QueryDict(kept["body"])


def notice() -> dict[str, Any]:
    """The banner above a form that was filled again."""
    return {
        "name": "held", "tone": "warn", "words": _("You had been signed out."),
        "more": _("What you typed is here again. It has not been saved yet."),
    }  # fmt: skip
