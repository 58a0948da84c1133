"""The lists of the agent's first page: not ended, waiting, missed, one's own last calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse

from clientela.calls import queries
from clientela.calls.models import Call, Conversation
from clientela.calls.sentences import length
from clientela.customers import queries as customers
from clientela.flows import converse
from clientela.platform.http.requests import HouseRequest

MINE = 10
ICONS = {
    (Call.Direction.IN, Call.State.MISSED): "phone-x",
    (Call.Direction.IN, Call.State.RINGING): "phone-incoming",
}


def of(request: HouseRequest) -> dict[str, Any]:
    """All of them, with the names of whose calls they are in one look."""
    person_id = converse.person_of(request.actor)
    unended = queries.unended(person_id)
    waiting, missed = queries.ringing(now=request.started_at), queries.missed()
    mine = queries.calls_of(person_id, limit=MINE)
    named = queries.customers_of([*waiting, *missed, *mine])
    wanted = {*named.values(), *(one.customer_id for one in unended if one.customer_id)}
    names = customers.names_of(wanted)
    return {
        "unended": [_unended(one, names) for one in unended],
        "waiting": _calls(waiting, named, names), "missed": _calls(missed, named, names),
        "mine": _calls(mine, named, names),
    }  # fmt: skip


def _unended(one: Conversation, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "url": reverse("console:conversation", args=[one.id]), "started_at": one.started_at,
        "name": names.get(one.customer_id, "") if one.customer_id else "",
    }  # fmt: skip


def _calls(
    calls: Sequence[Call], named: Mapping[UUID, UUID], names: Mapping[UUID, str]
) -> list[dict[str, Any]]:
    return [_call(call, named.get(call.id), names) for call in calls]


def _call(call: Call, customer_id: UUID | None, names: Mapping[UUID, str]) -> dict[str, Any]:
    place = (Call.Direction(call.direction), Call.State(call.state))
    return {
        "id": call.public_id, "number": call.number, "number_shown": call.number_shown,
        "is_hidden": call.match == Call.Match.HIDDEN, "line": call.line.name,
        "name": names.get(customer_id, "") if customer_id else "",
        "url": _url(call, customer_id), "started_at": call.started_at,
        "icon": ICONS.get(place, "phone" if call.direction == "in" else "phone-outgoing"),
        "more": length(call.seconds) if call.seconds else "",
    }  # fmt: skip


def _url(call: Call, customer_id: UUID | None) -> str:
    if customer_id is not None:
        return reverse("console:customer", args=[customer_id])
    return f"{reverse('console:callers')}?number=%2B{call.number[1:]}" if call.number else ""
