"""Reads of issues and promises. Per customer they take the family of ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from clientela.customers.models import Customer
from clientela.customers.sight import seen
from clientela.issues import rules
from clientela.issues.faults import NoSuchIssue, NoSuchPromise
from clientela.issues.models import (
    RUNNING,
    Assignment,
    Category,
    Cause,
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
from clientela.platform import ids, text
from clientela.products.models import Product
from clientela.staff.models import Person

LIST_MAX = 200
MESSAGES_MAX = 500
REVIEW_MAX = 500
COUNTED_MAX = 1_000
WORDS_MAX = 10
DueKey = tuple[datetime | None, UUID]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which issues a list is of. `view` is one of VIEWS; nothing else narrows it by default."""

    view: str = "all"
    person_id: UUID | None = None
    family: tuple[UUID, ...] = ()
    queue: str = ""
    category: str = ""
    complaint: bool = False
    search: str = ""


VIEWS = ("mine", "unassigned", "customer", "late", "today", "all")


def get(number: int) -> Issue:
    """An issue by the number people use. NoSuchIssue when the check digit is wrong, too."""
    if not rules.is_issue_number(number):
        raise NoSuchIssue("There is no such issue; check the last digit.")
    named = IssueKey.objects.filter(number=number).values("issue_id")[:1]
    issue = _whole().filter(id__in=named).first()
    if issue is None:
        raise NoSuchIssue
    return issue


def by_id(issue_id: UUID, *, customer_id: UUID) -> Issue:
    issue = _whole().filter(customer_id=customer_id, id=issue_id).first()
    if issue is None:
        raise NoSuchIssue
    return issue


def one_of(family: Iterable[UUID], issue_id: UUID) -> Issue:
    """An issue of these customers. NoSuchIssue where it is somebody else's."""
    issue = _whole().filter(customer_id__in=list(family), id=issue_id).first()
    if issue is None:
        raise NoSuchIssue
    return issue


def open_of(family: Iterable[UUID]) -> list[Issue]:
    """What the family's issues still wait for, what is due first at the top."""
    issues = _whole().filter(customer_id__in=list(family), category__in=RUNNING)
    return list(issues.order_by("next_due_at", "id")[:LIST_MAX])


def has_open_complaint(family: Iterable[UUID]) -> bool:
    open_now = Issue.objects.filter(customer_id__in=list(family), category__in=RUNNING)
    return open_now.exclude(complaint_at=None).exists()


def page(
    wanted: Wanted, *, now: datetime, tonight: datetime, after: DueKey | None = None,
    limit: int = 50,
) -> list[Issue]:  # fmt: skip
    """Open issues by what is due first; when ended ones are asked for too, the newest first.

    `tonight` is the end of the company's day. `after`: due time and id of the last one seen.
    """
    issues = narrowed(_whole(), wanted, now=now, tonight=tonight)
    if _is_by_due(wanted):
        return list(_beyond(issues, after).order_by("next_due_at", "id")[:limit])
    if after is not None:
        issues = issues.filter(id__lt=after[1])
    return list(issues.order_by("-id")[:limit])


def narrowed(
    issues: QuerySet[Issue], wanted: Wanted, *, now: datetime, tonight: datetime
) -> QuerySet[Issue]:
    if _is_by_due(wanted):
        issues = issues.filter(category__in=RUNNING)
    issues = issues.filter(_of_view(wanted, now=now, tonight=tonight))
    if wanted.family:
        issues = issues.filter(customer_id__in=wanted.family)
    if wanted.queue:
        issues = issues.filter(queue__key=wanted.queue)
    if wanted.category:
        issues = issues.filter(category=wanted.category)
    if wanted.complaint:
        issues = issues.exclude(complaint_at=None)
    return _found(issues, wanted.search)


def counts(*, person_id: UUID | None, now: datetime, tonight: datetime) -> dict[str, int]:
    """How many open issues each view holds."""
    views = {
        view: Count("id", filter=_of_view(Wanted(view, person_id), now=now, tonight=tonight))
        for view in VIEWS
    }
    return dict(seen(Issue.objects.filter(category__in=RUNNING)).aggregate(**views))


def messages_of(issue: Issue) -> list[Message]:
    """What was said, in order; of a very long issue the last five hundred."""
    said = Message.objects.filter(customer_id=issue.customer_id, issue_id=issue.id)
    return list(said.order_by("-seq")[:MESSAGES_MAX])[::-1]


def spans_of(issue: Issue) -> list[Span]:
    spans = Span.objects.filter(customer_id=issue.customer_id, issue_id=issue.id)
    return list(spans.select_related("state").order_by("starts_at", "id")[:LIST_MAX])


def assignments_of(issue: Issue) -> list[Assignment]:
    given = Assignment.objects.filter(customer_id=issue.customer_id, issue_id=issue.id)
    return list(given.select_related("queue").order_by("starts_at", "id")[:LIST_MAX])


def promises_of(issue: Issue) -> list[Promise]:
    """Every promise on it, what is due first at the top."""
    made = Promise.objects.filter(customer_id=issue.customer_id, issue_id=issue.id)
    return list(made.order_by("due_at", "id")[:LIST_MAX])


def resolutions_of(issue: Issue) -> list[Resolution]:
    ended = Resolution.objects.filter(customer_id=issue.customer_id, issue_id=issue.id)
    return list(ended.select_related("cause").order_by("resolved_at", "id")[:LIST_MAX])


def next_promises(issue_ids: Sequence[UUID]) -> dict[UUID, Promise]:
    """What is due next on each of these issues; one whose clock stands still only if nothing
    else is promised there.
    """
    running = Promise.objects.filter(issue_id__in=issue_ids, kept_at=None, released_at=None)
    found: dict[UUID, Promise] = {}
    for one in sorted(running, key=lambda one: (one.paused_at is not None, one.due_at, one.id)):
        if one.issue_id is not None:
            found.setdefault(one.issue_id, one)
    return found


def promise(promise_id: UUID) -> Promise:
    found = seen(Promise.objects.filter(id=promise_id)).first()
    if found is None:
        raise NoSuchPromise
    return found


def promises_page(
    *, owed_by: Sequence[str] = (), until: datetime | None = None, late_at: datetime | None = None,
    family: Sequence[UUID] = (), after: tuple[datetime, UUID] | None = None, limit: int = 50,
) -> list[Promise]:  # fmt: skip
    """Running promises, what is due first at the top. `until`: due before then; `late_at`: due
    before then and so broken.
    """
    running = seen(Promise.objects.filter(kept_at=None, released_at=None))
    if owed_by:
        running = running.filter(owed_by__in=list(owed_by))
    if family:
        running = running.filter(customer_id__in=list(family))
    if until is not None:
        running = running.filter(due_at__lt=until, paused_at=None)
    if late_at is not None:
        running = running.filter(due_at__lt=late_at, paused_at=None)
    if after is not None:
        due_at, id = after
        running = running.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, id__gt=id))
    return list(running.order_by("due_at", "id")[:limit])


def promises_due_count(*, owed_by: Sequence[str], until: datetime) -> int:
    running = Promise.objects.filter(
        kept_at=None, released_at=None, paused_at=None, due_at__lt=until, owed_by__in=list(owed_by)
    )
    return len(seen(running).values_list("id")[:COUNTED_MAX])


def callbacks_of(family: Iterable[UUID]) -> list[Promise]:
    """Promises to call back that still run."""
    running = Promise.objects.filter(
        customer_id__in=list(family), kind=Promise.Kind.CALLBACK, kept_at=None, released_at=None
    )
    return list(running.order_by("due_at", "id")[:LIST_MAX])


def numbers_of(issue_ids: Iterable[UUID | None]) -> dict[UUID, Issue]:
    """Issues by id, for lists of what is on them."""
    return Issue.objects.in_bulk([id for id in issue_ids if id is not None])


def reviews_of(family: Iterable[UUID]) -> list[Review]:
    signed = Review.objects.filter(customer_id__in=list(family))
    return list(signed.order_by("-reviewed_at", "-id")[:LIST_MAX])


def queues() -> list[Queue]:
    return list(Queue.objects.select_related("calendar").order_by("position", "key")[:LIST_MAX])


def states() -> list[State]:
    return list(State.objects.order_by("position", "key")[:LIST_MAX])


def causes() -> list[Cause]:
    return list(Cause.objects.order_by("position", "key")[:LIST_MAX])


def owed_by_names(person_id: UUID) -> list[str]:
    """What a person answers for: what they owe themselves, and the queues they lead."""
    led = Queue.objects.filter(lead_id=person_id)
    return [ids.public("per", person_id), *(queue.public_id for queue in led)]


def _whole() -> QuerySet[Issue]:
    """Issues with what a line of a list says of them."""
    whose = Customer.objects.filter(id=OuterRef("customer_id")).values("display_name")[:1]
    what = Product.objects.filter(id=OuterRef("product_id")).values("name")[:1]
    who = Person.objects.filter(id=OuterRef("owner_id")).values("name")[:1]
    return seen(Issue.objects.select_related("queue", "state")).annotate(  # type: ignore[no-redef]
        customer_name=Subquery(whose), product_name=Subquery(what), owner_name=Subquery(who)
    )


def _is_by_due(wanted: Wanted) -> bool:
    ended = (Category.RESOLVED, Category.CLOSED)
    return wanted.view != "every" and not wanted.search and wanted.category not in ended


def _of_view(wanted: Wanted, *, now: datetime, tonight: datetime) -> Q:
    views = {
        "mine": Q(owner_id=wanted.person_id) if wanted.person_id else Q(pk__in=[]),
        "unassigned": Q(owner_id=None),
        "customer": Q(state__reason=State.Reason.CUSTOMER),
        "late": Q(next_due_at__lt=now),
        "today": Q(next_due_at__gte=now, next_due_at__lt=tonight),
    }
    return views.get(wanted.view, Q())


def _beyond(issues: QuerySet[Issue], after: DueKey | None) -> QuerySet[Issue]:
    if after is None:
        return issues
    due_at, id = after
    if due_at is None:
        return issues.filter(next_due_at=None, id__gt=id)
    return issues.filter(
        Q(next_due_at__gt=due_at) | Q(next_due_at=due_at, id__gt=id) | Q(next_due_at=None)
    )


def _found(issues: QuerySet[Issue], search: str) -> QuerySet[Issue]:
    """A whole number means its issue; else words of the subject, each from its beginning."""
    if not search:
        return issues
    digits = "".join(search.split()).lstrip("#")
    if digits.isdecimal() and len(digits) < 18 and rules.is_issue_number(int(digits)):
        return issues.filter(number=int(digits))
    words = text.words(search)[:WORDS_MAX]
    if not words:
        return issues.none()
    asked = " & ".join(f"'{word.replace(chr(39), '')}':*" for word in words)
    query: Any = SearchQuery(asked, config="simple", search_type="raw")
    return issues.filter(search=query)
