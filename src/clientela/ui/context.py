"""What the frame of every page needs, whoever renders it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import cache, partial
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

from clientela.platform.http.actors import Actor
from clientela.platform.http.requests import HouseRequest
from clientela.ui import keys, navigation
from clientela.ui.navigation import Link

THEMES = ("system", "light", "dark")
DENSITIES = ("compact", "comfortable")
PIECES_MAX = 1_000


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
    links = navigation.links(request.actor, path=request.path, off=off)
    return {
        "now": request.started_at,
        "may": May(request.actor),
        "rail": partial(rail, links),
        "theme": theme if theme in THEMES else "system",
        "density": density if density in DENSITIES else "compact",
        "key_table": key_table(tuple(off)),
        "shortcuts": partial(shortcuts, tuple(off)),
    }


def rail(links: Sequence[Link]) -> str:
    """The navigation: the same for all who may open the same and stand at the same place."""
    key = ("rail", *((link.entry.name, link.current) for link in links))
    return _kept(key, "ui/rail.html", {"nav": links})


def shortcuts(off: tuple[str, ...]) -> str:
    """The help about keys, without those of programmes that are `off`."""
    return _kept(("shortcuts", *off), "ui/shortcuts.html",
                 {"key_places": keys.by_place(keys.without(off))})  # fmt: skip


@cache
def key_table(off: tuple[str, ...]) -> str:
    """The keys for the script, ready to stand in an attribute."""
    return escape(json.dumps(keys.for_script(off)))


_pieces: dict[tuple[object, ...], str] = {}


def _kept(key: tuple[object, ...], template: str, values: dict[str, Any]) -> str:
    """A piece of the frame, rendered once in each language."""
    key = (get_language(), *key)
    if key not in _pieces:
        if len(_pieces) >= PIECES_MAX:
            _pieces.clear()
        _pieces[key] = render_to_string(template, values)
    return _pieces[key]


def forget() -> None:
    """Drop this process's pieces."""
    _pieces.clear()
