"""Customers: the record, the search, the caller's profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StrictInt, StrictStr

from clientela.api import lists
from clientela.api.router import Doors
from clientela.api.types import Body, BySource, HouseRequest, Name, Text, public_id
from clientela.customers import queries as customers
from clientela.customers import sight
from clientela.customers.models import Customer as CustomerRow
from clientela.flows import profile as profiles
from clientela.flows.find_duplicates import Accepted
from clientela.flows.open_record import open_record, reveal_fields
from clientela.flows.profile import Caller
from clientela.flows.register_customer import Details, change_customer, register_customer
from clientela.flows.shapes import calculated as calculating
from clientela.staff import company as companies

doors = Doors(tags=["customers"])
IDENTITIES_MAX = 50
REVEALED_MAX = 50


class NewCustomer(Body):
    """`external`: what another system calls the customer; sent again, it answers the one known.
    `accept_duplicate` with a `reason`: it is somebody else than the candidates of a refusal.
    """

    name: Name
    type: Name | None = None
    language: Text | None = None
    country: Text | None = None
    phones: Annotated[list[Text], Field(max_length=IDENTITIES_MAX)] = []
    emails: Annotated[list[Text], Field(max_length=IDENTITIES_MAX)] = []
    attributes: dict[str, Any] = {}
    external: BySource | None = None
    accept_duplicate: bool = False
    reason: Text = ""


class CustomerChange(Body):
    """What is left out stays; identities named are added. `version`: what you read."""

    version: StrictInt | None = None
    name: Name | None = None
    language: Text | None = None
    country: Text | None = None
    phones: Annotated[list[Text], Field(max_length=IDENTITIES_MAX)] = []
    emails: Annotated[list[Text], Field(max_length=IDENTITIES_MAX)] = []
    attributes: dict[str, Any] = {}


class Customer(Body):
    id: str
    number: int
    name: str
    type: str
    status: str
    language: str
    country: str
    since: str
    version: int
    attributes: dict[str, Any]
    masked: list[str] = []
    calculated: dict[str, int] = {}


class Reveal(Body):
    """`fields` of the profile type and kinds of `identities` that are masked; `reason` is kept."""

    fields: Annotated[list[Name], Field(max_length=REVEALED_MAX)] = []
    identities: Annotated[list[Name], Field(max_length=REVEALED_MAX)] = []
    reason: Text


class RevealedIdentity(Body):
    kind: str
    value: str


class Revealed(Body):
    attributes: dict[str, Any]
    identities: list[RevealedIdentity]


class Registered(Body):
    state: Literal["new", "known"]
    customer: Customer


class CustomerChanged(Body):
    changed: list[str]
    customer: Customer


class DuplicateCandidate(Body):
    id: str
    name: str
    number: int
    household: str | None
    last_contact_at: str


class CallerAnswer(Body):
    number: str
    match: Literal["none", "one", "many"]
    profile: dict[str, Any] | None = None
    candidates: list[DuplicateCandidate] = []
    others: int = 0


@doors.write("POST", "/customers", right="customers.edit", answer=Registered,
             summary="Register a customer")  # fmt: skip
def create(request: HouseRequest, body: NewCustomer) -> dict[str, Any]:
    """A new customer with phones, e-mails and typed attributes.

    Who is likely known already is refused with 409 `likely-duplicate` and the candidates.
    """
    details = Details(
        name=body.name, profile_type=body.type, language=body.language, country=body.country,
        phones=body.phones, emails=body.emails, attributes=body.attributes,
        source=body.external.source if body.external else "",
        external_id=body.external.id if body.external else "",
    )  # fmt: skip
    id, is_new = register_customer(
        details, actor=request.actor, now=request.started_at, request=request.request_id,
        watch=True, accepted=Accepted(body.reason) if body.accept_duplicate else None,
    )  # fmt: skip
    return {"state": "new" if is_new else "known", "customer": _customer(customers.get(id))}


@doors.write("PATCH", "/customers/{customer_id}", right="customers.edit", answer=CustomerChanged,
             summary="Change a customer")  # fmt: skip
def change(request: HouseRequest, customer_id: StrictStr, body: CustomerChange) -> dict[str, Any]:
    """Change what is given. An id of a merged customer leads to its survivor (308)."""
    survivor = customers.the_one(_named(customer_id)).survivor
    details = Details(
        name=body.name, language=body.language, country=body.country, phones=body.phones,
        emails=body.emails, attributes=body.attributes,
    )  # fmt: skip
    changed = change_customer(
        survivor, details, version=body.version, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return {"changed": changed, "customer": _customer(customers.get(survivor))}


@doors.read("/customers", right="customers.view", answer=lists.ListPage,
            summary="Search or list customers")  # fmt: skip
def listed(request: HouseRequest, asked: Query[lists.ListAsked]) -> dict[str, Any]:
    """With `search` by name in any order (marks and case ignored), phone or its tail, e-mail,
    number: the best 50. Else a list: `filter` is a condition as JSON, `sort` a fact (`-` before it
    from the highest down), `fields` the facts to answer, `view` a saved list that the others
    change; `after` is `next` of the page before.
    """
    return lists.listed(request, asked)


@doors.read("/customers/{customer_id}", right="customers.view", answer=Customer,
            summary="Read a customer")  # fmt: skip
def read(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """The record itself with what is calculated from it; an id of a merged customer leads to the
    survivor (308).
    """
    resolved = customers.the_one(_named(customer_id))
    opened = open_record(
        resolved.survivor, actor=request.actor, now=request.started_at, channel="api",
        request=request.request_id,
    )  # fmt: skip
    calculated = calculating.of_customer(opened, now=request.started_at)
    return {**_customer(opened), "calculated": calculated}


@doors.write("POST", "/customers/{customer_id}/reveals", right="customers.view", answer=Revealed,
             summary="Reveal masked fields", kept=False)  # fmt: skip
def reveal(request: HouseRequest, customer_id: StrictStr, body: Reveal) -> dict[str, Any]:
    """Values of sensitive fields that the key may reveal. Who read them and why is written down."""
    survivor = customers.the_one(_named(customer_id)).survivor
    return reveal_fields(
        survivor, fields=body.fields, identities=body.identities, reason=body.reason,
        actor=request.actor, now=request.started_at, channel="api", request=request.request_id,
    )  # fmt: skip


@doors.read("/customers/{customer_id}/profile", right="customers.view", answer=dict[str, Any],
            summary="Read the whole profile")  # fmt: skip
def profile(request: HouseRequest, customer_id: StrictStr) -> bytes:
    """Everything about one customer: a block per programme that is on and that the key may see."""
    found = profiles.of_customer(
        public_id("cus", customer_id), actor=request.actor, now=request.started_at,
        language=_language(request), channel="api", request=request.request_id,
    )  # fmt: skip
    return found.json


@doors.read("/callers/{phone}", right="customers.view", answer=CallerAnswer,
            summary="Who calls from this number")  # fmt: skip
def caller(request: HouseRequest, phone: str) -> bytes | dict[str, Any]:
    """The profile behind a number in any usual writing; of several, none is picked."""
    found = profiles.of_caller(
        phone, actor=request.actor, now=request.started_at, language=_language(request),
        channel="api", request=request.request_id,
    )  # fmt: skip
    if found.profile is not None:
        head = f'{{"number":"{found.number}","match":"one","profile":'
        return head.encode() + found.profile.json + b"}"
    return _not_one(found)


def _not_one(found: Caller) -> dict[str, Any]:
    answer: dict[str, Any] = {"number": found.number, "match": found.match}
    if found.match == "many":
        answer["others"] = found.others
        answer["candidates"] = [
            {"id": hit.customer.public_id, "number": hit.customer.number,
             "name": hit.customer.display_name, "household": None,
             "last_contact_at": hit.customer.last_activity_at.isoformat()}
            for hit in found.candidates
        ]  # fmt: skip
    return answer


def _named(customer_id: str) -> customers.Reference:
    return customers.Reference("id", str(public_id("cus", customer_id)))


def _language(request: HouseRequest) -> str:
    """The language of sentences: what the caller asks for, else the company's."""
    asked = request.headers.get("Accept-Language", "")[:2].lower()
    return asked if asked in ("en", "es", "lv") else companies.current().language


def _customer(row: CustomerRow) -> dict[str, Any]:
    """The record as far as whoever calls may see it: of masked fields it is said that they are."""
    seeing, kind = sight.present(), row.profile_type.key
    masked = seeing.masked(kind, row.attributes)
    shown = {
        "id": row.public_id, "number": row.number, "name": row.display_name,
        "type": row.profile_type.key, "status": row.status, "language": row.language,
        "country": row.country, "since": row.known_since.isoformat(), "version": row.version,
        "attributes": seeing.visible(kind, row.attributes),
    }  # fmt: skip
    return {**shown, "masked": masked} if masked else shown


__all__: Sequence[str] = ("doors",)
