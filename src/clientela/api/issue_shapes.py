"""Issues and promises as the API answers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clientela.api.types import Body
from clientela.flows.show_issue import Shown
from clientela.issues.models import Assignment as AssignmentRow
from clientela.issues.models import Issue as IssueRow
from clientela.issues.models import Message as MessageRow
from clientela.issues.models import Promise as PromiseRow
from clientela.issues.models import Resolution as ResolutionRow
from clientela.issues.models import Span as SpanRow
from clientela.issues.rules import Clock
from clientela.mail.models import OutgoingMail
from clientela.platform import ids

Names = Mapping[str, str]


class Who(Body):
    """A person, a key, a queue, or `customer`; `name` where it is known."""

    id: str
    name: str | None


class Promise(Body):
    """`standing`: due, soon, late, paused, kept, kept_late, moved or released; late ones are
    broken, by arithmetic.
    """

    id: str
    kind: str
    words: str
    standing: str
    made_by: Who
    owed_by: Who
    made_at: str
    starts_at: str
    due_at: str
    seconds_left: int
    open_seconds: int | None
    kept_at: str | None
    kept_by: Who | None
    released_at: str | None
    released_by: Who | None
    reason: str | None
    moved_to: str | None
    moved_from: str | None


class IssueLetter(Body):
    id: str
    recipient: str
    state: str
    tries: int
    answer: str


class Message(Body):
    id: str
    seq: int
    direction: str
    audience: str
    channel: str
    author: Who
    text: str
    written_at: str
    letter: IssueLetter | None


class Span(Body):
    category: str
    state: str
    reason: str | None
    starts_at: str
    ends_at: str | None


class IssueAssignment(Body):
    queue: str
    owner: Who | None
    assigned_by: Who
    why: str
    starts_at: str
    ends_at: str | None


class Resolution(Body):
    outcome: str
    cause: str
    words: str
    resolved_by: Who
    resolved_at: str
    undone_at: str | None
    undone_by: Who | None
    undone_reason: str | None


class IssueLine(Body):
    id: str
    number: int
    subject: str
    customer: str
    merged_from: str | None = None
    customer_name: str
    about: str
    holding: str | None
    product: str | None
    queue: str
    owner: Who | None
    state: str
    category: str
    priority: int
    channel: str
    language: str
    complaint: bool
    opened_at: str
    updated_at: str
    next_due_at: str | None
    version: int


class IssuePage(Body):
    items: list[IssueLine]
    next: str | None


class Issue(IssueLine):
    complaint_at: str | None
    complaint_by: Who | None
    messages: list[Message]
    promises: list[Promise]
    spans: list[Span]
    assignments: list[IssueAssignment]
    resolutions: list[Resolution]


def shown(whole: Shown) -> dict[str, Any]:
    issue, names = whole.issue, whole.names
    return {
        **issue_of(issue),
        "complaint_at": _instant(issue.complaint_at),
        "complaint_by": who(issue.complaint_by, names),
        "messages": [
            message_of(one, whole.letters.get(one.public_id), names) for one in whole.messages
        ],
        "promises": [promise_of(one, clock, names) for one, clock in whole.promises],
        "spans": [_span(one) for one in whole.spans],
        "assignments": [_assignment(one, names) for one in whole.assignments],
        "resolutions": [resolution_of(one, names) for one in whole.resolutions],
    }


def promise_of(promise: PromiseRow, clock: Clock, names: Names) -> dict[str, Any]:
    return {
        "id": promise.public_id, "kind": promise.kind, "words": promise.words,
        "standing": clock.standing, "made_by": who(promise.made_by, names),
        "owed_by": who(promise.owed_by, names), "made_at": promise.made_at.isoformat(),
        "starts_at": promise.starts_at.isoformat(), "due_at": promise.due_at.isoformat(),
        "seconds_left": clock.seconds_left, "open_seconds": promise.open_seconds,
        "kept_at": _instant(promise.kept_at), "kept_by": who(promise.kept_by, names),
        "released_at": _instant(promise.released_at),
        "released_by": who(promise.released_by, names), "reason": promise.reason or None,
        "moved_to": ids.public("prm", promise.moved_to_id) if promise.moved_to_id else None,
        "moved_from": ids.public("prm", promise.moved_from_id) if promise.moved_from_id else None,
    }  # fmt: skip


def message_of(message: MessageRow, letter: OutgoingMail | None, names: Names) -> dict[str, Any]:
    return {
        "id": message.public_id, "seq": message.seq, "direction": message.direction,
        "audience": message.audience, "channel": message.channel,
        "author": who(message.author, names), "text": message.body,
        "written_at": message.written_at.isoformat(),
        "letter": {
            "id": letter.public_id, "recipient": letter.recipient, "state": letter.state,
            "tries": letter.tries, "answer": letter.answer,
        } if letter else None,
    }  # fmt: skip


def resolution_of(resolution: ResolutionRow, names: Names) -> dict[str, Any]:
    return {
        "outcome": resolution.outcome, "cause": resolution.cause_id, "words": resolution.words,
        "resolved_by": who(resolution.resolved_by, names),
        "resolved_at": resolution.resolved_at.isoformat(),
        "undone_at": _instant(resolution.undone_at),
        "undone_by": who(resolution.undone_by, names),
        "undone_reason": resolution.undone_reason or None,
    }  # fmt: skip


def who(public: str, names: Names) -> dict[str, Any] | None:
    return {"id": public, "name": names.get(public)} if public else None


def issue_of(issue: IssueRow) -> dict[str, Any]:
    owner = ids.public("per", issue.owner_id) if issue.owner_id else ""
    return {
        "id": issue.public_id, "number": issue.number, "subject": issue.subject,
        "customer": ids.public("cus", issue.customer_id),
        "customer_name": issue.customer_name or "",
        "about": issue.about,
        "holding": ids.public("hol", issue.holding_id) if issue.holding_id else None,
        "product": issue.product_name, "queue": issue.queue.key,
        "owner": who(owner, {owner: issue.owner_name or ""}),
        "state": issue.state_id, "category": issue.category, "priority": issue.priority,
        "channel": issue.channel, "language": issue.language,
        "complaint": issue.complaint_at is not None, "opened_at": issue.opened_at.isoformat(),
        "updated_at": issue.updated_at.isoformat(), "next_due_at": _instant(issue.next_due_at),
        "version": issue.version,
    }  # fmt: skip


def _span(span: SpanRow) -> dict[str, Any]:
    return {
        "category": span.category, "state": span.state_id, "reason": span.reason or None,
        "starts_at": span.starts_at.isoformat(), "ends_at": _instant(span.ends_at),
    }  # fmt: skip


def _assignment(given: AssignmentRow, names: Names) -> dict[str, Any]:
    return {
        "queue": given.queue.key,
        "owner": who(ids.public("per", given.owner_id), names) if given.owner_id else None,
        "assigned_by": who(given.assigned_by, names), "why": given.why,
        "starts_at": given.starts_at.isoformat(), "ends_at": _instant(given.ends_at),
    }  # fmt: skip


def _instant(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
