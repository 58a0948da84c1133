"""How an issue ends, and how it begins again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.issues.actions import handover, promises
from clientela.issues.actions.opening import message_body
from clientela.issues.actions.records import tell
from clientela.issues.faults import IssueEnded, IssueRuns, ReasonMissing, ResolutionMissing
from clientela.issues.models import Category, Cause, Issue, Promise, Resolution, Review, State
from clientela.platform import ids, text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

Kind = Promise.Kind


@dataclass(frozen=True, slots=True)
class Ending:
    outcome: str
    cause: str
    words: str


@needs_transaction
def resolve(
    issue: Issue, ending: Ending, *, actor: Actor, now: datetime, request: str = ""
) -> Resolution:
    """End an issue: outcome, cause and what was done, signed by the actor.

    It keeps the promise of a resolution; what was promised by hand runs on until it is done.
    """
    if not issue.is_running:
        raise IssueEnded
    outcome, cause, words = _checked(ending)
    resolution = Resolution.objects.create(
        id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id, outcome=outcome,
        cause=cause, words=words, resolved_by=actor.id, resolved_at=now,
    )  # fmt: skip
    promises.keep_running(
        (Kind.RESOLUTION, Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE, Kind.UPDATE), issue=issue,
        actor=actor, now=now, request=request,
    )  # fmt: skip
    state = State.objects.filter(category=Category.RESOLVED).order_by("position", "key")[0]
    handover.enter(issue, state, actor=actor, now=now)
    tell(issue, "issue.resolved", actor=actor, now=now, request=request,
         data={"outcome": outcome, "cause": cause.key})  # fmt: skip
    return resolution


@needs_transaction
def reopen(issue: Issue, *, reason: str, actor: Actor, now: datetime, request: str = "") -> Issue:
    """It has not ended after all: the resolution is undone, by name and with the reason."""
    if issue.is_running:
        raise IssueRuns
    words = text.clean(reason)
    if not words:
        raise ReasonMissing("Say why it is opened again.", field="reason")
    handover.begin_anew(issue, reason=words, by=actor.id, actor=actor, now=now, request=request)
    return issue


@needs_transaction
def sign_review(
    *, customer_id: UUID, finding: str, next_step: str = "", since_on: date | None = None,
    actor: Actor, now: datetime, request: str = "",
) -> Review:  # fmt: skip
    """A person signs that they read a customer's issues, with what they found."""
    if not text.clean(finding):
        raise InvalidInput("Say what you found.", field="finding")
    review = Review.objects.create(
        id=ids.uuid7(), customer_id=customer_id, reviewed_by=actor.id, reviewed_at=now,
        since_on=since_on, finding=message_body(finding), next_step=text.clean(next_step),
    )  # fmt: skip
    happening = Happening("review.signed", now, customer_id, ids.public("rev", review.id))
    events.emit([happening], actor=actor, now=now, request=request)
    return review


def _checked(ending: Ending) -> tuple[str, Cause, str]:
    if not (ending.outcome or ending.words):
        raise ResolutionMissing("Say how it ended: outcome, cause and what was done.")
    if ending.outcome not in Resolution.Outcome.values:
        known = ", ".join(Resolution.Outcome.values)
        raise InvalidInput(f"An outcome is one of {known}.", field="outcome")
    cause = Cause.objects.filter(key=ending.cause).first()
    if cause is None:
        raise InvalidInput("There is no such cause.", field="cause")
    try:
        return ending.outcome, cause, message_body(ending.words)
    except InvalidInput as fault:
        raise InvalidInput(fault.detail, field="words") from None
