"""Numbers of issues, what a promise's clock says, and which pauses count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from clientela.platform import ids
from clientela.platform.open_time import Pause

FIRST_SERIAL = 10_000
SOON = timedelta(hours=1)
PAUSING = ("resolution", "milestone")
PAUSED_FOR = ("customer",)
NOT_RUNNING = ("resolved", "closed")


class Standing(StrEnum):
    """What became of a promise so far; all of it but `released` and `moved` is arithmetic."""

    DUE = "due"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    KEPT = "kept"
    KEPT_LATE = "kept_late"
    RELEASED = "released"
    MOVED = "moved"


BROKEN = (Standing.LATE, Standing.KEPT_LATE)


@dataclass(frozen=True, slots=True)
class Clock:
    """A promise's times. `share` of its time that is used up, from 0 to 100."""

    standing: Standing
    seconds_left: int
    share: int

    @property
    def is_broken(self) -> bool:
        return self.standing in BROKEN


def issue_number(counted: int) -> int:
    """The number people use, from the one counted up: a check digit stands behind."""
    return ids.with_check_digit(FIRST_SERIAL + counted)


def is_issue_number(number: int) -> bool:
    return ids.has_check_digit(number)


def clock(
    *, starts_at: datetime, due_at: datetime, now: datetime, kept_at: datetime | None = None,
    released_at: datetime | None = None, is_moved: bool = False, paused_at: datetime | None = None,
) -> Clock:  # fmt: skip
    """What a promise's clock says at `now`: broken iff the due time passed and it was not kept by
    then; soon in its last third or last hour.
    """
    until = kept_at or released_at or paused_at or now
    left = int((due_at - until).total_seconds())
    whole = max(1, int((due_at - starts_at).total_seconds()))
    share = min(100, max(0, 100 - 100 * left // whole))
    if released_at is not None:
        return Clock(Standing.MOVED if is_moved else Standing.RELEASED, left, share)
    if kept_at is not None:
        return Clock(Standing.KEPT if kept_at <= due_at else Standing.KEPT_LATE, left, share)
    if paused_at is not None:
        return Clock(Standing.PAUSED, left, share)
    if now > due_at:
        return Clock(Standing.LATE, left, 100)
    is_soon = left <= SOON.total_seconds() or 3 * left <= whole
    return Clock(Standing.SOON if is_soon else Standing.DUE, left, share)


def pauses(spans: Iterable[Mapping[str, object]], *, kind: str) -> list[Pause]:
    """The stretches that do not count for a promise: while the customer is asked, if its kind
    pauses, and whatever lies between a resolution and a reopening.
    """
    found = []
    for span in spans:
        ended = span["category"] in NOT_RUNNING
        asked = kind in PAUSING and span["reason"] in PAUSED_FOR
        if ended or asked:
            starts, ends = span["starts_at"], span["ends_at"]
            assert isinstance(starts, datetime)
            assert ends is None or isinstance(ends, datetime)
            found.append(Pause(starts, ends))
    return found


def subject_of(text: str, *, length_max: int = 120) -> str:
    """The first line of what was said, cut at a word."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(line) <= length_max:
        return line
    cut = line[:length_max].rsplit(" ", 1)[0]
    return f"{cut}…"
