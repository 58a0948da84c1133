"""The queue: views with their counts, what is late, due today and later; taking the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from clientela.console.issues.issue import promise_words
from clientela.console.pages import SENT, page, see, show
from clientela.console.paging import read_number
from clientela.flows import handle_issue as handling
from clientela.flows import show_issue
from clientela.flows.show_issue import Line
from clientela.issues import queries as issue_reads
from clientela.issues.actions.records import person_of
from clientela.issues.queries import Wanted
from clientela.platform import periods
from clientela.platform.errors import NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies

PAGE = 50
SEARCH_LENGTH_MAX = 200
VIEWS: Mapping[str, tuple[str | Lazy, str, str]] = {
    "mine": (_("My open"), "user", ""),
    "unassigned": (_("Unassigned"), "inbox", ""),
    "customer": (_("Customer's turn"), "hourglass", ""),
    "late": (_("Late"), "clock", "bad"),
    "today": (_("Due today"), "calendar-due", "warn"),
    "all": (_("All open"), "list", ""),
}


@page("issues.view", switch="issues")
def listed(request: HouseRequest) -> HttpResponse:
    """One view of the open issues, what is due first at the top; or what a search finds."""
    now, person = request.started_at, person_of(request.actor)
    view = request.GET.get("view", "mine" if person else "all")
    if view not in VIEWS:
        raise NotThere
    search = request.GET.get("search", "")[:SEARCH_LENGTH_MAX].strip()
    until = tonight(now)
    rows = issue_reads.page(
        Wanted(view="all" if search else view, person_id=person, search=search), now=now,
        tonight=until, after=_key(request), limit=PAGE,
    )  # fmt: skip
    lines = show_issue.lines(rows, now=now)
    counts = issue_reads.counts(person_id=person, now=now, tonight=until)
    context = {
        "views": list(_views(counts, view if not search else "")), "title": VIEWS[view][0],
        "view": view, "search": search, "count": counts[view], "groups": grouped(lines, until),
        "shown": len(lines), "can_take": person is not None and counts["unassigned"] > 0,
        "next": _next(request, rows) if len(rows) == PAGE else "",
        "promises_count": _promises_of(person, until),
    }  # fmt: skip
    return show(request, "console/issues/queue.html", context)


@page("issues.view", "issues.answer", switch="issues", methods=SENT, shown_on="console:issues")
def take_next(request: HouseRequest) -> HttpResponse:
    """The unassigned issue that is due first becomes mine."""
    person = person_of(request.actor)
    if person is None:
        raise NotThere
    now = request.started_at
    waiting = issue_reads.page(Wanted(view="unassigned"), now=now, tonight=tonight(now), limit=1)
    if not waiting:
        messages.info(request, _t("Nothing waits to be taken."))
        return see(reverse("console:issues"))
    number = waiting[0].number
    handling.assign_issue(number, owner_id=person, version=waiting[0].version,
                          actor=request.actor, now=now, request=request.request_id)  # fmt: skip
    return see(reverse("console:issue", args=[number]))


def grouped(lines: Sequence[Line], until: datetime) -> list[dict[str, Any]]:
    """Late, due today, later; what nothing is promised on comes last."""
    parts: dict[str, list[Line]] = {"late": [], "today": [], "later": []}
    for line in lines:
        if line.clock is not None and line.clock.is_broken:
            parts["late"].append(line)
        elif line.promise and line.promise.due_at < until and not line.promise.paused_at:
            parts["today"].append(line)
        else:
            parts["later"].append(line)
    words = {"late": _t("Late"), "today": _t("Due today"), "later": _t("Later")}
    tones = {"late": "bad"}
    return [
        {
            "name": name,
            "words": words[name],
            "tone": tones.get(name, ""),
            "lines": [_line(one) for one in found],
        }
        for name, found in parts.items()
        if found
    ]


def _line(line: Line) -> dict[str, Any]:
    return {
        "issue": line.issue, "promise": line.promise, "clock": line.clock,
        "words": promise_words(line.promise) if line.promise else "",
    }  # fmt: skip


def tonight(now: datetime) -> datetime:
    company = companies.current()
    return periods.local_midnight(company.today(now) + timedelta(days=1), company.zone)


def _views(counts: Mapping[str, int], current: str) -> Any:
    for view, (words, icon, tone) in VIEWS.items():
        count = counts[view]
        yield {
            "name": view, "words": words, "icon": icon, "tone": tone if count else "",
            "count": count, "url": f"{reverse('console:issues')}?view={view}",
            "current": view == current,
        }  # fmt: skip


def _promises_of(person: UUID | None, until: datetime) -> int:
    if person is None:
        return 0
    return issue_reads.promises_due_count(owed_by=issue_reads.owed_by_names(person), until=until)


def _key(request: HouseRequest) -> issue_reads.DueKey | None:
    given = request.GET.get("after", "")
    if not given:
        return None
    micros, _mark, id = given.rpartition("-")
    try:
        due = datetime.fromtimestamp(read_number(micros) / 1e6, tz=UTC) if micros else None
        return due, UUID(hex=id)
    except (ValueError, OverflowError):
        raise NotThere from None


def _next(request: HouseRequest, rows: Sequence[Any]) -> str:
    last = rows[-1]
    micros = "" if last.next_due_at is None else round(last.next_due_at.timestamp() * 1e6)
    query = request.GET.copy()
    query["after"] = f"{micros}-{last.id.hex}"
    return f"{request.path}?{query.urlencode()}"
