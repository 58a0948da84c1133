"""Who may see, edit and reveal what, and who looked at whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Name, number_after, public_id
from clientela.customers import queries as customers
from clientela.customers.access import queries as access
from clientela.customers.access.models import Access as AccessRow
from clientela.customers.access.queries import Wanted
from clientela.customers.deciding import Decision
from clientela.flows.assign_customer import assign_customer
from clientela.flows.decide_rights import Line, decide_rights, matrix
from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.staff import company as companies
from clientela.staff import queries as staff

doors = Doors(tags=["rights"])
DECISIONS_MAX = 1_000
LIST_MAX = 200
UNUSUAL_DAYS = 7
May = Literal["hidden", "see", "edit", "reveal", "edit-reveal"]


class FieldRight(Body):
    """`may`: what was decided, or `standard`; `effective`: what comes of it."""

    role: str
    data_class: str
    profile_type: str | None
    field: str | None
    may: str
    effective: May


class FieldRights(Body):
    items: list[FieldRight]
    next: None = None


class RightDecision(Body):
    """Of a kind of data (`data_class`), or of one field (`profile_type` and `field`)."""

    role: Name
    may: May | Literal["standard"]
    data_class: Name | None = None
    profile_type: Name | None = None
    field: Name | None = None


class RightDecisions(Body):
    decisions: Annotated[list[RightDecision], Field(min_length=1, max_length=DECISIONS_MAX)]


class DecidedRights(Body):
    changed: int


class Access(Body):
    id: str
    customer: str
    actor: str
    name: str
    channel: str
    fields: list[str]
    reason: str
    request: str
    seen_at: str


class AccessPage(Body):
    items: list[Access]
    next: str | None


class Unusual(Body):
    kind: str
    actor: str
    name: str
    day: str
    customers: int
    usual: int | None
    customer: str | None


class UnusualList(Body):
    items: list[Unusual]
    next: None = None


class Branch(Body):
    key: str
    name: str


class BranchList(Body):
    items: list[Branch]
    next: None = None


class BranchAssignment(Body):
    """`branch`: "" is the whole company; `owner`: a person's id, or null for nobody. What is left
    out stays as it is.
    """

    branch: StrictStr | None = None
    owner: StrictStr | None = None


class BranchAssigned(Body):
    changed: list[str]


@doors.read("/field-rights", right="staff.configure", answer=FieldRights,
            summary="List what each role sees")  # fmt: skip
def rights(request: HouseRequest) -> dict[str, Any]:
    """Every kind of data and every field against every role that is not allowed everything."""
    lines = matrix(fields_of=None).lines
    return {"items": [row for line in lines for row in _rows(line)], "next": None}


@doors.write("POST", "/field-rights", right="staff.configure", answer=DecidedRights,
             summary="Decide what roles see")  # fmt: skip
def decide(request: HouseRequest, body: RightDecisions) -> dict[str, Any]:
    """Any number of decisions, all of them or none. `standard` takes one back."""
    decisions = [
        Decision(one.role, one.may, one.data_class or "", one.profile_type or "", one.field or "")
        for one in body.decisions
    ]
    changed = decide_rights(
        decisions, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return {"changed": changed}


@doors.read("/accesses", right="customers.audit", answer=AccessPage,
            summary="List who looked at whom")  # fmt: skip
def accesses(  # noqa: PLR0917 (Ninja hands them over by name)
    request: HouseRequest, customer: str = "", actor: str = "", since: str = "",
    revealed: bool = False, after: str = "", limit: Annotated[int, Query(ge=1, le=LIST_MAX)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """The newest first: of one customer, by one person or key (`actor`), since an instant."""
    family = customers.family_of(public_id("cus", customer)) if customer else ()
    if customer and not family:
        raise customers.NoSuchCustomer
    wanted = Wanted(actor, tuple(family), _instant(since), revealed)
    found = access.page_of(wanted, before=number_after(after), limit=limit)
    names = staff.names_of({one.actor for one in found})
    following = str(found[-1].id) if len(found) == limit else None
    return {"items": [_access(one, names) for one in found], "next": following}


@doors.read("/accesses/unusual", right="customers.audit", answer=UnusualList,
            summary="List unusual looking")  # fmt: skip
def unusual(request: HouseRequest, since: str = "") -> dict[str, Any]:
    """Of the last week, or since an instant: own and colleagues' records, very many customers."""
    beginning = _instant(since) or request.started_at - timedelta(days=UNUSUAL_DAYS)
    found = access.unusual(
        since=beginning, zone=companies.current().time_zone, now=request.started_at
    )
    names = staff.names_of({one.actor for one in found})
    return {
        "items": [
            {"kind": one.kind, "actor": one.actor, "name": names.get(one.actor, ""),
             "day": one.day.isoformat(), "customers": one.customers, "usual": one.usual,
             "customer": ids.public("cus", one.customer_id) if one.customer_id else None}
            for one in found
        ],
        "next": None,
    }  # fmt: skip


@doors.read("/branches", right="customers.view", answer=BranchList, summary="List branches")
def branches(request: HouseRequest) -> dict[str, Any]:
    """Parts of the company that have customers of their own."""
    listed = staff.branches()
    return {"items": [{"key": one.key, "name": one.name} for one in listed], "next": None}


@doors.write("POST", "/customers/{customer_id}/assignment", right="customers.assign",
             answer=BranchAssigned, summary="Say whose a customer is")  # fmt: skip
def assign(request: HouseRequest, customer_id: StrictStr, body: BranchAssignment) -> dict[str, Any]:
    """The branch a customer belongs to and the person who looks after them."""
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    given = body.model_fields_set
    changed = assign_customer(
        family[0], branch=body.branch if "branch" in given else None,
        owner=_person(body.owner) if "owner" in given else "", actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {"changed": changed}


def _rows(line: Line) -> list[dict[str, Any]]:
    return [
        {"role": cell.role, "data_class": line.data_class.key,
         "profile_type": line.profile_type or None, "field": line.field.key if line.field else None,
         "may": cell.may, "effective": cell.effective}
        for cell in line.cells
    ]  # fmt: skip


def _access(one: AccessRow, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": str(one.id), "customer": ids.public("cus", one.customer_id), "actor": one.actor,
        "name": names.get(one.actor, ""), "channel": one.channel, "fields": one.fields,
        "reason": one.reason, "request": one.request, "seen_at": one.seen_at.isoformat(),
    }  # fmt: skip


def _person(owner: str | None) -> Any:
    return None if owner is None else public_id("per", owner)


def _instant(written: str) -> datetime | None:
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise InvalidInput("Send an instant in ISO 8601 with its zone.", field="since") from None
    if found.tzinfo is None:
        raise InvalidInput("An instant needs its zone.", field="since")
    return found
