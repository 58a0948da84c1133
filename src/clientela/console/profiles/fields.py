"""A field is defined or changed in the designer; what it looks like, and breaks, is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console import once
from clientela.console.customers import kinds
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.console.profiles import present, words
from clientela.console.profiles.field_form import FieldForm
from clientela.console.profiles.types import LISTED_ON, RIGHT, address_of, moved_by
from clientela.customers.definitions import actions, indexing
from clientela.customers.definitions import queries as definitions
from clientela.customers.models import Field, ProfileType
from clientela.customers.rules import FieldType, shapes
from clientela.flows import jobs
from clientela.flows.shapes import fields as flow
from clientela.flows.shapes.faults import worded
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.ui.templatetags.ui import label


@page(RIGHT, methods=FORM)
def new(request: HouseRequest, type_key: str) -> HttpResponse:
    kind = definitions.profile_type(type_key)
    form = _form(request, kind, None)

    def make() -> str:
        flow.define_field(type_key, form.said(), **_told(request))
        return address_of(type_key)

    return _answered(request, kind, form, make)


@page(RIGHT, methods=FORM)
def edit(request: HouseRequest, type_key: str, key: str) -> HttpResponse:
    """Another type, or a rule that customers do not fit, leads to the plan that says who."""
    field = definitions.field(type_key, key)
    kind = definitions.profile_type(type_key)
    form = _form(request, kind, field)

    def make() -> str:
        outcome = flow.change_field(type_key, key, _whole(form.said()), **_told(request))
        if outcome.plan is not None and outcome.plan.state != "applied":
            return reverse("console:field-plan", args=[outcome.plan.id])
        messages.success(request, _("Saved."))
        return address_of(type_key)

    return _answered(request, kind, form, make)


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def preview(request: HouseRequest, type_key: str, key: str = "") -> HttpResponse:
    """The field as people will see it, and how many customers would not fit."""
    field = definitions.field(type_key, key) if key else None
    kind = definitions.profile_type(type_key)
    form = FieldForm(request.POST, kind=kind, of_type=_type_of(request.POST), field=field)
    context: dict[str, Any] = {"parts": [], "faults": []}
    if form.is_valid():
        try:
            with worded():
                said = form.said()
                shape = shapes.read(said, groups=flow.group_keys(kind))
            context["parts"] = _looks(kind, shape)
            if field is not None:
                context["tally"] = flow.preview_field(
                    type_key, key, _whole(said), actor=request.actor, now=request.started_at
                )
        except Problem as refusal:
            context["faults"] = [fault["detail"] for fault in refusal.extra.get("faults", [])] or [
                refusal.detail
            ]
    return show(request, "console/profiles/preview.html", context)


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def order(request: HouseRequest, type_key: str) -> HttpResponse:
    """A field a place up or down among those of its group."""
    kind = definitions.profile_type(type_key)
    known = {field.key: field for field in kind.fields.all() if field.retired_at is None}
    key = request.POST.get("key", "")
    if key in known:
        group = [one.key for one in known.values() if one.group_key == known[key].group_key]
        moved = iter(moved_by(group, key, up=request.POST.get("way") == "up"))
        keys = [next(moved) if one in group else one for one in known]
        flow.put_fields_in_order(type_key, keys, **_told(request))
        kinds.forget()
    return see(f"{address_of(type_key)}#field-{key}")


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def retire(request: HouseRequest, type_key: str, key: str) -> HttpResponse:
    flow.retire_field(type_key, key, retired=request.POST.get("retired") == "1", **_told(request))
    kinds.forget()
    return see(address_of(type_key))


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def index_again(request: HouseRequest, type_key: str, key: str) -> HttpResponse:
    """Build an index again that had failed."""
    field = definitions.field(type_key, key)
    with transactions.open():
        indexing.again(field.index, now=request.started_at)
        jobs.keep_indexes.defer()
    return see(address_of(type_key))


@page(RIGHT)
def plan(request: HouseRequest, plan_id: UUID) -> HttpResponse:
    """How far the check over all customers is, and who would not fit."""
    found = definitions.plan(plan_id)
    context = {
        "plan": present.plan_row(found), "type_key": found.field.profile_type.key,
        "offenders": present.offenders(found), "today": request.started_at.date(),
        "busy": found.state in present.UNDER_WAY,
    }  # fmt: skip
    return show(request, "console/profiles/plan.html", context)


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def plan_on(request: HouseRequest, plan_id: UUID) -> HttpResponse:
    """Make a refused change from a day on, for all writes."""
    found = definitions.plan(plan_id)
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        messages.error(request, _("Name the day."))
        return see(reverse("console:field-plan", args=[plan_id]))
    kind = found.field.profile_type.key
    try:
        outcome = flow.change_field(
            kind, found.field.key, _whole(found.wanted), on=on, **_told(request)
        )
    except Problem as refusal:
        messages.error(request, refusal.detail)
        return see(reverse("console:field-plan", args=[plan_id]))
    kinds.forget()
    return see(reverse("console:field-plan", args=[outcome.plan.id if outcome.plan else plan_id]))


@page(RIGHT, methods=SENT, shown_on=LISTED_ON)
def plan_end(request: HouseRequest, plan_id: UUID) -> HttpResponse:
    found = definitions.plan(plan_id)
    flow.cancel_plan(found, actor=request.actor, now=request.started_at)
    return see(address_of(found.field.profile_type.key))


def _form(request: HouseRequest, kind: ProfileType, field: Field | None) -> FieldForm:
    """Of the type that is chosen; when it is chosen anew, the form is drawn with its inputs."""
    given: Mapping[str, Any] = request.POST if request.method == "POST" else request.GET
    shape = definitions.shape_of(field) if field else None
    said = shape.type if shape else FieldType.TEXT
    of_type = _type_of(given) if "type" in given else said
    if "redraw" in request.POST:
        typed = {name: given[name] for name in given if name != "redraw"}
        return FieldForm(initial=typed, kind=kind, of_type=of_type, field=field)
    data = request.POST if request.method == "POST" else None
    return FieldForm(data, kind=kind, of_type=of_type, field=field, shape=shape)


def _type_of(given: Mapping[str, Any]) -> FieldType:
    try:
        return FieldType(given.get("type", "text"))
    except ValueError:
        return FieldType.TEXT


def _whole(said: Mapping[str, Any]) -> dict[str, Any]:
    """Every member: what the form leaves out is taken away."""
    return {name: None for name in shapes.MEMBERS if name != "key"} | dict(said)


def _answered(request: HouseRequest, kind: ProfileType, form: FieldForm, make: Any) -> HttpResponse:
    if request.method == "POST" and form.is_bound and form.is_valid():
        answer = once.send(request, form, make)
        kinds.forget()
        if answer:
            return answer
    field = form.field
    context = {
        "form": form, "type_key": kind.key, "type_words": label(kind.labels),
        "field": present.field_row(field) if field else None,
        "parts": _looks(kind, definitions.shape_of(field)) if field else [],
        "types": words.TYPES,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return show(request, "console/profiles/field.html", context, status=status)


def _looks(kind: ProfileType, shape: shapes.FieldShape) -> list[tuple[str, list[forms.BoundField]]]:
    """The field of a record's form that it would be."""
    field = Field(profile_type=kind, key=shape.key or "new", **actions.stored(shape))
    return present.PreviewForm([field]).parts(kind.groups)


def _told(request: HouseRequest) -> dict[str, Any]:
    return {
        "actor": request.actor, "now": request.started_at, "request": request.request_id,
    }  # fmt: skip
