"""What the log says of flags, needs, offers and leads, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from clientela.retention.words import flag_name

Data = Mapping[str, Any]


def _offer(data: Data) -> str:
    """The offer's name in the reader's language, else its key."""
    labels = data.get("labels") or {}
    return str(
        labels.get((get_language() or "en")[:2]) or labels.get("en") or data.get("offer", "")
    )


def flag_set(data: Data) -> str:
    return _("Flag set: %(flag)s") % {"flag": flag_name(str(data.get("kind")))}


def flag_cleared(data: Data) -> str:
    return _("Flag cleared: %(flag)s") % {"flag": flag_name(str(data.get("kind")))}


def need_stated(data: Data) -> str:
    return _("A need was noted")


def need_closed(data: Data) -> str:
    return _("A need was closed")


def proposed(data: Data) -> str:
    count = int(data.get("count", 1))
    return ngettext("%(count)d offer was put forward", "%(count)d offers were put forward",
                    count) % {"count": count}  # fmt: skip


def accepted(data: Data) -> str:
    return _("Offer accepted: %(offer)s") % {"offer": _offer(data)}


def postponed(data: Data) -> str:
    return _("Offer for later: %(offer)s") % {"offer": _offer(data)}


def declined(data: Data) -> str:
    return _("Offer declined: %(offer)s") % {"offer": _offer(data)}


def withheld(data: Data) -> str:
    return _("Offer not made: %(offer)s") % {"offer": _offer(data)}


def lead_opened(data: Data) -> str:
    return _("Under way: %(offer)s") % {"offer": _offer(data)}


def lead_won(data: Data) -> str:
    return _("Taken up: %(offer)s") % {"offer": _offer(data)}


def lead_lost(data: Data) -> str:
    return _("Came to nothing: %(offer)s") % {"offer": _offer(data)}


BY_NAME = {
    "flag.set": flag_set,
    "flag.cleared": flag_cleared,
    "need.stated": need_stated,
    "need.closed": need_closed,
    "offer.proposed": proposed,
    "offer.accepted": accepted,
    "offer.postponed": postponed,
    "offer.declined": declined,
    "offer.withheld": withheld,
    "lead.opened": lead_opened,
    "lead.won": lead_won,
    "lead.lost": lead_lost,
}
