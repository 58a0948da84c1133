"""What an award may give: caps, and budgets of promotions. Pure; counters are handed in.

A cut is one more step of the rule that was cut, downwards: so the steps of a posting still add up
to its points, and what each rule gave can be counted from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from clientela.loyalty.rules.awards import Award, Part, Refusal, Step

EVER = date(1970, 1, 1)
DAY = timedelta(days=1)


class Period(StrEnum):
    PURCHASE = "purchase"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"
    BALANCE = "balance"


STARTS: Mapping[Period, Callable[[date], date]] = {
    Period.DAY: lambda day: day,
    Period.WEEK: lambda day: day - DAY * day.weekday(),
    Period.MONTH: lambda day: day.replace(day=1),
    Period.YEAR: lambda day: day.replace(month=1, day=1),
    Period.EVER: lambda day: EVER,
}


@dataclass(frozen=True, slots=True)
class Cap:
    """`versions`: of the rule it is for; None: of all rules. `times`: awards are counted, not
    points.
    """

    id: int
    versions: frozenset[int] | None
    period: Period
    most: int
    times: bool = False
    rejects: bool = False

    @property
    def counts(self) -> bool:
        """Whether a counter is kept for it."""
        return self.period in STARTS

    def starts_on(self, day: date) -> date:
        return STARTS[self.period](day)


class Bound(Protocol):
    """What is for the awards of some rule versions, or of all."""

    @property
    def versions(self) -> frozenset[int] | None: ...


def share_of(award: Award, bound: Bound) -> int:
    """The points of an award that the bound is about."""
    return sum(step.after - step.before for step in award.steps if _concerns(bound, step))


def allowed(cap: Cap, share: int, used: int) -> int:
    """How much of a share fits into what is left of a cap."""
    left = cap.most - used
    if cap.times:
        return share if left > 0 else 0
    if share <= left:
        return share
    return 0 if cap.rejects else max(0, left)


def is_again(award: Award, bound: Bound) -> bool:
    """Whether this is more of what is counted as one time already."""
    return bool(award.again if bound.versions is None else award.again & bound.versions)


def counted(cap: Cap, share: int) -> int:
    """What an award uses of a cap's counter."""
    if cap.times:
        return int(share > 0)
    return max(0, share)


def cut(award: Award, bound: Bound, less: int, *, reason: str) -> Award:
    """The award with so many points less, out of what the bound is about; the last rule first."""
    steps, refusals, rest = list(award.steps), list(award.refusals), less
    for version_id, given in reversed(list(_given(award, bound).items())):
        taken = min(given, rest)
        if taken <= 0:
            continue
        total = steps[-1].after
        steps.append(Step(version_id, total, total - taken))
        refusals.append(Refusal(version_id, reason))
        rest -= taken
    assert not rest, "more is cut than there is"
    return replace(award, steps=tuple(steps), refusals=tuple(refusals),
                   parts=shortened(award.parts, less))  # fmt: skip


def capped(
    award: Award, caps: Sequence[Cap], used: Callable[[Cap], int]
) -> tuple[Award, list[tuple[Cap, int]]]:
    """The award as far as the caps allow it, and what it uses of each of their counters."""
    caps = [cap for cap in caps if not (cap.times and is_again(award, cap))]
    for cap in caps:
        share = share_of(award, cap)
        if share > 0 and (fits := allowed(cap, share, used(cap))) < share:
            award = cut(award, cap, share - fits, reason="cap")
    uses = [(cap, counted(cap, share_of(award, cap))) for cap in caps]
    return award, [(cap, use) for cap, use in uses if use]


def nothing_of(award: Award, *, reason: str) -> Award:
    """The award with all its points refused."""
    return cut(award, EVERYTHING, award.points, reason=reason) if award.points else award


@dataclass(frozen=True, slots=True)
class _Everything:
    versions: frozenset[int] | None = None


EVERYTHING = _Everything()


def _concerns(bound: Bound, step: Step) -> bool:
    return bound.versions is None or step.version_id in bound.versions


def _given(award: Award, bound: Bound) -> dict[int, int]:
    """What each version gave, in the order of their first steps."""
    given: dict[int, int] = {}
    for step in award.steps:
        if _concerns(bound, step):
            given[step.version_id] = given.get(step.version_id, 0) + step.after - step.before
    return given


def shortened(parts: Sequence[Part], less: int) -> tuple[Part, ...]:
    """The parts with so many points less, the last first."""
    kept: list[Part] = []
    for part in reversed(parts):
        taken = min(part.points, less)
        less -= taken
        if part.points > taken:
            kept.append(replace(part, points=part.points - taken))
    return tuple(reversed(kept))
