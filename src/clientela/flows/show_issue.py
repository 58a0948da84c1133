"""An issue as the doors show it, and why its promises are due when they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.issues import queries as issue_reads
from clientela.issues import review, rules
from clientela.issues.models import Assignment, Issue, Message, Promise, Resolution, Span
from clientela.issues.rules import Clock
from clientela.mail import queries as mail
from clientela.mail.models import OutgoingMail
from clientela.platform import ids
from clientela.platform.open_time import Pause, Stretch
from clientela.staff import calendars
from clientela.staff.models import Calendar


@dataclass(frozen=True, slots=True)
class Shown:
    """An issue whole. `letters` by the public id of their message; `names` by public id."""

    issue: Issue
    customer: Customer
    messages: tuple[Message, ...]
    promises: tuple[tuple[Promise, Clock], ...]
    spans: tuple[Span, ...]
    assignments: tuple[Assignment, ...]
    resolutions: tuple[Resolution, ...]
    letters: Mapping[str, OutgoingMail]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WhyDue:
    """The road to a due time: open stretches used up, pauses left out. Promised by hand there is
    no road: somebody said the time.
    """

    promise: Promise
    calendar: Calendar | None
    stretches: tuple[Stretch, ...]
    pauses: tuple[Pause, ...]
    spent_seconds: int
    left_seconds: int


@dataclass(frozen=True, slots=True)
class Line:
    """One issue in a list, and what is due next on it."""

    issue: Issue
    promise: Promise | None
    clock: Clock | None


def whole(number: int, *, now: datetime, with_history: bool = True) -> Shown:
    """Everything about one issue; without its history neither spans nor assignments."""
    issue = issue_reads.get(number)
    messages = issue_reads.messages_of(issue)
    promises = issue_reads.promises_of(issue)
    assignments = issue_reads.assignments_of(issue) if with_history else []
    resolutions = issue_reads.resolutions_of(issue)
    spans = issue_reads.spans_of(issue) if with_history else []
    sent = [one.public_id for one in messages if one.recipient]
    return Shown(
        issue, customers.get(issue.customer_id), tuple(messages),
        tuple((one, review.clock_of(one, now=now)) for one in promises), tuple(spans),
        tuple(assignments), tuple(resolutions), mail.letters_for(sent),
        review.names_of(_publics(messages, promises, assignments, resolutions, spans)),
    )  # fmt: skip


def lines(issues: Sequence[Issue], *, now: datetime) -> list[Line]:
    """Rows of a list, each with what is due next on it."""
    next_due = issue_reads.next_promises([issue.id for issue in issues])
    found = ((issue, next_due.get(issue.id)) for issue in issues)
    return [
        Line(issue, promise, review.clock_of(promise, now=now) if promise else None)
        for issue, promise in found
    ]


def why_due(promise: Promise, *, now: datetime) -> WhyDue:
    """Open time from its start to its due time, step by step."""
    if promise.open_seconds is None or promise.calendar_id is None:
        left = int((promise.due_at - now).total_seconds())
        return WhyDue(promise, None, (), (), 0, left)
    calendar = calendars.by_id(promise.calendar_id)
    hours = calendars.open_time_of(calendar)
    pauses = _pauses(promise)
    until = promise.kept_at or promise.released_at or promise.paused_at or now
    spent = hours.spent(promise.starts_at, until, pauses)
    return WhyDue(
        promise, calendar, tuple(hours.stretches(promise.starts_at, promise.due_at)),
        tuple(pauses), spent, promise.open_seconds - spent,
    )  # fmt: skip


def _pauses(promise: Promise) -> list[Pause]:
    if promise.issue_id is None:
        return []
    issue = issue_reads.by_id(promise.issue_id, customer_id=promise.customer_id)
    spans = (
        {"category": one.category, "reason": one.reason, "starts_at": one.starts_at,
         "ends_at": one.ends_at}
        for one in issue_reads.spans_of(issue)
    )  # fmt: skip
    return rules.pauses(spans, kind=promise.kind)


def _publics(
    messages: Iterable[Message], promises: Iterable[Promise], assignments: Iterable[Assignment],
    resolutions: Iterable[Resolution], spans: Iterable[Span],
) -> set[str]:  # fmt: skip
    found: set[Any] = {one.author for one in messages} | {one.by for one in spans}
    for promise in promises:
        found |= {promise.made_by, promise.owed_by, promise.kept_by, promise.released_by}
    for given in assignments:
        found |= {given.assigned_by}
        if given.owner_id:
            found.add(ids.public("per", given.owner_id))
    for ended in resolutions:
        found |= {ended.resolved_by, ended.undone_by}
    return {one for one in found if one.partition("_")[0] in ("per", "key", "que")}


def customer_of(family_id: UUID) -> list[UUID]:
    """The family of a customer; refused when there is none."""
    family = customers.family_of(family_id)
    if not family:
        raise customers.NoSuchCustomer
    return family
