"""The system: its backups, and whether they lead up to now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse

from clientela import __version__
from clientela.console.pages import page, show
from clientela.flows import backups
from clientela.flows.backups import Listed
from clientela.jobs import queries as jobs
from clientela.platform.backups.faults import OwnServer
from clientela.platform.http.requests import HouseRequest


@page("staff.configure")
def system(request: HouseRequest) -> HttpResponse:
    """Looks at files only: a folder of a few backups, each with its manifest."""
    try:
        found, is_own_server = backups.listed(settings.HOME, now=request.started_at), False
    except OwnServer:
        found, is_own_server = [], True
    context = {
        "backups": [_row(it) for it in found], "is_own_server": is_own_server,
        "version": __version__, "folder": settings.HOME.path,
        "worker_is_alive": jobs.worker_is_alive(now=request.started_at),
    }  # fmt: skip
    return show(request, "console/settings/system.html", context)


def _row(it: Listed) -> dict[str, Any]:
    return {
        "id": it.id, "made_at": it.made_at, "megabytes": max(1, it.bytes // 10**6),
        "until": it.restores_until, "proved_at": it.proved_at, "is_good": it.state == "good",
    }  # fmt: skip
