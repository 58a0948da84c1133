"""What the frame of every page needs, whoever renders it."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from clientela.platform.http.actors import Actor
from clientela.platform.http.requests import HouseRequest
from clientela.ui import keys, navigation

THEMES = ("system", "light", "dark")
DENSITIES = ("compact", "comfortable")


class May:
    """What the actor may, for templates: `may.customers_edit` is the right `customers.edit`."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def __getitem__(self, name: str) -> bool:
        app, _, verb = name.partition("_")
        return self.actor.may(f"{app}.{verb}")


def frame(
    request: HouseRequest, *, theme: str = "system", density: str = "compact",
    off: Collection[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Navigation, keys, rights, the moment, and the theme and density the person likes.

    `off`: the programmes that are switched off.
    """
    return {
        "now": request.started_at,
        "may": May(request.actor),
        "nav": navigation.links(request.actor, path=request.path, off=off),
        "theme": theme if theme in THEMES else "system",
        "density": density if density in DENSITIES else "compact",
        "key_table": json.dumps(keys.for_script()),
        "key_places": keys.by_place(keys.without(off)),
    }
