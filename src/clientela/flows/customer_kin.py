"""Who belongs together: relations told and ended, households founded, joined and left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.kin import actions
from clientela.customers.kin import queries as kin
from clientela.customers.kin.actions import NewMember, NewRelation
from clientela.customers.kin.models import Household, Membership, Relation
from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import one_customer, share_points
from clientela.platform import ids, text, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

NAME_LENGTH_MAX = 200
MEMBERS_MAX = 50


@transactions.retried
def relate(
    customer: Reference | UUID, other: Reference | UUID, *, kind: str, may_act: bool = False,
    other_may_act: bool = False, turned: bool = False, starts_on: date | None = None,
    ends_on: date | None = None, source: str = "", actor: Actor, now: datetime,
    request: str = "",
) -> tuple[Relation, bool]:  # fmt: skip
    """The relation, and whether it is new. `turned`: the kind reads from the other to the customer;
    `may_act` stays the customer's right all the same.
    """
    _refuse_period(starts_on, ends_on)
    with transactions.open():
        kin.kind(kind)
        one, two = _both(customer, other)
        new = NewRelation(one, two, kind, may_act, other_may_act, starts_on, ends_on, source)
        if turned:
            new = NewRelation(two, one, kind, other_may_act, may_act, starts_on, ends_on, source)
        made = actions.relate([new], now=now)
        if not made:
            return _known(new), False
        relation = kin.relation(made[0][1], family=[one])
        events.emit(_on_both("relation.added", relation, now), actor=actor, now=now,
                    request=request)  # fmt: skip
    return relation, True


@transactions.retried
def allow(
    customer: Reference | UUID, relation_id: UUID, *, may_act: bool, other_may_act: bool,
    actor: Actor, now: datetime, request: str = "",
) -> Relation:  # fmt: skip
    """Whether the customer may act for the other, and the other for the customer."""
    with transactions.open():
        family, relation = _locked(customer, relation_id)
        rights = (may_act, other_may_act)
        one, two = rights if relation.customer_id in family else rights[::-1]
        if actions.allow(relation, may_act=one, other_may_act=two):
            events.emit(_on_both("relation.changed", relation, now), actor=actor, now=now,
                        request=request)  # fmt: skip
    return kin.relation(relation_id, family=family)


@transactions.retried
def part(
    customer: Reference | UUID, relation_id: UUID, *, on: date | None = None, actor: Actor,
    now: datetime, request: str = "",
) -> Relation:  # fmt: skip
    """The relation's last day, today where none is said; nobody acts for the other after it."""
    day = on or companies.current().today(now)
    with transactions.open():
        family, relation = _locked(customer, relation_id)
        actions.end_relation(relation, on=day)
        events.emit(_on_both("relation.ended", relation, now), actor=actor, now=now,
                    request=request)  # fmt: skip
    return kin.relation(relation_id, family=family)


@transactions.retried
def found_household(
    name: str, *, members: Sequence[tuple[Reference | UUID, str]], actor: Actor, now: datetime,
    request: str = "",
) -> Household:  # fmt: skip
    """A household with its first members; it is the main one of those that have none."""
    name = _name(name)
    if not 1 <= len(members) <= MEMBERS_MAX:
        raise InvalidInput(f"A household begins with 1 to {MEMBERS_MAX} members.", field="members")
    with transactions.open():
        [id] = actions.found([name], now=now)
        for customer, role in members:
            _join(customer, id, role=role, is_main=None, starts_on=None, actor=actor, now=now,
                  request=request)  # fmt: skip
    return kin.household(id)


@transactions.retried
def rename_household(household_id: UUID, name: str) -> Household:
    with transactions.open():
        actions.rename(kin.household(household_id), name=_name(name))
    return kin.household(household_id)


@transactions.retried
def join(
    customer: Reference | UUID, household_id: UUID, *, role: str, is_main: bool | None = None,
    starts_on: date | None = None, actor: Actor, now: datetime, request: str = "",
) -> Membership:  # fmt: skip
    """Somebody comes into a household. `is_main` None: where they have no main one yet."""
    with transactions.open():
        kin.household(household_id)
        id = _join(customer, household_id, role=role, is_main=is_main, starts_on=starts_on,
                   actor=actor, now=now, request=request)  # fmt: skip
    return kin.member(id, household_id=household_id)


@transactions.retried
def change_member(
    household_id: UUID, member_id: UUID, *, role: str, is_main: bool, actor: Actor, now: datetime,
    request: str = "",
) -> Membership:  # fmt: skip
    _refuse_role(role)
    with transactions.open():
        member = kin.member(member_id, household_id=household_id)
        one_customer.lock([member.customer_id])
        if actions.change_member(member, role=role, is_main=is_main):
            told = _of_member("household.changed", member, now)
            events.emit([told], actor=actor, now=now, request=request)
    return kin.member(member_id, household_id=household_id)


@transactions.retried
def leave(
    household_id: UUID, member_id: UUID, *, on: date | None = None, actor: Actor, now: datetime,
    request: str = "",
) -> Membership:  # fmt: skip
    day = on or companies.current().today(now)
    with transactions.open():
        member = kin.member(member_id, household_id=household_id)
        one_customer.lock([member.customer_id])
        actions.leave(member, on=day)
        told = _of_member("household.left", member, now)
        events.emit([told], actor=actor, now=now, request=request)
        share_points.left_household(
            member.customer_id, household_id, actor=actor, now=now, request=request
        )
    return kin.member(member_id, household_id=household_id)


def _join(
    customer: Reference | UUID, household_id: UUID, *, role: str, is_main: bool | None,
    starts_on: date | None, actor: Actor, now: datetime, request: str,
) -> UUID:  # fmt: skip
    _refuse_role(role)
    family = one_customer.locked(customer)
    here = Membership.objects.filter(
        customer_id__in=family, household_id=household_id, ends_on=None
    )
    if here.exists():
        raise actions.AlreadyMember
    has_main = Membership.objects.filter(customer_id__in=family, is_main=True, ends_on=None)
    if is_main is None:
        is_main = not has_main.exists()
    new = NewMember(family[0], household_id, role, is_main, starts_on)
    [id] = actions.join([new], now=now)
    told = _of_member("household.joined", kin.member(id, household_id=household_id), now)
    events.emit([told], actor=actor, now=now, request=request)
    return id


def _both(customer: Reference | UUID, other: Reference | UUID) -> tuple[UUID, UUID]:
    """Both survivors, locked in the order of their ids."""
    named = [
        one if isinstance(one, Reference) else Reference("id", str(one))
        for one in (customer, other)
    ]
    one, two = (customers.the_one(name).survivor for name in named)
    if one == two:
        raise actions.SameCustomer(field="other")
    one_customer.lock([one, two])
    return one, two


def _locked(customer: Reference | UUID, relation_id: UUID) -> tuple[list[UUID], Relation]:
    family = one_customer.locked(customer)
    return family, kin.relation(relation_id, family=family)


def _known(new: NewRelation) -> Relation:
    pairs = ((new.customer_id, new.other_id), (new.other_id, new.customer_id))
    rows = [
        row
        for one, two in pairs
        for row in Relation.objects.select_related("kind").filter(
            customer_id=one, other_customer_id=two, kind=new.kind, ends_on=new.ends_on
        )
    ]
    return rows[0]


def _on_both(name: str, relation: Relation, now: datetime) -> list[Happening]:
    """Both sides read of it on their timeline."""
    data = {"kind": relation.kind_id}
    return [
        Happening(name, now, customer, relation.public_id, data)
        for customer in sorted({relation.customer_id, relation.other_customer_id})
    ]


def _of_member(name: str, member: Membership, now: datetime) -> Happening:
    subject = ids.public("hou", member.household_id)
    return Happening(name, now, member.customer_id, subject, {"role": member.role})


def _refuse_role(role: str) -> None:
    if role not in Membership.Role.values:
        listed = ", ".join(Membership.Role.values)
        raise InvalidInput(f"A role is one of {listed}.", field="role")


def _refuse_period(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise InvalidInput("A relation ends after it starts.", field="ends_on")


def _name(given: str) -> str:
    try:
        name = text.clean(given)
    except ValueError:
        name = ""
    if not 1 <= len(name) <= NAME_LENGTH_MAX:
        raise InvalidInput(f"Give a name of 1 to {NAME_LENGTH_MAX} signs.", field="name")
    return name
