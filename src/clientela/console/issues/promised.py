"""What is promised: mine today, what is overdue, and all of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from clientela.console.issues.issue import promise_row
from clientela.console.issues.queue import tonight
from clientela.console.pages import page, show
from clientela.console.paging import Pages, key_of
from clientela.customers import queries as customers
from clientela.issues import queries as issue_reads
from clientela.issues import review
from clientela.issues.actions.records import person_of
from clientela.platform.errors import NotThere
from clientela.platform.http.requests import HouseRequest

PAGE = 50
VIEWS: Mapping[str, str | Lazy] = {
    "mine": _("Mine today"), "late": _("Overdue"), "all": _("All"),
}  # fmt: skip


@page("issues.view", switch="issues")
def promises(request: HouseRequest) -> HttpResponse:
    """Promises that still run, what is due first at the top."""
    now, person = request.started_at, person_of(request.actor)
    view = request.GET.get("view", "mine" if person else "all")
    if view not in VIEWS:
        raise NotThere
    pages = Pages.of(request)
    rows = issue_reads.promises_page(
        owed_by=issue_reads.owed_by_names(person) if view == "mine" and person else (),
        until=tonight(now) if view == "mine" else None, late_at=now if view == "late" else None,
        after=_after(pages), limit=PAGE,
    )  # fmt: skip
    issues = issue_reads.numbers_of(row.issue_id for row in rows)
    names = review.names_of({name for row in rows for name in (row.made_by, row.owed_by)})
    people = customers.names_of({row.customer_id for row in rows})
    url = reverse("console:promises")
    context = {
        "title": VIEWS[view], "view": view,
        "views": [{"words": words, "url": f"{url}?view={code}", "current": code == view}
                  for code, words in VIEWS.items()],
        "rows": [
            {**promise_row(row, review.clock_of(row, now=now), names),
             "issue": issues.get(row.issue_id) if row.issue_id else None,
             "customer": people.get(row.customer_id, "")}
            for row in rows
        ],
        **pages.links(key_of(rows[-1].due_at, rows[-1].id) if len(rows) == PAGE else None),
    }  # fmt: skip
    return show(request, "console/issues/promises.html", context)


def _after(pages: Pages) -> tuple[datetime, UUID] | None:
    return pages.moment_of_record()
