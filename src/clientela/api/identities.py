"""What customers are found by, and finding them by it."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import StrictBool, StrictStr

from clientela.api.retention.answers import day
from clientela.api.router import Doors
from clientela.api.types import Body, Day, HouseRequest, Name, Text, public_id
from clientela.customers import queries as customers
from clientela.customers.identities import queries as identities
from clientela.customers.identities.queries import Known
from clientela.customers.queries import Hit
from clientela.flows import customer_identities, find_by_identity
from clientela.flows.find_sealed import find_by_field
from clientela.platform import ids
from clientela.staff import company as companies

doors = Doors(tags=["identities"])


class NewIdentity(Body):
    """phone, email, account, card, national-id, login or device; `primary`: used first."""

    kind: StrictStr
    value: Name
    primary: StrictBool = False
    shared: StrictBool = False


class IdentityMarks(Body):
    """What is left out stays. `bouncing`: what is sent there comes back."""

    primary: Literal[True] | None = None
    shared: StrictBool | None = None
    bouncing: StrictBool | None = None


class NewVerification(Body):
    """How it was made sure of: code, document, call, letter, login or source."""

    method: StrictStr
    until: Day | None = None


class Verification(Body):
    method: str
    verified_at: str
    verified_by: str
    until: str | None
    valid: bool


class Identity(Body):
    id: str
    customer: str
    merged_from: str | None = None
    kind: str
    value: str
    shown: str
    primary: bool
    shared: bool
    bounced_at: str | None
    ended_at: str | None
    verification: Verification | None


class IdentityAdded(Body):
    state: Literal["new", "known"]
    identity: Identity


class IdentityList(Body):
    items: list[Identity]
    next: str | None


class LookUp(Body):
    """A value of one of the kinds of identities, or a `customer-number`, a `holding`'s number or
    serial, or the id of a `source`. `country` is of phone numbers written without one.
    """

    kind: StrictStr
    value: Name
    source: Text = ""
    country: Text = ""


class LookupCandidate(Body):
    id: str
    number: int
    name: str
    type: str
    last_contact_at: str


class LookedUp(Body):
    kind: str
    value: str
    match: Literal["none", "one", "many"]
    shared: bool
    candidates: list[LookupCandidate]


class FieldLookup(Body):
    """`value` as the field takes it, whole; `reason` is kept with your name."""

    profile_type: Name
    field: Name
    value: Any
    reason: Text


class FieldLookedUp(Body):
    candidates: list[LookupCandidate]


@doors.read("/customers/{customer_id}/identities", right="customers.view", answer=IdentityList,
            summary="Read a customer's identities")  # fmt: skip
def listed(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Present ones first, then those that are not the customer's any more."""
    found = identities.of(_family(customer_id))
    return {"items": [_identity(one, request) for one in found], "next": None}


@doors.write("POST", "/customers/{customer_id}/identities", right="customers.edit",
             answer=IdentityAdded, summary="Add an identity")  # fmt: skip
def add(request: HouseRequest, customer_id: StrictStr, body: NewIdentity) -> dict[str, Any]:
    """Brought to the form of its kind; one the customer has already answers `known`."""
    identity, is_new = customer_identities.add(
        public_id("cus", customer_id), kind=body.kind, value=body.value, primary=body.primary,
        shared=body.shared, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    told = _one(request, customer_id, identity.id)
    return {"state": "new" if is_new else "known", "identity": told}


@doors.write("PATCH", "/customers/{customer_id}/identities/{identity_id}", right="customers.edit",
             answer=Identity, summary="Mark an identity")  # fmt: skip
def mark(
    request: HouseRequest, customer_id: StrictStr, identity_id: StrictStr, body: IdentityMarks
) -> dict[str, Any]:
    """Used first of its kind, shared with others, or bouncing."""
    customer, identity = public_id("cus", customer_id), public_id("idn", identity_id)
    by: dict[str, Any] = {
        "actor": request.actor, "now": request.started_at, "request": request.request_id,
    }  # fmt: skip
    if body.primary:
        customer_identities.make_primary(customer, identity, **by)
    customer_identities.mark(customer, identity, shared=body.shared, bouncing=body.bouncing, **by)
    return _one(request, customer_id, identity)


@doors.write("POST", "/customers/{customer_id}/identities/{identity_id}/verifications",
             right="customers.edit", answer=Identity, summary="Verify an identity")  # fmt: skip
def verify(
    request: HouseRequest, customer_id: StrictStr, identity_id: StrictStr, body: NewVerification
) -> dict[str, Any]:
    """Somebody made sure that it is the customer's: who, when, how, until when."""
    identity = public_id("idn", identity_id)
    customer_identities.verify(
        public_id("cus", customer_id), identity, method=body.method, until=body.until,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _one(request, customer_id, identity)


@doors.write("POST", "/customers/{customer_id}/identities/{identity_id}/ending",
             right="customers.edit", answer=Identity, summary="End an identity")  # fmt: skip
def end(request: HouseRequest, customer_id: StrictStr, identity_id: StrictStr) -> dict[str, Any]:
    """It is not the customer's any more: nobody is found by it, the record keeps it."""
    identity = public_id("idn", identity_id)
    customer_identities.end(
        public_id("cus", customer_id), identity, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _one(request, customer_id, identity)


@doors.write("POST", "/lookups", right="customers.view", answer=LookedUp,
             summary="Look a customer up by a value")  # fmt: skip
def look_up(request: HouseRequest, body: LookUp) -> dict[str, Any]:
    """None, one or many; of many none is picked. A shared value tells a household, no person."""
    found = find_by_identity.find(
        body.kind, body.value, source=body.source, country=body.country.upper()
    )
    return {
        "kind": found.kind, "value": found.value, "match": found.match, "shared": found.shared,
        "candidates": [_candidate(hit) for hit in found.hits],
    }  # fmt: skip


@doors.write("POST", "/field-lookups", right="customers.view", answer=FieldLookedUp,
             summary="Find customers by a sensitive field", kept=False)  # fmt: skip
def look_up_by_field(request: HouseRequest, body: FieldLookup) -> dict[str, Any]:
    """Whose field holds just this value, at most 50; texts are compared without case and marks.
    Only for whom may reveal the field: each customer found is written down as revealed, with the
    reason. A sensitive field is found by whole values only; no list is filtered or sorted by it.
    """
    hits = find_by_field(
        body.profile_type, body.field, body.value, reason=body.reason, actor=request.actor,
        now=request.started_at, channel="api", request=request.request_id,
    )  # fmt: skip
    return {
        "candidates": [_candidate(hit) for hit in hits],
    }  # fmt: skip


def _candidate(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.customer.public_id, "number": hit.customer.number,
        "name": hit.customer.display_name, "type": hit.customer.profile_type.key,
        "last_contact_at": hit.customer.last_activity_at.isoformat(),
    }  # fmt: skip


def _family(customer_id: str) -> list[UUID]:
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    return family


def _one(request: HouseRequest, customer_id: str, identity_id: UUID) -> dict[str, Any]:
    found = identities.of(_family(customer_id))
    known = next((one for one in found if one.identity.id == identity_id), None)
    if known is None:
        raise identities.NoSuchIdentity
    return _identity(known, request)


def _identity(known: Known, request: HouseRequest) -> dict[str, Any]:
    row, made = known.identity, known.verification
    today = companies.current().today(request.started_at)
    return {
        "id": row.public_id, "customer": ids.public("cus", row.customer_id), "kind": row.kind,
        "value": known.value, "shown": known.shown,
        "primary": row.primary_since is not None, "shared": known.shared,
        "bounced_at": day(row.bounced_at), "ended_at": day(row.ended_at),
        "verification": None if made is None else {
            "method": made.method, "verified_at": made.verified_at.isoformat(),
            "verified_by": made.verified_by, "until": day(made.valid_until),
            "valid": known.is_verified(today=today),
        },
    }  # fmt: skip
