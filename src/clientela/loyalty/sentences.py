"""What the log says of points, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext


def earned(data: Mapping[str, Any]) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point earned", "%(points)d points earned", points) % {
        "points": points
    }


def reversed_(data: Mapping[str, Any]) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point taken back for a return",
        "%(points)d points taken back for a return",
        points,
    ) % {"points": points}


def forgiven(data: Mapping[str, Any]) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point forgiven", "%(points)d points forgiven", points) % {
        "points": points
    }


BY_NAME = {"points.earned": earned, "points.reversed": reversed_, "points.forgiven": forgiven}
