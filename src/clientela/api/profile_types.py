"""Profile types: what kinds of customers there are."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils import translation
from pydantic import Field, StrictBool, StrictStr

from clientela.api import field_shapes
from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest
from clientela.customers.definitions import queries as definitions
from clientela.customers.models import ProfileType as TypeRow
from clientela.flows.shapes import fields, profile_types

doors = Doors(tags=["profile types"])
KEYS_MAX = 300
Labels = dict[str, str]


class Calculated(Body):
    """`of`: the key of the date that a formula counts from, for those that need one."""

    key: StrictStr
    formula: StrictStr
    of: StrictStr = ""
    labels: Labels


class FieldGroup(Body):
    key: StrictStr
    labels: Labels


class NewType(Body):
    """`party`: person or company."""

    key: StrictStr
    party: StrictStr
    labels: Labels
    groups: Annotated[list[FieldGroup], Field(max_length=40)] = []


class TypeChange(Body):
    """What is left out stays. A retired type takes no new customers; those it has keep it."""

    labels: Labels | None = None
    groups: Annotated[list[FieldGroup], Field(max_length=40)] | None = None
    calculated: Annotated[list[Calculated], Field(max_length=20)] | None = None
    retired: StrictBool | None = None


class Order(Body):
    keys: Annotated[list[StrictStr], Field(max_length=KEYS_MAX)]


class ProfileType(Body):
    """`label`: in the language asked for, else the company's."""

    key: str
    party: str
    label: str
    labels: Labels
    groups: list[dict[str, Any]]
    calculated: list[dict[str, Any]]
    retired: bool
    fields: list[field_shapes.FieldAnswer]


class ProfileTypes(Body):
    items: list[ProfileType]


@doors.read("/profile-types", right="customers.view", answer=ProfileTypes,
            summary="Read the profile types")  # fmt: skip
def listed(request: HouseRequest) -> dict[str, Any]:
    """All of them in their order, each with its fields."""
    with translation.override(field_shapes.language(request)):
        return {"items": [told(kind) for kind in definitions.types()]}


@doors.read("/profile-types/{key}", right="customers.view", answer=ProfileType,
            summary="Read a profile type")  # fmt: skip
def read(request: HouseRequest, key: StrictStr) -> dict[str, Any]:
    with translation.override(field_shapes.language(request)):
        return told(definitions.profile_type(key))


@doors.write("POST", "/profile-types", right="customers.define", answer=ProfileType,
             summary="Make a profile type")  # fmt: skip
def create(request: HouseRequest, body: NewType) -> dict[str, Any]:
    profile_types.define_type(
        key=body.key, party=body.party, labels=body.labels,
        groups=[group.model_dump() for group in body.groups], actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return told(definitions.profile_type(body.key))


@doors.write("PATCH", "/profile-types/{key}", right="customers.define", answer=ProfileType,
             summary="Change a profile type")  # fmt: skip
def change(request: HouseRequest, key: StrictStr, body: TypeChange) -> dict[str, Any]:
    """Rename it, change its groups and calculated fields, retire it or take it up again."""
    wanted = body.model_dump(exclude_unset=True, exclude_none=True)
    if "calculated" in wanted:
        wanted["computed"] = wanted.pop("calculated")
    profile_types.change_type(
        key, wanted, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return told(definitions.profile_type(key))


@doors.write("POST", "/profile-type-order", right="customers.define", answer=ProfileTypes,
             summary="Put profile types in order")  # fmt: skip
def order(request: HouseRequest, body: Order) -> dict[str, Any]:
    """Those named first; the others behind them as they were."""
    profile_types.put_types_in_order(
        body.keys, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return {"items": [told(kind) for kind in definitions.types()]}


@doors.write("POST", "/profile-types/{key}/field-order", right="customers.define",
             answer=ProfileType, summary="Put the fields of a profile type in order")  # fmt: skip
def field_order(request: HouseRequest, key: StrictStr, body: Order) -> dict[str, Any]:
    fields.put_fields_in_order(
        key, body.keys, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return told(definitions.profile_type(key))


def told(kind: TypeRow) -> dict[str, Any]:
    return {
        "key": kind.key, "party": kind.party, "label": field_shapes.in_words(kind.labels),
        "labels": kind.labels, "groups": kind.groups, "calculated": kind.calculated,
        "retired": kind.retired_at is not None,
        "fields": [field_shapes.told(field) for field in kind.fields.all()],
    }  # fmt: skip
