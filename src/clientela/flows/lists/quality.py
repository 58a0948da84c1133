"""How complete, valid, fresh and reachable the records are; each figure counted is a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers import rules
from clientela.customers.models import Customer
from clientela.customers.quality import actions, queries
from clientela.customers.quality.models import QualityFigure
from clientela.customers.rules import BadValue, FieldDefinition
from clientela.customers.sight import FieldNotVisible
from clientela.flows.lists.known import Known, known
from clientela.flows.lists.reading import Reading
from clientela.flows.lists.state import ListState
from clientela.platform import sql, transactions
from clientela.platform.conditions.grammar import BadCondition
from clientela.platform.conditions.judging import Clock
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.staff import company as companies
from clientela.staff.company import Company

RIGHT = "customers.quality"
COMPLETE = "complete"
STALE_DAYS = 730
AT_ONCE = 2_000
Tree = Mapping[str, Any]
_REACHED = {"fact": "identity.kind", "op": "in", "value": ["phone", "email"]}
# What is wanting in a record, and the question that finds it.
MEASURES: Mapping[str, Tree] = {
    "invalid": {"fact": "customer.flaws", "op": "is_set"},
    "stale": {"not": {"fact": "customer.last_activity", "op": "within",
                      "value": {"last": STALE_DAYS, "unit": "day"}}},
    "unreachable": {"related": "identities", "quantifier": "none", "where": _REACHED},
    "unverified": {"all": [
        {"related": "identities", "quantifier": "any", "where": _REACHED},
        {"related": "identities", "quantifier": "none",
         "where": {"fact": "identity.verified", "op": "eq", "value": True}}]},
    "bouncing": {"related": "identities", "quantifier": "any",
                 "where": {"fact": "identity.bounces", "op": "eq", "value": True}},
    "duplicates": {"fact": "duplicates.open", "op": "gt", "value": 0},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """`state`: the list of whom it counts; of completeness, of those without the field."""

    measure: str
    profile_type: str
    field: str
    count: int
    whole: int
    counted_at: datetime
    state: ListState


def figures_for(actor: Actor, *, company: Company) -> list[Figure]:
    """What was last counted, without what this actor may not ask."""
    seen: dict[str, Known] = {}
    found = []
    for one in queries.figures():
        if one.profile_type not in seen:
            seen[one.profile_type] = known(actor, company=company, kind=one.profile_type)
        tree = tree_of(one)
        if _may_ask(tree, seen[one.profile_type]):
            state = ListState(kind=one.profile_type, filter={"all": [tree]})
            found.append(Figure(one.measure, one.profile_type, one.field, one.count, one.whole,
                                one.counted_at, state))  # fmt: skip
    return found


def tree_of(figure: QualityFigure) -> Tree:
    """The question that leads from a figure to its customers."""
    if figure.measure == COMPLETE:
        return {"fact": f"customer.{figure.field}", "op": "is_not_set"}
    return MEASURES[figure.measure]


def count_all(*, now: datetime) -> list[QualityFigure]:
    """Look at every record once, then count; the figures replace those of the time before."""
    look_for_flaws(now=now)
    company = companies.current()
    found = [*_complete(now), *_measured(company, now)]
    with transactions.open():
        actions.keep(found)
    return found


def look_for_flaws(*, now: datetime) -> int:
    """Check every value by the rules of today; the number of values that break one."""
    kinds = customers.profile_types(with_fields=True)
    definitions = {kind.pk: customers.definitions(kind) for kind in kinds.values()}
    last: UUID | None = None
    count = 0
    while records := queries.records_after(last, limit=AT_ONCE):
        last = records[-1].id
        flaws = [flaw for record in records
                 for flaw in _flaws(record, definitions[record.profile_type_id])]  # fmt: skip
        with transactions.open():
            actions.keep_flaws([record.id for record in records], flaws, now=now)
        count += len(flaws)
    return count


def _flaws(
    record: Customer, definitions: Mapping[str, FieldDefinition]
) -> Iterator[tuple[UUID, str, str]]:
    for key, value in record.attributes.items():
        definition = definitions.get(key)
        if definition is None or definition.retired:
            continue
        try:
            rules.canonical(definition, value)
        except BadValue as bad:
            yield record.id, key, bad.faults[0].code


def _complete(now: datetime) -> Iterator[QualityFigure]:
    """How many customers of each type have each of its fields."""
    for kind in customers.profile_types(with_fields=True).values():
        keys = [field.key for field in kind.fields.all() if field.retired_at is None]
        whole, counted = queries.filled_in(kind.pk, keys)
        for key in keys if whole else ():
            yield QualityFigure(
                measure=COMPLETE, profile_type=kind.key, field=key, count=counted.get(key, 0),
                whole=whole, counted_at=now,
            )  # fmt: skip


def _measured(company: Company, now: datetime) -> Iterator[QualityFigure]:
    everybody = _count({}, company, now)
    for measure, tree in MEASURES.items():
        yield QualityFigure(
            measure=measure, count=_count(tree, company, now), whole=everybody, counted_at=now
        )


def _count(tree: Tree, company: Company, now: datetime) -> int:
    """Of everybody that is not restricted; a job may take its time."""
    found = known(SYSTEM, company=company)
    node = found.read(tree) if tree else None
    read = Reading(ListState(), found, Clock(now, company.zone), node)
    row = sql.execute(
        f"SELECT count(*) FROM ({read.every()} AND customer.hidden_since IS NULL) AS found",
        read.values, prepare=False,
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


def _may_ask(tree: Tree, seen: Known) -> bool:
    try:
        seen.read(tree)
    except (FieldNotVisible, BadCondition):
        return False
    return True
