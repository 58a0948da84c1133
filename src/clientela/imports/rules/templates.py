"""Text put together from cells: `Client {client_id}`. Braces of their own are written twice."""

from __future__ import annotations

import re
from collections.abc import Callable

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]")


def columns_in(template: str) -> list[str | int]:
    """The columns a template names. ValueError for a brace that is not closed."""
    return [piece for literal, piece in pieces(template) if not literal]


def pieces(template: str) -> list[tuple[bool, str | int]]:
    """(is literal, text or column), in order."""
    found: list[tuple[bool, str | int]] = []
    end = 0
    for match in _PIECE.finditer(template):
        found.append((True, template[end : match.start()]))
        if match[1] is not None:
            found.append((False, _column(match[1].strip())))
        elif match[0] in ("{{", "}}"):
            found.append((True, match[0][0]))
        else:
            raise ValueError(f"a brace is not closed in “{template}”")
        end = match.end()
    found.append((True, template[end:]))
    return [(literal, piece) for literal, piece in found if piece != ""]


def _column(name: str) -> str | int:
    return int(name) if name.isdecimal() else name


def filled(template: str, place_of: Callable[[str | int], int]) -> Callable[[list[str]], str]:
    """A reader of rows. Its text is empty where every cell it names is empty."""
    parts = [
        (str(piece), -1) if literal else ("", place_of(piece))
        for literal, piece in pieces(template)
    ]
    places = [place for _, place in parts if place >= 0]

    def text(cells: list[str]) -> str:
        if not any(cells[place].strip() for place in places):
            return ""
        return "".join(
            literal if place < 0 else cells[place].strip() for literal, place in parts
        ).strip()

    return text
