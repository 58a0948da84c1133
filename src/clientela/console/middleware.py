"""Django's own layers, for pages only: the API has no cookies, sessions, messages or languages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django_htmx.middleware import HtmxMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

from clientela.console import people, refusals
from clientela.platform.http.requests import HouseRequest

# Nothing goes to other sites. With `no-referrer` browsers send forms with an origin of `null`.
OWN_REFERRER = "same-origin"
BESIDE = ("/api/", "/healthz", "/readyz", "/metrics")


def pages_only(layer: type[Any]) -> type[Any]:
    """The layer, passed by for addresses that are no pages."""

    class PagesOnly(layer):
        def __call__(self, request: HttpRequest) -> Any:
            if request.path.startswith(BESIDE):
                return self.get_response(request)
            return super().__call__(request)

        def process_view(self, request: HttpRequest, *args: Any) -> Any:
            if request.path.startswith(BESIDE) or not hasattr(super(), "process_view"):
                return None
            return super().process_view(request, *args)

    PagesOnly.__name__ = PagesOnly.__qualname__ = layer.__name__
    return PagesOnly


class PersonLayer:
    """Who is signed in, as the actor, in the person's language; idle sessions end here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HouseRequest) -> HttpResponseBase:
        with ExitStack() as spoken:
            try:
                spoken.enter_context(people.speaking(request))
            except (OperationalError, InterfaceError) as fault:
                return refusals.unavailable(request, fault)
            response = self.get_response(request)
        response.headers.setdefault("Referrer-Policy", OWN_REFERRER)
        return response


class RefusalLayer:
    """A refusal of a flow becomes a page with its status, the sentence and the way on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponseBase | None:
        if request.path.startswith(BESIDE):
            return None
        return refusals.page_for(request, fault)


WhiteNoise = pages_only(WhiteNoiseMiddleware)
Session = pages_only(SessionMiddleware)
Common = pages_only(CommonMiddleware)
Csrf = pages_only(CsrfViewMiddleware)
Authentication = pages_only(AuthenticationMiddleware)
Person = pages_only(PersonLayer)
Messages = pages_only(MessageMiddleware)
Htmx = pages_only(HtmxMiddleware)
Refusals = RefusalLayer
