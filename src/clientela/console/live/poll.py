"""What a page asks when the live stream is down, and once whenever it comes back."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from clientela.calls import queries as calls
from clientela.console.pages import page
from clientela.flows import converse
from clientela.platform.http.requests import HouseRequest
from clientela.platform.phones import display

SERVES = "calls.serve"


@page(SERVES)
def poll(request: HouseRequest) -> JsonResponse:
    """When each kind of thing changed last, in milliseconds."""
    stamps = calls.stamps(converse.person_of(request.actor), now=request.started_at)
    return JsonResponse({kind: millis(moment.timestamp()) for kind, moment in stamps.items()})


@page(SERVES)
def toast(request: HouseRequest, call_id: UUID) -> HttpResponse:
    """The passing message about a call, for those it rang for."""
    call = calls.call(call_id)
    if call is None or converse.person_of(request.actor) not in call.rung:
        raise converse.NoSuchCall
    shown = display(call.number) if call.number else _("a hidden number")
    told = {"toast": _("Missed call from %(number)s. It waits to be called back.")
            % {"number": shown}}  # fmt: skip
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})


def millis(seconds: float) -> int:
    return int(seconds * 1000)
