"""Telephone systems report their calls: `POST /api/v1/cti/{token}`, JSON or form data.

There is no API key: the token in the address is the right, and one line's alone. Nothing of the
address but its route is ever logged.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.multipartparser import MultiPartParserError

from clientela.api import router
from clientela.calls import queries as calls
from clientela.calls.rules import Direction, News
from clientela.flows.receive_call import NAMES_MAX, Told, receive_call
from clientela.platform import text
from clientela.platform.errors import (
    BatchTooLarge,
    InvalidInput,
    MalformedBody,
    NotSignedIn,
    Problem,
)
from clientela.platform.http import jsons
from clientela.platform.http.requests import HouseRequest

log = logging.getLogger("clientela.api")
BODY_BYTES_MAX = 64 * 1024
VALUE_LENGTH_MAX = 200
REFERENCE_LENGTH_MAX = 200
LISTED = ("user", "user[]", "caller")
Values = Mapping[str, Any]


def reported(request: HouseRequest, token: str) -> HttpResponse:
    """Take one report of a call; a repeated one is answered the same."""
    try:
        if request.method != "POST":
            return JsonResponse({"error": "POST only"}, status=405, headers={"Allow": "POST"})
        line = calls.line_by_token(token)
        if line is None:
            raise NotSignedIn("This address has no token of a line.")
        told = _told(_values(request))
        receive_call(line, told, now=request.started_at, request=request.request_id)
    except Problem as refusal:
        return router.refused(request, refusal)
    except (DatabaseError, InterfaceError) as fault:
        return router.database(request, fault)
    except Exception as fault:  # noqa: BLE001 (the last one who can answer)
        return router.unexpected(request, fault)
    return JsonResponse({})


def _values(request: HttpRequest) -> Values:
    """The body as names and values; lists stay lists."""
    if request.content_type in ("application/json", "text/json"):
        value = jsons.read(request.body, bytes_max=BODY_BYTES_MAX)
        if not isinstance(value, dict):
            raise MalformedBody("Send one object.")
        return value
    if int(request.headers.get("Content-Length") or 0) > BODY_BYTES_MAX:
        raise BatchTooLarge(f"A body has at most {BODY_BYTES_MAX} bytes here.")
    try:
        form: QueryDict = request.POST
    except (MultiPartParserError, RequestDataTooBig, ValueError):
        raise MalformedBody("The body cannot be read as a form.") from None
    return {name: values if name in LISTED else values[-1] for name, values in form.lists()}


def _told(values: Values) -> Told:
    return Told(
        reference=_required(values, "callId")[:REFERENCE_LENGTH_MAX],
        news=_news(values), direction=_direction(values),
        from_number=_text(values, "from"), to_number=_text(values, "to"),
        rung=_names(values, "user", "user[]"), answered_by=_answered_by(values),
        queue=_text(values, "queue"), cause=_text(values, "cause"),
    )  # fmt: skip


def _news(values: Values) -> News:
    name = _required(values, "event")
    try:
        return News(name)
    except ValueError:
        raise _refused("event", "send newCall, answer or hangup") from None


def _direction(values: Values) -> Direction:
    try:
        return Direction(_required(values, "direction"))
    except ValueError:
        raise _refused("direction", "send in or out") from None


def _answered_by(values: Values) -> str:
    """`answeringNumber`, `user`, or as some say `caller`."""
    if named := _text(values, "answeringNumber"):
        return named
    if values.get("event") != News.ANSWERED:
        return ""
    names = _names(values, "user", "user[]", "caller")
    return names[0] if len(names) == 1 else ""


def _names(values: Values, *fields: str) -> tuple[str, ...]:
    found: list[Any] = []
    for field in fields:
        value = values.get(field, [])
        found += value if isinstance(value, list) else [value]
    named = [_clean(one, fields[0]) for one in found[:NAMES_MAX]]
    return tuple(name for name in named if name)


def _required(values: Values, field: str) -> str:
    if found := _text(values, field):
        return found
    raise _refused(field, f"{field} is missing")


def _text(values: Values, field: str) -> str:
    return _clean(values.get(field, ""), field)


def _clean(value: Any, field: str) -> str:
    """A short text; numbers are taken too, as senders are careless with quotes."""
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise _refused(field, f"{field} is a text")
    try:
        return text.clean("" if value is None else str(value))[:VALUE_LENGTH_MAX]
    except ValueError:
        raise _refused(field, f"{field} holds a sign that cannot be stored") from None


def _refused(field: str, words: str) -> InvalidInput:
    """Telephone systems read the member `error`."""
    return InvalidInput(words.capitalize() + ".", field=field, error=words)
