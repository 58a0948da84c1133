"""What people do with an issue: hand it over, change its state, end it, open it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.flows.answer_issue import answer_within
from clientela.issues import queries as issue_reads
from clientela.issues.actions import ending, handover, opening, records
from clientela.issues.actions.ending import Ending
from clientela.issues.actions.talk import Said
from clientela.issues.models import Issue, Resolution, Review
from clientela.platform import transactions
from clientela.platform.http.actors import Actor


@transactions.retried
def assign_issue(
    number: int, *, owner_id: UUID | None, queue: str = "", why: str = "",
    version: int | None = None, actor: Actor, now: datetime, request: str = "",
) -> Issue:  # fmt: skip
    """To a person, or without one back to the queue."""
    with _held(number, version=version) as issue:
        place = opening.queue_named(queue) if queue else None
        return handover.assign(issue, owner_id=owner_id, queue=place, why=why, actor=actor,
                               now=now, request=request)  # fmt: skip


@transactions.retried
def set_issue_state(
    number: int, state: str, *, version: int | None = None, actor: Actor, now: datetime,
    request: str = "",
) -> Issue:  # fmt: skip
    with _held(number, version=version) as issue:
        return handover.set_state(issue, state, actor=actor, now=now, request=request)


@transactions.retried
def set_issue_priority(number: int, priority: int, *, actor: Actor, now: datetime) -> Issue:
    with _held(number) as issue:
        return handover.set_priority(issue, priority, actor=actor, now=now)


@transactions.retried
def mark_complaint(number: int, *, actor: Actor, now: datetime, request: str = "") -> Issue:
    with _held(number) as issue:
        return handover.mark_complaint(issue, actor=actor, now=now, request=request)


@transactions.retried
def resolve_issue(
    number: int, how: Ending, *, tell_customer: bool = False, version: int | None = None,
    actor: Actor, now: datetime, request: str = "",
) -> tuple[Issue, Resolution]:  # fmt: skip
    """End it with outcome, cause and what was done; `tell_customer`: those words go to them too."""
    with _held(number, version=version) as issue:
        if tell_customer and issue.is_running:
            answer_within(issue, Said(how.words, Issue.Channel.EMAIL), actor=actor, now=now,
                          request=request)  # fmt: skip
        resolution = ending.resolve(issue, how, actor=actor, now=now, request=request)
    return issue, resolution


@transactions.retried
def reopen_issue(
    number: int, *, reason: str, actor: Actor, now: datetime, request: str = ""
) -> Issue:
    with _held(number) as issue:
        return ending.reopen(issue, reason=reason, actor=actor, now=now, request=request)


@transactions.retried
def sign_review(
    customer_id: UUID, *, finding: str, next_step: str = "", since_on: date | None = None,
    actor: Actor, now: datetime, request: str = "",
) -> Review:  # fmt: skip
    family = customers.family_of(customer_id)
    if not family:
        raise customers.NoSuchCustomer
    with transactions.open():
        return ending.sign_review(
            customer_id=family[0], finding=finding, next_step=next_step, since_on=since_on,
            actor=actor, now=now, request=request,
        )  # fmt: skip


@contextmanager
def _held(number: int, *, version: int | None = None) -> Iterator[Issue]:
    """The issue in a transaction, locked."""
    known = issue_reads.get(number)
    with transactions.open():
        yield records.locked(known.id, customer_id=known.customer_id, version=version)
