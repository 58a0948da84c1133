"""How long a door waits for work that comes in pieces."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic


def of(seconds: float) -> Callable[[], bool]:
    """Whether there is time for another piece; the first one always has it."""
    over = monotonic() + seconds
    pieces = 0

    def go_on() -> bool:
        nonlocal pieces
        pieces += 1
        return pieces == 1 or monotonic() < over

    return go_on


def without_end() -> bool:
    """At the terminal somebody waits as long as it takes."""
    return True
