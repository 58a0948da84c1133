"""What the log says of sales, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
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


BY_NAME = {
    "purchase.amended": amended,
    "purchase.cancelled": cancelled,
    "purchase.recorded": recorded,
    "purchase.removed": removed,
    "return.recorded": returned,
}
