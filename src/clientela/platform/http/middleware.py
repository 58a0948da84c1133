"""The outermost layer: request id, clock, and the headers that every answer carries."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponseBase

from clientela.platform import connections
from clientela.platform.http import live
from clientela.platform.http.actors import NOBODY, SYSTEM, acting

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src {sources}; form-action 'self'; frame-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Requests:
    """Give the request its id, its instant and (so far) nobody as its actor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = secrets.token_hex(8)  # type: ignore[attr-defined]
        request.started_at = datetime.now(UTC)  # type: ignore[attr-defined]
        request.actor = NOBODY  # type: ignore[attr-defined]
        connections.renew()
        with acting(SYSTEM):  # until a door knows better; over with the answer
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        response.headers.setdefault("Content-Security-Policy", content_policy(request))
        for name, value in HEADERS.items():
            if name not in response.headers:
                response.headers[name] = value
        return response


def content_policy(request: HttpRequest) -> str:
    """Nothing but ourselves; the live stream beside us is named."""
    return CONTENT_POLICY.format(sources=" ".join(filter(None, ["'self'", live.origin(request)])))
