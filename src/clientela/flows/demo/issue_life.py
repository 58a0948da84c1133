"""The life of one issue of the demo, from its opening to its end or to now. Every due time comes
from the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model

from clientela.customers.models import Customer
from clientela.events.actions import Happening
from clientela.flows.demo import issue_words as words
from clientela.flows.demo.issue_words import Topic
from clientela.flows.demo.mark import DEMO
from clientela.issues import rules
from clientela.issues.actions.records import CUSTOMER
from clientela.issues.models import (
    Assignment,
    Issue,
    IssueKey,
    Message,
    Promise,
    Queue,
    Resolution,
    Review,
    Span,
    State,
)
from clientela.platform import ids
from clientela.platform.open_time import OpenTime, Pause
from clientela.products.models import Holding

FIRST_MINUTES, NEXT_MINUTES, END_MINUTES = 120, 240, 1_440
ROWS: tuple[type[Model], ...] = (
    Issue, IssueKey, Message, Span, Assignment, Promise, Resolution, Review,
)  # fmt: skip


@dataclass(slots=True)
class Told:
    """Rows by their table, and the log of them."""

    rows: dict[type[Model], list[Any]] = field(default_factory=lambda: {kind: [] for kind in ROWS})
    log: list[Happening] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works where; `hours` is the calendar both queues have."""

    queues: dict[str, Queue]
    hours: OpenTime
    version: int
    agents: tuple[UUID, ...]
    states: dict[str, State]


@dataclass(frozen=True, slots=True)
class Case:
    """Who has which issue about what, since when, and what becomes of it."""

    customer: Customer
    topic: Topic
    holding: Holding | None
    begun: datetime
    fate: str


class Life:
    """One issue from its opening on; `at` is where its story stands."""

    def __init__(self, case: Case, *, number: int, place: Desk, told: Told, now: datetime) -> None:
        customer, topic, holding, begun = case.customer, case.topic, case.holding, case.begun
        self.place, self.told, self.topic, self.now = place, told, topic, now
        self.fate = case.fate
        self.spans, self.promises = list[Span](), list[Promise]()
        self.queue = place.queues[topic.queue]
        self.owner: UUID | None = place.agents[number % 5 == 4]
        self.language = customer.language if customer.language in ("en", "es", "lv") else "en"
        self.at, self.pauses, self.seq = begun, list[Pause](), 0
        self.issue = Issue(
            id=ids.uuid7(), customer_id=customer.id, queue=self.queue, priority=2 + number % 3,
            subject=topic.subject[self.language], channel=("email", "phone", "form")[number % 3],
            holding_id=holding.id if holding else None,
            product_id=holding.product_id if holding else None,
            about="holding" if holding else "nothing", language=self.language, opened_at=begun,
            opened_by=DEMO.id, recorded_at=begun, updated_at=begun, last_customer_at=begun,
            is_demo=True,
        )  # fmt: skip

    def live(self) -> None:
        """Open it, and let happen what its fate says."""
        fate = self.fate
        if fate == "unassigned":
            self.owner = None
        self._open(is_complaint=fate == "complaint")
        answered_at = self._after(0.4)
        if fate in ("late", "late_answer"):
            answered_at = self._after(FIRST_MINUTES / 60 + 0.7)
        stays = fate in ("new", "unassigned") or (fate == "late" and self.place.hours.between(
            self.at, self.now) < 3 * 3600)  # fmt: skip
        if not stays and answered_at < self.now:
            self._answer(answered_at)
            self._go_on(fate)
        self._finish()

    def _go_on(self, fate: str) -> None:
        end = self._after(END_MINUTES / 60 + 6 if fate == "late_end" else 9)
        if fate in ("kept", "late_answer", "late_end", "twice"):
            self._end(min(end, self.now - timedelta(minutes=1)), is_last=fate != "twice")
        if fate == "twice":
            self._end(min(self._after(8), self.now), is_last=True)
        if fate == "reopened":
            self._end(self._after(6), is_last=False)
        if fate == "asked":
            self._say(CUSTOMER, words.ASKS, self._after(0.5))
            self._promise("next_response", self.at, seconds=NEXT_MINUTES * 60)
        if fate in ("waits", "supplier"):
            self._enter("customer" if fate == "waits" else "supplier", self._after(0.1))
        if fate in ("promised", "complaint", "late"):
            self._by_hand(-0.2 if fate == "late" else 2.5)
        if fate == "moved":
            self._moved()

    # Steps

    def _open(self, *, is_complaint: bool) -> None:
        issue = self.issue
        self.first = self._promise("first_response", self.at, seconds=FIRST_MINUTES * 60)
        self.last = self._promise("resolution", self.at, seconds=END_MINUTES * 60)
        if is_complaint:
            issue.complaint_at, issue.complaint_by = self.at, DEMO.id
        self._span("open", self.at)
        self._add(Assignment(
            id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id, queue=self.queue,
            owner_id=self.owner, assigned_by=DEMO.id, starts_at=self.at,
        ))  # fmt: skip
        self._say(CUSTOMER, self.topic.claim, self.at)
        self._log("issue.opened", channel=issue.channel, queue=self.queue.key,
                  complaint=is_complaint)  # fmt: skip

    def _answer(self, at: datetime) -> None:
        issue = self.issue
        self._say(self._owner(), words.NOTE if self.topic.cause == "network" else None, at)
        self._say(self._owner(), self.topic.answer, at)
        self._keep(self.first, at)
        issue.first_answer_at = issue.last_public_at = at
        self._log("issue.answered", channel="email")

    def _end(self, at: datetime, *, is_last: bool) -> None:
        """Resolve it; when it is not the last time it is opened again after some hours."""
        issue = self.issue
        self.at = max(at, self.at)
        ended = self._add(Resolution(
            id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id, outcome="solved",
            cause_id=self.topic.cause, words=self.topic.resolution[self.language],
            resolved_by=self._owner(), resolved_at=self.at,
        ))  # fmt: skip
        self._enter("resolved", self.at)
        self._log("issue.resolved", outcome="solved", cause=self.topic.cause)
        if is_last:
            self._keep(self.last, self.at)
            return
        self._say(CUSTOMER, words.AGAIN, self._after(5))
        ended.undone_at, ended.undone_by = self.at, CUSTOMER
        self._enter("open", self.at)
        self._log("issue.reopened")

    def _by_hand(self, hours: float) -> Promise:
        """Something promised; due so many open hours from now, or before it."""
        due = self.place.hours.add(self.now, max(0, int(hours * 3600)))
        if hours < 0:
            due = max(self.now + timedelta(hours=hours), self.at + timedelta(minutes=5))
        return self._promise("manual", self.at, due_at=due, named=self.topic.promise)

    def _moved(self) -> None:
        """One promise moved to tomorrow, one kept, one released."""
        kept = self._by_hand(1)
        self._keep(kept, min(self.at + timedelta(minutes=30), self.now))
        released, moved, later = self._by_hand(2), self._by_hand(3), self._by_hand(12)
        for promise, reason in ((released, words.RELEASED), (moved, words.MOVED)):
            promise.released_at, promise.released_by = self.now, self._owner()
            promise.reason = reason
        moved.moved_to_id, later.moved_from_id = later.id, moved.id

    def _finish(self) -> None:
        """What is kept beside the issue: least due, present state."""
        issue = self.issue
        running = [one for one in self.promises if one.kept_at is None and one.released_at is None]
        for promise in running:
            promise.owed_by = ids.public("per", self.owner) if self.owner else self.queue.public_id
        issue.next_due_at = min(
            (one.due_at for one in running if one.paused_at is None), default=None
        )
        issue.owner_id, issue.updated_at = self.owner, self.at
        self._add(issue)

    # Rows

    def _say(self, author: str, said: words.Words | None, at: datetime) -> None:
        if said is None:
            return
        issue, self.at = self.issue, max(at, self.at)
        is_note, is_theirs = said is words.NOTE, author == CUSTOMER
        self.seq += 1
        self._add(Message(
            id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id, seq=self.seq,
            direction="note" if is_note else "in" if is_theirs else "out",
            audience="internal" if is_note else "public", author=author, body=said[self.language],
            channel=issue.channel if is_theirs else "phone", written_at=self.at,
            recorded_at=self.at,
        ))  # fmt: skip
        if is_theirs:
            issue.last_customer_at = self.at

    def _promise(
        self, kind: str, at: datetime, *, seconds: int | None = None,
        due_at: datetime | None = None, named: words.Words | None = None,
    ) -> Promise:  # fmt: skip
        issue = self.issue
        due = due_at or self.place.hours.add(at, seconds or 0)
        by = DEMO.id if named is None else self._owner()
        promise: Promise = self._add(Promise(
            id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id, kind=kind,
            words=named[self.language] if named else "", made_by=by, owed_by=self._owner(),
            made_at=at, starts_at=at, due_at=due, open_seconds=seconds,
            calendar_id=self.queue.calendar_id if seconds else None,
            calendar_version=self.place.version if seconds else None,
        ))  # fmt: skip
        self.promises.append(promise)
        self._log("promise.made", subject=promise.public_id, at=at, kind=kind,
                  due_at=due.isoformat(), owed_by=promise.owed_by)  # fmt: skip
        return promise

    def _keep(self, promise: Promise, at: datetime) -> None:
        if promise.kind == "resolution":
            due = self.place.hours.due(promise.starts_at, END_MINUTES * 60, self.pauses)
            promise.due_at = due or promise.due_at
        promise.kept_at, promise.kept_by, promise.paused_at = at, self._owner(), None
        late = max(0, int((at - promise.due_at).total_seconds()))
        self._log("promise.kept", subject=promise.public_id, at=at, kind=promise.kind,
                  **({"late_seconds": late} if late else {}))  # fmt: skip

    def _enter(self, state: str, at: datetime) -> None:
        self.at = max(at, self.at)
        left = self.spans[-1]
        left.ends_at = self.at
        if left.category in rules.NOT_RUNNING:
            self.pauses.append(Pause(left.starts_at, self.at))
            due = self.place.hours.due(self.last.starts_at, END_MINUTES * 60, self.pauses)
            self.last.due_at = due or self.last.due_at
        if state == "customer" and self.last.due_at >= self.at:
            self.last.paused_at = self.at
        self._span(state, self.at)

    def _span(self, key: str, at: datetime) -> None:
        issue, state = self.issue, self.place.states[key]
        issue.state, issue.category = state, state.category
        self.spans.append(self._add(Span(
            id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id, state=state,
            category=state.category, reason=state.reason, starts_at=at, by=DEMO.id,
        )))  # fmt: skip

    def _log(
        self, name: str, *, subject: str = "", at: datetime | None = None, **data: Any
    ) -> None:
        about = subject or self.issue.public_id
        told = {"issue": self.issue.id, **data}
        happening = Happening(name, at or self.at, self.issue.customer_id, about, told)
        self.told.log.append(happening)

    def _add(self, row: Any) -> Any:
        self.told.rows[type(row)].append(row)
        return row

    def _owner(self) -> str:
        return ids.public("per", self.owner) if self.owner else self.queue.public_id

    def _after(self, hours: float) -> datetime:
        return min(self.place.hours.add(self.at, int(hours * 3600)), self.now)
