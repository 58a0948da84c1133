"""An issue changes hands, state, or weight."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.issues.actions import promises
from clientela.issues.actions.opening import first_state
from clientela.issues.actions.records import CUSTOMER, change, tell
from clientela.issues.faults import IssueEnded, ResolutionMissing
from clientela.issues.models import Assignment, Category, Issue, Queue, Resolution, Span, State
from clientela.platform import ids, text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.staff.models import Person


@needs_transaction
def assign(
    issue: Issue, *, owner_id: UUID | None, queue: Queue | None = None, why: str = "",
    actor: Actor, now: datetime, request: str = "",
) -> Issue:  # fmt: skip
    """Hand an issue to somebody, or back to its queue; what is promised on it goes with it."""
    place = queue or issue.queue
    if (owner_id, place.id) == (issue.owner_id, issue.queue_id):
        return issue
    if owner_id and not Person.objects.filter(id=owner_id, is_active=True).exists():
        raise InvalidInput("Nobody of the company is called so.", field="owner")
    _open_assignments(issue).update(ends_at=now)
    Assignment.objects.create(
        id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id, queue=place,
        owner_id=owner_id, assigned_by=actor.id, why=text.clean(why), starts_at=now,
    )  # fmt: skip
    change(issue, now=now, moves_on=True, owner_id=owner_id, queue=place)
    promises.pass_on(issue, now=now)
    tell(issue, "issue.assigned", actor=actor, now=now, request=request,
         data={"owner": ids.public("per", owner_id) if owner_id else None,
               "queue": place.key})  # fmt: skip
    return issue


@needs_transaction
def set_state(issue: Issue, key: str, *, actor: Actor, now: datetime, request: str = "") -> Issue:
    """Another state. An issue ends by a resolution and begins again by a reopening, not by this;
    a resolved one can be closed.
    """
    state = State.objects.filter(key=key).first()
    if state is None:
        raise InvalidInput("There is no such state.", field="state")
    if state.key == issue.state_id:
        return issue
    if state.category in (Category.RESOLVED, Category.CLOSED):
        _must_be_resolved(issue)
    elif not issue.is_running:
        raise IssueEnded
    enter(issue, state, actor=actor, now=now)
    tell(issue, "issue.moved", actor=actor, now=now, request=request, data={"state": state.key})
    return issue


@needs_transaction
def enter(issue: Issue, state: State, *, actor: Actor, now: datetime) -> None:
    """End the running span and begin the next at the same instant; clocks stop or run on."""
    Span.objects.filter(
        customer_id=issue.customer_id, issue_id=issue.id, ends_at=None
    ).update(ends_at=now)  # fmt: skip
    Span.objects.create(
        id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id, state=state,
        category=state.category, reason=state.reason, starts_at=now, by=actor.id,
    )  # fmt: skip
    change(issue, now=now, moves_on=True, state=state, category=state.category)
    promises.pause_or_resume(issue, now=now)


@needs_transaction
def wake(issue: Issue, *, actor: Actor, now: datetime, request: str = "") -> None:
    """The customer was heard: nobody waits for them any more, and nothing has ended."""
    if issue.category == Category.OPEN:
        return
    if not issue.is_running:
        begin_anew(issue, reason="", by=CUSTOMER, actor=actor, now=now, request=request)
    elif issue.state.reason == State.Reason.CUSTOMER:
        enter(issue, first_state(), actor=actor, now=now)


@needs_transaction
def begin_anew(
    issue: Issue, *, reason: str, by: str, actor: Actor, now: datetime, request: str = ""
) -> None:
    """Undo the resolution; the clocks run on, the time in between left out."""
    Resolution.objects.filter(
        customer_id=issue.customer_id, issue_id=issue.id, undone_at=None
    ).update(undone_at=now, undone_by=by, undone_reason=reason)  # fmt: skip
    enter(issue, first_state(), actor=actor, now=now)
    promises.run_on(issue, now=now)
    tell(issue, "issue.reopened", actor=actor, now=now, request=request)


@needs_transaction
def set_priority(issue: Issue, priority: int, *, actor: Actor, now: datetime) -> Issue:
    if not 1 <= priority <= 4:
        raise InvalidInput("A priority is 1, the most urgent, to 4.", field="priority")
    change(issue, now=now, priority=priority)
    return issue


@needs_transaction
def mark_complaint(issue: Issue, *, actor: Actor, now: datetime, request: str = "") -> Issue:
    """From now on this is a complaint; it stays one. Marked again nothing changes."""
    if issue.complaint_at is None:
        change(issue, now=now, complaint_at=now, complaint_by=actor.id)
        tell(issue, "issue.complained", actor=actor, now=now, request=request)
    return issue


def _must_be_resolved(issue: Issue) -> None:
    standing = Resolution.objects.filter(
        customer_id=issue.customer_id, issue_id=issue.id, undone_at=None
    )
    if not standing.exists():
        raise ResolutionMissing("Say how it ended: outcome, cause and what was done.")


def _open_assignments(issue: Issue) -> Any:
    return Assignment.objects.filter(customer_id=issue.customer_id, issue_id=issue.id, ends_at=None)
