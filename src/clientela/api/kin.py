"""Relations between customers, and households."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictStr

from clientela.api.retention.answers import day
from clientela.api.router import Doors
from clientela.api.types import Body, Customer, Day, HouseRequest, Money, Name, public_id, reference
from clientela.customers import queries as customers
from clientela.customers.kin import queries as kin
from clientela.customers.kin.models import Household as HouseholdRow
from clientela.customers.kin.queries import Kin, Member
from clientela.flows import customer_kin, household_value
from clientela.platform import ids

doors = Doors(tags=["kin"])
MEMBERS_MAX = 50


class RelationKind(Body):
    """`labels` read from the customer to the other, `labels_back` the other way."""

    key: str
    labels: dict[str, str]
    labels_back: dict[str, str]
    mutual: bool


class RelationKindList(Body):
    items: list[RelationKind]
    next: str | None


class NewRelation(Body):
    """`turned`: the kind reads from the other to this customer. `may_act`: this customer may act
    for the other; `other_may_act`: the other for this one.
    """

    other: Customer
    kind: StrictStr
    turned: StrictBool = False
    may_act: StrictBool = False
    other_may_act: StrictBool = False
    starts_on: Day | None = None
    ends_on: Day | None = None


class RelationRights(Body):
    may_act: StrictBool
    other_may_act: StrictBool


class RelationEnding(Body):
    on: Day | None = None


class Relation(Body):
    id: str
    kind: str
    labels: dict[str, str]
    other: str
    name: str
    may_act: bool
    other_may_act: bool
    starts_on: str | None
    ends_on: str | None


class RelationAdded(Body):
    state: Literal["new", "known"]
    relation: Relation


class RelationList(Body):
    items: list[Relation]
    next: str | None


class FirstMember(Body):
    customer: Customer
    role: StrictStr


class NewHousehold(Body):
    name: Name
    members: Annotated[list[FirstMember], Field(min_length=1, max_length=MEMBERS_MAX)]


class HouseholdName(Body):
    name: Name


class NewMember(Body):
    """`main` left out: where the customer has no main household yet."""

    customer: Customer
    role: StrictStr
    main: StrictBool | None = None
    starts_on: Day | None = None


class MemberChange(Body):
    role: StrictStr
    main: StrictBool


class MemberRow(Body):
    id: str
    customer: str
    merged_from: str | None = None
    name: str
    role: str
    main: bool
    starts_on: str | None
    ends_on: str | None


class HeldTogether(Body):
    kind: str
    labels: dict[str, str]
    count: int
    balance: Money | None


class HouseholdValue(Body):
    """Of those whose main household it is; each joint holding once."""

    people: int
    holdings: int | None
    held: list[HeldTogether] | None
    spent_in_a_year: list[Money] | None


class Household(Body):
    id: str
    name: str
    members: list[MemberRow]
    value: HouseholdValue


class HouseholdOf(Body):
    id: str
    name: str
    role: str
    main: bool
    members: list[MemberRow]


class HouseholdList(Body):
    items: list[HouseholdOf]
    next: str | None


@doors.read("/relation-kinds", right="customers.view", answer=RelationKindList,
            summary="List the kinds of relations")  # fmt: skip
def listed_kinds(request: HouseRequest) -> dict[str, Any]:
    """What customers can be to each other here, read both ways."""
    items = [
        {"key": kind.key, "labels": kind.labels, "labels_back": kind.labels_back,
         "mutual": kind.is_mutual}
        for kind in kin.kinds()
    ]  # fmt: skip
    return {"items": items, "next": None}


@doors.read("/customers/{customer_id}/relations", right="customers.view", answer=RelationList,
            summary="Read a customer's relations")  # fmt: skip
def listed(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """As this customer reads them, present ones first."""
    found = kin.relations_of(_family(customer_id))
    return {"items": [_relation(one) for one in found], "next": None}


@doors.write("POST", "/customers/{customer_id}/relations", right="customers.edit",
             answer=RelationAdded, summary="Relate two customers")  # fmt: skip
def relate(request: HouseRequest, customer_id: StrictStr, body: NewRelation) -> dict[str, Any]:
    """One that is told already answers `known`, from whichever side it is told."""
    relation, is_new = customer_kin.relate(
        public_id("cus", customer_id), reference(body.other, field="other"), kind=body.kind,
        may_act=body.may_act, other_may_act=body.other_may_act, turned=body.turned,
        starts_on=body.starts_on, ends_on=body.ends_on, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    told = _one_relation(customer_id, relation.id)
    return {"state": "new" if is_new else "known", "relation": told}


@doors.write("PATCH", "/customers/{customer_id}/relations/{relation_id}", right="customers.edit",
             answer=Relation, summary="Set who may act for whom")  # fmt: skip
def allow(
    request: HouseRequest, customer_id: StrictStr, relation_id: StrictStr, body: RelationRights
) -> dict[str, Any]:
    """Whether this customer may act for the other, and the other for this one."""
    relation = customer_kin.allow(
        public_id("cus", customer_id), public_id("rel", relation_id), may_act=body.may_act,
        other_may_act=body.other_may_act, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _one_relation(customer_id, relation.id)


@doors.write("POST", "/customers/{customer_id}/relations/{relation_id}/ending",
             right="customers.edit", answer=Relation, summary="End a relation")  # fmt: skip
def part(
    request: HouseRequest, customer_id: StrictStr, relation_id: StrictStr, body: RelationEnding
) -> dict[str, Any]:
    """Its last day, today where none is said; nobody acts for the other after it."""
    relation = customer_kin.part(
        public_id("cus", customer_id), public_id("rel", relation_id), on=body.on,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _one_relation(customer_id, relation.id)


@doors.read("/customers/{customer_id}/households", right="customers.view", answer=HouseholdList,
            summary="Read a customer's households")  # fmt: skip
def households_of(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Those the customer belongs to now, the main one first."""
    items = [
        {"id": home.household.public_id, "name": home.household.name, "role": home.own.role,
         "main": home.is_main, "members": [_member(one) for one in home.members]}
        for home in kin.homes_of(_family(customer_id))
    ]  # fmt: skip
    return {"items": items, "next": None}


@doors.write("POST", "/households", right="customers.edit", answer=Household,
             summary="Found a household")  # fmt: skip
def found(request: HouseRequest, body: NewHousehold) -> dict[str, Any]:
    """With its first members; roles are head, partner, child, parent and other."""
    members = [
        (reference(one.customer, field=f"members.{place}.customer"), one.role)
        for place, one in enumerate(body.members)
    ]
    made = customer_kin.found_household(
        body.name, members=members, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _household(request, made)


@doors.read("/households/{household_id}", right="customers.view", answer=Household,
            summary="Read a household")  # fmt: skip
def read(request: HouseRequest, household_id: StrictStr) -> dict[str, Any]:
    """Its members, and what those hold and spend whose main household it is."""
    return _household(request, kin.household(public_id("hou", household_id)))


@doors.write("PATCH", "/households/{household_id}", right="customers.edit", answer=Household,
             summary="Rename a household")  # fmt: skip
def rename(request: HouseRequest, household_id: StrictStr, body: HouseholdName) -> dict[str, Any]:
    """The name people call it by."""
    row = customer_kin.rename_household(public_id("hou", household_id), body.name)
    return _household(request, row)


@doors.write("POST", "/households/{household_id}/members", right="customers.edit",
             answer=Household, summary="Take somebody into a household")  # fmt: skip
def join(request: HouseRequest, household_id: StrictStr, body: NewMember) -> dict[str, Any]:
    """A new main household takes the place of the one before."""
    household = public_id("hou", household_id)
    customer_kin.join(
        reference(body.customer), household, role=body.role, is_main=body.main,
        starts_on=body.starts_on, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _household(request, kin.household(household))


@doors.write("PATCH", "/households/{household_id}/members/{member_id}", right="customers.edit",
             answer=Household, summary="Change a member's place")  # fmt: skip
def change_member(
    request: HouseRequest, household_id: StrictStr, member_id: StrictStr, body: MemberChange
) -> dict[str, Any]:
    """Another role, or the main household from now on."""
    household = public_id("hou", household_id)
    customer_kin.change_member(
        household, public_id("mem", member_id), role=body.role, is_main=body.main,
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _household(request, kin.household(household))


@doors.write("POST", "/households/{household_id}/members/{member_id}/ending",
             right="customers.edit", answer=Household, summary="Leave a household")  # fmt: skip
def leave(
    request: HouseRequest, household_id: StrictStr, member_id: StrictStr, body: RelationEnding
) -> dict[str, Any]:
    """The member's last day there, today where none is said."""
    household = public_id("hou", household_id)
    customer_kin.leave(
        household, public_id("mem", member_id), on=body.on, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _household(request, kin.household(household))


def _family(customer_id: str) -> list[UUID]:
    family = customers.family_of(public_id("cus", customer_id))
    if not family:
        raise customers.NoSuchCustomer
    return family


def _one_relation(customer_id: str, relation_id: UUID) -> dict[str, Any]:
    found = kin.relations_of(_family(customer_id))
    seen = next((one for one in found if one.relation.id == relation_id), None)
    if seen is None:
        raise kin.NoSuchRelation
    return _relation(seen)


def _relation(seen: Kin) -> dict[str, Any]:
    row = seen.relation
    return {
        "id": row.public_id, "kind": row.kind_id, "labels": seen.labels,
        "other": seen.other.public_id, "name": seen.other.display_name, "may_act": seen.acts,
        "other_may_act": seen.other_acts, "starts_on": day(row.starts_on),
        "ends_on": day(row.ends_on),
    }  # fmt: skip


def _household(request: HouseRequest, row: HouseholdRow) -> dict[str, Any]:
    value = household_value.of(row.id, actor=request.actor, now=request.started_at)
    return {
        "id": row.public_id, "name": row.name,
        "members": [_member(one) for one in kin.members_of(row.id, with_former=True)],
        "value": {
            "people": value.people,
            "holdings": None if value.held is None else value.holdings,
            "held": None if value.held is None else [_held(one) for one in value.held],
            "spent_in_a_year": value.spent,
        },
    }  # fmt: skip


def _held(row: dict[str, Any]) -> dict[str, Any]:
    has_balance = row["minor"] is not None and row["currency"]
    return {
        "kind": row["kind"], "labels": row["labels"], "count": row["count"],
        "balance": {"minor": row["minor"], "currency": row["currency"]} if has_balance else None,
    }  # fmt: skip


def _member(one: Member) -> dict[str, Any]:
    row = one.membership
    return {
        "id": ids.public("mem", row.id), "customer": one.customer.public_id,
        "name": one.customer.display_name, "role": row.role, "main": row.is_main,
        "starts_on": day(row.starts_on), "ends_on": day(row.ends_on),
    }  # fmt: skip
