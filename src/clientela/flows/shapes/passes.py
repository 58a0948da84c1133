"""A change that was decided: the field is as it is wanted, then every record is gone through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import rules
from clientela.customers.definitions import actions as definitions
from clientela.customers.definitions import marked, plans, queries, reworking
from clientela.customers.definitions.reworking import Record
from clientela.customers.models import Customer, Field, FieldPlan
from clientela.customers.rules import BadValue, shapes
from clientela.customers.rules.shapes import FieldShape
from clientela.flows.shapes import checking
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.staff import company as companies
from clientela.staff import queries as staff

ROWS_AT_ONCE = 1_000


def carry_out(plan_id: UUID, *, now: datetime) -> None:
    """What a plan wants next, to its end; killed in between it goes on where it stood."""
    plan = queries.plan(plan_id)
    if plan.state == FieldPlan.State.CHECKING:
        checking.check_all(plan, now=now)
        with transactions.open():
            checking.decide(plan, actor=staff.actor_of(plan.made_by), now=now)
    if plan.state == FieldPlan.State.CONVERTING:
        finish(plan, now=now)


def carry_out_due(*, now: datetime) -> int:
    """Plans whose day has come are checked once more and then made; how many."""
    due = plans.due(companies.current().today(now))
    for plan in due:
        with transactions.open():
            plans.counted(plan, looked=0, offenders=0, rewritten=0, examples=[], after=None)
            plans.move(plan, FieldPlan.State.CHECKING, now=now)
        carry_out(plan.id, now=now)
    return len(due)


def begin(plan: FieldPlan, *, actor: Actor, now: datetime) -> None:
    """The field is as it is wanted from now on; records follow where they have to."""
    from clientela.flows.shapes.fields import queue_index, tell

    field, shape = plan.field, checking.shape_of(plan)
    before = queries.shape_of(field)
    changed, follows = make(field, shape, now=now)
    told = {"members": changed, "offenders": plan.offenders}
    tell("field.changed", field, told, actor=actor, now=now)
    queue_index(field)
    if follows or (shape.rules.get("unique") and not before.rules.get("unique")):
        plans.move(plan, FieldPlan.State.CONVERTING, now=now)
    else:
        plans.move(plan, FieldPlan.State.APPLIED, now=now)


def make(field: Field, shape: FieldShape, *, now: datetime) -> tuple[list[str], bool]:
    """The members that differ, and whether records have to be gone through.

    A field that is to be sensitive no more stays so until its values are opened: in between none of
    them is shown to anybody, sealed or not.
    """
    before = queries.shape_of(field)
    opens = before.is_sensitive and not shape.is_sensitive
    definitions.change_field(field, _still_sensitive(shape, before) if opens else shape, now=now)
    if opens:
        definitions.stop_sealing(field)
    follows = (
        before.type is not shape.type
        or before.searchable is not shape.searchable
        or before.is_sensitive is not shape.is_sensitive
    )
    return shapes.differing(before, shape), follows


def _still_sensitive(shape: FieldShape, before: FieldShape) -> FieldShape:
    return replace(
        shape, sensitive=before.sensitive, data_class=before.data_class,
        searchable=before.searchable, filterable=before.filterable,
    )  # fmt: skip


def finish(plan: FieldPlan, *, now: datetime) -> None:
    """Go through the records of a plan that is under way; others are left as they are."""
    if plan.state != FieldPlan.State.CONVERTING:
        return
    actor = staff.actor_of(plan.made_by) if plan.made_by else SYSTEM
    kind = plan.field.profile_type
    definition = queries.definitions_of(kind.fields.all())[plan.field.key]
    while True:
        with transactions.open():
            batch = reworking.locked(kind, after=plan.after, limit=ROWS_AT_ONCE)
            if not batch:
                _end(plan, now=now)
                if plan.state == FieldPlan.State.CONVERTING:
                    continue
                return
            by_type = marked.marked()
            records = [_record(customer, definition) for customer in batch]
            reworking.rework(
                records, kind=kind, by_type=by_type, actor=actor, now=now, cause="field"
            )
            _note_unique(batch, records, kind.pk, by_type)
            plans.came_to(plan, after=batch[-1].id, looked=plan.looked + len(batch))


def _end(plan: FieldPlan, *, now: datetime) -> None:
    """What had to wait for the records is made: the field is not sensitive any more, or what is
    kept of it elsewhere is sealed by the worker.
    """
    from clientela.flows import jobs
    from clientela.flows.shapes.fields import queue_index

    field = queries.field(plan.field.profile_type.key, plan.field.key)
    shape = checking.shape_of(plan)
    waited = definitions.change_field(field, shape, now=now)
    if waited:
        queue_index(field)
    if waited and shape.searchable:  # by words that could not be written before
        plans.move(plan, FieldPlan.State.CONVERTING, now=now)
        return
    plans.move(plan, FieldPlan.State.APPLIED, now=now)
    if waited or shape.is_sensitive:
        jobs.keep_sealed.defer()


def _record(customer: Customer, definition: rules.FieldDefinition) -> Record:
    """A record with the one field as its type keeps it; a value that cannot be so stays."""
    attributes = dict(customer.attributes)
    changes = []
    if definition.key in attributes:
        old = attributes[definition.key]
        new = _converted(old, definition)
        if not _is_same(old, new):
            attributes[definition.key] = new
            changes.append((definition.key, old, new))
    return Record(customer.id, customer.version, customer.display_name, attributes, changes)


def _converted(value: Any, definition: rules.FieldDefinition) -> Any:
    try:
        return shapes.converted(value, definition)
    except BadValue:
        return value


def _is_same(old: Any, new: Any) -> bool:
    return type(old) is type(new) and bool(old == new)


def _note_unique(
    batch: list[Customer], records: list[Record], kind: int, by_type: Mapping[int, marked.Marked]
) -> None:
    """Whoever came first has the value; a later one that came in between is left to be mended."""
    wanted = [
        (one.id, kind, one.attributes)
        for customer, one in zip(batch, records, strict=True)
        if customer.merged_into is None
    ]
    taken = marked.taken(wanted, by_type)
    free = [one for place, one in enumerate(wanted) if place not in taken]
    marked.keep_unique(free, by_type)
