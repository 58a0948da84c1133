"""Issues: opened, talked about, handed over, resolved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import Field, StrictBool, StrictInt, StrictStr

from clientela.api import whose
from clientela.api.issue_shapes import (
    Issue,
    IssueLine,
    IssuePage,
    Message,
    Promise,
    Resolution,
    issue_of,
    message_of,
    promise_of,
    resolution_of,
    shown,
)
from clientela.api.router import Doors
from clientela.api.types import (
    After,
    Body,
    Customer,
    HouseRequest,
    Instant,
    Name,
    Text,
    public_id,
    reference,
)
from clientela.customers import queries as customers
from clientela.flows import answer_issue as talks
from clientela.flows import handle_issue as handling
from clientela.flows import promise as promising
from clientela.flows import show_issue
from clientela.flows.open_issue import open_issue
from clientela.issues import queries as issue_reads
from clientela.issues import review
from clientela.issues.actions.ending import Ending
from clientela.issues.actions.opening import NewIssue
from clientela.issues.actions.promises import NewPromise
from clientela.issues.actions.talk import Said
from clientela.issues.models import Issue as IssueRow
from clientela.issues.models import Promise as PromiseRow
from clientela.issues.queries import Wanted
from clientela.platform import periods
from clientela.platform.errors import InvalidInput
from clientela.staff import company as companies

doors = Doors(tags=["issues"], switch="issues")
Long = Annotated[StrictStr, Field(min_length=1, max_length=50_000)]
Channel = Literal["phone", "email", "form", "counter", "api", "letter"]
OPEN_SECONDS_MAX = 366 * 86_400


class Promised(Body):
    """`due_at`, or `open_minutes` of the queue's opening hours."""

    words: Name
    due_at: Instant | None = None
    open_minutes: Annotated[StrictInt, Field(ge=1, le=OPEN_SECONDS_MAX // 60)] | None = None
    kind: Literal["manual", "callback"] = "manual"


class NewIssueBody(Body):
    """`holding`: the `hol_…` it is about, or `"none"` for no product."""

    customer: Customer
    text: Long
    subject: Name | None = None
    channel: Channel = "api"
    holding: StrictStr | None = None
    queue: Name | None = None
    owner: StrictStr | None = None
    priority: Annotated[StrictInt, Field(ge=1, le=4)] = 3
    language: Text | None = None
    complaint: StrictBool = False
    promise: Promised | None = None


class NewMessage(Body):
    """`direction` out: the company's answer, in: the customer's words; `audience` internal: a note.

    `version`: of the issue as you read it; an answer to one that moved on is refused.
    """

    text: Long
    direction: Literal["out", "in"] = "out"
    audience: Literal["public", "internal"] = "public"
    channel: Channel = "email"
    version: StrictInt | None = None
    then_state: Name | None = None


class Assign(Body):
    """`owner`: a `per_…`, or null for the queue alone."""

    owner: StrictStr | None = None
    queue: Name | None = None
    why: Text | None = None
    version: StrictInt | None = None


class SetState(Body):
    state: Name
    version: StrictInt | None = None


class Resolve(Body):
    """`words`: what was done; with `tell_customer` they go to the customer as an answer."""

    outcome: Name | None = None
    cause: Name | None = None
    words: StrictStr | None = None
    tell_customer: StrictBool = False
    version: StrictInt | None = None


class Reopen(Body):
    reason: Text | None = None


class Opened(Body):
    issue: IssueLine
    promises: list[Promise]


class Answered(Body):
    message: Message
    version: int


class Resolved(Body):
    issue: IssueLine
    resolution: Resolution


@doors.write("POST", "/issues", right="issues.answer", answer=Opened, summary="Open an issue")
def create(request: HouseRequest, body: NewIssueBody) -> dict[str, Any]:
    """One request of one customer about at most one holding."""
    named = customers.the_one(reference(body.customer))
    new = NewIssue(
        customer_id=named.survivor, text=body.text, subject=body.subject or "",
        channel=IssueRow.Channel(body.channel), holding_id=_holding(body.holding),
        about_nothing=body.holding == "none", queue=body.queue or "",
        owner_id=public_id("per", body.owner, field="owner") if body.owner else None,
        priority=body.priority, language=body.language or "", is_complaint=body.complaint,
    )  # fmt: skip
    issue = open_issue(
        new, promise=new_promise(body.promise) if body.promise else None, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {
        "issue": {**_line(issue), **whose.came_with(body.customer, issue.customer_id)},
        "promises": [
            promise_of(one, review.clock_of(one, now=request.started_at), {})
            for one in issue_reads.promises_of(issue)
        ],
    }


@doors.read("/issues", right="issues.view", answer=IssuePage, summary="List issues")
def listed(
    request: HouseRequest,
    *,
    view: Literal["unassigned", "customer", "late", "today", "all", "every"] = "all",
    search: Annotated[str, Query(max_length=200)] = "",
    owner: Annotated[str | None, Query(max_length=40)] = None,
    customer: Annotated[str | None, Query(max_length=40)] = None,
    queue: Annotated[str, Query(max_length=60)] = "",
    category: Literal["", "open", "paused", "resolved", "closed"] = "",
    complaint: bool = False,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Open issues, what is due first at the top; `view=every`, a search or an ended `category`
    lists the newest first.
    """
    now = request.started_at
    wanted = Wanted(
        view="mine" if owner else view,
        person_id=public_id("per", owner, field="owner") if owner else None,
        family=tuple(_family(customer)) if customer else (), queue=queue, category=category,
        complaint=complaint, search=search,
    )  # fmt: skip
    rows = issue_reads.page(wanted, now=now, tonight=tonight(now), after=_key(after), limit=limit)
    return {
        "items": [issue_of(row) for row in rows],
        "next": _key_of(rows[-1]) if len(rows) == limit else None,
    }


@doors.read("/issues/{number}", right="issues.view", answer=Issue, summary="Read an issue")
def read(request: HouseRequest, number: int) -> dict[str, Any]:
    """All of it: what was said, promised, who answered for it, how it ended."""
    return shown(show_issue.whole(number, now=request.started_at))


@doors.write("POST", "/issues/{number}/messages", right="issues.answer", answer=Answered,
             summary="Answer, note, or add what the customer said")  # fmt: skip
def say(request: HouseRequest, number: int, body: NewMessage) -> dict[str, Any]:
    """An answer by e-mail leaves as a letter to the customer's address."""
    said = Said(body.text, IssueRow.Channel(body.channel), version=body.version)
    common = {"actor": request.actor, "now": request.started_at, "request": request.request_id}
    if body.audience == "internal":
        done = talks.note_on_issue(number, said, **common)  # type: ignore[arg-type]
    elif body.direction == "in":
        done = talks.hear_customer(number, said, **common)  # type: ignore[arg-type]
    else:
        done = talks.answer_issue(number, said, then_state=body.then_state or "", **common)  # type: ignore[arg-type]
    return {"message": message_of(done.message, done.letter, {}), "version": done.issue.version}


@doors.write("POST", "/issues/{number}/assignment", right="issues.answer", answer=IssueLine,
             summary="Hand an issue over")  # fmt: skip
def assign(request: HouseRequest, number: int, body: Assign) -> dict[str, Any]:
    """To a person or back to a queue; what is promised on it goes with it."""
    issue = handling.assign_issue(
        number, owner_id=public_id("per", body.owner, field="owner") if body.owner else None,
        queue=body.queue or "", why=body.why or "", version=body.version, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _line(issue)


@doors.write("POST", "/issues/{number}/state", right="issues.answer", answer=IssueLine,
             summary="Set the state of an issue")  # fmt: skip
def set_state(request: HouseRequest, number: int, body: SetState) -> dict[str, Any]:
    """Any state of the company's own; to end an issue, resolve it."""
    issue = handling.set_issue_state(
        number, body.state, version=body.version, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _line(issue)


@doors.write("POST", "/issues/{number}/complaint", right="issues.answer", answer=IssueLine,
             summary="Mark an issue as a complaint")  # fmt: skip
def complain(request: HouseRequest, number: int) -> dict[str, Any]:
    """Who marked it and when is kept; while it is open nothing is offered to the customer."""
    issue = handling.mark_complaint(
        number, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return _line(issue)


@doors.write("POST", "/issues/{number}/resolution", right="issues.answer", answer=Resolved,
             summary="Resolve an issue")  # fmt: skip
def resolve(request: HouseRequest, number: int, body: Resolve) -> dict[str, Any]:
    """With an outcome, a cause and what was done, signed by who resolves it."""
    issue, resolution = handling.resolve_issue(
        number, Ending(body.outcome or "", body.cause or "", body.words or ""),
        tell_customer=body.tell_customer, version=body.version, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {
        "issue": _line(issue),
        "resolution": resolution_of(resolution, {}),
    }


@doors.write("POST", "/issues/{number}/reopening", right="issues.answer", answer=IssueLine,
             summary="Open an issue again")  # fmt: skip
def reopen(request: HouseRequest, number: int, body: Reopen) -> dict[str, Any]:
    """The resolution stays on record as undone, with the reason."""
    issue = handling.reopen_issue(
        number, reason=body.reason or "", actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _line(issue)


@doors.write("POST", "/issues/{number}/promises", right="issues.answer", answer=Promise,
             summary="Promise something to the customer")  # fmt: skip
def promise(request: HouseRequest, number: int, body: Promised) -> dict[str, Any]:
    """Owed by the issue's owner, or its queue, until it is kept, moved or released."""
    made = promising.promise_on_issue(
        number, new_promise(body), actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return promise_of(made, review.clock_of(made, now=request.started_at), {})


def new_promise(body: Promised) -> NewPromise:
    if (body.due_at is None) == (body.open_minutes is None):
        raise InvalidInput("Give either due_at or open_minutes.", field="due_at")
    seconds = None if body.open_minutes is None else body.open_minutes * 60
    return NewPromise(PromiseRow.Kind(body.kind), words=body.words, due_at=body.due_at,
                      open_seconds=seconds)  # fmt: skip


def tonight(now: datetime) -> datetime:
    """The end of the company's day."""
    company = companies.current()
    return periods.local_midnight(company.today(now) + timedelta(days=1), company.zone)


def _line(issue: IssueRow) -> dict[str, Any]:
    return issue_of(issue_reads.by_id(issue.id, customer_id=issue.customer_id))


def _holding(text: str | None) -> UUID | None:
    return None if text in (None, "none") else public_id("hol", text or "", field="holding")


def _family(customer: str) -> list[UUID]:
    return show_issue.customer_of(public_id("cus", customer, field="customer"))


def _key(after: str | None) -> issue_reads.DueKey | None:
    if after is None:
        return None
    due, _, id = after.rpartition("~")
    try:
        return datetime.fromisoformat(due) if due else None, UUID(hex=id)
    except ValueError:
        raise InvalidInput("Use the value of `next`.", field="after") from None


def _key_of(issue: IssueRow) -> str:
    due = issue.next_due_at.isoformat() if issue.next_due_at else ""
    return f"{due}~{issue.id.hex}"
