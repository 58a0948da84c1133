"""What the log says of sales, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from clientela.platform.money import Money


def _money(data: Mapping[str, Any]) -> str:
    return Money(int(data["minor"]), str(data["currency"])).shown(get_language() or "en")


def recorded(data: Mapping[str, Any]) -> str:
    return _("Bought for %(amount)s") % {"amount": _money(data)}


def returned(data: Mapping[str, Any]) -> str:
    return _("Gave back goods for %(amount)s") % {"amount": _money(data)}


def removed(data: Mapping[str, Any]) -> str:
    return _("A purchase was removed, because the import that recorded it was undone")


def cancelled(data: Mapping[str, Any]) -> str:
    return _("A purchase was called off, %(amount)s given back") % {"amount": _money(data)}


def amended(data: Mapping[str, Any]) -> str:
    if "minor" not in data:
        return _("A purchase was amended")
    return _("A purchase was put right by %(amount)s") % {"amount": _money(data)}


def category_started(data: Mapping[str, Any]) -> str:
    return _("Bought of %(category)s for the first time") % {"category": data["category"]}


def lapsed(data: Mapping[str, Any]) -> str:
    days = int(data["days"])
    return ngettext(
        "Was not here for %(days)d day, longer than is usual",
        "Was not here for %(days)d days, longer than is usual", days,
    ) % {"days": days}  # fmt: skip


def basket_changed(data: Mapping[str, Any]) -> str:
    amounts = {
        "before": Money(int(data["before"]), str(data["currency"])).shown(get_language() or "en"),
        "now": _money(data),
    }
    if int(data["change"]) > 0:
        return _("Baskets became larger: %(now)s after %(before)s") % amounts
    return _("Baskets became smaller: %(now)s after %(before)s") % amounts


BY_NAME = {
    "habit.basket_changed": basket_changed,
    "habit.category_started": category_started,
    "habit.lapsed": lapsed,
    "purchase.amended": amended,
    "purchase.cancelled": cancelled,
    "purchase.recorded": recorded,
    "purchase.removed": removed,
    "return.recorded": returned,
}
