from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clientela.ui import samples


def components(request: HttpRequest) -> HttpResponse:
    """Every component with its states, for people who build pages; the pictures are compared."""
    now = request.started_at  # type: ignore[attr-defined]
    request.actor.needs("staff.configure")  # type: ignore[attr-defined]
    return render(request, "ui/components.html", samples.context(now))
