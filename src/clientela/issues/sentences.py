"""What the log says of issues and promises, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

Data = Mapping[str, Any]


def _numbered(words: str, data: Data) -> str:
    return words % {"number": data.get("number", "")}


def opened(data: Data) -> str:
    if data.get("complaint"):
        return _numbered(_("Complaint %(number)s was opened"), data)
    return _numbered(_("Issue %(number)s was opened"), data)


def answered(data: Data) -> str:
    return _numbered(_("Issue %(number)s was answered"), data)


def replied(data: Data) -> str:
    return _numbered(_("The customer wrote about issue %(number)s"), data)


def noted(data: Data) -> str:
    return _numbered(_("A note was written on issue %(number)s"), data)


def assigned(data: Data) -> str:
    return _numbered(_("Issue %(number)s went to somebody else"), data)


def moved_on(data: Data) -> str:
    return _numbered(_("Issue %(number)s changed its state"), data)


def complained(data: Data) -> str:
    return _numbered(_("Issue %(number)s was marked as a complaint"), data)


def resolved(data: Data) -> str:
    return _numbered(_("Issue %(number)s was resolved"), data)


def reopened(data: Data) -> str:
    return _numbered(_("Issue %(number)s was opened again"), data)


def made(data: Data) -> str:
    if data.get("kind") == "callback":
        return _("A call back was promised")
    if data.get("kind") in ("first_response", "next_response"):
        return _("An answer was promised")
    return _("A promise was made")


def kept(data: Data) -> str:
    return _("A promise was kept late") if data.get("late_seconds") else _("A promise was kept")


def moved(data: Data) -> str:
    return _("A promise was moved")


def released(data: Data) -> str:
    return _("A promise was released")


def broken(data: Data) -> str:
    return _("A promise was broken")


def signed(data: Data) -> str:
    return _("The customer's issues were reviewed")


BY_NAME = {
    "issue.opened": opened,
    "issue.answered": answered,
    "issue.replied": replied,
    "issue.noted": noted,
    "issue.assigned": assigned,
    "issue.moved": moved_on,
    "issue.complained": complained,
    "issue.resolved": resolved,
    "issue.reopened": reopened,
    "promise.made": made,
    "promise.kept": kept,
    "promise.moved": moved,
    "promise.released": released,
    "promise.broken": broken,
    "review.signed": signed,
}
