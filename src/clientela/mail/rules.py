"""When a letter is tried again, and when it is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS_MINUTES = (1, 5, 15, 30, 60, 120, 240, 480)
GIVEN_UP_AFTER = timedelta(days=2)


def next_try(*, tries: int, now: datetime) -> datetime:
    """The time of the try after the `tries`-th; waits grow to eight hours."""
    place = min(max(tries, 1), len(WAITS_MINUTES)) - 1
    return now + timedelta(minutes=WAITS_MINUTES[place])


def is_given_up(*, queued_at: datetime, now: datetime) -> bool:
    return now - queued_at >= GIVEN_UP_AFTER
