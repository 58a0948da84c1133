"""Terms of cancellation: so many days before the journey, that share is given back. No clock."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

STEPS_MAX = 10
DAYS_MAX = 730


class BadTerms(ValueError):
    """`args[0]`: the part at fault, such as `1.percent`."""


@dataclass(frozen=True, slots=True)
class Step:
    """At least `days` before the first day, `percent` of points and money are given back."""

    days: int
    percent: int


@dataclass(frozen=True, slots=True)
class Share:
    """What a cancellation gives back, and what is kept."""

    percent: int
    points: int
    kept: int
    minor: int | None


def read(body: Any) -> tuple[Step, ...]:
    """Steps from the earliest to the latest; BadTerms names what cannot be."""
    if not isinstance(body, Sequence) or isinstance(body, str) or len(body) > STEPS_MAX:
        raise BadTerms("")
    steps = [_step(one, place) for place, one in enumerate(body)]
    if len({step.days for step in steps}) < len(steps):
        raise BadTerms("days")
    steps.sort(key=lambda step: -step.days)
    for earlier, later in itertools.pairwise(steps):
        if later.percent > earlier.percent:
            raise BadTerms("percent")  # who cancels later would get more
    return tuple(steps)


def written(steps: Sequence[Step]) -> list[dict[str, int]]:
    return [{"days": step.days, "percent": step.percent} for step in steps]


def percent_back(steps: Sequence[Step], *, starts_on: date | None, today: date) -> int:
    """Without terms all of it while there is time; on the first day and after it nothing.

    A journey without a day is given back by the first step.
    """
    if starts_on is not None and today >= starts_on:
        return 0
    if not steps:
        return 100
    if starts_on is None:
        return steps[0].percent
    left = (starts_on - today).days
    return next((step.percent for step in steps if left >= step.days), 0)


def share_back(percent: int, *, points: int, minor: int | None) -> Share:
    """The points given back are whole: what a part of a point would be is kept."""
    back = points * percent // 100
    money = None if minor is None else minor * percent // 100
    return Share(percent, back, points - back, money)


def _step(one: Any, place: int) -> Step:
    if not isinstance(one, Mapping) or set(one) != {"days", "percent"}:
        raise BadTerms(str(place))
    for name, most in (("days", DAYS_MAX), ("percent", 100)):
        figure = one[name]
        if not isinstance(figure, int) or isinstance(figure, bool) or not 0 <= figure <= most:
            raise BadTerms(f"{place}.{name}")
    return Step(one["days"], one["percent"])
