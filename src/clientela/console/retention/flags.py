"""Flags as every page of a customer shows them: what it is, what to do about it, until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from clientela.retention.words import flag_name
from clientela.ui.templatetags.ui import day

ICONS = {
    "vulnerable": "info-circle", "arrears": "receipt", "fraud": "shield-lock",
    "bereavement": "plant-2", "do_not_sell": "ban", "legal_hold": "lock",
}  # fmt: skip
BAD = ("fraud", "arrears")


def shown(block: Any, issues: Any = None) -> list[dict[str, Any]]:
    """From the blocks of the profile; an open complaint among the issues is told first."""
    flags = [_flag(one) for one in block] if isinstance(block, list) else []
    return [*_complaints(issues), *flags]


def _flag(flag: Mapping[str, Any]) -> dict[str, Any]:
    said = str(flag["instruction"] or flag["reason"])
    if flag["review_on"]:
        review = _("Review %(day)s.") % {"day": day(flag["review_on"])}
        said = f"{said} {review}".strip()
    return {
        "id": flag["id"], "words": f"{flag_name(flag['kind'])}.", "more": said,
        "tone": "bad" if flag["kind"] in BAD else "warn",
        "icon": ICONS.get(flag["kind"], "alert-triangle"),
    }  # fmt: skip


def _complaints(issues: Any) -> Iterable[dict[str, Any]]:
    open_ones = [one for one in issues if one.get("complaint")] if isinstance(issues, list) else []
    if open_ones:
        yield {
            "id": "", "words": _("Open complaint."), "more": open_ones[0].get("subject", ""),
            "tone": "bad", "icon": "alert-triangle",
        }  # fmt: skip
