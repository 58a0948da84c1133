"""Promises over all issues, why they are due when they are, and a customer's detailed review."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import StrictStr

from clientela.api.issue_shapes import Promise, Resolution, Who, promise_of, resolution_of, who
from clientela.api.issues import tonight
from clientela.api.router import Doors
from clientela.api.types import (
    After,
    Body,
    HouseRequest,
    Instant,
    Text,
    place_after,
    place_of,
    public_id,
)
from clientela.flows import handle_issue as handling
from clientela.flows import promise as promising
from clientela.flows import show_issue
from clientela.issues import queries as issue_reads
from clientela.issues import review as reviews
from clientela.platform import ids, periods
from clientela.platform.errors import InvalidInput
from clientela.staff import company as companies

doors = Doors(tags=["issues"], switch="issues")


class Owed(Promise):
    customer: str
    merged_from: str | None = None
    issue: int | None


class PromisePage(Body):
    items: list[Owed]
    next: str | None


class Release(Body):
    reason: Text | None = None


class PromiseMove(Body):
    due_at: Instant
    reason: Text | None = None


class Stretch(Body):
    starts_at: str
    ends_at: str
    seconds: int


class Pause(Body):
    starts_at: str
    ends_at: str | None


class PromiseWhy(Body):
    """`calendar` null: a person said the time, there is nothing to compute."""

    promise: Promise
    calendar: str | None
    calendar_version: int | None
    open_seconds: int | None
    spent_seconds: int
    left_seconds: int
    stretches: list[Stretch]
    pauses: list[Pause]


class WhyAll(Body):
    items: list[PromiseWhy]
    next: str | None


class Stint(Body):
    owner: Who | None
    queue: str
    seconds: int


class ReviewedIssue(Body):
    number: int
    subject: str
    claim: str
    product: str | None
    about: str
    channel: str
    state: str
    category: str
    complaint: bool
    opened_at: str
    owners: list[Stint]
    waited_seconds: dict[str, int]
    promises: list[Promise]
    resolution: Resolution | None
    resolutions: list[Resolution]
    reopenings: int
    contacts: int
    answers: int


class Totals(Body):
    issues: int
    open: int
    complaints: int
    resolved: int
    reopened: int
    promises_due: int
    kept: int
    kept_late: int
    late: int
    running: int
    released: int


class Signed(Body):
    id: str
    reviewed_by: Who
    reviewed_at: str
    since_on: str | None
    finding: str
    next_step: str


class Review(Body):
    customer: str
    merged_from: str | None = None
    totals: Totals
    issues: list[ReviewedIssue]
    reviews: list[Signed]


class Sign(Body):
    finding: Text
    next_step: Text | None = None
    since_on: StrictStr | None = None


@doors.read("/promises", right="issues.view", answer=PromisePage, summary="List what is promised")
def listed(
    request: HouseRequest,
    *,
    due: Literal["any", "today", "late"] = "any",
    owed_by: Annotated[str | None, Query(max_length=40)] = None,
    customer: Annotated[str | None, Query(max_length=40)] = None,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Promises that still run, what is due first at the top. `owed_by`: a person or a queue."""
    now = request.started_at
    family = show_issue.customer_of(public_id("cus", customer)) if customer else ()
    rows = issue_reads.promises_page(
        owed_by=[owed_by] if owed_by else (), family=family, after=place_after(after), limit=limit,
        until=tonight(now) if due == "today" else None, late_at=now if due == "late" else None,
    )  # fmt: skip
    numbers = issue_reads.numbers_of(row.issue_id for row in rows)
    names = reviews.names_of({row.owed_by for row in rows} | {row.made_by for row in rows})
    return {
        "items": [
            {
                **promise_of(row, reviews.clock_of(row, now=now), names),
                "customer": ids.public("cus", row.customer_id),
                "issue": numbers[row.issue_id].number if row.issue_id in numbers else None,
            }
            for row in rows
        ],
        "next": place_of(rows[-1].due_at, rows[-1].id) if len(rows) == limit else None,
    }


@doors.write("POST", "/promises/{promise_id}/keeping", right="issues.answer", answer=Promise,
             summary="Keep a promise")  # fmt: skip
def keep(request: HouseRequest, promise_id: StrictStr) -> dict[str, Any]:
    """It was done; after its time it counts as kept late, and stays broken."""
    kept = promising.keep(
        _id(promise_id), actor=request.actor, now=request.started_at, request=request.request_id
    )
    return promise_of(kept, reviews.clock_of(kept, now=request.started_at), {})


@doors.write("POST", "/promises/{promise_id}/release", right="issues.release_promise",
             answer=Promise, summary="Release a promise")  # fmt: skip
def release(request: HouseRequest, promise_id: StrictStr, body: Release) -> dict[str, Any]:
    """With a reason; never for a response target."""
    done = promising.release(
        _id(promise_id), reason=body.reason or "", actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return promise_of(done, reviews.clock_of(done, now=request.started_at), {})


@doors.write("POST", "/promises/{promise_id}/move", right="issues.answer", answer=Promise,
             summary="Move a promise")  # fmt: skip
def move(request: HouseRequest, promise_id: StrictStr, body: PromiseMove) -> dict[str, Any]:
    """A new time, with a reason; the answer is its successor, the old one keeps its time."""
    moved = promising.move(
        _id(promise_id), due_at=body.due_at, reason=body.reason or "", actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return promise_of(moved, reviews.clock_of(moved, now=request.started_at), {})


@doors.read("/issues/{number}/why", right="issues.view", answer=WhyAll,
            summary="Why is it due then?")  # fmt: skip
def why(request: HouseRequest, number: int) -> dict[str, Any]:
    """Every promise of an issue with the open time that was counted, stretch by stretch."""
    now = request.started_at
    promises = issue_reads.promises_of(issue_reads.get(number))
    return {"items": [_why(show_issue.why_due(one, now=now), now=now) for one in promises],
            "next": None}  # fmt: skip


@doors.read("/customers/{customer_id}/review", right="issues.view", answer=Review,
            summary="Read a customer's detailed review")  # fmt: skip
def review(
    request: HouseRequest, customer_id: StrictStr,
    since: Annotated[str | None, Query(max_length=10)] = None,
    state: Literal["", "open", "ended", "complaint"] = "",
) -> dict[str, Any]:  # fmt: skip
    """Every issue they claimed, in their words: who had it for how long, what was promised and
    whether it was kept, how it ended and who signed for it.
    """
    family = show_issue.customer_of(public_id("cus", customer_id))
    company = companies.current()
    day = _day(since, field="since")
    found = reviews.of_family(
        family, now=request.started_at, state=state,
        since=periods.local_midnight(day, company.zone) if day else None,
    )  # fmt: skip
    return {
        "customer": ids.public("cus", family[0]), "totals": _totals(found.totals),
        "issues": [_reviewed(one, found.names) for one in found.issues],
        "reviews": [_signed(one, found.names) for one in found.signed],
    }  # fmt: skip


@doors.write("POST", "/customers/{customer_id}/reviews", right="issues.answer", answer=Signed,
             summary="Sign a review")  # fmt: skip
def sign(request: HouseRequest, customer_id: StrictStr, body: Sign) -> dict[str, Any]:
    """That you read the customer's issues, what you found, and what comes next."""
    signed = handling.sign_review(
        public_id("cus", customer_id), finding=body.finding, next_step=body.next_step or "",
        since_on=_day(body.since_on, field="since_on"), actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return _signed(signed, {request.actor.id: request.actor.name})


def _why(found: show_issue.WhyDue, *, now: datetime) -> dict[str, Any]:
    promise = found.promise
    return {
        "promise": promise_of(promise, reviews.clock_of(promise, now=now), {}),
        "calendar": found.calendar.key if found.calendar else None,
        "calendar_version": promise.calendar_version, "open_seconds": promise.open_seconds,
        "spent_seconds": found.spent_seconds, "left_seconds": found.left_seconds,
        "stretches": [
            {"starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat(),
             "seconds": one.seconds}
            for one in found.stretches
        ],
        "pauses": [
            {"starts_at": one.starts_at.isoformat(),
             "ends_at": one.ends_at.isoformat() if one.ends_at else None}
            for one in found.pauses
        ],
    }  # fmt: skip


def _reviewed(one: reviews.Reviewed, names: Any) -> dict[str, Any]:
    issue, standing = one.issue, one.standing
    return {
        "number": issue.number, "subject": issue.subject, "claim": one.claim,
        "product": one.product or None, "about": issue.about, "channel": issue.channel,
        "state": issue.state_id, "category": issue.category,
        "complaint": issue.complaint_at is not None, "opened_at": issue.opened_at.isoformat(),
        "owners": [
            {"owner": who(stint.owner, names), "queue": stint.queue.key, "seconds": stint.seconds}
            for stint in one.stints
        ],
        "waited_seconds": dict(one.waited),
        "promises": [promise_of(made.promise, made.clock, names) for made in one.promises],
        "resolution": resolution_of(standing, names) if standing else None,
        "resolutions": [resolution_of(ended, names) for ended in one.resolutions],
        "reopenings": one.reopenings, "contacts": one.contacts, "answers": one.answers,
    }  # fmt: skip


def _totals(totals: reviews.Totals) -> dict[str, int]:
    return {
        "issues": totals.issues, "open": totals.open, "complaints": totals.complaints,
        "resolved": totals.resolved, "reopened": totals.reopened, "promises_due": totals.ended,
        "kept": totals.kept, "kept_late": totals.kept_late, "late": totals.late,
        "running": totals.running, "released": totals.released,
    }  # fmt: skip


def _signed(one: Any, names: Any) -> dict[str, Any]:
    return {
        "id": ids.public("rev", one.id), "reviewed_by": who(one.reviewed_by, names),
        "reviewed_at": one.reviewed_at.isoformat(),
        "since_on": one.since_on.isoformat() if one.since_on else None, "finding": one.finding,
        "next_step": one.next_step,
    }  # fmt: skip


def _id(promise_id: str) -> UUID:
    return public_id("prm", promise_id)


def _day(text: str | None, *, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("Write a day such as 2026-11-20.", field=field) from None
