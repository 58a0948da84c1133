"""Who is at the console, and the language they read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import logout
from django.utils import timezone, translation

from clientela.platform.http import actors
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff.models import Person
from clientela.ui.models import Preference

SEEN = "seen_at"
SEEN_EVERY_SECONDS = 60
BY_ITSELF = ("/live/poll",)  # asked by the page, not by the person


@contextmanager
def speaking(request: HouseRequest) -> Iterator[None]:
    """The request's actor, theme, density, language and time zone, for as long as it lasts."""
    person = _signed_in(request)
    preference = Preference() if person is None else person.preference
    language = _language(request, preference)
    request.preference = preference  # type: ignore[attr-defined]
    request.LANGUAGE_CODE = language
    with translation.override(language), timezone.override(companies.current().zone):
        yield


def _signed_in(request: HouseRequest) -> Person | None:
    """The person of the session; one that has been idle too long is signed out."""
    person = request.user
    if not isinstance(person, Person):
        return None
    now = request.started_at.timestamp()
    seen = request.session.get(SEEN, now)
    if now - seen > settings.SESSION_IDLE_SECONDS_MAX:
        logout(request)
        return None
    is_due = now - seen > SEEN_EVERY_SECONDS or SEEN not in request.session
    if is_due and request.path not in BY_ITSELF:
        request.session[SEEN] = now
    request.actor = person.as_actor()
    actors.arrive(request.actor)
    return person


def _language(request: HouseRequest, preference: Preference) -> str:
    """The person's choice, else the cookie of the sign-in page, else the browser's, else ours."""
    known = dict(settings.LANGUAGES)
    asked = preference.language or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if asked in known:
        return asked
    for part in request.headers.get("Accept-Language", "").split(","):
        if (code := part.strip()[:2].lower()) in known:
            return code
    return companies.current().language
