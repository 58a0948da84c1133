"""Sending a form: booked once however often it is sent, refusals stand at their field."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _

from clientela.console import refusals
from clientela.console.pages import see
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.staff import idempotency
from clientela.staff.idempotency import Answer, KeyReused

KEY = "idempotency_key"
NOT_TYPED = ("csrfmiddlewaretoken", KEY)


def send(
    request: HouseRequest, form: Form, carry_out: Callable[[], str], *,
    passing: tuple[type[Problem], ...] = (),
) -> HttpResponse | None:  # fmt: skip
    """Go to the address that `carry_out` answers; None: refused, and the form says why.

    The same form sent again goes to the same address and changes nothing. Refusals in `passing`
    are the caller's to word.
    """
    try:
        return see(sent(request, carry_out).body.decode())
    except passing:
        raise
    except KeyReused:
        form.add_error(None, _("This was sent already with other words. Look at what was saved, "
                               "then send it again if it is still needed."))  # fmt: skip
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        refusals.into(form, refusal)
    return None


def press(request: HouseRequest, carry_out: Callable[[], str], *, here: str) -> HttpResponse:
    """A form of one button: go to the address that `carry_out` answers. Refused: `here` again, with
    the refusal above the page.
    """
    try:
        return see(sent(request, carry_out).body.decode())
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        messages.warning(request, refusals.sentence(refusal))
        return see(here)


def sent(request: HouseRequest, carry_out: Callable[[], str]) -> Answer:
    """Carry out a form of this page once; its answer is an address."""
    return idempotency.once(
        lambda: Answer(303, carry_out().encode(), "text/plain"),
        actor=request.actor, route=f"form {request.path}",
        key=request.POST.get(KEY) or str(uuid4()), body=typed(request), now=request.started_at,
    )  # fmt: skip


def typed(request: HouseRequest) -> bytes:
    """What a person typed, the same whenever the same was typed."""
    fields = request.POST.copy()
    for name in NOT_TYPED:
        fields.pop(name, None)
    return fields.urlencode().encode()
