"""The dry check: what a changed field would refuse of the values that are there. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clientela.customers import rules
from clientela.customers.definitions import plans, queries
from clientela.customers.models import Field, FieldPlan
from clientela.customers.rules import BadValue, FieldType, shapes
from clientela.customers.rules.shapes import FieldShape
from clientela.flows.shapes.faults import worded
from clientela.platform import ids, sql, transactions
from clientela.platform.conditions.judging import Clock
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies


@dataclass(slots=True)
class Tally:
    """How many were looked at, would not fit, would be written another way; some that would not."""

    looked: int = 0
    offenders: int = 0
    rewritten: int = 0
    examples: list[dict[str, str]] = field(default_factory=list)
    after: UUID | None = None

    def offends(self, customer: UUID, code: str) -> None:
        self.offenders += 1
        if len(self.examples) < plans.EXAMPLES_MAX:
            self.examples.append({"customer": ids.public("cus", customer), "code": code})


@dataclass(frozen=True, slots=True)
class Judge:
    """Looks at one record after the other with the eyes of the field as it would be."""

    definition: rules.FieldDefinition
    other_type: bool
    asks_required: bool
    clock: Clock
    today: date

    def fault(self, attributes: Mapping[str, Any]) -> tuple[str, bool]:
        """The code of what would not fit, or "", and whether the value would be written anew."""
        key = self.definition.key
        if key not in attributes:
            is_missing = self.asks_required and self.definition.is_required(attributes, self.clock)
            return ("required" if is_missing else ""), False
        value = attributes[key]
        try:
            form = self._form(value)
        except BadValue as bad:
            return bad.faults[0].code, False
        if self.definition.rules.get("not_in_future") and form > self._latest():
            return "in-the-future", False
        return "", form != value

    def _form(self, value: Any) -> Any:
        if self.other_type:
            return shapes.converted(value, self.definition)
        return rules.canonical(self.definition, value)

    def _latest(self) -> str:
        if self.definition.type is FieldType.DATE:
            return self.today.isoformat()
        return self.clock.now.isoformat()


def judge_of(field: Field, shape: FieldShape, *, now: datetime) -> Judge:
    company = companies.current()
    before = queries.shape_of(field)
    known = queries.catalogue_of(field.profile_type.fields.all())
    tight = shapes.tightened(before, shape)
    return Judge(
        shape.definition(known), other_type=before.type is not shape.type,
        asks_required=bool({"required", "required_when", "type"} & set(tight)),
        clock=Clock(now, company.zone), today=company.today(now),
    )  # fmt: skip


def look(judge: Judge, tally: Tally, rows: Iterable[tuple[UUID, Mapping[str, Any], bool]]) -> None:
    """Count a batch; a merged record lacks nothing."""
    for customer, attributes, is_merged in rows:
        code, is_rewritten = judge.fault(attributes)
        tally.looked += 1
        tally.rewritten += is_rewritten
        if code and not (is_merged and code == "required"):
            tally.offends(customer, code)
        tally.after = customer


def check_all(plan: FieldPlan, *, now: datetime) -> None:
    """Every customer of the type, batch by batch; goes on where it stood. Memory stays that of a
    batch, however many there are.
    """
    shape = shape_of(plan)
    judge = judge_of(plan.field, shape, now=now)
    tally = Tally(plan.looked, plan.offenders, plan.rewritten, list(plan.examples), plan.after)
    while rows := queries.batch_of(plan.field.profile_type, after=tally.after):
        look(judge, tally, rows)
        with transactions.open():
            plans.counted(
                plan, looked=tally.looked, offenders=tally.offenders, rewritten=tally.rewritten,
                examples=tally.examples, after=tally.after,
            )  # fmt: skip
    if _will_be_unique(plan.field, shape):
        count_repeated(plan.field, shape, tally)
        with transactions.open():
            plans.counted(
                plan, looked=tally.looked, offenders=tally.offenders, rewritten=tally.rewritten,
                examples=tally.examples, after=tally.after,
            )  # fmt: skip


def sample(field: Field, shape: FieldShape, *, now: datetime, limit: int) -> Tally:
    """The same of the first customers only, for a preview while somebody types."""
    tally = Tally()
    judge = judge_of(field, shape, now=now)
    look(judge, tally, queries.batch_of(field.profile_type, after=None, limit=limit))
    return tally


def decide(plan: FieldPlan, *, actor: Actor, now: datetime) -> None:
    """What becomes of a plan that was checked: made, put off to its day, or refused."""
    from clientela.flows.shapes import passes

    today = companies.current().today(now)
    state = FieldPlan.State
    if plan.takes_effect_on is not None and plan.takes_effect_on > today:
        plans.move(plan, state.SCHEDULED, now=now)
    elif plan.offenders and (plan.takes_effect_on is None or _is_of_another_type(plan)):
        plans.move(plan, state.REFUSED, now=now)
    else:
        with worded():
            passes.begin(plan, actor=actor, now=now)


def shape_of(plan: FieldPlan) -> FieldShape:
    return shapes.read(plan.wanted)


def _is_of_another_type(plan: FieldPlan) -> bool:
    return bool(plan.wanted["type"] != plan.field.type)


def _will_be_unique(field: Field, shape: FieldShape) -> bool:
    return bool(shape.rules.get("unique")) and not field.rules.get("unique")


def count_repeated(field: Field, shape: FieldShape, tally: Tally) -> None:
    """Values that several customers have: every one but the first of them offends."""
    folded = "attributes_folded" if field.type == FieldType.TEXT else "attributes"
    rows = sql.statement("customers", "repeated").rows(
        profile_type=field.profile_type_id, key=shape.key, folded=folded == "attributes_folded",
        limit=plans.EXAMPLES_MAX,
    )  # fmt: skip
    for count, customer in rows:
        if customer is None:
            tally.offenders += count
        elif len(tally.examples) < plans.EXAMPLES_MAX:
            public = ids.public("cus", customer)
            tally.examples.append({"customer": public, "code": "not-unique"})
