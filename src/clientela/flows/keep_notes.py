"""What people write about customers: notes that name colleagues, tasks, tags; from any door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import one_customer
from clientela.notes import actions, queries, rules
from clientela.notes.actions import NewNote, NewTask
from clientela.notes.models import Note, Tag, Task
from clientela.notes.rules import Colleague
from clientela.platform import cards, ids, text, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.staff import queries as staff


@transactions.retried
def write_note(
    customer: Reference | UUID, words: str, *, actor: Actor, now: datetime, request: str = ""
) -> Note:
    """Card numbers in it are hidden; whoever it names after an @ finds it among what waits."""
    words = _words(words, longest=rules.WORDS_LENGTH_MAX)
    mentioned = rules.mentioned(words, _colleagues())
    with transactions.open():
        family = one_customer.locked(customer)
        [note] = actions.write([NewNote(family[0], words, actor.id, now, tuple(mentioned))])
        told = Happening("note.written", now, family[0], note.public_id,
                         {"mentioned": len(mentioned)})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return note


@transactions.retried
def remove_note(
    customer: Reference | UUID, note_id: UUID, *, actor: Actor, now: datetime, request: str = ""
) -> None:
    with transactions.open():
        family = one_customer.locked(customer)
        note = queries.note(note_id, family=family)
        if actions.remove_note(note, actor=actor, now=now):
            told = Happening("note.removed", now, family[0], note.public_id)
            events.emit([told], actor=actor, now=now, request=request)


@transactions.retried
def read_mentions(note_ids: Sequence[UUID], *, actor: Actor, now: datetime) -> int:
    """Whoever acts has seen these notes."""
    with transactions.open():
        return actions.read_mentions(actor.id, note_ids=note_ids, now=now)


@transactions.retried
def set_task(
    customer: Reference | UUID, words: str, *, due_on: date, owner: str = "", actor: Actor,
    now: datetime, request: str = "",
) -> Task:  # fmt: skip
    """Something to be done until a day; by whoever sets it where no `owner` is named."""
    words = _words(words, longest=rules.TASK_LENGTH_MAX)
    owner = _owner(owner or actor.id, actor)
    with transactions.open():
        family = one_customer.locked(customer)
        [task] = actions.set_tasks([NewTask(family[0], words, due_on, owner, actor.id, now)])
        _tell("task.set", task, family[0], actor=actor, now=now, request=request)
    return task


@transactions.retried
def change_task(
    task_id: UUID, *, words: str | None = None, due_on: date | None = None,
    owner: str | None = None, actor: Actor, now: datetime, request: str = "",
) -> Task:  # fmt: skip
    """None leaves it as it is."""
    with transactions.open():
        task, family = _locked(task_id)
        changed = actions.change_task(
            task,
            words=task.words if words is None else _words(words, longest=rules.TASK_LENGTH_MAX),
            due_on=due_on or task.due_on,
            owner=_owner(owner, actor) if owner else task.owner,
        )
        if changed:
            _tell("task.changed", task, family[0], actor=actor, now=now, request=request)
    return queries.task(task_id)


@transactions.retried
def finish_task(task_id: UUID, *, actor: Actor, now: datetime, request: str = "") -> Task:
    with transactions.open():
        task, family = _locked(task_id)
        if actions.finish(task, actor=actor, now=now):
            _tell("task.done", task, family[0], actor=actor, now=now, request=request)
    return queries.task(task_id)


@transactions.retried
def reopen_task(task_id: UUID, *, actor: Actor, now: datetime, request: str = "") -> Task:
    with transactions.open():
        task, family = _locked(task_id)
        if actions.reopen(task):
            _tell("task.reopened", task, family[0], actor=actor, now=now, request=request)
    return queries.task(task_id)


@transactions.retried
def put_tag(
    customer: Reference | UUID, name: str, *, actor: Actor, now: datetime, request: str = ""
) -> tuple[Tag, bool]:
    """The tag, and whether the customer did not carry it yet."""
    name = _words(name, longest=rules.TAG_LENGTH_MAX)
    with transactions.open():
        family = one_customer.locked(customer)
        carried = queries.tags_of(family)
        if len(carried) >= rules.TAGS_MAX:
            raise actions.TooManyTags
        [tag] = actions.define_tags([name])
        if tag.key in {one.key for one in carried}:
            return tag, False
        actions.put_tags([(family[0], tag.key)], by=actor.id, now=now)
        told = Happening("tag.put", now, family[0], ids.public("cus", family[0]),
                         {"tag": tag.name})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return tag, True


@transactions.retried
def take_tag(
    customer: Reference | UUID, key: str, *, actor: Actor, now: datetime, request: str = ""
) -> bool:
    """False: the customer did not carry it."""
    with transactions.open():
        family = one_customer.locked(customer)
        carried = {tag.key: tag for tag in queries.tags_of(family)}
        if key not in carried:
            return False
        actions.take_tag(family, key)
        told = Happening("tag.taken", now, family[0], ids.public("cus", family[0]),
                         {"tag": carried[key].name})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return True


def owners() -> list[Colleague]:
    """Who may be given a task."""
    return _colleagues()


def _colleagues() -> list[Colleague]:
    return [
        Colleague(person.public_id, person.name, person.email)
        for person in staff.people() if person.is_active
    ]  # fmt: skip


def _owner(owner: str, actor: Actor) -> str:
    if owner == actor.id and not owner.startswith("per_"):
        return owner  # a program, or somebody at the terminal, minds its own tasks
    if owner not in {one.id for one in _colleagues()}:
        raise InvalidInput(_("Nobody here has this id."), field="owner")
    return owner


def _locked(task_id: UUID) -> tuple[Task, list[UUID]]:
    task = queries.task(task_id)
    family = one_customer.locked(task.customer_id)
    return queries.task(task_id), family


def _words(given: str, *, longest: int) -> str:
    try:
        words = cards.masked(text.clean_lines(given))
    except ValueError:
        words = ""
    if not 1 <= len(words) <= longest:
        raise InvalidInput(_("Write 1 to %(max)d signs.") % {"max": longest}, field="words")
    return words


def _tell(
    name: str, task: Task, customer: UUID, *, actor: Actor, now: datetime, request: str
) -> None:
    told = Happening(name, now, customer, task.public_id, {"due_on": task.due_on.isoformat()})
    events.emit([told], actor=actor, now=now, request=request)
