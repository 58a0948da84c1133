"""Refusals and failures as pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clientela.platform.errors import NotSignedIn, NotThere, Problem, RightMissing


def page_for(request: HttpRequest, fault: Exception) -> HttpResponse | None:
    """The page of an expected refusal; None for what nobody expected."""
    if not isinstance(fault, Problem):
        return None
    if isinstance(fault, NotSignedIn):
        from django.contrib.auth.views import redirect_to_login

        return redirect_to_login(request.get_full_path())
    template = {403: "403.html", 404: "404.html", 503: "503.html"}.get(fault.status, "refused.html")
    context: dict[str, Any] = {"problem": fault}
    if isinstance(fault, RightMissing):
        context["right"] = fault.extra.get("right", "")
    return render(request, template, context, status=fault.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path.startswith("/api/"):
        from clientela.api.router import not_there as api_not_there

        return api_not_there(request)
    return render(request, "404.html", {"problem": NotThere()}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
