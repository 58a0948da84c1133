"""The detailed review: everything a customer claimed, what was promised, and how each ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import get_language

from clientela.issues import queries, rules
from clientela.issues.models import (
    Assignment,
    Issue,
    Message,
    Promise,
    Queue,
    Resolution,
    Review,
    Span,
)
from clientela.issues.rules import Clock, Standing
from clientela.platform import ids
from clientela.products import queries as products
from clientela.staff import queries as staff

Row = TypeVar("Row")
Direction = Message.Direction


@dataclass(frozen=True, slots=True)
class Stint:
    """Who answered for an issue, for how long in all; no `owner`: it was the queue alone."""

    owner: str
    queue: Queue
    seconds: int


@dataclass(frozen=True, slots=True)
class Promised:
    promise: Promise
    clock: Clock


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One issue as a review tells it. `claim`: the customer's own words, if they said any."""

    issue: Issue
    claim: str
    product: str
    stints: tuple[Stint, ...]
    waited: Mapping[str, int]
    promises: tuple[Promised, ...]
    resolutions: tuple[Resolution, ...]
    answers: int
    contacts: int

    @property
    def standing(self) -> Resolution | None:
        return next((one for one in self.resolutions if one.undone_at is None), None)

    @property
    def reopenings(self) -> int:
        return sum(1 for one in self.resolutions if one.undone_at is not None)


@dataclass(frozen=True, slots=True)
class Totals:
    issues: int
    open: int
    complaints: int
    resolved: int
    reopened: int
    kept: int
    kept_late: int
    late: int
    running: int
    released: int

    @property
    def broken(self) -> int:
        return self.kept_late + self.late

    @property
    def ended(self) -> int:
        """Promises whose time has come: kept by then, or broken."""
        return self.kept + self.kept_late + self.late


@dataclass(frozen=True, slots=True)
class Detailed:
    """`names`: of everybody by public id. `signed`: who read it before, newest first."""

    issues: tuple[Reviewed, ...]
    totals: Totals
    names: Mapping[str, str]
    signed: tuple[Review, ...]


def of_family(
    family: Sequence[UUID], *, now: datetime, since: datetime | None = None, state: str = "",
    product_id: UUID | None = None,
) -> Detailed:  # fmt: skip
    """All issues of a family, the newest first; `state` is open, ended, or complaint."""
    found = Issue.objects.select_related("queue", "state").filter(customer_id__in=list(family))
    if since is not None:
        found = found.filter(opened_at__gte=since)
    if state == "complaint":
        found = found.exclude(complaint_at=None)
    elif state:
        ended = rules.NOT_RUNNING
        found = found.filter(category__in=ended) if state == "ended" else found.exclude(
            category__in=ended
        )  # fmt: skip
    if product_id is not None:
        found = found.filter(product_id=product_id)
    issues = list(found.order_by("-opened_at", "-id")[: queries.REVIEW_MAX])
    return _detailed(issues, signed=queries.reviews_of(family), now=now)


def _detailed(issues: Sequence[Issue], *, signed: Sequence[Review], now: datetime) -> Detailed:
    wanted = {"issue_id__in": [issue.id for issue in issues],
              "customer_id__in": {issue.customer_id for issue in issues}}  # fmt: skip
    messages = _by_issue(
        Message.objects.filter(**wanted).exclude(direction=Direction.NOTE).order_by("seq")
    )
    promises = _by_issue(Promise.objects.filter(**wanted).order_by("due_at", "id"))
    given = _by_issue(Assignment.objects.filter(**wanted).select_related("queue").order_by("id"))
    ended = _by_issue(Resolution.objects.filter(**wanted).select_related("cause").order_by("id"))
    spans = _by_issue(Span.objects.filter(**wanted).order_by("id"))
    called = products.names(issue.product_id for issue in issues if issue.product_id)
    reviewed = tuple(
        Reviewed(
            issue, _claim(messages[issue.id]), called.get(issue.product_id, "")
            if issue.product_id else "",
            _stints(given[issue.id], now=now), _waited(spans[issue.id], now=now),
            tuple(Promised(one, clock_of(one, now=now)) for one in promises[issue.id]),
            tuple(ended[issue.id]),
            sum(1 for one in messages[issue.id] if one.direction == Direction.OUT),
            sum(1 for one in messages[issue.id] if one.direction == Direction.IN),
        )
        for issue in issues
    )  # fmt: skip
    return Detailed(reviewed, _totals(reviewed), _names(reviewed, signed), tuple(signed))


def clock_of(promise: Promise, *, now: datetime) -> Clock:
    return rules.clock(
        starts_at=promise.starts_at, due_at=promise.due_at, now=now, kept_at=promise.kept_at,
        released_at=promise.released_at, is_moved=promise.moved_to_id is not None,
        paused_at=promise.paused_at,
    )  # fmt: skip


def names_of(publics: Iterable[str]) -> dict[str, str]:
    """People, keys and queues by their public ids, in the reader's language."""
    language = (get_language() or "en")[:2]
    wanted = {public for public in publics if public}
    queue_ids = [ids.parse("que", public) for public in wanted if public.startswith("que_")]
    names = staff.names_of(wanted)
    for queue in Queue.objects.filter(id__in=queue_ids) if queue_ids else ():
        labels = queue.labels
        names[queue.public_id] = labels.get(language) or labels.get("en") or queue.key
    return names


def _by_issue(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.issue_id].append(row)  # type: ignore[attr-defined]
    return found


def _claim(messages: Sequence[Message]) -> str:
    return next((one.body for one in messages if one.direction == Direction.IN), "")


def _stints(assignments: Sequence[Assignment], *, now: datetime) -> tuple[Stint, ...]:
    """Stints of the same people at the same queue are one, in the order they began."""
    spent: Counter[tuple[str, UUID]] = Counter()
    queues: dict[UUID, Queue] = {}
    for one in assignments:
        owner = ids.public("per", one.owner_id) if one.owner_id else ""
        queues[one.queue_id] = one.queue
        spent[owner, one.queue_id] += _seconds(one.starts_at, one.ends_at or now)
    return tuple(Stint(owner, queues[queue], told) for (owner, queue), told in spent.items())


def _waited(spans: Sequence[Span], *, now: datetime) -> dict[str, int]:
    """Seconds in each kind of state; a pause by whom it waited for."""
    spent: Counter[str] = Counter()
    for span in spans:
        spent[span.reason or span.category] += _seconds(span.starts_at, span.ends_at or now)
    return dict(spent)


def _seconds(starts_at: datetime, ends_at: datetime) -> int:
    return max(0, int((ends_at - starts_at).total_seconds()))


def _totals(reviewed: Sequence[Reviewed]) -> Totals:
    standings = Counter(one.clock.standing for issue in reviewed for one in issue.promises)
    return Totals(
        issues=len(reviewed), open=sum(1 for one in reviewed if one.issue.is_running),
        complaints=sum(1 for one in reviewed if one.issue.complaint_at is not None),
        resolved=sum(1 for one in reviewed if one.standing is not None),
        reopened=sum(1 for one in reviewed if one.reopenings),
        kept=standings[Standing.KEPT], kept_late=standings[Standing.KEPT_LATE],
        late=standings[Standing.LATE], released=standings[Standing.RELEASED],
        running=sum(standings[one] for one in (Standing.DUE, Standing.SOON, Standing.PAUSED)),
    )  # fmt: skip


def _names(reviewed: Sequence[Reviewed], signed: Sequence[Review]) -> dict[str, str]:
    publics: set[Any] = {one.reviewed_by for one in signed}
    for one in reviewed:
        publics |= {stint.owner for stint in one.stints}
        for promised in one.promises:
            made = promised.promise
            publics |= {made.made_by, made.owed_by, made.kept_by, made.released_by}
        for ended in one.resolutions:
            publics |= {ended.resolved_by, ended.undone_by}
    return names_of(publics)
