"""What the log says of points, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext, ngettext

from clientela.platform.money import Money

Data = Mapping[str, Any]


def earned(data: Data) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point earned", "%(points)d points earned", points) % {
        "points": points
    }


def reversed_(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point taken back for a return",
        "%(points)d points taken back for a return",
        points,
    ) % {"points": points}


def forgiven(data: Data) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point forgiven", "%(points)d points forgiven", points) % {
        "points": points
    }


def redeemed(data: Data) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point used", "%(points)d points used", points) % {"points": points}


def restored(data: Data) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point given back", "%(points)d points given back", points) % {
        "points": points
    }


def expired(data: Data) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point expired", "%(points)d points expired", points) % {
        "points": points
    }


def held(data: Data) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point set aside", "%(points)d points set aside", points) % {
        "points": points
    }


def released(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point free again", "%(points)d points free again", points
    ) % {"points": points}  # fmt: skip


def carried(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point came from a merged record",
        "%(points)d points came from a merged record",
        points,
    ) % {"points": points}


def carried_back(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point came back when the records were parted",
        "%(points)d points came back when the records were parted",
        points,
    ) % {"points": points}


def about(sentence: str) -> Callable[[Data], str]:
    """Sentences that name what the happening is about: a reward, a tier or an amount."""
    return lambda data: (
        gettext(sentence)
        % {
            "name": name(data.get("labels") or {}),
            "amount": amount(data),
            "partner": data.get("partner", ""),
        }
    )


def name(labels: Mapping[str, str]) -> str:
    language = (get_language() or "en")[:2]
    return labels.get(language) or labels.get("en") or next(iter(labels.values()), "")


def amount(data: Data) -> str:
    if data.get("minor") is None:
        return ""
    return Money(int(data["minor"]), str(data["currency"])).shown((get_language() or "en")[:2])


def _(sentence: str) -> str:
    """Marks a sentence for translation; it is translated when it is told."""
    return sentence


BY_NAME = {
    "points.earned": earned,
    "points.reversed": reversed_,
    "points.forgiven": forgiven,
    "points.redeemed": redeemed,
    "points.restored": restored,
    "points.expired": expired,
    "points.held": held,
    "points.released": released,
    "points.carried": carried,
    "points.carried_back": carried_back,
    "coupon.issued": about(_("Coupon given: %(name)s")),
    "coupon.used": about(_("Coupon used: %(name)s")),
    "cash_out.requested": about(_("Asked for %(amount)s in cash")),
    "cash_out.approved": about(_("Payment of %(amount)s approved")),
    "cash_out.refused": about(_("Payment of %(amount)s refused")),
    "cash_out.paid": about(_("%(amount)s paid out")),
    "travel_order.placed": about(_("Ordered %(name)s from %(partner)s")),
    "travel_order.confirmed": about(_("%(name)s confirmed by %(partner)s")),
    "travel_order.refused": about(_("%(name)s refused by %(partner)s")),
    "travel_order.timed_out": about(_("Nobody answered the order of %(name)s in time")),
    "tier.reached": about(_("Reached %(name)s")),
    "tier.lost": about(_("No longer %(name)s")),
}
