"""What one happening gives, before it is booked: the one shape of the pipeline of earning.

Rules compute awards, limits cut them, the ledger books them: a posting for each award, and a lot
for each of its parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from clientela.loyalty.rules.lives import DAYS_MAX, Life
from clientela.platform import periods

DAY = timedelta(days=1)
EVENT_LENGTH_MAX = 60


class BadWaits(ValueError):
    """`args[0]` names the member that cannot be used."""


class Step(NamedTuple):
    """What one rule version did to the points of a happening."""

    version_id: int
    before: int
    after: int


def mark(kind: int, id: int) -> Step:
    """A step that names the row `id` of what was computed by."""
    return Step(kind, id, id)


def marked(steps: Sequence[int], kind: int) -> int | None:
    """The row that flat triples of steps name, where they do."""
    places = range(0, len(steps), 3)
    return next((steps[place + 1] for place in places if steps[place] == kind), None)


@dataclass(frozen=True, slots=True)
class Waits:
    """Points that are not usable yet: for so many days, until a day, or until something happens.

    One of the three is said. Days are local: usable from 00:00 of date + `days` (rule 22).
    """

    days: int = 0
    until: date | None = None
    event: str = ""

    def active_at(self, occurred_at: datetime, zone: tzinfo) -> datetime | None:
        """The instant from which the points can be used; None: when the event comes."""
        if self.event:
            return None
        day = self.until or periods.day_of(occurred_at, zone) + self.days * DAY
        return max(occurred_at, periods.local_midnight(day, zone))


@dataclass(frozen=True, slots=True)
class Part:
    """Points of one award that share one life. `life` None: the currency's; `waits` None: they can
    be used at once.
    """

    points: int
    life: Life | None = None
    waits: Waits | None = None
    cashable: bool = True

    @property
    def is_plain(self) -> bool:
        return self.life is None and self.waits is None and self.cashable


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that gave nothing, or a cap that cut: its version and why (a code of REASONS)."""

    version_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Award:
    """What one happening gives in one currency; `place`: which of the batch it is."""

    place: int
    customer_id: UUID
    occurred_at: datetime
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]
    refusals: tuple[Refusal, ...] = ()
    again: frozenset[int] = frozenset()  # versions that have given to the same happening before

    @property
    def points(self) -> int:
        return sum(part.points for part in self.parts)


# Steps of these numbers change no points: they name what a happening was computed by.
BY_TERMS, BY_RATE = -1, -2
# Between two steps of this number stands what a changed purchase had earned before, taken off.
BY_AMENDED = -3
# Steps of this number are what a partner said, and downwards what a limit cut of it.
BY_PARTNER = -4

# Why a rule gave nothing. A posting stores their numbers: never change or reuse one.
REASONS: Mapping[str, int] = {
    "condition": 1,  # what the rule asks for was not so
    "nothing-of-it": 2,  # the purchase has nothing the rule is for
    "rounds-to-nothing": 3,
    "exclusive": 4,  # another rule counts alone
    "not-the-best": 5,
    "not-the-newest": 6,
    "too-little-history": 7,
    "not-in-time": 8,  # before its first day or after its last
    "cap": 9,
    "budget": 10,
    "paused": 11,
    "unreadable": 12,  # asks for what is not known any more
    "no-points-before": 13,  # there was nothing to multiply
    "paid-with-points": 14,
    "waits-for-person": 15,
    "same-contact": 16,
    "once-only": 17,
    "no-rate": 18,  # its money has no rate of exchange for that day
}
BY_NUMBER: Mapping[int, str] = {number: reason for reason, number in REASONS.items()}


def read_waits(body: Mapping[str, Any]) -> Waits | None:
    """{"days": 14}, {"until": "2026-12-24"} or {"event": "delivered"}; {} waits for nothing."""
    if unknown := set(body) - {"days", "until", "event"}:
        raise BadWaits(min(unknown))
    if not body:
        return None
    if len(body) > 1:
        raise BadWaits(max(body))
    if "days" in body:
        return _days(body["days"])
    if "event" in body:
        return _event(body["event"])
    try:
        return Waits(until=date.fromisoformat(body["until"]))
    except (TypeError, ValueError):
        raise BadWaits("until") from None


def _days(days: Any) -> Waits:
    if not isinstance(days, int) or isinstance(days, bool) or not 0 < days <= DAYS_MAX:
        raise BadWaits("days")
    return Waits(days=days)


def _event(event: Any) -> Waits:
    if not isinstance(event, str) or not 0 < len(event) <= EVENT_LENGTH_MAX:
        raise BadWaits("event")
    return Waits(event=event)
