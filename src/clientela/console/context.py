"""What the templates of every page are given."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clientela.console.agent import present
from clientela.platform.http import live
from clientela.platform.http.actors import NOBODY
from clientela.staff import company as companies
from clientela.staff.models import Person
from clientela.ui import context


def page(request: HttpRequest) -> dict[str, Any]:
    """The frame of a signed-in page; only the theme for everybody else, and when all else fails."""
    preference, person = getattr(request, "preference", None), getattr(request, "user", None)
    if preference is None:
        return {}
    if getattr(request, "actor", NOBODY) is NOBODY or not isinstance(person, Person):
        return {"theme": preference.theme}
    frame = context.frame(
        request,  # type: ignore[arg-type]
        theme=preference.theme,
        density=preference.density,
        off=companies.remembered().off,
    )
    company = SimpleLazyObject(companies.current)
    return {
        **frame, "person": person, "company": company, "demo": person.is_demo,
        "present_calls": SimpleLazyObject(lambda: present.bar(request)),  # type: ignore[arg-type]
        "live_address": live.address(request),
    }  # fmt: skip
