"""Every write to relations and households."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from clientela.customers.kin.models import Household, Membership, Relation, RelationKind
from clientela.platform import ids
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.transactions import needs_transaction


class AlreadyOver(Problem):
    code = "already-ended"
    status = 409
    title = "This is over already"


class AlreadyMember(Problem):
    code = "already-member"
    status = 409
    title = "The customer belongs to this household already"


class SameCustomer(Problem):
    code = "same-customer"
    status = 422
    title = "Both sides are the same customer"


@dataclass(frozen=True, slots=True)
class NewRelation:
    """`customer_id` is what `kind` reads to `other_id`; ids of survivors."""

    customer_id: UUID
    other_id: UUID
    kind: str
    may_act: bool = False
    other_may_act: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    source: str = ""


@needs_transaction
def define_kinds(kinds: Iterable[Mapping[str, Any]], *, keep: bool = False) -> int:
    """Kinds of relations by key; how many are new. `keep`: leave those that are there alone."""
    made = 0
    for position, kind in enumerate(kinds):
        values = {
            "labels": kind["labels"], "labels_back": kind.get("labels_back") or kind["labels"],
            "is_mutual": kind.get("is_mutual", False), "position": kind.get("position", position),
        }  # fmt: skip
        if keep:
            _, created = RelationKind.objects.get_or_create(key=kind["key"], defaults=values)
        else:
            _, created = RelationKind.objects.update_or_create(key=kind["key"], defaults=values)
        made += created
    return made


@needs_transaction
def relate(batch: Sequence[NewRelation], *, now: datetime) -> list[tuple[int, UUID]]:
    """Tell relations: (place in the batch, id) of each that is new; one told already changes
    nothing, from whichever side a mutual one is told.
    """
    mutual = set(RelationKind.objects.filter(is_mutual=True).values_list("key", flat=True))
    known = _known(batch)
    fresh: list[tuple[int, Relation]] = []
    for place, (id, new) in enumerate(zip(ids.uuid7s(len(batch)), batch, strict=True)):
        if new.customer_id == new.other_id:
            raise SameCustomer
        key = (new.customer_id, new.other_id, new.kind, new.ends_on)
        turned = (new.other_id, new.customer_id, new.kind, new.ends_on)
        if key in known or (new.kind in mutual and turned in known):
            continue
        known.add(key)
        fresh.append((place, _relation(id, new, now)))
    Relation.objects.bulk_create([row for _, row in fresh])
    return [(place, row.id) for place, row in fresh]


@needs_transaction
def end_relation(relation: Relation, *, on: date) -> None:
    """Its last day; whoever acted for the other may no longer."""
    if relation.ends_on is not None:
        raise AlreadyOver
    if relation.starts_on is not None and on < relation.starts_on:
        raise InvalidInput("A relation ends after it starts.", field="ends_on")
    rows = Relation.objects.filter(id=relation.id, customer_id=relation.customer_id)
    rows.update(ends_on=on)


@needs_transaction
def allow(relation: Relation, *, may_act: bool, other_may_act: bool) -> bool:
    """Who may act for whom; False: so it stood already."""
    if relation.ends_on is not None:
        raise AlreadyOver
    if (relation.may_act, relation.other_may_act) == (may_act, other_may_act):
        return False
    rows = Relation.objects.filter(id=relation.id, customer_id=relation.customer_id)
    rows.update(may_act=may_act, other_may_act=other_may_act)
    return True


@needs_transaction
def found(batch: Sequence[str], *, now: datetime, is_demo: bool = False) -> list[UUID]:
    """Households by these names; their ids in the order of the batch."""
    rows = [
        Household(id=id, name=name, made_at=now, is_demo=is_demo)
        for id, name in zip(ids.uuid7s(len(batch)), batch, strict=True)
    ]
    Household.objects.bulk_create(rows)
    return [row.id for row in rows]


@needs_transaction
def rename(household: Household, *, name: str) -> None:
    Household.objects.filter(id=household.id).update(name=name)


@dataclass(frozen=True, slots=True)
class NewMember:
    """`is_main` None: main where the customer has no main household yet."""

    customer_id: UUID
    household_id: UUID
    role: str
    is_main: bool | None = None
    starts_on: date | None = None


@needs_transaction
def join(batch: Sequence[NewMember], *, now: datetime) -> list[UUID]:
    """Customers come into households; ids of the memberships, in the order of the batch.

    A new main household takes the place of the one before.
    """
    with_main = _with_main([new.customer_id for new in batch])
    rows = []
    for id, new in zip(ids.uuid7s(len(batch)), batch, strict=True):
        is_main = new.customer_id not in with_main if new.is_main is None else new.is_main
        if is_main and new.customer_id in with_main:
            _no_main_any_more(new.customer_id)
        with_main |= {new.customer_id} if is_main else set()
        rows.append(Membership(
            id=id, customer_id=new.customer_id, household_id=new.household_id, role=new.role,
            is_main=is_main, starts_on=new.starts_on, added_at=now,
        ))  # fmt: skip
    _refuse_twice(rows)
    Membership.objects.bulk_create(rows)
    return [row.id for row in rows]


@needs_transaction
def change_member(member: Membership, *, role: str, is_main: bool) -> bool:
    """Another role, or the main household from now on; False: so it stood already."""
    if member.ends_on is not None:
        raise AlreadyOver
    if (member.role, member.is_main) == (role, is_main):
        return False
    if is_main and not member.is_main:
        _no_main_any_more(member.customer_id)
    rows = Membership.objects.filter(id=member.id, customer_id=member.customer_id)
    rows.update(role=role, is_main=is_main)
    return True


@needs_transaction
def leave(member: Membership, *, on: date) -> None:
    if member.ends_on is not None:
        raise AlreadyOver
    if member.starts_on is not None and on < member.starts_on:
        raise InvalidInput("A membership ends after it starts.", field="ends_on")
    rows = Membership.objects.filter(id=member.id, customer_id=member.customer_id)
    rows.update(ends_on=on)


def _known(batch: Sequence[NewRelation]) -> set[tuple[UUID, UUID, str, date | None]]:
    involved = {id for new in batch for id in (new.customer_id, new.other_id)}
    rows = Relation.objects.filter(
        Q(customer_id__in=involved), other_customer_id__in=involved,
        kind__in={new.kind for new in batch},
    )  # fmt: skip
    return set(rows.values_list("customer_id", "other_customer_id", "kind_id", "ends_on"))


def _relation(id: UUID, new: NewRelation, now: datetime) -> Relation:
    return Relation(
        id=id, customer_id=new.customer_id, other_customer_id=new.other_id, kind_id=new.kind,
        may_act=new.may_act, other_may_act=new.other_may_act, starts_on=new.starts_on,
        ends_on=new.ends_on, source=new.source, added_at=now,
    )  # fmt: skip


def _with_main(customers: Sequence[UUID]) -> set[UUID]:
    main = Membership.objects.filter(customer_id__in=customers, is_main=True, ends_on=None)
    return set(main.values_list("customer_id", flat=True))


def _no_main_any_more(customer: UUID) -> None:
    Membership.objects.filter(customer_id=customer, is_main=True, ends_on=None).update(
        is_main=False
    )


def _refuse_twice(rows: Sequence[Membership]) -> None:
    there = Membership.objects.filter(
        customer_id__in={row.customer_id for row in rows},
        household_id__in={row.household_id for row in rows}, ends_on=None,
    ).values_list("customer_id", "household_id")  # fmt: skip
    known = set(there)
    for row in rows:
        if (row.customer_id, row.household_id) in known:
            raise AlreadyMember
        known.add((row.customer_id, row.household_id))
