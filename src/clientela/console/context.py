"""What the templates of every page are given."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clientela.platform.http.actors import NOBODY
from clientela.staff import company as companies
from clientela.ui import context


def page(request: HttpRequest) -> dict[str, Any]:
    """The frame of a signed-in page; only the theme for everybody else, and when all else fails."""
    preference = getattr(request, "preference", None)
    if preference is None:
        return {}
    if getattr(request, "actor", NOBODY) is NOBODY:
        return {"theme": preference.theme}
    frame = context.frame(
        request,  # type: ignore[arg-type]
        theme=preference.theme,
        density=preference.density,
    )
    company = SimpleLazyObject(companies.current)
    return {**frame, "person": request.user, "company": company, "demo": request.user.is_demo}
