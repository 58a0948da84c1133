"""Followers of the log read on in short steps, each of which stands: a stop need not wait."""

from __future__ import annotations

from collections.abc import Callable

ROUNDS_MAX = 100  # some seconds; the next run goes on


def read_on(step: Callable[[], int]) -> int:
    """Take steps until one finds nothing, a hundred at most; how many happenings were read."""
    read = 0
    for _ in range(ROUNDS_MAX):
        some = step()
        read += some
        if not some:
            break
    return read
