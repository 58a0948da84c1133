"""Promises to customers: given, kept, moved, released; and those that broke are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from clientela.issues import queries as issue_reads
from clientela.issues.actions import promises, records
from clientela.issues.actions.promises import NewPromise
from clientela.issues.models import Issue, Promise
from clientela.platform import transactions
from clientela.platform.http.actors import Actor


@transactions.retried
def promise_on_issue(
    number: int, new: NewPromise, *, owed_by: str | None = None, actor: Actor, now: datetime,
    request: str = "",
) -> Promise:  # fmt: skip
    """What was promised on an issue; owed by its owner, or its queue, unless somebody is named."""
    known = issue_reads.get(number)
    with transactions.open():
        issue = records.locked(known.id, customer_id=known.customer_id)
        return promises.make_promise(
            new, customer_id=issue.customer_id, issue=issue, queue=issue.queue, owed_by=owed_by,
            actor=actor, now=now, request=request,
        )  # fmt: skip


@transactions.retried
def keep(promise_id: UUID, *, actor: Actor, now: datetime, request: str = "") -> Promise:
    with _held(promise_id) as (promise, issue):
        return promises.keep_promise(promise, issue=issue, actor=actor, now=now, request=request)


@transactions.retried
def release(
    promise_id: UUID, *, reason: str, actor: Actor, now: datetime, request: str = ""
) -> Promise:
    with _held(promise_id) as (promise, issue):
        return promises.release_promise(
            promise, reason=reason, issue=issue, actor=actor, now=now, request=request
        )


@transactions.retried
def move(
    promise_id: UUID, *, due_at: datetime, reason: str, actor: Actor, now: datetime,
    request: str = "",
) -> Promise:  # fmt: skip
    """Its successor; the old one stays with its time and the reason."""
    with _held(promise_id) as (promise, issue):
        return promises.move_promise(
            promise, due_at=due_at, reason=reason, issue=issue, actor=actor, now=now,
            request=request,
        )  # fmt: skip


def tell_broken(*, now: datetime) -> int:
    """Say of each promise whose time has passed that it broke; how many. Told once each."""
    with transactions.open():
        return len(promises.tell_broken(now=now))


@contextmanager
def _held(promise_id: UUID) -> Iterator[tuple[Promise, Issue | None]]:
    """The promise and its issue in a transaction, locked in that order of storeys: issue first."""
    known = issue_reads.promise(promise_id)
    with transactions.open():
        issue = (
            records.locked(known.issue_id, customer_id=known.customer_id)
            if known.issue_id
            else None
        )
        yield promises.locked_promise(promise_id, customer_id=known.customer_id), issue
