"""A form of one button: carried out once, and a refusal stands above the page it leads to."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse

from clientela.console.once import press
from clientela.platform.http.requests import HouseRequest

TYPED_MAX = 200


def answered(
    request: HouseRequest, carry_out: Callable[[], object], done: str, here: str
) -> HttpResponse:
    """Say `done` where it was; `here` is looked at either way."""

    def once() -> str:
        carry_out()
        if done:
            messages.success(request, done)
        return here

    return press(request, once, here=here)


def typed(request: HouseRequest, name: str) -> str:
    return request.POST.get(name, "")[:TYPED_MAX]
