"""The made-up telephone of the demo company: it rings real calls through the flow of real ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from clientela.calls import queries as calls
from clientela.calls.models import Call, Line
from clientela.console.agent.present import MATCHES
from clientela.console.pages import SENT, page, see, show
from clientela.customers import queries as customers
from clientela.flows import converse, simulate_call
from clientela.flows.demo import calls as demo
from clientela.flows.demo import mark
from clientela.platform.errors import InvalidInput, NotThere
from clientela.platform.http.requests import HouseRequest

SERVES = "calls.serve"
ADDRESS = "console:demo-telephone"
SHOWN_MAX = 12
NUMBER_LENGTH_MAX = 100


@page(SERVES, "customers.view")
def telephone(request: HouseRequest) -> HttpResponse:
    """Numbers to call from, and the calls that are going on."""
    line = _line()
    numbers = [_number(kind, number) for kind, number in demo.to_try()]
    latest = [call for call in calls.latest(SHOWN_MAX) if call.line_id == line.id]
    named = calls.customers_of(latest)
    names = customers.names_of(named.values())
    context = {
        "line": line, "numbers": numbers,
        "calls": [_call(call, names.get(named.get(call.id, call.id), "")) for call in latest],
    }  # fmt: skip
    return show(request, "console/demo/telephone.html", context)


@page(SERVES, methods=SENT, shown_on=ADDRESS)
def ring(request: HouseRequest) -> HttpResponse:
    """The telephone of whoever presses it rings."""
    number = request.POST.get("number", "").strip()[:NUMBER_LENGTH_MAX]
    if not number:
        raise InvalidInput("Type a number.", field="number")
    simulate_call.ring(number, line=_line(), now=request.started_at, rung=(request.actor.id,))
    return see(reverse(ADDRESS))


@page(SERVES, methods=SENT, shown_on=ADDRESS)
def answer(request: HouseRequest, call_id: UUID) -> HttpResponse:
    simulate_call.answer(_going_on(call_id), person=request.actor.id, now=request.started_at)
    return see(reverse(ADDRESS))


@page(SERVES, methods=SENT, shown_on=ADDRESS)
def hang_up(request: HouseRequest, call_id: UUID) -> HttpResponse:
    simulate_call.hang_up(_going_on(call_id), now=request.started_at)
    return see(reverse(ADDRESS))


def _line() -> Line:
    """Of the demo company; without one there is no such page."""
    line = calls.line_named(demo.LINE)
    if line is None or not line.is_demo or mark.read() is None:
        raise NotThere
    return line


def _going_on(call_id: UUID) -> Call:
    call = calls.call(call_id)
    if call is None or call.line_id != _line().id:
        raise converse.NoSuchCall
    return call


def _number(kind: str, number: str) -> dict[str, Any]:
    found = customers.survivors_by("phone", number) if kind in ("one", "many") else []
    names = customers.names_of(found)
    return {
        "number": number, "words": MATCHES[Call.Match(kind)], "kind": kind,
        "names": sorted(names.values()),
    }  # fmt: skip


def _call(call: Call, name: str) -> dict[str, Any]:
    return {
        "id": call.public_id, "state": call.state, "name": name, "number": call.number,
        "number_shown": call.number_shown, "is_hidden": call.match == Call.Match.HIDDEN,
        "started_at": call.started_at, "is_over": call.is_over,
    }  # fmt: skip
