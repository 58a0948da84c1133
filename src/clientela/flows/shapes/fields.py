"""Fields are defined, changed, put in order, retired. What may break records is checked first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from clientela.customers.definitions import actions as definitions
from clientela.customers.definitions import plans, queries
from clientela.customers.models import Customer, Field, FieldPlan, ProfileType
from clientela.customers.rules import shapes
from clientela.customers.rules.shapes import FieldShape
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.shapes import checking, passes
from clientela.flows.shapes.faults import PlanIsOpen, worded
from clientela.flows.shapes.profile_types import RIGHT
from clientela.platform import transactions
from clientela.platform.http.actors import Actor

INLINE_ROWS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """`members` that were changed at once. `plan`: what was checked, is refused, waits for its day
    or is under way; None where nothing had to be asked.
    """

    field: Field
    members: tuple[str, ...] = ()
    plan: FieldPlan | None = None

    @property
    def is_refused(self) -> bool:
        return self.plan is not None and self.plan.state == FieldPlan.State.REFUSED


@transactions.retried
def define_field(
    type_key: str, said: Mapping[str, Any], *, actor: Actor, now: datetime, request: str = ""
) -> Field:
    actor.needs(RIGHT)
    with transactions.open(), worded():
        kind = queries.profile_type(type_key)
        shape = shapes.read(said, groups=group_keys(kind))
        field = definitions.define_field(kind, shape, now=now)
        tell("field.defined", field, {}, actor=actor, now=now, request=request)
        queue_index(field)
    return field


@transactions.retried
def change_field(
    type_key: str, key: str, said: Mapping[str, Any], *, on: date | None = None, actor: Actor,
    now: datetime, request: str = "",
) -> Outcome:  # fmt: skip
    """Change the members that are said; None takes one away. A change that records may not fit is
    checked over all customers first: without offenders it is made, with them it is refused, or
    made on the day `on` for all writes from then on.
    """
    actor.needs(RIGHT)
    with transactions.open(), worded():
        field = queries.field(type_key, key)
        shape = wanted_shape(field, said)
        before = queries.shape_of(field)
        if not shapes.differing(before, shape):
            return Outcome(field)
        if queries.open_plan(field) is not None:
            raise PlanIsOpen("Wait for it, or cancel it.", field=key)
        if not shapes.tightened(before, shape):
            return _made(field, shape, actor=actor, now=now, request=request)
        plan = plans.make(field, shape, on=on, total=_rows_of(field), actor=actor, now=now)
        if plan.total <= INLINE_ROWS_MAX:
            checking.check_all(plan, now=now)
            checking.decide(plan, actor=actor, now=now)
            passes.finish(plan, now=now)
        else:
            queue_check(plan)
    return Outcome(queries.field(type_key, key), plan=queries.plan(plan.id))


@transactions.retried
def preview_field(
    type_key: str, key: str, said: Mapping[str, Any], *, actor: Actor, now: datetime
) -> checking.Tally:
    """What a change would break, of at most `INLINE_ROWS_MAX` customers; nothing is written."""
    actor.needs(RIGHT)
    with worded():
        field = queries.field(type_key, key)
        shape = wanted_shape(field, said)
        return checking.sample(field, shape, now=now, limit=INLINE_ROWS_MAX)


@transactions.retried
def retire_field(
    type_key: str, key: str, *, retired: bool = True, actor: Actor, now: datetime,
    request: str = "",
) -> Field:  # fmt: skip
    actor.needs(RIGHT)
    with transactions.open():
        field = queries.field(type_key, key)
        done = definitions.retire_field(field, now=now) if retired else (
            definitions.revive_field(field)
        )  # fmt: skip
        if done:
            name = "field.retired" if retired else "field.revived"
            tell(name, field, {}, actor=actor, now=now, request=request)
            queue_index(field)
    return queries.field(type_key, key)


@transactions.retried
def put_fields_in_order(
    type_key: str, keys: Sequence[str], *, actor: Actor, now: datetime, request: str = ""
) -> ProfileType:
    actor.needs(RIGHT)
    with transactions.open():
        kind = queries.profile_type(type_key)
        definitions.put_fields_in_order(kind, keys)
        told = Happening("profile_type.changed", now, subject=kind.key,
                         data={"type": kind.key, "members": ["fields"]})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return queries.profile_type(type_key)


@transactions.retried
def cancel_plan(plan: FieldPlan, *, actor: Actor, now: datetime) -> bool:
    """Give up a plan that is being checked or waits for its day; False: it is too late."""
    actor.needs(RIGHT)
    with transactions.open():
        return plans.cancel(plan, now=now)


def wanted_shape(field: Field, said: Mapping[str, Any]) -> FieldShape:
    """The field as it would be."""
    members = {**shapes.as_mapping(queries.shape_of(field)), **said, "key": field.key}
    members = {name: value for name, value in members.items() if value is not None}
    return shapes.read(members, groups=group_keys(field.profile_type))


def group_keys(kind: ProfileType) -> set[str]:
    return {str(one["key"]) for one in kind.groups}


def tell(
    name: str, field: Field, data: Mapping[str, Any], *, actor: Actor, now: datetime,
    request: str = "",
) -> None:  # fmt: skip
    kind = field.profile_type.key
    told = Happening(
        name, now, subject=f"{kind}.{field.key}", data={"type": kind, "field": field.key, **data}
    )
    events.emit([told], actor=actor, now=now, request=request)


def queue_index(field: Field) -> None:
    """Have the index of a field built or dropped, once this transaction stands."""
    from clientela.flows import jobs

    if hasattr(field, "index") or field.filterable:
        jobs.keep_indexes.defer()


def queue_check(plan: FieldPlan) -> None:
    from clientela.flows import jobs

    jobs.carry_out_plan.configure(lock=f"field:{plan.field_id}").defer(plan=str(plan.id))


def _made(field: Field, shape: FieldShape, *, actor: Actor, now: datetime, request: str) -> Outcome:
    """A change that breaks nothing; what customers are found by may have to be written anew."""
    changed, follows = passes.make(field, shape, now=now)
    tell("field.changed", field, {"members": changed}, actor=actor, now=now, request=request)
    queue_index(field)
    plan = None
    if follows:
        plan = plans.follow_up(field, shape, total=_rows_of(field), actor=actor, now=now)
        if plan.total <= INLINE_ROWS_MAX:
            passes.finish(plan, now=now)
        else:
            queue_check(plan)
    return Outcome(queries.field(field.profile_type.key, field.key), tuple(changed), plan)


def _rows_of(field: Field) -> int:
    """How many customers are to be looked at; counted no further than decides, else estimated."""
    rows = Customer.objects.filter(profile_type=field.profile_type_id)
    counted = rows[: INLINE_ROWS_MAX + 1].count()
    if counted <= INLINE_ROWS_MAX:
        return counted
    return max(counted, queries.counts().get(field.profile_type_id, 0))
