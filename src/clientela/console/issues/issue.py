"""One issue: what was said, what is promised, and the answer being written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console import held
from clientela.console.once import sent
from clientela.console.pages import FORM, page, see, show
from clientela.flows import answer_issue as talks
from clientela.flows import show_issue
from clientela.flows.show_issue import Shown, WhyDue
from clientela.issues import queries as issue_reads
from clientela.issues.actions.records import CUSTOMER
from clientela.issues.actions.talk import Said
from clientela.issues.faults import IssueMovedOn
from clientela.issues.models import Issue, Message, Promise
from clientela.issues.rules import Clock
from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.ui import words
from clientela.ui.templatetags.clocks import lasting
from clientela.ui.templatetags.ui import moment

WAIT = "wait"
NOTE = "note"
HEARD = "heard"
LOST = ("failed", "undeliverable")


@page("issues.view", switch="issues", methods=FORM)
def issue(request: HouseRequest, number: int) -> HttpResponse:
    """The issue; a post says something on it: an answer, a note, or what the customer said.

    An answer written before something new came is kept, with what is new above it.
    """
    if request.method != "POST":
        return _shown(request, number, kept=held.take(request))
    request.actor.needs("issues.answer")
    try:
        return see(sent(request, lambda: _said(request, number)).body.decode())
    except IssueMovedOn:
        return _shown(request, number, kept=request.POST, is_newer=True, status=409)
    except InvalidInput as fault:
        return _shown(request, number, kept=request.POST, fault=fault.detail, status=422)


@page("issues.view", switch="issues")
def why(request: HouseRequest, number: int) -> HttpResponse:
    """Why its promises are due when they are: in the drawer, and by address beside the issue."""
    now = request.started_at
    found = issue_reads.get(number)
    told = [
        _told(show_issue.why_due(one, now=now), now=now)
        for one in issue_reads.promises_of(found)
        if one.released_at is None
    ]
    close = reverse("console:issue", args=[number])
    if "HX-Request" in request.headers:
        return show(request, "console/issues/why.html", {"whys": told, "close": close})
    return _shown(request, number, whys=told, close=close)


@page("issues.view", switch="issues")
def history(request: HouseRequest, number: int) -> HttpResponse:
    """Who had it, in which state it was, from when to when, and what was promised."""
    whole = show_issue.whole(number, now=request.started_at)
    names = whole.names
    context = {
        **_head(whole), "spans": whole.spans,
        "assignments": [
            {"given": one, "by": names.get(one.assigned_by, "Clientela"),
             "owner": names.get(ids.public("per", one.owner_id), "") if one.owner_id else ""}
            for one in whole.assignments
        ],
        "promises": [promise_row(one, clock, names) for one, clock in whole.promises],
    }  # fmt: skip
    return show(request, "console/issues/history.html", context)


def _said(request: HouseRequest, number: int) -> str:
    given = request.POST
    kind, then = given.get("kind", ""), given.get("then", "")
    by_mail = given.get("channel", Issue.Channel.EMAIL)
    said = Said(given.get("text", ""), Issue.Channel(by_mail), version=_version(given))
    common: dict[str, Any] = {
        "actor": request.actor, "now": request.started_at, "request": request.request_id,
    }  # fmt: skip
    if kind == NOTE:
        talks.note_on_issue(number, said, **common)
    elif kind == HEARD:
        talks.hear_customer(number, said, **common)
    else:
        state = talks.customers_turn() if then == WAIT else ""
        done = talks.answer_issue(number, said, then_state=state, **common)
        messages.success(request, _("The answer goes to %(address)s.") % {
            "address": done.letter.recipient} if done.letter else _("Written down."))  # fmt: skip
    return reverse("console:issue", args=[number])


def _version(given: Mapping[str, Any]) -> int | None:
    text = str(given.get("version", ""))
    return int(text) if text.isdecimal() and len(text) < 9 else None


def _shown(
    request: HouseRequest, number: int, *, kept: Mapping[str, Any] | None = None,
    is_newer: bool = False, fault: str = "", status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    whole = show_issue.whole(number, now=request.started_at, with_history=False)
    said = [message_row(one, whole) for one in whole.messages]
    newer = next((one for one in reversed(said) if one["from_customer"]), None)
    context = {
        **_head(whole), "messages_said": said,
        "promises": [
            promise_row(one, clock, whole.names) for one, clock in whole.promises if one.is_running
        ],
        "address": talks.email_of(whole.issue.customer_id), "draft": kept or {}, "fault": fault,
        "newer": newer if is_newer else None, "resolutions": [
            {"resolution": one, "by": whole.names.get(one.resolved_by, "")}
            for one in whole.resolutions
        ], **more,
    }  # fmt: skip
    return show(request, "console/issues/issue.html", context, status=status)


def _head(whole: Shown) -> dict[str, Any]:
    running = [(one, clock) for one, clock in whole.promises if one.is_running]
    late = next((clock for _one, clock in running if clock.is_broken), None)
    return {
        "issue": whole.issue, "customer": whole.customer, "late": late,
        "count": len(whole.messages), "points_on": companies.current().is_on("loyalty"),
    }  # fmt: skip


def message_row(message: Message, whole: Shown) -> dict[str, Any]:
    letter = whole.letters.get(message.public_id)
    is_theirs = message.author == CUSTOMER
    return {
        "message": message, "from_customer": is_theirs, "letter": letter,
        "letter_lost": letter is not None and letter.state in LOST,
        "author": whole.customer.display_name if is_theirs
        else whole.names.get(message.author) or "Clientela",
    }  # fmt: skip


def promise_row(promise: Promise, clock: Clock, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "promise": promise, "clock": clock, "words": promise_words(promise),
        "made_by": names.get(promise.made_by, "Clientela"),
        "owed_by": names.get(promise.owed_by, ""), "kept_by": names.get(promise.kept_by, ""),
        "by_hand": promise.kind not in Promise.BY_TARGET,
    }  # fmt: skip


def promise_words(promise: Promise) -> str:
    kind = words.of(promise.kind, "promise")
    if not promise.words:
        return kind
    return promise.words if promise.kind == Promise.Kind.MANUAL else f"{kind}: {promise.words}"


def _told(found: WhyDue, *, now: Any) -> dict[str, Any]:
    """One promise of the drawer of "why?": its start, open stretches, pauses, and the sum."""
    promise = found.promise
    if found.calendar is None:
        return {
            "title": promise_words(promise), "total": moment(promise.due_at),
            "about": _("Somebody said this time; nothing was computed."), "steps": [],
        }  # fmt: skip
    steps = [
        {"icon": "clock", "words": f"{moment(one.starts_at)} – {moment(one.ends_at)}",
         "figure": lasting(one.seconds)}
        for one in found.stretches
    ]  # fmt: skip
    steps += [
        {"icon": "hourglass", "words": _("Paused from %(start)s") % {
            "start": moment(pause.starts_at)},
         "figure": lasting(int(((pause.ends_at or now) - pause.starts_at).total_seconds()))}
        for pause in found.pauses
    ]  # fmt: skip
    assert promise.open_seconds is not None
    about = _("Reached us %(start)s; %(target)s of open time, calendar %(calendar)s, "
              "version %(version)s.") % {
        "start": moment(promise.starts_at), "target": lasting(promise.open_seconds),
        "calendar": found.calendar.name, "version": promise.calendar_version,
    }  # fmt: skip
    return {"title": promise_words(promise), "about": about, "steps": steps,
            "total": moment(promise.due_at)}  # fmt: skip
