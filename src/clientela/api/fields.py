"""Fields of profile types: defined, changed after a check over all customers, retired."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation
from pydantic import StrictBool, StrictStr

from clientela.api import field_shapes as shown
from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, public_id
from clientela.customers.definitions import queries as definitions
from clientela.flows.shapes import fields
from clientela.platform.errors import InvalidInput, Problem

doors = Doors(tags=["fields"])


class ChangeBreaksCustomers(Problem):
    code = "change-breaks-customers"
    status = 409
    title = "Customers would not fit this change; nothing was changed"


class Fields(Body):
    items: list[shown.FieldAnswer]


class FieldChanged(Body):
    """`changed`: members that are different now. `plan`: where customers had to be looked at."""

    field: shown.FieldAnswer
    changed: list[str]
    plan: shown.Plan | None


class Tally(Body):
    looked: int
    offenders: int
    rewritten: int
    examples: list[shown.Example]


class Retirement(Body):
    retired: StrictBool = True


@doors.read("/fields", right="customers.view", answer=Fields, summary="Read fields")
def listed(request: HouseRequest, profile_type: str = "") -> dict[str, Any]:
    """Of one profile type, or of all; retired ones too."""
    with translation.override(shown.language(request)):
        kinds = [definitions.profile_type(profile_type)] if profile_type else definitions.types()
        return {"items": [shown.told(field) for kind in kinds for field in kind.fields.all()]}


@doors.read("/fields/{profile_type}/{key}", right="customers.view", answer=shown.FieldAnswer,
            summary="Read a field")  # fmt: skip
def read(request: HouseRequest, profile_type: StrictStr, key: StrictStr) -> dict[str, Any]:
    """For a filterable field, `index` says how far its index is."""
    with translation.override(shown.language(request)):
        return shown.told(definitions.field(profile_type, key))


@doors.write("POST", "/fields", right="customers.define", answer=shown.FieldAnswer,
             summary="Define a field")  # fmt: skip
def create(request: HouseRequest, body: shown.NewField) -> dict[str, Any]:
    """All that is wrong with a definition is named at once."""
    said = {name: value for name, value in body.said().items() if value is not None}
    fields.define_field(
        body.profile_type, said, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return shown.told(definitions.field(body.profile_type, body.key))


@doors.write("PATCH", "/fields/{profile_type}/{key}", right="customers.define", answer=FieldChanged,
             summary="Change a field")  # fmt: skip
def change(
    request: HouseRequest, profile_type: StrictStr, key: StrictStr, body: shown.FieldChange
) -> dict[str, Any]:
    """Another type or a tighter rule is checked over all customers first: refused with a count and
    examples where they do not fit, or made from a day on (`from_day`).
    """
    outcome = fields.change_field(
        profile_type, key, body.said(), on=_day(body.from_day), actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    plan = shown.plan_told(outcome.plan) if outcome.plan else None
    if outcome.is_refused and plan:
        words = f"{plan['offenders']} customers would not fit; `plan` lists some."
        raise ChangeBreaksCustomers(words, field=key, plan=plan)
    return {"field": shown.told(outcome.field), "changed": list(outcome.members), "plan": plan}


@doors.write("POST", "/fields/{profile_type}/{key}/trial", right="customers.define", answer=Tally,
             summary="Try a change of a field")  # fmt: skip
def trial(
    request: HouseRequest, profile_type: StrictStr, key: StrictStr, body: shown.FieldChange
) -> dict[str, Any]:
    """What a change would break among the first customers of the type; nothing is written."""
    tally = fields.preview_field(
        profile_type, key, body.said(), actor=request.actor, now=request.started_at
    )
    return {"looked": tally.looked, "offenders": tally.offenders, "rewritten": tally.rewritten,
            "examples": tally.examples}  # fmt: skip


@doors.write("POST", "/fields/{profile_type}/{key}/retirement", right="customers.define",
             answer=shown.FieldAnswer, summary="Retire a field")  # fmt: skip
def retire(
    request: HouseRequest, profile_type: StrictStr, key: StrictStr, body: Retirement
) -> dict[str, Any]:
    """It takes no new values; those there are stay. `retired: false` takes it up again."""
    fields.retire_field(
        profile_type, key, retired=body.retired, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return shown.told(definitions.field(profile_type, key))


@doors.read("/field-plans/{plan_id}", right="customers.define", answer=shown.Plan,
            summary="Read a plan to change a field")  # fmt: skip
def plan(request: HouseRequest, plan_id: StrictStr) -> dict[str, Any]:
    """How far the check over all customers is, and what it found."""
    return shown.plan_told(definitions.plan(public_id("pln", plan_id)))


@doors.write("POST", "/field-plans/{plan_id}/cancellation", right="customers.define",
             answer=shown.Plan, summary="Give up a plan to change a field")  # fmt: skip
def cancel(request: HouseRequest, plan_id: StrictStr) -> dict[str, Any]:
    found = definitions.plan(public_id("pln", plan_id))
    if not fields.cancel_plan(found, actor=request.actor, now=request.started_at):
        raise InvalidInput("This plan is neither being checked nor waiting.", field="plan_id")
    return shown.plan_told(definitions.plan(found.id))


def _day(said: str | None) -> date | None:
    if said is None:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise InvalidInput("Send a day as YYYY-MM-DD.", field="from_day") from None
