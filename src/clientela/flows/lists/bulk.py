"""One field of everybody in a list is set, or emptied: checked first, run in batches, undone.

Whoever asks must be able to see the list and to edit the field. A record that a person changed
after the check is checked again when it is written; what was touched since is kept by the undo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings

from clientela.customers import actions as customers
from clientela.customers import queries as customer_reads
from clientela.customers import rules
from clientela.customers.actions import CustomerChange
from clientela.customers.bulk import actions, queries
from clientela.customers.bulk.models import BulkChange, BulkRow
from clientela.customers.models import Customer, Field
from clientela.customers.rules import BadValue, FieldDefinition
from clientela.customers.sight import sight_of
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.lists import bulk_tags
from clientela.flows.lists import reading as lists
from clientela.flows.lists.state import ListState, of_json
from clientela.platform import countries, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

RIGHT = "customers.bulk_change"
PLAIN = ("language", "country")
AT_ONCE = 1_000
UNDO_DAYS = 30
Outcome = BulkRow.Outcome
State = BulkChange.State
# From which states a step may begin; one that runs already goes on.
STARTS = {
    "run": (State.CHECKED, State.RUNNING, State.FAILED),
    "undo": (State.FINISHED, State.UNDOING, State.UNDONE),
}
STATES = {"run": State.RUNNING, "undo": State.UNDOING}
Progress = Callable[[Mapping[str, int]], None]


class NotChecked(Problem):
    code = "not-checked"
    status = 409
    title = "This change is not in a state for that"


class UndoOver(Problem):
    code = "undo-over"
    status = 409
    title = "This change is too long ago to be taken back"


@transactions.retried
def ask(state: ListState, *, target: str, value: Any, actor: Actor, now: datetime) -> BulkChange:
    """Ask for a change of everybody in a list. Nothing is written to customers before `run`."""
    actor.needs(RIGHT)
    read = lists.reading(state, actor=actor, company=companies.current(), now=now)
    stored = _value(target, value, state, actor=actor)
    with transactions.open():
        change = actions.ask(
            target=target, value=stored, list_state=state.as_json(), actor=actor, now=now
        )
        where = read.every()
        actions.choose(change.id, where, read.values)
    return change


def targets(state: ListState, *, actor: Actor) -> list[Field]:
    """Fields that this actor may change for everybody in the list: those of its profile type."""
    kinds = customer_reads.profile_types(with_fields=True)
    if state.kind not in kinds:
        return []
    sight = sight_of(actor)
    return [
        field for field in kinds[state.kind].fields.all()
        if field.retired_at is None and sight.edits(state.kind, field.key)
        and sight.shows(state.kind, field.key) and not field.rules.get("unique")
    ]  # fmt: skip


def start(change_id: UUID, step: str, *, now: datetime) -> BulkChange:
    """Refuse a step that cannot be taken now; else say that it has begun."""
    with transactions.open():
        change = actions.locked(change_id)
        if change.state not in STARTS[step]:
            raise NotChecked(f"It is {change.state}.")
        if step == "undo":
            _may_undo(change, now=now)
        actions.move(change_id, STATES[step])
    return queries.get(change_id)


def check(
    change_id: UUID, *, actor: Actor, now: datetime, progress: Progress | None = None
) -> BulkChange:
    """Say of everybody what would become of them; writes nothing to customers."""
    _by_batches(
        change_id, Outcome.WAITING,
        lambda rows, it: _checked(rows, it, actor=actor, now=now), progress,
    )  # fmt: skip
    with transactions.open():
        if queries.get(change_id).state == State.CHECKING:
            actions.move(change_id, State.CHECKED)
    return queries.get(change_id)


def run(
    change_id: UUID, *, actor: Actor, now: datetime, progress: Progress | None = None
) -> BulkChange:
    """Write the value, a thousand customers at a time; run again after a kill it goes on."""
    start(change_id, "run", now=now)
    _by_batches(
        change_id,
        Outcome.READY,
        lambda rows, it: _written(rows, it, actor=actor, now=now),
        progress,
    )
    with transactions.open():
        actions.move(change_id, State.FINISHED, finished_at=now)
    return queries.get(change_id)


def undo(
    change_id: UUID, *, actor: Actor, now: datetime, progress: Progress | None = None
) -> BulkChange:
    """Put back what was there, where the value is still the one that was written."""
    start(change_id, "undo", now=now)
    _by_batches(
        change_id, Outcome.CHANGED, lambda rows, it: _undone(rows, it, actor=actor, now=now),
        progress,
    )  # fmt: skip
    with transactions.open():
        actions.move(change_id, State.UNDONE, undone_at=now, undone_by=actor.id)
    return queries.get(change_id)


def _may_undo(change: BulkChange, *, now: datetime) -> None:
    if change.finished_at is None or now - change.finished_at > timedelta(days=UNDO_DAYS):
        raise UndoOver(f"A change is taken back within {UNDO_DAYS} days.")


def fail(change_id: UUID, problem: Problem) -> None:
    """Whoever waits for it is told; what was written stands, and `run` goes on behind it."""
    with transactions.open():
        actions.move(change_id, State.FAILED, problem=problem.as_dict())


def _by_batches(
    change_id: UUID, outcome: str, step: Callable[[list[BulkRow], BulkChange], None],
    progress: Progress | None,
) -> None:  # fmt: skip
    """Each batch is one transaction; rows that were dealt with have another outcome."""
    while _batch(change_id, outcome, step):
        if progress is not None:
            progress(queries.get(change_id).counts)


@transactions.retried
def _batch(change_id: UUID, outcome: str, step: Callable[[list[BulkRow], BulkChange], None]) -> int:
    with transactions.open():
        change = actions.locked(change_id)
        rows = queries.waiting(change_id, outcome, limit=AT_ONCE)
        if rows:
            step(rows, change)
            actions.settle(rows)
            actions.count(change_id)
    return len(rows)


def _checked(rows: list[BulkRow], change: BulkChange, *, actor: Actor, now: datetime) -> None:
    found = queries.customers_of(rows, lock=False)
    if change.target in bulk_tags.TARGETS:
        bulk_tags.judge(rows, found, change)
        return
    kinds = _definitions()
    for row in rows:
        after = _after(found.get(row.customer_id), change, kinds, actor=actor, now=now)
        row.outcome, row.code = _outcome(found.get(row.customer_id), after)


def _written(rows: list[BulkRow], change: BulkChange, *, actor: Actor, now: datetime) -> None:
    found = queries.customers_of(rows, lock=True)
    if change.target in bulk_tags.TARGETS:
        bulk_tags.write(rows, found, change, actor=actor, now=now)
        return
    kinds = _definitions()
    wanted: dict[UUID, CustomerChange] = {}
    for row in rows:
        customer = found.get(row.customer_id)
        after = _after(customer, change, kinds, actor=actor, now=now)
        row.outcome, row.code = _outcome(customer, after)
        if customer is not None and row.outcome == Outcome.READY:
            assert isinstance(after, CustomerChange)
            row.old, wanted[row.customer_id] = _present(customer, change.target), after
    _write(rows, found, wanted, change, Outcome.CHANGED, actor=actor, now=now)


def _undone(rows: list[BulkRow], change: BulkChange, *, actor: Actor, now: datetime) -> None:
    found = queries.customers_of(rows, lock=True)
    if change.target in bulk_tags.TARGETS:
        bulk_tags.undo(rows, found, change, actor=actor, now=now)
        return
    wanted: dict[UUID, CustomerChange] = {}
    for row in rows:
        customer = found.get(row.customer_id)
        row.outcome = Outcome.KEPT
        if customer is not None and _present(customer, change.target) == change.value:
            wanted[row.customer_id] = _with(customer, change.target, row.old)
    _write(rows, found, wanted, change, Outcome.UNDONE, actor=actor, now=now)


def _write(
    rows: list[BulkRow], found: Mapping[UUID, Customer], wanted: Mapping[UUID, CustomerChange],
    change: BulkChange, done: Outcome, *, actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """New values, their history and their events; each row says whether it was written."""
    before = {id: _state(found[id]) for id in wanted}
    changed = customers.change(
        list(wanted.values()), before=before, actor=actor, now=now, cause=change.public_id
    )
    written = {id for id, _fields in changed}
    for row in rows:
        if row.customer_id in written:
            row.outcome, row.version = done, found[row.customer_id].version + 1
    events.emit(_told(changed, found, change, now), actor=actor, now=now)


def _told(
    changed: Iterable[tuple[UUID, list[str]]], found: Mapping[UUID, Customer], change: BulkChange,
    now: datetime,
) -> list[Happening]:  # fmt: skip
    return [
        Happening("customer.changed", now, id, found[id].public_id,
                  {"fields": fields, "bulk": change.public_id})
        for id, fields in changed
    ]  # fmt: skip


def _outcome(customer: Customer | None, after: CustomerChange | str | None) -> tuple[Outcome, str]:
    if customer is None:
        return Outcome.REFUSED, "merged-meanwhile"
    if customer.hidden_since is not None:
        return Outcome.REFUSED, "restricted"
    if isinstance(after, str):
        return Outcome.REFUSED, after
    return (Outcome.READY if after is not None else Outcome.UNCHANGED), ""


def _after(
    customer: Customer | None, change: BulkChange,
    kinds: Mapping[int, tuple[str, Mapping[str, FieldDefinition]]], *, actor: Actor, now: datetime,
) -> CustomerChange | str | None:  # fmt: skip
    """The record with the value; a code where it is refused, None where it stands there already."""
    if customer is None or _present(customer, change.target) == change.value:
        return None
    if change.target in PLAIN:
        return _with(customer, change.target, change.value)
    company, (kind, known) = companies.current(), kinds[customer.profile_type_id]
    state, faults = rules.check(
        known, {change.target: change.value},
        previous=customer.attributes, today=company.today(now), now=now, zone=company.zone,
        complete=False,
    )  # fmt: skip
    faults = rules.told_to(faults, known, partial(sight_of(actor).shows, kind))
    if faults:
        return faults[0].code
    return replace(_state(customer), attributes=state)


def _definitions() -> dict[int, tuple[str, dict[str, FieldDefinition]]]:
    """Of each profile type its key and its fields."""
    kinds = customer_reads.profile_types(with_fields=True)
    return {kind.pk: (kind.key, customer_reads.definitions(kind)) for kind in kinds.values()}


def _present(customer: Customer, target: str) -> Any:
    if target in PLAIN:
        return (customer.language if target == "language" else customer.country) or None
    return customer.attributes.get(target)


def _with(customer: Customer, target: str, value: Any) -> CustomerChange:
    """The record with another value, or without one."""
    if target == "language":
        return replace(_state(customer), language=value or "")
    if target == "country":
        return replace(_state(customer), country=value or "")
    attributes = {key: kept for key, kept in customer.attributes.items() if key != target}
    if value is not None:
        attributes[target] = value
    return replace(_state(customer), attributes=attributes)


def _state(customer: Customer) -> CustomerChange:
    return CustomerChange(
        id=customer.id, version=customer.version, name=customer.display_name,
        language=customer.language, country=customer.country, attributes=customer.attributes,
    )  # fmt: skip


def _value(target: str, value: Any, state: ListState, *, actor: Actor) -> Any:
    """The value as it is stored; refused where no customer of this list could have it."""
    if target in PLAIN:
        return _plain(target, value)
    if target in bulk_tags.TARGETS:
        return bulk_tags.name_of(value, actor=actor)
    kinds = customer_reads.profile_types(with_fields=True)
    if state.kind not in kinds:
        raise InvalidInput("Choose one profile type first: fields belong to one.", field="kind")
    definition = customer_reads.definitions(kinds[state.kind]).get(target)
    if definition is None or definition.retired:
        raise InvalidInput(f"There is no field {target}.", field="field")
    sight_of(actor).needs_edit(state.kind, [target])
    sight_of(actor).needs(state.kind, target)
    if value in (None, "", []):
        return None
    try:
        return _jsonable(rules.canonical(definition, value))
    except BadValue as bad:
        raise InvalidInput(f"This is no value of {target}: {bad.faults[0].code}.",
                           field="value") from None  # fmt: skip


def _plain(target: str, value: Any) -> str | None:
    written = str(value or "").strip()
    if target == "language" and written and written not in dict(settings.LANGUAGES):
        raise InvalidInput("Use en, es or lv.", field="value")
    if target == "country" and written and written.upper() not in countries.COUNTRIES:
        raise InvalidInput("Use a country code of two letters, such as LV.", field="value")
    return (written.upper() if target == "country" else written) or None


def _jsonable(value: Any) -> Any:
    """Exact numbers as they come back from the database."""
    return rules.from_json(rules.as_json({"value": value}))["value"]


def list_of(change: BulkChange) -> ListState:
    return of_json(change.list_state)
