"""The call bar: what rings for somebody, whom they talk with, what they have not ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from clientela.calls import queries
from clientela.calls.models import Call
from clientela.calls.queries import Present
from clientela.flows import converse
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest

SERVES = "calls.serve"
MATCHES: dict[str, str | Promise] = {
    Call.Match.ONE: _("one match"),
    Call.Match.MANY: _("several match"),
    Call.Match.MAYBE: _("perhaps known"),
    Call.Match.NONE: _("no match"),
    Call.Match.SHARED: _("shared number"),
    Call.Match.INTERNAL: _("internal"),
    Call.Match.HIDDEN: _("hidden number"),
}
STATES = {
    Call.State.RINGING: "ringing",
    Call.State.ANSWERED: "talking",
    Call.State.ENDED: "after-call",
    Call.State.MISSED: "missed",
}
ICONS = {
    "ringing": "phone-incoming", "talking": "phone-call", "after-call": "phone-off",
    "missed": "phone-x",
}  # fmt: skip


def bar(request: HouseRequest) -> list[dict[str, Any]]:
    """What the bar shows of each call, the present one first."""
    if not request.actor.may(SERVES) or not request.actor.id.startswith("per_"):
        return []
    now = request.started_at
    found = queries.present_calls(converse.person_of(request.actor), now=now)
    return [_shown(one, now=now) for one in found]


def _shown(one: Present, *, now: datetime) -> dict[str, Any]:
    state = STATES[Call.State(one.state)]
    since = one.answered_at if state == "talking" else one.started_at
    return {
        "id": ids.public("cal", one.id), "state": state, "icon": _icon(one, state),
        "name": one.name, "number": one.number, "number_shown": one.number_shown,
        "is_hidden": one.match == Call.Match.HIDDEN, "line": one.line,
        "match": "" if one.name else MATCHES[Call.Match(one.match)],
        "waited": _seconds(one.started_at, one.answered_at or one.ended_at or now),
        "since": since, "passed": _clock(_seconds(since or now, one.ended_at or now)),
        "runs": one.ended_at is None, "until": _until(one, state),
        "conversation": ids.public("con", one.conversation_id) if one.conversation_id else "",
        "is_taken": state != "talking" or one.conversation_id is not None,
        "url": _url(one),
    }  # fmt: skip


def _icon(one: Present, state: str) -> str:
    is_ours = one.direction == Call.Direction.OUT and state == "ringing"
    return "phone-outgoing" if is_ours else ICONS[state]


def _until(one: Present, state: str) -> datetime | None:
    """When it leaves the bar by itself."""
    if one.ended_at is None:
        return one.started_at + queries.RINGS_MAX if state == "ringing" else None
    return one.ended_at + queries.AFTER_SHOWN


def _url(one: Present) -> str:
    """Where the bar leads: the conversation, the record, those to choose from, or the search."""
    if one.conversation_id is not None:
        return reverse("console:conversation", args=[one.conversation_id])
    if one.customer_id is not None:
        return reverse("console:customer", args=[one.customer_id])
    if one.number:
        return f"{reverse('console:callers')}?{urlencode({'number': one.number})}"
    return reverse("console:agent")


def _seconds(start: datetime, end: datetime) -> int:
    return max(0, (end - start) // timedelta(seconds=1))


def _clock(seconds: int) -> str:
    """`00:42`, `1:02:05`"""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
