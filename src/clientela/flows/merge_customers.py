"""Records of one customer become one: a link, the chosen values, and what each app carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import actions as customers
from clientela.customers import queries as records
from clientela.customers.actions import CustomerChange
from clientela.customers.joining import Joined
from clientela.customers.models import Customer
from clientela.customers.sight import sight_of
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import carrying
from clientela.flows.merged_values import PLAIN, Plan, planned
from clientela.matching.actions import merging, pairs
from clientela.matching.actions.merging import AlreadyMerged, NotOneKind, SameCustomer
from clientela.matching.models import Merge
from clientela.matching.queries import merges
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor

RIGHTS = ("customers.merge", "customers.edit")
REASON_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """`survivor` remains, `others` become part of it. `choices`: field -> survivor, newest,
    oldest, longest, union, or the id (`cus_…`) of the record whose value goes on.
    """

    survivor: UUID
    others: tuple[UUID, ...]
    choices: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """`state`: new, or known where the same merge was made before. `merged_from`: the survivor
    was named by the id of a record that had been merged into it.
    """

    state: str
    merge: Merge
    merged_from: UUID | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a merge would do; nothing was written. `comes`: rows by what they are, at most 1,001 of
    each; `told_apart`: somebody said that two of these are two customers.
    """

    plan: Plan
    comes: Mapping[str, int]
    identities: tuple[tuple[str, str, UUID], ...]
    told_apart: bool


@transactions.retried
def merge_customers(wish: Wish, *, actor: Actor, now: datetime, request: str = "") -> Merged:
    """Merge 2 to 50 records. The same merge again gets the same answer and changes nothing.

    SameCustomer, AlreadyMerged (somebody was faster, or the survivor is part of another),
    OnLegalHold and NotOneKind refuse.
    """
    with transactions.open():
        found = _locked(wish, actor=actor)
        if found.known is not None:
            return Merged("known", found.known, found.merged_from)
        plan = planned(found.standing, wish.choices)
        family = [found.survivor.id, *(one.id for one in found.moved)]
        joined = Joined(ids.uuid7(), family[0], tuple(family[1:]), actor, now)
        merging.link(found.survivor.id, found.moved)
        _apply(plan, found.survivor, joined.merge_id, actor=actor, now=now)
        carried, told = carrying.carry(joined)
        merge = _write(found, plan, wish, joined, carried)
        pairs.settle(family, now=now)
        events.emit([*_happenings(merge, found), *told], actor=actor, now=now, request=request)
    return Merged("new", merge, found.merged_from)


def try_merge(wish: Wish, *, actor: Actor) -> Trial:
    """The dry run: what would stand in each field, and what would come along."""
    with transactions.open():
        found = _locked(wish, actor=actor)
        if found.known is not None:
            raise AlreadyMerged("These records are merged already.",
                                merge=found.known.public_id)  # fmt: skip
        plan = planned(found.standing, wish.choices)
        moved = [one.id for one in found.moved]
        return Trial(
            plan, carrying.rows_of(moved), _coming(found.survivor.id, moved),
            merges.told_apart([found.survivor.id, *moved]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    """`standing`: the survivor and the records named, in their order; `moved`: those named, with
    the aliases they have; `known`: the merge that did it all before.
    """

    survivor: Customer
    standing: list[Customer]
    moved: list[Customer]
    known: Merge | None
    merged_from: UUID | None


def _locked(wish: Wish, *, actor: Actor) -> _Found:
    for right in RIGHTS:
        actor.needs(right)
    named = list(dict.fromkeys(wish.others))
    _bounds(wish, named)
    rows = merging.lock([wish.survivor, *named])
    seen = records.visible(rows)
    for id in (wish.survivor, *named):
        if id not in seen:
            raise records.NoSuchCustomer(field="customer")
    survivor = rows[wish.survivor]
    if survivor.merged_into is not None:
        survivor = rows[survivor.merged_into]
    merged_from = wish.survivor if survivor.id != wish.survivor else None
    others = [rows[id] for id in named]
    if survivor.id in {one.id for one in others}:
        raise AlreadyMerged(
            "The record that is to remain was merged into the other one meanwhile.",
            survivor=survivor.public_id,
        )
    here = [one for one in others if one.merged_into == survivor.id]
    _refuse_strangers(survivor, others)
    others = [one for one in others if one.merged_into is None]
    moving = {one.id for one in others}
    moved = [row for row in rows.values() if row.id in moving or row.merged_into in moving]
    own = [row.id for row in rows.values() if survivor.id in (row.id, row.merged_into)]
    carrying.refuse_held([*own, *(one.id for one in moved)])
    known = None if others else merges.that_made(survivor.id, [one.id for one in here])
    if not others and known is None:
        raise AlreadyMerged("These records are one customer already.")
    _editable(survivor, wish, actor=actor)
    return _Found(survivor, [survivor, *others], moved, known, merged_from)


def _editable(survivor: Customer, wish: Wish, *, actor: Actor) -> None:
    """A value is chosen only by who may change that field."""
    attributes = [name for name in wish.choices if name not in PLAIN]
    sight_of(actor).needs_edit(survivor.profile_type.key, attributes)


def _bounds(wish: Wish, named: Sequence[UUID]) -> None:
    if wish.survivor in named:
        raise SameCustomer("Name two different records.", field="others")
    if not 1 <= len(named) < merging.RECORDS_MAX:
        raise InvalidInput(
            f"Name 2 to {merging.RECORDS_MAX} records, the one that remains among them.",
            field="others",
        )
    if len(wish.reason) > REASON_LENGTH_MAX:
        raise InvalidInput(f"Use at most {REASON_LENGTH_MAX} signs.", field="reason")


def _refuse_strangers(survivor: Customer, others: Iterable[Customer]) -> None:
    for one in others:
        if one.merged_into not in (None, survivor.id):
            raise AlreadyMerged(
                f"{one.public_id} is merged into another record already; name that one.",
                survivor=ids.public("cus", one.merged_into),
            )
        if one.party != survivor.party:
            raise NotOneKind(f"{one.public_id} is of another kind.", field="others")


def _write(
    found: _Found, plan: Plan, wish: Wish, joined: Joined, carried: Mapping[str, Any]
) -> Merge:
    return merging.write(
        joined.merge_id, survivor=found.survivor, moved=found.moved, choices=wish.choices,
        before=plan.before, after=plan.after, carried=carried, reason=wish.reason,
        actor=joined.actor, now=joined.now,
    )  # fmt: skip


def _apply(plan: Plan, survivor: Customer, merge_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The values that go on, with their history; and those that have none."""
    before = _state(survivor)
    after = CustomerChange(
        id=survivor.id, version=survivor.version, name=plan.value("name"),
        language=plan.value("language") or "", country=plan.value("country") or "",
        attributes=plan.attributes,
    )  # fmt: skip
    done = customers.change(
        [after], before={survivor.id: before}, actor=actor, now=now,
        cause=f"merge {ids.public('mrg', merge_id)}",
    )  # fmt: skip
    if not done and after != before:
        raise customers.ChangedMeanwhile
    plain = {
        name: value for name, value in plan.plain.items()
        if getattr(survivor, name) != value or (done and name == "last_activity_at")
    }  # fmt: skip
    merging.set_plain(survivor.id, plain)


def _state(customer: Customer) -> CustomerChange:
    return CustomerChange(
        id=customer.id, version=customer.version, name=customer.display_name,
        language=customer.language, country=customer.country, attributes=customer.attributes,
    )  # fmt: skip


def _coming(survivor: UUID, moved: Sequence[UUID]) -> tuple[tuple[str, str, UUID], ...]:
    """Identities the survivor does not have yet."""
    own = {(one.kind, one.value_norm) for one in records.identities_of([survivor])}
    return tuple(
        (one.kind, one.value_shown, one.customer_id)
        for one in records.identities_of(moved)
        if (one.kind, one.value_norm) not in own
    )


def _happenings(merge: Merge, found: _Found) -> list[Happening]:
    """Told on both sides: the survivor's own, and one on each record that was merged."""
    now, survivor = merge.made_at, found.survivor
    others = [one.public_id for one in found.standing[1:]]
    told = [Happening("customer.merged", now, survivor.id, survivor.public_id,
                      {"merge": merge.public_id, "others": others})]  # fmt: skip
    told += [
        Happening("customer.merged", now, one.id, one.public_id,
                  {"merge": merge.public_id, "into": survivor.public_id})
        for one in found.standing[1:]
    ]  # fmt: skip
    return told
