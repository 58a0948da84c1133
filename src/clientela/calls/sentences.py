"""What the log says of calls and conversations, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def started(data: Mapping[str, Any]) -> str:
    return _("We called") if _is_ours(data) else _("Called us")


def answered(data: Mapping[str, Any]) -> str:
    return _("Answered our call") if _is_ours(data) else _("Called us and was answered")


def ended(data: Mapping[str, Any]) -> str:
    if not data.get("seconds"):
        return _("We called, nobody answered") if _is_ours(data) else _("Called us")
    return f"{answered(data)} · {length(int(data['seconds']))}"


def missed(data: Mapping[str, Any]) -> str:
    return _("Called us and was not answered")


def conversation_started(data: Mapping[str, Any]) -> str:
    return _("A conversation began")


def conversation_ended(data: Mapping[str, Any]) -> str:
    outcomes = {
        "done": _("Talked with us"),
        "to_do": _("Talked with us; something is left to do"),
        "other_customer": _("Talked with us about somebody else"),
        "lost": _("A conversation was not ended"),
    }
    words = outcomes.get(str(data.get("outcome")), _("Talked with us"))
    seconds = int(data.get("seconds") or 0)
    return f"{words} · {length(seconds)}" if seconds and data.get("outcome") != "lost" else words


def length(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(count)d s", "%(count)d s", seconds) % {"count": seconds}
    minutes = round(seconds / 60)
    return ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes}


def _is_ours(data: Mapping[str, Any]) -> bool:
    return data.get("direction") == "out"


BY_NAME = {
    "call.started": started,
    "call.answered": answered,
    "call.named": started,
    "call.ended": ended,
    "call.missed": missed,
    "conversation.started": conversation_started,
    "conversation.ended": conversation_ended,
}
