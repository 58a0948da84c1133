"""Steps of a ladder: which one a figure reaches, what it is counted over, how long it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from clientela.platform import periods

Window = Literal["rolling", "calendar"]
DAY = timedelta(days=1)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class StepUp:
    """A step of a ladder; it is reached at its threshold."""

    tier_id: int
    threshold: int


def tier_for(steps: Sequence[StepUp], measured: int) -> StepUp | None:
    """The highest step this figure reaches, None below all of them."""
    reached = [step for step in steps if step.threshold <= measured]
    return max(reached, key=lambda step: step.threshold, default=None)


def first_day(window: Window, today: date) -> date:
    """The first day that counts today: of the year, or of the twelve months that end today."""
    if window == "calendar":
        return date(today.year, 1, 1)
    return periods.add_months(today, -MONTHS) + DAY


def kept_until(window: Window, today: date) -> date:
    """The last day of the next period: a tier reached today is kept through it."""
    if window == "calendar":
        return date(today.year + 1, 12, 31)
    return periods.end_of_month(periods.add_months(today, MONTHS))
