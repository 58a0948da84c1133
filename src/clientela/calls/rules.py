"""What becomes of a call when its telephone system reports something, in whatever order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

HIDDEN = frozenset({
    "", "anonymous", "anonym", "hidden", "private", "restricted", "unavailable", "unknown",
    "withheld", "clir", "+266696687",
})  # fmt: skip
FORWARDED = "forwarded"
CAUSE_LENGTH_MAX = 100


class News(StrEnum):
    """What is reported, in the words of the telephone systems."""

    RINGS = "newCall"
    ANSWERED = "answer"
    OVER = "hangup"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Took(StrEnum):
    """What became of a report: it moved the call, it only filled gaps, or it came too late."""

    TAKEN = "taken"
    LATE = "late"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Standing:
    """A call as far as it is known. `state` is empty before anything is."""

    direction: str
    state: str = ""
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: str = ""

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


def after(
    standing: Standing, news: News, *, now: datetime, cause: str = ""
) -> tuple[Standing, Took]:
    """The call after a report. One that is over never rings and is never answered again."""
    known = replace(standing, started_at=standing.started_at or now)
    if standing.is_over:
        return known, Took.LATE if news is News.RINGS else Took.IGNORED
    if news is News.OVER:
        return _over(known, now=now, cause=cause), Took.TAKEN
    if news is News.ANSWERED:
        return _answered(known, now=now), Took.TAKEN
    if standing.state:
        return known, Took.LATE
    return replace(known, state="ringing"), Took.TAKEN


def is_hidden(number: str) -> bool:
    return number.strip().casefold() in HIDDEN


def _answered(standing: Standing, *, now: datetime) -> Standing:
    moment = max(filter(None, (now, standing.started_at)))
    return replace(standing, state="answered", answered_at=standing.answered_at or moment)


def _over(standing: Standing, *, now: datetime, cause: str) -> Standing:
    """Nobody took an incoming call: missed, unless it went on to another place."""
    rang_in_vain = standing.direction == Direction.IN and standing.answered_at is None
    state = "missed" if rang_in_vain and cause != FORWARDED else "ended"
    ended_at = max(filter(None, (now, standing.started_at, standing.answered_at)))
    return replace(standing, state=state, ended_at=ended_at, cause=cause[:CAUSE_LENGTH_MAX])
