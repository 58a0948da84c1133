"""Reads of relations and households; ids are answered as those of survivors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from clientela.customers import sight
from clientela.customers.kin.models import Household, Membership, Relation, RelationKind
from clientela.customers.models import Customer
from clientela.platform.errors import NotThere

RELATIONS_SHOWN = 200
MEMBERS_SHOWN = 100
HOUSEHOLDS_SHOWN = 20


class NoSuchRelation(NotThere):
    code = "no-such-relation"
    title = "The customer has no such relation"


class NoSuchRelationKind(NotThere):
    code = "no-such-relation-kind"
    title = "There is no such kind of relation"


class NoSuchHousehold(NotThere):
    code = "no-such-household"
    title = "There is no such household"


class NoSuchMember(NotThere):
    code = "no-such-member"
    title = "The household has no such member"


@dataclass(frozen=True, slots=True)
class Kin:
    """A relation as one side sees it: what `labels` say this customer is to the `other`.

    `acts`: this customer may act for the other; `other_acts`: the other for this one.
    """

    relation: Relation
    other: Customer
    labels: dict[str, str]
    acts: bool
    other_acts: bool


@dataclass(frozen=True, slots=True)
class Member:
    membership: Membership
    customer: Customer


@dataclass(frozen=True, slots=True)
class Home:
    """A household of a customer and how they belong to it; the main one stands first."""

    household: Household
    own: Membership
    is_main: bool
    members: tuple[Member, ...]


def kinds(*, with_retired: bool = False) -> list[RelationKind]:
    rows = RelationKind.objects.all()
    return list(rows if with_retired else rows.filter(retired_at=None))


def kind(key: str) -> RelationKind:
    found = RelationKind.objects.filter(key=key, retired_at=None).first()
    if found is None:
        raise NoSuchRelationKind(f"There is no kind of relation {key}.", field="kind")
    return found


def relations_of(family: Sequence[UUID]) -> list[Kin]:
    """What the family is to others, from its side; present ones first, then the former."""
    own = set(family)
    rows = list(
        Relation.objects.select_related("kind")
        .filter(Q(customer_id__in=own) | Q(other_customer_id__in=own))
        .order_by("kind__position", "id")[:RELATIONS_SHOWN]
    )
    others = _survivors([_other(row, own) for row in rows])
    seen = [_seen(row, own, others) for row in rows]
    found = [one for one in seen if one is not None and one.other.id not in own]
    return sorted(found, key=lambda one: one.relation.ends_on is not None)


def relation(relation_id: UUID, *, family: Sequence[UUID]) -> Relation:
    mine = Q(customer_id__in=list(family)) | Q(other_customer_id__in=list(family))
    found = Relation.objects.select_related("kind").filter(mine, id=relation_id).first()
    if found is None:
        raise NoSuchRelation
    return found


def household(household_id: UUID) -> Household:
    found = Household.objects.filter(id=household_id).first()
    if found is None:
        raise NoSuchHousehold
    return found


def member(membership_id: UUID, *, household_id: UUID) -> Membership:
    found = Membership.objects.filter(id=membership_id, household_id=household_id).first()
    if found is None:
        raise NoSuchMember
    return found


def members_of(household_id: UUID, *, with_former: bool = False) -> list[Member]:
    """Who belongs to it; somebody whose records were merged stands there once."""
    rows = Membership.objects.filter(household_id=household_id)
    rows = rows if with_former else rows.filter(ends_on=None)
    return _members(list(rows.order_by("ends_on", "id")[:MEMBERS_SHOWN]))


def homes_of(family: Sequence[UUID]) -> list[Home]:
    """The households a customer belongs to now. Of the main ones that records had before they
    were merged, the survivor's counts.
    """
    rows = list(
        Membership.objects.filter(customer_id__in=list(family), ends_on=None)[:HOUSEHOLDS_SHOWN]
    )
    rows.sort(key=lambda row: (not row.is_main, row.customer_id != family[0], row.id))
    own: dict[UUID, Membership] = {}
    for row in rows:
        own.setdefault(row.household_id, row)
    homes = Household.objects.in_bulk(list(own))
    members = Membership.objects.filter(household_id__in=list(own), ends_on=None).order_by("id")
    of_home: dict[UUID, list[Member]] = {}
    for one in _members(list(members[: MEMBERS_SHOWN * 2])):
        of_home.setdefault(one.membership.household_id, []).append(one)
    return [
        Home(homes[id], mine, place == 0 and mine.is_main, tuple(of_home.get(id, ())))
        for place, (id, mine) in enumerate(own.items())
        if id in homes
    ]


def _seen(row: Relation, own: set[UUID], others: dict[UUID, Customer]) -> Kin | None:
    other = others.get(_other(row, own))
    if other is None:
        return None
    if row.customer_id in own:
        return Kin(row, other, row.kind.labels, row.may_act, row.other_may_act)
    return Kin(row, other, row.kind.labels_back, row.other_may_act, row.may_act)


def _other(row: Relation, own: set[UUID]) -> UUID:
    return row.other_customer_id if row.customer_id in own else row.customer_id


def _members(rows: list[Membership]) -> list[Member]:
    known = _survivors([row.customer_id for row in rows])
    found: dict[tuple[UUID, UUID, bool], Member] = {}
    for row in rows:
        customer = known.get(row.customer_id)
        if customer is not None:
            key = (row.household_id, customer.id, row.ends_on is None)
            if key not in found or row.customer_id == customer.id:
                found[key] = Member(row, customer)
    return list(found.values())


def _survivors(customer_ids: Sequence[UUID]) -> dict[UUID, Customer]:
    """By the id that was written down: the customer it means today, if whoever acts may see it."""
    seen = Customer.objects.filter(sight.present().of_customers(), id__in=set(customer_ids))
    rows = {row.id: row for row in seen}
    ahead = {row.merged_into for row in rows.values() if row.merged_into}
    last = Customer.objects.in_bulk(ahead) if ahead else {}
    return {
        id: last.get(row.merged_into, row) if row.merged_into else row for id, row in rows.items()
    }
