"""A customer's issues: the detailed review, signing it, and opening a new one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.customers import opened
from clientela.console.customers.opened import Family, of_family
from clientela.console.issues import forms
from clientela.console.issues.issue import promise_row
from clientela.console.once import send
from clientela.console.pages import FORM, page, show
from clientela.flows.handle_issue import sign_review
from clientela.flows.open_issue import open_issue
from clientela.issues import queries as issue_reads
from clientela.issues import review as reviews
from clientela.issues.actions.opening import NewIssue
from clientela.issues.actions.records import person_of
from clientela.issues.models import Issue
from clientela.issues.review import Detailed, Reviewed
from clientela.platform import ids, periods
from clientela.platform.errors import NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.products import queries as products
from clientela.products.rules import OPEN
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label

INVALID = 422
PERIODS = {"": 0, "90": 90, "365": 365}
STATES = ("", "open", "ended", "complaint")


@page("customers.view", "issues.view", switch="issues", methods=FORM)
@of_family
def review(request: HouseRequest, family: Family) -> HttpResponse:
    """Every issue with its promises and its end; a post signs that it was read."""
    form = forms.ReviewForm(request.POST or None)
    if request.method == "POST":
        request.actor.needs("issues.answer")
        if form.is_valid():
            answer = send(request, form, lambda: _sign(request, family, form))
            if answer is not None:
                return answer
    days, state = request.GET.get("days", ""), request.GET.get("state", "")
    if days not in PERIODS or state not in STATES:
        raise NotThere
    found = reviews.of_family(
        family, now=request.started_at, state=state, since=_since(request, days)
    )
    context = {
        **opened.header(request, family), "detailed": found, "form": form,
        "totals": found.totals, "rows": [_row(one, found) for one in found.issues],
        "signed": [{"review": one, "by": found.names.get(one.reviewed_by, one.reviewed_by)}
                   for one in found.signed],
        "periods": _chips(request, "days", (("", _("All time")), ("365", _("Last 12 months")),
                                            ("90", _("Last 90 days")))),
        "states": _chips(request, "state", (
            ("", _("All")), ("open", _("Open")), ("ended", _("Ended")),
            ("complaint", _("Complaints")),
        )), "now_shown": request.started_at,
    }  # fmt: skip
    print_view = "print" in request.GET
    template = "console/issues/review_print.html" if print_view else "console/issues/review.html"
    return show(request, template, context, status=INVALID if form.errors else 200)


@page("customers.view", "issues.view", "issues.answer", switch="issues", methods=FORM)
@of_family
def new(request: HouseRequest, family: Family) -> HttpResponse:
    """Open an issue of this customer: by address, and in a drawer."""
    asked = request.GET.get("holding", "")
    form = forms.NewIssueForm(
        request.POST or None, holdings=_held(family), queues=issue_reads.queues(),
        initial={"holding": asked, "channel": "phone"},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _open(request, family, form))
        if answer is not None:
            return answer
    context = {
        **opened.header(request, family), "form": form, "title": _("New issue"),
        "submit": _("Open the issue"), "address": request.path,
        "cancel": reverse("console:customer", args=[family[0]]),
    }  # fmt: skip
    part = "HX-Request" in request.headers and request.method != "POST"
    template = "console/issues/step_drawer.html" if part else "console/issues/new.html"
    return show(request, template, context, status=INVALID if form.errors else 200)


def _open(request: HouseRequest, family: Family, form: forms.NewIssueForm) -> str:
    given = form.cleaned_data
    about = given["holding"]
    issue = open_issue(
        NewIssue(
            customer_id=family[0], text=given["text"], subject=given["subject"],
            channel=Issue.Channel(given["channel"]), queue=given["queue"],
            holding_id=None if about == forms.NOTHING else ids.parse("hol", about),
            about_nothing=about == forms.NOTHING, priority=int(given["priority"]),
            is_complaint=given["complaint"],
            owner_id=person_of(request.actor) if given["mine"] else None,
        ),
        promise=form.promise(), actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    messages.success(request, _("Issue %(number)s is open.") % {"number": issue.number})
    back = request.GET.get("back", "")
    return back if back.startswith("/agent/") else reverse("console:issue", args=[issue.number])


def _sign(request: HouseRequest, family: Family, form: forms.ReviewForm) -> str:
    since = _since(request, request.GET.get("days", ""))
    zone = companies.current().zone
    sign_review(
        family[0], finding=form.cleaned_data["finding"], next_step=form.cleaned_data["next_step"],
        since_on=periods.day_of(since, zone) if since else None, actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    messages.success(request, _("Signed."))
    return reverse("console:customer-issues", args=[family[0]])


def _held(family: Family) -> list[Any]:
    """What the customer holds now, each once."""
    held = {one.id: one for _part, one in products.holdings_of(family) if one.status in OPEN}
    return list(held.values())


def _since(request: HouseRequest, days: str) -> Any:
    if not PERIODS.get(days):
        return None
    company = companies.current()
    first: date = company.today(request.started_at) - timedelta(days=PERIODS[days])
    return periods.local_midnight(first, company.zone)


def _row(one: Reviewed, found: Detailed) -> dict[str, Any]:
    names = found.names
    return {
        "issue": one.issue, "claim": one.claim, "product": one.product,
        "stints": [
            {"owner": names.get(stint.owner, "") if stint.owner else label(stint.queue.labels),
             "seconds": stint.seconds}
            for stint in one.stints
        ],
        "waited": list(one.waited.items()),
        "promises": [promise_row(made.promise, made.clock, names) for made in one.promises],
        "resolutions": [
            {"resolution": ended, "by": names.get(ended.resolved_by, ended.resolved_by),
             "undone_by": names.get(ended.undone_by, "")}
            for ended in one.resolutions
        ],
        "reopenings": one.reopenings, "contacts": one.contacts, "answers": one.answers,
    }  # fmt: skip


def _chips(
    request: HouseRequest, name: str, choices: tuple[tuple[str, str], ...]
) -> list[dict[str, Any]]:
    found = []
    for value, words in choices:
        query = request.GET.copy()
        query.pop(name, None)
        if value:
            query[name] = value
        written = query.urlencode()
        found.append({
            "words": words, "url": f"{request.path}?{written}" if written else request.path,
            "current": request.GET.get(name, "") == value,
        })  # fmt: skip
    return found
