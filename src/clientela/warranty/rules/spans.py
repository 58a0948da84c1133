"""From when to when something covers. Days are counted, never instants; the end is the first day
that is no longer covered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from clientela.platform import periods

INCLUSIVE = "anniversary_inclusive"
DAY_BEFORE = "day_before"
DAY = timedelta(days=1)
MONTHS_MAX = 1_200
DAYS_MAX = 36_600


class BadSpan(ValueError):
    """A duration that cannot be: negative, beyond a hundred years, or months and days at once."""


@dataclass(frozen=True, slots=True)
class Term:
    """A duration in calendar months or in days; the two are never converted."""

    months: int | None = None
    days: int | None = None

    def __post_init__(self) -> None:
        if (self.months is None) == (self.days is None):
            raise BadSpan("months or days, and not both")
        if not (0 <= (self.months or 0) <= MONTHS_MAX and 0 <= (self.days or 0) <= DAYS_MAX):
            raise BadSpan("a duration is not negative and at most a hundred years")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where counting began: the original start, and the months that were counted since."""

    on: date
    months: int = 0

    @property
    def day(self) -> date:
        """The anniversary that was reached."""
        return periods.add_months(self.on, self.months)


@dataclass(frozen=True, slots=True)
class Span:
    """Covered are the days of [starts_on, ends_on); money is spread over [starts_on, until)."""

    starts_on: date
    ends_on: date
    until: date

    @property
    def last_on(self) -> date:
        return self.ends_on - DAY


def anniversary(anchor: Anchor, term: Term) -> date:
    """Months are counted from the original start: 31 May + 1 is 30 June, + 2 is 31 July."""
    if term.months is not None:
        return periods.add_months(anchor.on, anchor.months + term.months)
    assert term.days is not None
    return anchor.day + timedelta(days=term.days)


def span(anchor: Anchor, term: Term, *, end_rule: str = INCLUSIVE,
         starts_on: date | None = None) -> Span:  # fmt: skip
    """What a term covers. The day of the anniversary is still covered under the inclusive rule; a
    term of nothing covers the first day alone under either.
    """
    until = anniversary(anchor, term)
    begin = anchor.day if starts_on is None else starts_on
    ends = until if end_rule == DAY_BEFORE else until + DAY
    return Span(begin, max(ends, begin + DAY), until)


def first_covered_on(starts_on: date, waiting_days: int) -> date:
    """Bought on 3 April with 14 days to wait: 17 April."""
    return starts_on + timedelta(days=waiting_days)


def day_of_fault(when: date | datetime, zone: tzinfo) -> date:
    """An instant is a day at the place of sale; a day is taken as it stands."""
    return periods.day_of(when, zone) if isinstance(when, datetime) else when


def is_late(*, found_on: date, reported_on: date, months: int | None) -> bool:
    """Whether a fault was told of after the window; its last day still counts."""
    return months is not None and reported_on > periods.add_months(found_on, months)
