"""The profile designer: types, their order, groups, calculated fields, packs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console import once, refusals
from clientela.console.customers import kinds
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.console.profiles import present
from clientela.console.profiles.type_forms import CalculatedForm, GroupForm, TypeForm, labels_into
from clientela.customers.definitions import queries as definitions
from clientela.customers.models import ProfileType
from clientela.flows.packs import loading, reading
from clientela.flows.shapes import profile_types
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest

RIGHT = "customers.define"
LISTED_ON = "console:profiles"


@page(RIGHT)
def listed(request: HouseRequest) -> HttpResponse:
    counts = definitions.counts()
    context = {
        "types": [present.type_row(kind, counts) for kind in definitions.types()],
        "packs": [present.pack(name) for name in reading.shipped()],
    }
    return show(request, "console/profiles/list.html", context)


@page(RIGHT, methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    form = TypeForm(request.POST if request.method == "POST" else None, is_new=True)

    def make() -> str:
        given = form.cleaned_data
        kind = profile_types.define_type(
            key=given["key"], party=given["party"], labels=form.labels, **_told(request)
        )
        return address_of(kind.key)

    back = reverse(LISTED_ON)
    return _form(request, form, make, title=_("New profile type"), back=back)


@page(RIGHT)
def designer(request: HouseRequest, type_key: str) -> HttpResponse:
    """A type with its groups and fields, and the form that people will fill in."""
    kind = definitions.profile_type(type_key)
    return show(request, "console/profiles/type.html", present.designer(kind))


@page(RIGHT, methods=FORM)
def rename(request: HouseRequest, type_key: str) -> HttpResponse:
    kind = definitions.profile_type(type_key)
    given = request.POST if request.method == "POST" else None
    form = TypeForm(given, initial=labels_into("labels", kind.labels))
    return _form(
        request, form, lambda: _change(request, kind, labels=form.labels),
        title=_("Rename the type"), back=address_of(type_key),
    )  # fmt: skip


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def retire(request: HouseRequest, type_key: str) -> HttpResponse:
    kind = definitions.profile_type(type_key)
    try:
        _change(request, kind, retired=request.POST.get("retired") == "1")
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        messages.error(request, refusals.sentence(refusal))
    return see(address_of(type_key))


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def order(request: HouseRequest) -> HttpResponse:
    """One type a place up or down."""
    keys = [kind.key for kind in definitions.types()]
    moved = moved_by(keys, request.POST.get("key", ""), up=request.POST.get("way") == "up")
    profile_types.put_types_in_order(moved, **_told(request))
    kinds.forget()
    return see(reverse(LISTED_ON))


@page(RIGHT, methods=FORM)
def group(request: HouseRequest, type_key: str, group_key: str = "") -> HttpResponse:
    """Make a group, or rename one."""
    kind = definitions.profile_type(type_key)
    known = {one["key"]: one for one in kind.groups}
    given = request.POST if request.method == "POST" else None
    first = labels_into("labels", known[group_key]["labels"]) if group_key in known else {}
    form = GroupForm(given, initial=first, is_new=not group_key)

    def make() -> str:
        key = group_key or form.cleaned_data["key"]
        changed = {**known, key: {"key": key, "labels": form.labels}}
        return _change(request, kind, groups=list(changed.values()))

    title = _("Rename the group") if group_key else _("New group")
    return _form(request, form, make, title=title, back=address_of(type_key))


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def group_order(request: HouseRequest, type_key: str, group_key: str) -> HttpResponse:
    """A group a place up or down, or away with it."""
    kind = definitions.profile_type(type_key)
    known = {one["key"]: one for one in kind.groups}
    way = request.POST.get("way", "")
    keys = moved_by(list(known), group_key, up=way == "up") if way != "away" else (
        [key for key in known if key != group_key]
    )  # fmt: skip
    try:
        _change(request, kind, groups=[known[key] for key in keys])
    except Problem as refusal:
        messages.error(request, refusals.sentence(refusal))
    return see(address_of(type_key))


@page(RIGHT, methods=FORM)
def calculated(request: HouseRequest, type_key: str) -> HttpResponse:
    """Show one more calculated field."""
    kind = definitions.profile_type(type_key)
    form = CalculatedForm(request.POST if request.method == "POST" else None, kind=kind)

    def make() -> str:
        return _change(request, kind, computed=[*kind.calculated, form.said()])

    back = address_of(type_key)
    return _form(request, form, make, title=_("New calculated field"), back=back)


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def calculated_away(request: HouseRequest, type_key: str, key: str) -> HttpResponse:
    kind = definitions.profile_type(type_key)
    _change(request, kind, computed=[one for one in kind.calculated if one["key"] != key])
    return see(address_of(type_key))


@page(RIGHT, methods=FORM)
def pack(request: HouseRequest, name: str) -> HttpResponse:
    """What a shipped pack would bring; sent, it is loaded."""
    read = reading.read(reading.text_of(name if name in reading.shipped() else ""))
    context: dict[str, Any] = {"pack": present.pack(name)}
    status = 200
    if request.method == "POST":
        try:
            loading.load(read, **_told(request))
        except Problem as refusal:
            if refusal.status >= 500:
                raise
            context["refused"], status = refusals.sentence(refusal), refusal.status
        else:
            kinds.forget()
            messages.success(request, _("The pack is loaded."))
            return see(reverse(LISTED_ON))
    lines = loading.check(read, actor=request.actor, now=request.started_at)
    context["lines"] = present.lines(read, [one for one in lines if one.state != "unchanged"])
    return show(request, "console/profiles/pack.html", context, status=status)


def moved_by(keys: list[str], key: str, *, up: bool) -> list[str]:
    """The keys with one of them a place further up or down."""
    if key not in keys:
        return keys
    place = keys.index(key)
    other = max(0, place - 1) if up else min(len(keys) - 1, place + 1)
    moved = list(keys)
    moved[place], moved[other] = moved[other], moved[place]
    return moved


def address_of(type_key: str) -> str:
    return reverse("console:profile-type", args=[type_key])


def _change(request: HouseRequest, kind: ProfileType, **wanted: Any) -> str:
    profile_types.change_type(kind.key, wanted, **_told(request))
    kinds.forget()
    return address_of(kind.key)


def _told(request: HouseRequest) -> dict[str, Any]:
    return {
        "actor": request.actor, "now": request.started_at, "request": request.request_id,
    }  # fmt: skip


def _form(
    request: HouseRequest, form: forms.Form, make: Callable[[], str], *, title: str, back: str
) -> HttpResponse:
    """A form on a page of its own; sent well, what it makes, else the faults at their fields."""
    if request.method == "POST" and form.is_valid():
        answer = once.send(request, form, make)
        kinds.forget()
        if answer:
            return answer
    context = {"form": form, "title": title, "cancel": back}
    return show(request, "console/profiles/form.html", context, status=422 if form.errors else 200)
