"""Customers found by the value of a sensitive field, whose values are kept sealed."""

from __future__ import annotations

from typing import Any

from clientela.api.identities import LookupCandidate
from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Name, Text
from clientela.flows.find_sealed import find_by_field

doors = Doors(tags=["identities"])


class FieldLookup(Body):
    """`value` as the field takes it, whole; `reason` is kept with your name."""

    profile_type: Name
    field: Name
    value: Any
    reason: Text


class FieldLookedUp(Body):
    candidates: list[LookupCandidate]


@doors.write("POST", "/field-lookups", right="customers.view", answer=FieldLookedUp,
             summary="Find customers by a sensitive field", kept=False)  # fmt: skip
def look_up(request: HouseRequest, body: FieldLookup) -> dict[str, Any]:
    """Whose field holds just this value, at most 50; texts are compared without case and marks.
    Only for whom may reveal the field: each customer found is written down as revealed, with the
    reason. A sensitive field is found by whole values only; no list is filtered or sorted by it.
    """
    hits = find_by_field(
        body.profile_type, body.field, body.value, reason=body.reason, actor=request.actor,
        now=request.started_at, channel="api", request=request.request_id,
    )  # fmt: skip
    return {
        "candidates": [
            {"id": hit.customer.public_id, "number": hit.customer.number,
             "name": hit.customer.display_name, "type": hit.customer.profile_type.key,
             "last_contact_at": hit.customer.last_activity_at.isoformat()}
            for hit in hits
        ],
    }  # fmt: skip
