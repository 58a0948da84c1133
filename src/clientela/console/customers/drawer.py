"""A small form about one customer: in the drawer, and by address as a page of its own."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse

from clientela.console.customers import opened
from clientela.console.customers.opened import Family
from clientela.console.once import send, sent
from clientela.console.pages import see, show
from clientela.platform.http.requests import HouseRequest

INVALID = 422
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def date_field(label: object, *, help_text: object = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=DATE, help_text=help_text,  # type: ignore[arg-type]
    )  # fmt: skip


def answered(
    request: HouseRequest, family: Family, form: forms.Form, *, title: str, name: str, tab: str,
    carry_out: Callable[[], object], done: str, submit: str = "", more: str = "", back: str = "",
) -> HttpResponse:  # fmt: skip
    """Show the form; sent and right, carry it out and go to the tab, or `back` to where it was
    opened, with the words `done`.
    """
    close = back or reverse(f"console:{tab}", args=[family[0]])

    def and_back() -> str:
        carry_out()
        messages.success(request, done)
        return close

    if request.method == "POST" and form.is_valid():
        answer = send(request, form, and_back)
        if answer:
            return answer
    context = {
        "form": form, "title": title, "name": name, "address": request.get_full_path(),
        "close": close, "submit": submit, "more": more,
    }  # fmt: skip
    status = INVALID if form.is_bound and form.errors else 200
    if "HX-Request" in request.headers:
        return show(request, "console/customers/drawer_form.html", context, status=status)
    context |= opened.header(request, family)
    return show(request, "console/customers/drawer_page.html", context, status=status)


def pressed(
    request: HouseRequest, family: Family, *, tab: str, carry_out: Callable[[], object], done: str
) -> HttpResponse:
    """A button of a tab: carried out once, then the tab again."""

    def and_back() -> str:
        carry_out()
        messages.success(request, done)
        return reverse(f"console:{tab}", args=[family[0]])

    return see(sent(request, and_back).body.decode())
