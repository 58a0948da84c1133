"""What the log says of holdings, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def opened(data: Mapping[str, Any]) -> str:
    return _("%(product)s was opened") % {"product": data.get("product", "")}


def changed(data: Mapping[str, Any]) -> str:
    return _("%(product)s changed") % {"product": data.get("product", "")}


def closed(data: Mapping[str, Any]) -> str:
    return _("%(product)s was closed") % {"product": data.get("product", "")}


def removed(data: Mapping[str, Any]) -> str:
    return _("A holding was removed, because the import that opened it was undone")


BY_NAME = {
    "holding.opened": opened,
    "holding.changed": changed,
    "holding.closed": closed,
    "holding.removed": removed,
}
