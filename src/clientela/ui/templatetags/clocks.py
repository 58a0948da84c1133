"""A promise's clock: what and when, the time left or over in words, the share used as a bar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.template.context import Context
from django.utils.translation import gettext, ngettext

from clientela.ui import dates
from clientela.ui import words as words_of
from clientela.ui.templatetags.ui import clock as time_of_day
from clientela.ui.templatetags.ui import day_of, distance, local, moment_now, short_day, today

register = template.Library()

SOON_SECONDS = 3600
DAYS_FROM_SECONDS = 48 * 3600


@register.simple_tag(takes_context=True)
def from_now(context: Context, value: datetime) -> str:
    """` (in 41 h)` behind a moment that is near, nothing behind one that is not."""
    passed = int((moment_now(context) - value).total_seconds())
    return f" ({distance(passed)})" if abs(passed) < DAYS_FROM_SECONDS else ""


@register.inclusion_tag("ui/clock.html", takes_context=True)
def promise_clock(
    context: Context, words: str, due_at: object, starts_at: object, paused_at: object = None
) -> dict[str, Any]:
    """Amber in the last third or the last hour, red and `late by` when the time is over."""
    due, starts = dates.from_text(due_at), dates.from_text(starts_at)
    assert isinstance(due, datetime)
    now = moment_now(context)
    left = int((due - now).total_seconds())
    whole = max(1, int((due - starts).total_seconds())) if isinstance(starts, datetime) else 1
    share = 100 if left <= 0 else min(100, max(0, 100 - 100 * left // whole))
    return {
        "words": words, "due_at": due, "share": share, "tone": _tone(left, whole, bool(paused_at)),
        "when": due_words(context, due), "left": left_words(left, paused=bool(paused_at)),
    }  # fmt: skip


@register.simple_tag
def promised_words(promise: Mapping[str, Any]) -> str:
    """What is promised, out of a block of the profile: a promise by hand in its own words."""
    kind = str(promise["kind"])
    return str(promise["words"]) if kind == "manual" else words_of.of(kind, "promise")


@register.filter
def lasting(seconds: int) -> str:
    """`12 min`, `6 h 48 min`, `3 days`"""
    minutes = abs(int(seconds)) // 60
    if abs(int(seconds)) >= DAYS_FROM_SECONDS:
        days = abs(int(seconds)) // 86_400
        return ngettext("%d day", "%d days", days) % days
    if minutes < 60:
        return gettext("%(min)s min") % {"min": minutes}
    hours, rest = divmod(minutes, 60)
    if rest == 0:
        return gettext("%(hours)s h") % {"hours": hours}
    return gettext("%(hours)s h %(min)s min") % {"hours": hours, "min": f"{rest:02d}"}


def left_words(left: int, *, paused: bool) -> str:
    if paused:
        return gettext("paused")
    if left < 0:
        return gettext("late by %(time)s") % {"time": lasting(left)}
    return gettext("in %(time)s") % {"time": lasting(left)}


def due_words(context: Context, due: datetime) -> str:
    """The time of day today, else the day too."""
    found = local(due)
    assert found is not None
    shown = time_of_day(due)
    return shown if day_of(found) == today(context) else f"{short_day(context, due)} {shown}"


def _tone(left: int, whole: int, is_paused: bool) -> str:
    if is_paused:
        return "grey"
    if left < 0:
        return "bad"
    return "warn" if left <= SOON_SECONDS or 3 * left <= whole else ""
