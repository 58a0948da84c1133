"""A customer is moved to another profile type."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, public_id
from clientela.customers import queries as customers
from clientela.customers import sight
from clientela.customers.faults import as_faults
from clientela.flows.shapes import retyping
from clientela.flows.shapes.retyping import Preview

doors = Doors(tags=["customers"])


class NewKind(Body):
    """`values`: attributes given for the new type. `drop`: keys whose values may go. `trial`: only
    say what would become invalid.
    """

    type: StrictStr
    values: dict[str, Any] = {}
    drop: Annotated[list[StrictStr], Field(max_length=300)] = []
    version: StrictInt | None = None
    trial: StrictBool = False


class Fault(Body):
    field: str
    code: str
    detail: str


class Retyped(Body):
    """`lost`: keys with values that the new type has no field for; `invalid`: what does not fit its
    fields, and what it needs and is not there.
    """

    moved: bool
    type: str
    kept: dict[str, Any]
    lost: list[str]
    invalid: list[Fault]


@doors.write("POST", "/customers/{customer_id}/type", right="customers.edit", answer=Retyped,
             summary="Move a customer to another profile type")  # fmt: skip
def retype(request: HouseRequest, customer_id: StrictStr, body: NewKind) -> dict[str, Any]:
    """Refused as `invalid-profile` while something would be lost or would not fit."""
    named = customers.Reference("id", str(public_id("cus", customer_id)))
    survivor = customers.the_one(named).survivor
    said: dict[str, Any] = {
        "values": body.values, "drop": body.drop, "actor": request.actor,
        "now": request.started_at,
    }  # fmt: skip
    if body.trial:
        return _told(retyping.preview(survivor, body.type, **said), moved=False)
    seen = retyping.move(
        survivor, body.type, version=body.version, request=request.request_id, **said
    )
    return _told(seen, moved=seen.to.pk != seen.customer.profile_type_id)


def _told(seen: Preview, *, moved: bool) -> dict[str, Any]:
    return {
        "moved": moved, "type": seen.to.key,
        "kept": sight.present().visible(seen.to.key, seen.kept), "lost": sorted(seen.lost),
        "invalid": as_faults(seen.invalid, "attributes"),
    }  # fmt: skip
