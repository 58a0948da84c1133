"""Where a page finds the live stream: on the port beside the web process, or behind one proxy."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest


def origin(request: HttpRequest) -> str:
    """The stream's origin where it is not the page's own; empty behind a proxy, or without one."""
    if settings.ORIGIN or not settings.LIVE_PORT:
        return ""
    try:
        host = urlsplit(f"//{request.get_host()}")
    except (DisallowedHost, ValueError):
        return ""
    name = f"[{host.hostname}]" if ":" in (host.hostname or "") else host.hostname
    return f"{request.scheme}://{name}:{settings.LIVE_PORT}"


def address(request: HttpRequest) -> str:
    """Of the stream itself; empty where no such process runs beside the page's."""
    if not settings.LIVE_PORT:
        return ""
    return f"{origin(request)}/live"
