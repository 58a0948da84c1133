"""What the log says of merges, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def merged(data: Mapping[str, Any]) -> str:
    if "into" in data:
        return _("Merged into another record")
    count = len(data.get("others", ()))
    return ngettext(
        "%(count)d record was merged into this one",
        "%(count)d records were merged into this one",
        count,
    ) % {"count": count}


def unmerged(data: Mapping[str, Any]) -> str:
    if "from" in data:
        return _("Parted from another record; stands by itself again")
    count = len(data.get("others", ()))
    return ngettext(
        "%(count)d record was parted from this one",
        "%(count)d records were parted from this one",
        count,
    ) % {"count": count}


def told_apart(data: Mapping[str, Any]) -> str:
    return _("Found to be another customer than one who looks alike")


BY_NAME = {
    "customer.merged": merged,
    "customer.unmerged": unmerged,
    "customer.told_apart": told_apart,
}
