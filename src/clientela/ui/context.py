"""What the frame of every page needs, whoever renders it."""

from __future__ import annotations

import json
from typing import Any

from clientela.platform.http.requests import HouseRequest
from clientela.ui import keys, navigation

THEMES = ("system", "light", "dark")
DENSITIES = ("compact", "comfortable")


def frame(
    request: HouseRequest, *, theme: str = "system", density: str = "compact"
) -> dict[str, Any]:
    """Navigation, keys, theme and the moment; `theme` and `density` are the person's preferences."""
    return {
        "now": request.started_at,
        "nav": navigation.links(request.actor, path=request.path),
        "theme": theme if theme in THEMES else "system",
        "density": density if density in DENSITIES else "compact",
        "key_table": json.dumps(keys.for_script()),
        "key_places": keys.by_place(),
    }
