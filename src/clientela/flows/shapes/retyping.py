"""A customer is moved to another profile type; first it is shown what would become invalid."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from clientela.customers import queries, rules
from clientela.customers.actions import ChangedMeanwhile
from clientela.customers.definitions import marked, reworking
from clientela.customers.definitions import queries as definitions
from clientela.customers.definitions.reworking import Record
from clientela.customers.faults import as_faults
from clientela.customers.models import Customer, Field, ProfileType
from clientela.customers.rules import FieldFault
from clientela.customers.sight import present, sight_of
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.register_customer import InvalidProfile
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor, acting
from clientela.staff import company as companies


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of a record under another type. `lost`: keys with values the new type has no
    field for; `invalid`: values its fields cannot take, and what it needs and is not there.
    """

    customer: Customer
    to: ProfileType
    kept: Mapping[str, Any]
    lost: Mapping[str, Any]
    invalid: tuple[FieldFault, ...]

    @property
    def is_clean(self) -> bool:
        return not self.lost and not self.invalid


def preview(
    customer_id: UUID, type_key: str, *, values: Mapping[str, Any] | None = None,
    drop: Collection[str] = (), actor: Actor, now: datetime,
) -> Preview:  # fmt: skip
    """Nothing is written. `values` are what a person gives for the new type, `drop` the keys whose
    values they let go. FieldNotVisible where values would be lost that they may not even see.
    """
    with acting(actor):
        customer = queries.get(customer_id)
    to = _wanted(type_key)
    _may(customer, to, values or {}, drop, actor=actor)
    return _seen(customer, to, values=values or {}, drop=drop, now=now)


@transactions.retried
def move(
    customer_id: UUID, type_key: str, *, values: Mapping[str, Any] | None = None,
    drop: Collection[str] = (), version: int | None = None, actor: Actor, now: datetime,
    request: str = "",
) -> Preview:  # fmt: skip
    """Move a customer. InvalidProfile names every value without a place, every one that does not
    fit and what is missing: nothing is lost that nobody let go.
    """
    actor.needs("customers.edit")
    with acting(actor), transactions.open():
        customer = queries.get(customer_id)
        if version is not None and customer.version != version:
            raise ChangedMeanwhile(version=customer.version)
        to = _wanted(type_key)
        _may(customer, to, values or {}, drop, actor=actor)
        seen = _seen(customer, to, values=values or {}, drop=drop, now=now)
        if to.pk == customer.profile_type_id:
            return seen
        _refuse(seen)
        _move(seen, actor=actor, now=now, request=request)
    return seen


def _may(
    customer: Customer, to: ProfileType, values: Mapping[str, Any], drop: Collection[str], *,
    actor: Actor,
) -> None:  # fmt: skip
    """Whoever moves a customer sees and edits all that could go, and all that comes: a refusal does
    not say what this customer has.
    """
    sight = sight_of(actor)
    there = {field.key for field in to.fields.all() if field.retired_at is None}
    going = {field.key for field in customer.profile_type.fields.all()} - there
    sight.needs_edit(customer.profile_type.key, sorted({*drop, *going}))
    sight.needs_edit(to.key, sorted(values))


def _wanted(key: str) -> ProfileType:
    kind = definitions.profile_type(key)
    if kind.retired_at is not None:
        raise InvalidInput(f"The profile type {key} takes no new customers.", field="type")
    return kind


def _seen(
    customer: Customer, to: ProfileType, *, values: Mapping[str, Any], drop: Collection[str],
    now: datetime,
) -> Preview:  # fmt: skip
    known, shows = definitions.definitions_of(to.fields.all()), partial(present().shows, to.key)
    held = {key: value for key, value in customer.attributes.items() if key not in drop}
    lost = {key: value for key, value in held.items() if not _has_place(known, key)}
    said = {**{key: value for key, value in held.items() if key not in lost}, **values}
    company = companies.current()
    state, faults = rules.check(
        known, said, today=company.today(now), now=now, zone=company.zone, is_new=True
    )
    taken = marked.taken([(customer.id, to.pk, state)], marked.marked()).get(0, [])
    told = rules.told_to(faults, known, shows)
    return Preview(customer, to, state, lost, (*told, *taken))


def _has_place(known: Mapping[str, rules.FieldDefinition], key: str) -> bool:
    return key in known and not known[key].retired


def _refuse(seen: Preview) -> None:
    faults = [FieldFault(key, "unknown-field") for key in seen.lost]
    told = as_faults([*faults, *seen.invalid], "attributes")
    if told:
        raise InvalidProfile(
            told[0]["detail"], field=told[0]["field"], faults=told, lost=sorted(seen.lost)
        )


def _move(seen: Preview, *, actor: Actor, now: datetime, request: str) -> None:
    customer, before = seen.customer, seen.customer.attributes
    changes: list[tuple[str, Any, Any]] = [
        ("type", customer.profile_type.key, seen.to.key),
        *((key, before.get(key), seen.kept.get(key)) for key in sorted({*before, *seen.kept})
          if before.get(key) != seen.kept.get(key)),
    ]  # fmt: skip
    record = Record(customer.id, customer.version, customer.display_name, seen.kept, changes)
    by_type = marked.marked()
    written = reworking.rework(
        [record], kind=seen.to, by_type=by_type, actor=actor, now=now, cause="type"
    )
    if not written:
        raise ChangedMeanwhile
    marked.free(customer.id)
    marked.keep_unique([(customer.id, seen.to.pk, seen.kept)], by_type, is_new=True)
    told = {"from": customer.profile_type.key, "to": seen.to.key,
            "fields": [name for name, _, _ in changes]}  # fmt: skip
    happened = Happening("customer.retyped", now, customer.id, customer.public_id, told)
    events.emit([happened], actor=actor, now=now, request=request)


def fields_of(seen: Preview) -> dict[str, Field]:
    """The fields of both types by key, those of the new one first, for their labels."""
    old = {field.key: field for field in seen.customer.profile_type.fields.all()}
    return {**old, **{field.key: field for field in seen.to.fields.all()}}
