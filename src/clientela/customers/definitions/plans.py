"""Plans to change a field: made, moved on, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clientela.customers.models import Field, FieldPlan
from clientela.customers.rules import shapes
from clientela.customers.rules.shapes import FieldShape
from clientela.platform import ids
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

EXAMPLES_MAX = 100
State = FieldPlan.State


@needs_transaction
def make(
    field: Field, shape: FieldShape, *, on: date | None, total: int, actor: Actor, now: datetime
) -> FieldPlan:
    """A plan that is to be checked over all customers of the type."""
    return _made(field, shape, State.CHECKING, on=on, total=total, actor=actor, now=now)


@needs_transaction
def follow_up(
    field: Field, shape: FieldShape, *, total: int, actor: Actor, now: datetime
) -> FieldPlan:
    """A change that stands already, after which records are gone through once."""
    return _made(field, shape, State.CONVERTING, on=None, total=total, actor=actor, now=now)


def _made(
    field: Field, shape: FieldShape, state: str, *, on: date | None, total: int, actor: Actor,
    now: datetime,
) -> FieldPlan:  # fmt: skip
    return FieldPlan.objects.create(
        id=ids.uuid7(), field=field, wanted=shapes.as_mapping(shape), state=state,
        takes_effect_on=on, total=total, made_by=actor.id, made_at=now,
    )  # fmt: skip


@needs_transaction
def counted(
    plan: FieldPlan, *, looked: int, offenders: int, rewritten: int,
    examples: Sequence[dict[str, Any]], after: UUID | None,
) -> None:  # fmt: skip
    """How far the check has come."""
    plan.looked, plan.offenders, plan.rewritten = looked, offenders, rewritten
    plan.examples, plan.after = list(examples)[:EXAMPLES_MAX], after
    plan.total = max(plan.total, looked)
    plan.save(update_fields=["looked", "offenders", "rewritten", "examples", "after", "total"])


@needs_transaction
def move(plan: FieldPlan, state: str, *, now: datetime, problem: str = "") -> None:
    """To its next state; a pass over customers begins anew."""
    over = state not in (State.CHECKING, State.CONVERTING, State.SCHEDULED)
    plan.state, plan.problem, plan.after = state, problem, None
    plan.finished_at = now if over else None
    if state == State.CONVERTING:
        plan.looked = 0
    plan.save(update_fields=["state", "problem", "after", "finished_at", "looked"])


@needs_transaction
def came_to(plan: FieldPlan, *, after: UUID, looked: int) -> None:
    plan.after, plan.looked = after, looked
    plan.total = max(plan.total, looked)
    plan.save(update_fields=["after", "looked", "total"])


@needs_transaction
def cancel(plan: FieldPlan, *, now: datetime) -> bool:
    waiting = (State.CHECKING, State.SCHEDULED)
    done = FieldPlan.objects.filter(id=plan.id, state__in=waiting).update(
        state=State.CANCELLED, finished_at=now
    )
    return bool(done)


def due(today: date) -> list[FieldPlan]:
    """Plans whose day has come."""
    found = FieldPlan.objects.filter(state=State.SCHEDULED, takes_effect_on__lte=today)
    return list(found.select_related("field__profile_type").order_by("takes_effect_on", "id"))
