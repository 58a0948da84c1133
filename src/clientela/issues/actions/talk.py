"""What is said on an issue: answers, the customer's messages, notes. Nothing of it is edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from clientela.issues.actions import handover, promises
from clientela.issues.actions.opening import message_body
from clientela.issues.actions.records import CUSTOMER, change, tell
from clientela.issues.faults import IssueMovedOn
from clientela.issues.models import Issue, Message, Promise
from clientela.platform import ids
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

Audience, Direction, Kind = Message.Audience, Message.Direction, Promise.Kind


@dataclass(frozen=True, slots=True)
class Said:
    """`version`: of the issue as the writer read it; an answer to one that moved on is refused."""

    text: str
    channel: Issue.Channel
    recipient: str = ""
    version: int | None = None
    call_id: UUID | None = None


@needs_transaction
def answer(issue: Issue, said: Said, *, actor: Actor, now: datetime, request: str = "") -> Message:
    """The company answers in public. IssueMovedOn, with the text, when it was written against
    an issue that has changed since.
    """
    body = message_body(said.text)
    if said.version is not None and said.version != issue.version:
        raise IssueMovedOn(version=issue.version, text=body)
    message = _write(issue, said, body, Direction.OUT, Audience.PUBLIC, author=actor.id, now=now)
    change(issue, now=now, moves_on=True, last_public_at=now,
           first_answer_at=issue.first_answer_at or now)  # fmt: skip
    tell(issue, "issue.answered", actor=actor, now=now, request=request,
         data={"message": message.public_id, "channel": said.channel})  # fmt: skip
    promises.keep_running(
        (Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE, Kind.UPDATE), issue=issue, actor=actor, now=now,
        request=request, message_id=message.id,
    )  # fmt: skip
    return message


@needs_transaction
def hear(issue: Issue, said: Said, *, actor: Actor, now: datetime, request: str = "") -> Message:
    """The customer says something more: what waited for them goes on, what had ended begins anew.

    The clock of the next answer starts with the first message that nobody has answered.
    """
    body = message_body(said.text)
    message = _write(issue, said, body, Direction.IN, Audience.PUBLIC, author=CUSTOMER, now=now)
    change(issue, now=now, moves_on=True, last_customer_at=now)
    tell(issue, "issue.replied", actor=actor, now=now, request=request,
         data={"message": message.public_id, "channel": said.channel})  # fmt: skip
    handover.wake(issue, actor=actor, now=now, request=request)
    if issue.first_answer_at is not None:
        promises.set_next_response(issue, now=now, request=request)
    return message


@needs_transaction
def note(issue: Issue, said: Said, *, actor: Actor, now: datetime, request: str = "") -> Message:
    """Something for the company only; it holds up no answer that is being written."""
    body = message_body(said.text)
    message = _write(issue, said, body, Direction.NOTE, Audience.INTERNAL, author=actor.id, now=now)
    change(issue, now=now)
    tell(issue, "issue.noted", actor=actor, now=now, request=request,
         data={"message": message.public_id})  # fmt: skip
    return message


def _write(
    issue: Issue, said: Said, body: str, direction: Message.Direction, audience: Message.Audience,
    *, author: str, now: datetime,
) -> Message:  # fmt: skip
    return Message.objects.create(
        id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id, seq=_next(issue),
        direction=direction, audience=audience, channel=said.channel, author=author, body=body,
        recipient=said.recipient, call_id=said.call_id, written_at=now, recorded_at=now,
    )  # fmt: skip


def _next(issue: Issue) -> Any:
    """The issue is locked, so nobody else counts at the same time."""
    written = Message.objects.filter(customer_id=issue.customer_id, issue_id=issue.id)
    return (written.aggregate(last=Max("seq"))["last"] or 0) + 1
