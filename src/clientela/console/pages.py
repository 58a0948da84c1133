"""What every page of the console begins and ends with: who may open it, and how it is answered."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control

from clientela.console import held
from clientela.platform.errors import NotThere
from clientela.platform.http.actors import NOBODY
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff

View = Callable[..., HttpResponseBase]
READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
SENT = ("POST",)


def page(
    *rights: str, switch: str | None = None, methods: Sequence[str] = READ, shown_on: str = ""
) -> Callable[[View], View]:
    """A page for people who are signed in and have all of `rights`.

    `switch`: the programme it belongs to; off, there is no such page. `shown_on`: the page whose
    form posts here, for a view that answers only posts.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def door(request: HouseRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            if request.actor is NOBODY:
                return signed_out(request, shown_on=shown_on)
            for right in rights:
                request.actor.needs(right)
            if not companies.current().is_on(switch):
                raise NotThere
            response = view(request, *args, **kwargs)
            patch_cache_control(response, private=True, no_cache=True)
            return response

        door.rights = rights  # type: ignore[attr-defined]
        door.methods = methods  # type: ignore[attr-defined]
        return door

    return decorate


def signed_out(request: HouseRequest, *, shown_on: str = "") -> HttpResponse:
    """To the sign-in and back; on an empty installation to its first page.

    What was typed into a form is kept for the page that shows it again.
    """
    if not staff.anybody_is_there():
        return redirect("console:welcome")
    address = held.keep(request, shown_on=shown_on) if request.method == "POST" else here(request)
    answer = redirect_to_login(address)
    if "HX-Request" in request.headers:
        return HttpResponse(status=401, headers={"HX-Redirect": answer.url})
    return answer


def here(request: HouseRequest) -> str:
    """The address a person looks at: for a part of a page, the page around it."""
    if "HX-Request" not in request.headers:
        return request.get_full_path()
    shown = request.headers.get("HX-Current-URL", "")
    origin = f"{request.scheme}://{request.get_host()}/"
    return "/" + shown.removeprefix(origin) if shown.startswith(origin) else "/"


def show(
    request: HouseRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    return render(request, template, dict(context), status=status)


def see(address: str) -> HttpResponse:
    """After a post: go and look there."""
    return HttpResponse(status=303, headers={"Location": address})
