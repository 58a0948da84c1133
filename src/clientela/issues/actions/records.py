"""What every change of an issue does: lock it, change it, and say so in the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Min

from clientela.customers.actions import ChangedMeanwhile
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.issues.faults import NoSuchIssue
from clientela.issues.models import Issue, Promise, Queue
from clientela.platform import ids
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

CUSTOMER = "customer"  # the author of what the customer said


@needs_transaction
def locked(issue_id: UUID, *, customer_id: UUID, version: int | None = None) -> Issue:
    """The issue, locked. ChangedMeanwhile when it is no more as the caller read it."""
    issue = (
        Issue.objects.select_for_update(of=("self",))
        .select_related("queue__calendar", "state")
        .filter(customer_id=customer_id, id=issue_id)
        .first()
    )
    if issue is None:
        raise NoSuchIssue
    if version is not None and version != issue.version:
        raise ChangedMeanwhile(version=issue.version)
    return issue


def change(issue: Issue, *, now: datetime, moves_on: bool = False, **values: Any) -> None:
    """Write these values; `moves_on` when an answer being written should be read again."""
    values["updated_at"] = now
    if moves_on:
        issue.version += 1
        values["version"] = F("version") + 1
    _row(issue).update(**values)
    for name, value in values.items():
        if name != "version":
            setattr(issue, name, value)


def recount_due(issue: Issue) -> None:
    """The least due time of what is still promised, kept beside the issue to sort by."""
    running = Promise.objects.filter(
        customer_id=issue.customer_id, issue_id=issue.id, kept_at=None, released_at=None,
        paused_at=None,
    )  # fmt: skip
    issue.next_due_at = running.aggregate(least=Min("due_at"))["least"]
    _row(issue).update(next_due_at=issue.next_due_at)


def tell(
    issue: Issue, name: str, *, actor: Actor, now: datetime, request: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """One happening on an issue."""
    told = {"number": issue.number, **(data or {})}
    happening = Happening(name, now, issue.customer_id, issue.public_id, told)
    events.emit([happening], actor=actor, now=now, request=request)


def debtor(owner_id: UUID | None, queue: Queue) -> str:
    """Who answers for what is promised: the owner, else the queue and with it its lead."""
    return ids.public("per", owner_id) if owner_id else queue.public_id


def person_of(actor: Actor) -> UUID | None:
    """The person behind an actor; a key is nobody's person."""
    return ids.parse("per", actor.id) if actor.id.startswith("per_") else None


def _row(issue: Issue) -> Any:
    return Issue.objects.filter(customer_id=issue.customer_id, id=issue.id)
