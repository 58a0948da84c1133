"""Promises are made, kept, moved and released; broken they are by arithmetic alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.issues import rules
from clientela.issues.actions.records import debtor, recount_due
from clientela.issues.faults import (
    NoSuchPromise,
    PromiseEnded,
    PromiseInThePast,
    PromiseOfTarget,
    ReasonMissing,
)
from clientela.issues.models import Issue, Promise, Queue, Span
from clientela.platform import ids, text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.platform.open_time import Pause
from clientela.platform.transactions import needs_transaction
from clientela.staff import calendars

WORDS_MAX = 300
BROKEN_AT_ONCE_MAX = 500
Kind = Promise.Kind


@dataclass(frozen=True, slots=True)
class NewPromise:
    """`due_at`, or `open_seconds` of the queue's calendar from `starts_at` on."""

    kind: Promise.Kind
    words: str = ""
    due_at: datetime | None = None
    open_seconds: int | None = None
    call_id: UUID | None = None


@needs_transaction
def make_promise(
    new: NewPromise, *, customer_id: UUID, issue: Issue | None, queue: Queue, actor: Actor,
    now: datetime, request: str = "", starts_at: datetime | None = None,
    owed_by: str | None = None, kept_at: datetime | None = None,
) -> Promise:  # fmt: skip
    """Write down what was promised to a customer. PromiseInThePast when it is due already."""
    begins = starts_at or now
    words = text.clean(new.words)
    if new.kind == Kind.MANUAL and not words:
        raise InvalidInput("Say what was promised.", field="words")
    if len(words) > WORDS_MAX:
        raise InvalidInput(f"Say it in at most {WORDS_MAX} characters.", field="words")
    owner = issue.owner_id if issue else None
    promise = Promise.objects.create(
        id=ids.uuid7(), customer_id=customer_id, issue_id=issue.id if issue else None,
        kind=new.kind, words=words, made_by=actor.id, made_at=now, starts_at=begins,
        owed_by=owed_by or debtor(owner, queue), due_at=_due(new, queue=queue, starts_at=begins),
        open_seconds=new.open_seconds, call_id=new.call_id, kept_at=kept_at,
        kept_by=actor.id if kept_at else "", **_calendar(new, queue),
    )  # fmt: skip
    if new.due_at is not None and promise.due_at <= now:
        raise PromiseInThePast("Give a time that is still to come.", field="due_at")
    _tell("promise.made", promise, issue, actor=actor, now=now, request=request)
    if kept_at is not None:
        _tell_kept(promise, issue, actor=actor, now=kept_at, request=request)
    if issue is not None:
        recount_due(issue)
    return promise


@needs_transaction
def keep_promise(
    promise: Promise, *, issue: Issue | None, actor: Actor, now: datetime, request: str = "",
    message_id: UUID | None = None,
) -> Promise:  # fmt: skip
    """It was done. Kept after its time it stays broken, kept late."""
    _must_run(promise)
    values: dict[str, Any] = {"kept_at": now, "kept_by": actor.id, "kept_message_id": message_id}
    if promise.paused_at is not None and issue is not None:
        values |= {"paused_at": None, "due_at": _replayed(promise, issue, until=now)}
    _end(promise, issue, **values)
    _tell_kept(promise, issue, actor=actor, now=now, request=request)
    return promise


@needs_transaction
def release_promise(
    promise: Promise, *, reason: str, issue: Issue | None, actor: Actor, now: datetime,
    request: str = "",
) -> Promise:  # fmt: skip
    """The customer lets us off, or it makes no sense any more; never for a response target."""
    _must_run(promise)
    _by_hand(promise)
    words = _reason(reason)
    _end(promise, issue, released_at=now, released_by=actor.id, reason=words)
    _tell("promise.released", promise, issue, actor=actor, now=now, request=request)
    return promise


@needs_transaction
def move_promise(
    promise: Promise, *, due_at: datetime, reason: str, issue: Issue | None, actor: Actor,
    now: datetime, request: str = "",
) -> Promise:  # fmt: skip
    """A new time for the same promise; the old one stays with its time and the reason."""
    _must_run(promise)
    _by_hand(promise)
    words = _reason(reason)
    if due_at <= now:
        raise PromiseInThePast("Give a time that is still to come.", field="due_at")
    moved = Promise.objects.create(
        id=ids.uuid7(), customer_id=promise.customer_id, issue_id=promise.issue_id,
        kind=promise.kind, words=promise.words, made_by=promise.made_by, owed_by=promise.owed_by,
        made_at=now, starts_at=now, due_at=due_at, call_id=promise.call_id,
        moved_from_id=promise.id,
    )  # fmt: skip
    _end(promise, issue, released_at=now, released_by=actor.id, reason=words, moved_to_id=moved.id)
    data = {"to": moved.public_id, "due_at": due_at.isoformat()}
    _tell("promise.moved", promise, issue, actor=actor, now=now, request=request, **data)
    return moved


@needs_transaction
def keep_running(
    kinds: Iterable[str], *, issue: Issue, actor: Actor, now: datetime, request: str = "",
    message_id: UUID | None = None,
) -> list[Promise]:  # fmt: skip
    """Keep whatever of these kinds still runs on an issue."""
    running = running_of(issue).filter(kind__in=list(kinds)).order_by("id")
    return [
        keep_promise(promise, issue=issue, actor=actor, now=now, request=request,
                     message_id=message_id)
        for promise in running
    ]  # fmt: skip


@needs_transaction
def set_targets(
    issue: Issue, *, actor: Actor, now: datetime, request: str = "", is_answered: bool = False
) -> None:
    """What the queue promises for every issue: a first answer and an end."""
    queue, start = issue.queue, issue.opened_at
    for kind, minutes in (
        (Kind.FIRST_RESPONSE, queue.first_response_minutes),
        (Kind.RESOLUTION, queue.resolution_minutes),
    ):
        if minutes is None:
            continue
        kept = now if is_answered and kind == Kind.FIRST_RESPONSE else None
        make_promise(
            NewPromise(kind, open_seconds=minutes * 60), customer_id=issue.customer_id,
            issue=issue, queue=queue, actor=SYSTEM, now=now, request=request, starts_at=start,
            kept_at=kept,
        )  # fmt: skip


@needs_transaction
def set_next_response(issue: Issue, *, now: datetime, request: str = "") -> None:
    """From the first customer message after an answer on; further ones do not move it."""
    minutes = issue.queue.next_response_minutes
    waits = (Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE)
    if minutes is None or running_of(issue).filter(kind__in=waits).exists():
        return
    make_promise(
        NewPromise(Kind.NEXT_RESPONSE, open_seconds=minutes * 60), customer_id=issue.customer_id,
        issue=issue, queue=issue.queue, actor=SYSTEM, now=now, request=request,
    )  # fmt: skip


@needs_transaction
def pass_on(issue: Issue, *, now: datetime) -> None:
    """Whoever answers for the issue now owes what is promised on it."""
    running_of(issue).update(owed_by=debtor(issue.owner_id, issue.queue))


@needs_transaction
def pause_or_resume(issue: Issue, *, now: datetime) -> None:
    """Stop the clocks of what pauses, or let them run on with the pause left out.

    What is late already stays late.
    """
    for promise in running_of(issue).filter(kind__in=rules.PAUSING, open_seconds__isnull=False):
        due_at = _replayed(promise, issue)
        if due_at is None and promise.paused_at is None and promise.due_at >= now:
            _one(promise).update(paused_at=now)
        elif due_at is not None:
            _one(promise).update(paused_at=None, due_at=due_at)
    recount_due(issue)


@needs_transaction
def run_on(issue: Issue, *, now: datetime) -> None:
    """After a reopening: what the end had kept runs again, the time in between left out."""
    last = (
        Promise.objects.filter(customer_id=issue.customer_id, issue_id=issue.id,
                               kind=Kind.RESOLUTION)
        .order_by("-id").first()
    )  # fmt: skip
    if last is None or last.kept_at is None:
        return
    due_at = _replayed(last, issue) or last.due_at
    told_at = last.broken_told_at if due_at <= now else None
    _one(last).update(kept_at=None, kept_by="", kept_message_id=None, due_at=due_at,
                      broken_told_at=told_at)  # fmt: skip
    recount_due(issue)


@needs_transaction
def tell_broken(*, now: datetime, limit: int = BROKEN_AT_ONCE_MAX) -> list[Promise]:
    """Say once of each promise whose time has passed that it is broken; the broken ones."""
    late = list(
        Promise.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(kept_at=None, released_at=None, paused_at=None, broken_told_at=None,
                due_at__lt=now)
        .order_by("due_at", "id")[:limit]
    )  # fmt: skip
    Promise.objects.filter(id__in=[promise.id for promise in late]).update(broken_told_at=now)
    numbers: dict[UUID | None, int] = dict(
        Issue.objects.filter(id__in=[promise.issue_id for promise in late]).values_list(
            "id", "number"
        )
    )
    happenings = [
        Happening("promise.broken", promise.due_at, promise.customer_id, promise.public_id,
                  {**_facts(promise), "number": numbers.get(promise.issue_id)})
        for promise in late
    ]  # fmt: skip
    events.emit(happenings, actor=SYSTEM, now=now)
    return late


@needs_transaction
def locked_promise(promise_id: UUID, *, customer_id: UUID) -> Promise:
    promise = (
        Promise.objects.select_for_update(of=("self",))
        .filter(customer_id=customer_id, id=promise_id)
        .first()
    )
    if promise is None:
        raise NoSuchPromise
    return promise


def running_of(issue: Issue) -> Any:
    return Promise.objects.filter(
        customer_id=issue.customer_id, issue_id=issue.id, kept_at=None, released_at=None
    )


def _replayed(promise: Promise, issue: Issue, *, until: datetime | None = None) -> datetime | None:
    """When it is due by the issue's whole history; None while its clock stands still. A pause
    that lasts counts as ending at `until`.
    """
    spans = Span.objects.filter(customer_id=issue.customer_id, issue_id=issue.id).values(
        "category", "reason", "starts_at", "ends_at"
    )
    assert promise.calendar_id is not None
    assert promise.open_seconds is not None
    pauses = [
        Pause(pause.starts_at, pause.ends_at or until)
        for pause in rules.pauses(spans, kind=promise.kind)
    ]
    return calendars.open_time_of(calendars.by_id(promise.calendar_id)).due(
        promise.starts_at, promise.open_seconds, pauses
    )


def _due(new: NewPromise, *, queue: Queue, starts_at: datetime) -> datetime:
    if new.due_at is not None:
        return new.due_at
    assert new.open_seconds is not None
    return calendars.open_time_of(queue.calendar).add(starts_at, new.open_seconds)


def _calendar(new: NewPromise, queue: Queue) -> dict[str, Any]:
    if new.open_seconds is None:
        return {}
    return {
        "calendar_id": queue.calendar_id,
        "calendar_version": calendars.version_of(queue.calendar),
    }


def _must_run(promise: Promise) -> None:
    if not promise.is_running:
        raise PromiseEnded


def _by_hand(promise: Promise) -> None:
    if promise.kind in Promise.BY_TARGET:
        raise PromiseOfTarget


def _reason(reason: str) -> str:
    words = text.clean(reason)
    if not words:
        raise ReasonMissing("Say why.", field="reason")
    return words[:WORDS_MAX]


def _end(promise: Promise, issue: Issue | None, **values: Any) -> None:
    _one(promise).update(**values)
    for name, value in values.items():
        setattr(promise, name, value)
    if issue is not None:
        recount_due(issue)


def _one(promise: Promise) -> Any:
    return Promise.objects.filter(customer_id=promise.customer_id, id=promise.id)


def _tell_kept(
    promise: Promise, issue: Issue | None, *, actor: Actor, now: datetime, request: str
) -> None:
    late = max(0, int((now - promise.due_at).total_seconds()))
    data = {"late_seconds": late} if late else {}
    _tell("promise.kept", promise, issue, actor=actor, now=now, request=request, **data)


def _tell(
    name: str, promise: Promise, issue: Issue | None, *, actor: Actor, now: datetime,
    request: str, **data: Any,
) -> None:  # fmt: skip
    told = {**_facts(promise), **data}
    if issue is not None:
        told["number"] = issue.number
    happening = Happening(name, now, promise.customer_id, promise.public_id, told)
    events.emit([happening], actor=actor, now=now, request=request)


def _facts(promise: Promise) -> dict[str, Any]:
    return {"kind": promise.kind, "due_at": promise.due_at.isoformat(), "owed_by": promise.owed_by}
