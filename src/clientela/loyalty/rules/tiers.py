"""Steps of a ladder: which one a figure reaches, what it is counted over, how long it is kept.

A ladder looks at a window of days. `rolling` is the twelve months that end with the day, and its
periods are months; `calendar` is the year; `anniversary` is the year that begins on the day of the
year on which the customer came; `lifetime` is everything, and never reviewed (rules 39 to 41 of the
design).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from clientela.platform import periods

Window = Literal["rolling", "calendar", "anniversary", "lifetime"]
Starts = Literal["now", "next_period"]
Keeps = Literal["end_of_period", "end_of_next_period"]
Lowers = Literal["recompute", "one_step", "none"]
DAY = timedelta(days=1)
MONTHS = 12
NOBODYS_DAY = date(2000, 1, 1)  # stands for a day of coming where the window asks for none


@dataclass(frozen=True, slots=True)
class StepUp:
    """A step of a ladder; it is reached at its threshold."""

    tier_id: int
    threshold: int


@dataclass(frozen=True, slots=True)
class Lift:
    """A purchase reaches a tier by itself and earns by it: `key` instead of the other `keys` of its
    ladder, its factor `rule_id` instead of the others' `rule_ids`.
    """

    key: str
    rule_id: int | None
    keys: frozenset[str]
    rule_ids: frozenset[int]


def stands_on(keys: frozenset[str], lifts: Sequence[Lift]) -> frozenset[str]:
    """The tiers of a moment with those that were reached by the purchase itself."""
    for lift in lifts:
        keys = (keys - lift.keys) | {lift.key}
    return keys


def multiplying(
    found: Mapping[int, Sequence[int]], lifts: Mapping[int, Sequence[Lift]]
) -> dict[int, list[int]]:
    """For each rule of a tier the places that stand on it, with those lifted."""
    raised = {rule: list(places) for rule, places in found.items()}
    for place, several in lifts.items():
        for lift in several:
            for rule in lift.rule_ids & raised.keys():
                raised[rule] = [one for one in raised[rule] if one != place]
            if lift.rule_id is not None:
                raised.setdefault(lift.rule_id, []).append(place)
    return raised


@dataclass(frozen=True, slots=True)
class Terms:
    """What a ladder says of time: when a tier begins, until when it is kept, how it is lost.

    `keep_days`: so many days after the end of the period, with `end_of_period`. `grace_days`: a
    review waits so long, and what happens meanwhile counts.
    """

    window: Window = "rolling"
    starts: Starts = "now"
    keeps: Keeps = "end_of_next_period"
    lowers: Lowers = "recompute"
    keep_days: int = 0
    grace_days: int = 0
    reversal_waits: bool = False


def tier_for(steps: Sequence[StepUp], measured: int) -> StepUp | None:
    """The highest step this figure reaches, None below all of them."""
    reached = [step for step in steps if step.threshold <= measured]
    return max(reached, key=lambda step: step.threshold, default=None)


def reviewed(
    steps: Sequence[StepUp], stands_on: int, measured: int, lowers: Lowers
) -> StepUp | None:
    """Where a review leads from a step: up as far as the figure reaches, down as `lowers` says."""
    ordered = sorted(steps, key=lambda step: step.threshold)
    place = next(at for at, step in enumerate(ordered) if step.tier_id == stands_on)
    reached = tier_for(ordered, measured)
    least = {"recompute": -1, "one_step": place - 1, "none": place}[lowers]
    floor = ordered[least] if least >= 0 else None
    if floor is None or (reached is not None and reached.threshold >= floor.threshold):
        return reached
    return floor


def first_day(window: Window, today: date, came_on: date = NOBODYS_DAY) -> date | None:
    """The first day that counts on this day; None: every day since ever."""
    if window == "calendar":
        return date(today.year, 1, 1)
    if window == "anniversary":
        return _year_of(today, came_on)[0]
    if window == "lifetime":
        return None
    return periods.add_months(today, -MONTHS) + DAY


def period_end(window: Window, today: date, came_on: date = NOBODYS_DAY) -> date | None:
    """The last day of the period this day is in; None: it never ends."""
    if window == "calendar":
        return date(today.year, 12, 31)
    if window == "anniversary":
        return _year_of(today, came_on)[1]
    if window == "lifetime":
        return None
    return periods.end_of_month(today)


def opened_on(window: Window, today: date) -> date:
    """The first day of the period of today: what lies before it may lie in a closed one. Years of
    customers begin on any day, hence today.
    """
    if window == "calendar":
        return date(today.year, 1, 1)
    return today if window == "anniversary" else today.replace(day=1)


def kept_until(terms: Terms, today: date, came_on: date = NOBODYS_DAY) -> date | None:
    """The last day on which a tier that begins today is kept without asking; None: for ever."""
    end = period_end(terms.window, today, came_on)
    if end is None:
        return None
    if terms.keeps == "end_of_period":
        return end + terms.keep_days * DAY
    if terms.window == "rolling":
        return periods.end_of_month(periods.add_months(today, MONTHS))
    return period_end(terms.window, end + DAY, came_on)


def begins_on(terms: Terms, today: date, came_on: date = NOBODYS_DAY) -> date | None:
    """The day on which a tier reached today begins; None: at once."""
    end = period_end(terms.window, today, came_on)
    return end + DAY if terms.starts == "next_period" and end is not None else None


def kept_on(terms: Terms, kept: date, came_on: date = NOBODYS_DAY) -> date | None:
    """Until when a tier is kept after the review of the day until which it was."""
    if terms.window == "lifetime":
        return None
    if terms.keeps == "end_of_period":
        began = kept - terms.keep_days * DAY + DAY
        end = period_end(terms.window, began, came_on)
        assert end is not None
        return end + terms.keep_days * DAY
    if terms.window == "rolling":
        return periods.end_of_month(periods.add_months(kept, MONTHS))
    return period_end(terms.window, kept + DAY, came_on)


def review_from(terms: Terms, kept: date, came_on: date = NOBODYS_DAY) -> date | None:
    """The first day a review of a tier kept until then looks at.

    Kept to the end of the next period, it is the period that ends; kept to the end of its own, the
    one that follows: then it has to be reached anew.
    """
    anew = terms.keeps == "end_of_period" and terms.window in ("calendar", "anniversary")
    return first_day(terms.window, kept + DAY if anew else kept, came_on)


def closed(
    terms: Terms, day: date, today: date, came_on: date = NOBODYS_DAY
) -> list[date]:  # fmt: skip
    """The last days of closed periods that count a day, as far as a tier reached in them would
    still be kept today.
    """
    found, end = [], period_end(terms.window, day, came_on)
    while end is not None and end < today:
        first, kept = first_day(terms.window, end, came_on), kept_until(terms, end, came_on)
        if first is None or first > day:
            break
        if kept is not None and kept >= today:
            found.append(end)
        end = period_end(terms.window, end + DAY, came_on)
    return found


def _year_of(today: date, came_on: date) -> tuple[date, date]:
    """The year of a customer this day is in. Who came on 29 February begins it on the 28th of
    years without one.
    """
    years = today.year - came_on.year
    if periods.add_months(came_on, MONTHS * years) > today:
        years -= 1
    first = periods.add_months(came_on, MONTHS * years)
    return first, periods.add_months(came_on, MONTHS * (years + 1)) - DAY
