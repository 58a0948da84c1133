"""An issue is opened: number, first words, first span, and somebody who answers for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from clientela.customers import queries as customers
from clientela.issues import rules
from clientela.issues.actions import promises
from clientela.issues.actions.records import CUSTOMER, person_of, tell
from clientela.issues.faults import HoldingOfAnotherCustomer, NoSuchQueue
from clientela.issues.models import (
    Assignment,
    Category,
    Issue,
    IssueKey,
    Message,
    Queue,
    Span,
    State,
)
from clientela.platform import cards, ids, sql, text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.products import queries as products
from clientela.products.models import Holding

SUBJECT_MAX = 200
BODY_MAX = 50_000
SPOKEN = (Issue.Channel.PHONE, Issue.Channel.COUNTER)


@dataclass(frozen=True, slots=True)
class NewIssue:
    """What is known when an issue is opened. `text`: the customer's words, or with `is_note` the
    company's. `about_nothing`: it was said that no product is meant.
    """

    customer_id: UUID
    text: str
    channel: Issue.Channel
    subject: str = ""
    holding_id: UUID | None = None
    about_nothing: bool = False
    queue: str = ""
    owner_id: UUID | None = None
    priority: int = 3
    language: str = ""
    is_complaint: bool = False
    is_note: bool = False
    call_id: UUID | None = None
    is_demo: bool = False


@needs_transaction
def open_issue(new: NewIssue, *, actor: Actor, now: datetime, request: str = "") -> Issue:
    """Open an issue of one customer. HoldingOfAnotherCustomer when they do not hold what it is
    about; with an agent who takes it by word of mouth the first answer is given at once.
    """
    body = message_body(new.text)
    queue, state = queue_named(new.queue), first_state()
    issue = _issue(new, body, queue=queue, state=state, actor=actor, now=now)
    said = Message(
        id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id, seq=1, body=body,
        channel=new.channel, written_at=now, recorded_at=now, call_id=new.call_id,
        direction=Message.Direction.NOTE if new.is_note else Message.Direction.IN,
        audience=Message.Audience.INTERNAL if new.is_note else Message.Audience.PUBLIC,
        author=actor.id if new.is_note else CUSTOMER,
    )  # fmt: skip
    said.save(force_insert=True)
    _begin(issue, actor=actor, now=now)
    about = ids.public("hol", new.holding_id) if new.holding_id else None
    facts = {"channel": new.channel, "queue": queue.key, "complaint": new.is_complaint}
    tell(issue, "issue.opened", actor=actor, now=now, request=request,
         data={**facts, "holding": about})  # fmt: skip
    answered = new.channel in SPOKEN and person_of(actor) is not None and not new.is_note
    promises.set_targets(issue, actor=actor, now=now, request=request, is_answered=answered)
    return issue


def queue_named(key: str) -> Queue:
    """A queue by its key; without one the queue that takes what names none."""
    queues = Queue.objects.select_related("calendar")
    queue = queues.filter(key=key).first() if key else queues.filter(is_default=True).first()
    if queue is None:
        raise NoSuchQueue(field="queue")
    return queue


def first_state() -> State:
    return State.objects.filter(category=Category.OPEN).order_by("position", "key")[0]


def message_body(written: str) -> str:
    """What was said, line ends in one way; refused when it says nothing or a book."""
    try:
        body = text.clean_lines(written)
    except ValueError:
        raise InvalidInput("The text holds what no text may hold.", field="text") from None
    if not body:
        raise InvalidInput("Say what it is about.", field="text")
    if len(body) > BODY_MAX:
        raise InvalidInput(f"A message has at most {BODY_MAX} characters.", field="text")
    return body


def _issue(
    new: NewIssue, body: str, *, queue: Queue, state: State, actor: Actor, now: datetime
) -> Issue:
    subject = text.clean(new.subject) or rules.subject_of(body)
    if len(subject) > SUBJECT_MAX:
        raise InvalidInput(f"A subject has at most {SUBJECT_MAX} characters.", field="subject")
    if not 1 <= new.priority <= 4:
        raise InvalidInput("A priority is 1, the most urgent, to 4.", field="priority")
    spoken = new.channel in SPOKEN and person_of(actor) is not None and not new.is_note
    issue = Issue(
        id=ids.uuid7(), customer_id=new.customer_id, subject=subject,
        search=_words(cards.masked(subject)), holding_id=new.holding_id,
        product_id=_product_of(new), about=_about(new), queue=queue, owner_id=new.owner_id,
        state=state, category=state.category, priority=new.priority, channel=new.channel,
        language=new.language, opened_at=now, opened_by=actor.id, recorded_at=now, updated_at=now,
        last_customer_at=None if new.is_note else now, first_answer_at=now if spoken else None,
        complaint_at=now if new.is_complaint else None,
        complaint_by=actor.id if new.is_complaint else "", is_demo=new.is_demo,
    )  # fmt: skip
    issue.number = _next_number(issue)
    issue.save(force_insert=True)
    return issue


def _about(new: NewIssue) -> Issue.About:
    if new.holding_id is not None:
        return Issue.About.HOLDING
    return Issue.About.NOTHING if new.about_nothing else Issue.About.UNSAID


def _product_of(new: NewIssue) -> UUID | None:
    if new.holding_id is None:
        return None
    holders = products.holders_of([new.holding_id]).get(new.holding_id, [])
    family = set(customers.family_of(new.customer_id))
    if not family & {holder.customer_id for holder in holders}:
        raise HoldingOfAnotherCustomer("Choose one of the customer's own holdings.",
                                       field="holding")  # fmt: skip
    return Holding.objects.values_list("product_id", flat=True).get(id=new.holding_id)


def _words(subject: str) -> SearchVector:
    return SearchVector(Value(" ".join(text.words_to_find(subject))), config="simple")


def _next_number(issue: Issue) -> int:
    row = sql.execute(
        "SELECT nextval(pg_get_serial_sequence('issues_issuekey', 'serial'))", prepare=True
    ).fetchone()
    assert row is not None
    number = rules.issue_number(row[0])
    IssueKey(serial=row[0], number=number, customer_id=issue.customer_id, issue_id=issue.id).save(
        force_insert=True
    )
    return number


def _begin(issue: Issue, *, actor: Actor, now: datetime) -> None:
    Span(
        id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id,
        category=issue.category, state=issue.state, reason=issue.state.reason, starts_at=now,
        by=actor.id,
    ).save(force_insert=True)  # fmt: skip
    Assignment(
        id=ids.uuid7(), customer_id=issue.customer_id, issue_id=issue.id, queue=issue.queue,
        owner_id=issue.owner_id, assigned_by=actor.id, starts_at=now,
    ).save(force_insert=True)  # fmt: skip
