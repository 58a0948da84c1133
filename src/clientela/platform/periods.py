"""Days, months and instants. A day is a calendar day in a zone, a period is half-open."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Literal, NamedTuple
from zoneinfo import available_timezones

from clientela.platform import text as texts

Order = Literal["ymd", "dmy", "mdy"]
Notice = Literal["time-skipped", "time-repeated"]
DateReason = Literal[
    "empty", "not-a-date", "no-such-day", "order-needed", "short-year", "has-a-time",
    "not-an-instant", "zone-missing", "out-of-range",
]  # fmt: skip

TEXT_MAX = 40
MIDNIGHT = time()

_MIDNIGHT_BEHIND = re.compile(r"[T ]00:00(?::00(?:[.,]0+)?)?$")
_TIME_BEHIND = re.compile(r"[T ][0-9]{1,2}:[0-9]{2}")
_EIGHT_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})\.?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.]) ?([0-9]{1,2})\2 ?([0-9]{4})\.?")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([-/.]) ?[0-9]{1,2}\1 ?[0-9]{2}\.?|[0-9]{6}")


@cache
def zones() -> frozenset[str]:
    """Names of time zones. Finding them goes through some hundred files: once is enough."""
    return frozenset(available_timezones())


class BadDate(ValueError):
    """No day or instant; `reason` says why."""

    def __init__(self, reason: DateReason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Period:
    """From `starts_at` on and before `ends_at`; without an end it is open."""

    starts_at: datetime
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("a period ends after it starts")

    def __contains__(self, instant: datetime) -> bool:
        return self.starts_at <= instant and (self.ends_at is None or instant < self.ends_at)

    def overlaps(self, other: Period) -> bool:
        """They have at least one instant in common; touching is not overlapping."""
        return (self.ends_at is None or other.starts_at < self.ends_at) and (
            other.ends_at is None or self.starts_at < other.ends_at
        )


class Located(NamedTuple):
    """The instant of a local time, and what had to be decided about it."""

    instant: datetime
    notice: Notice | None = None


def local_midnight(day: date, zone: tzinfo) -> datetime:
    """The instant in UTC at which the day begins there.

    A midnight that does not exist is the first instant after it, of two the earlier counts.
    """
    local = datetime.combine(day, MIDNIGHT)
    begun = _utc(local, zone)
    return _end_of_gap(local, zone) if _is_skipped(local, begun, zone) else begun


def day_of(instant: datetime, zone: tzinfo) -> date:
    """The calendar day there at that instant."""
    return instant.astimezone(zone).date()


def instant_of(local: datetime, zone: tzinfo) -> Located:
    """The instant in UTC of a time without zone that was read from a clock there.

    A time the clock skipped moves forward by what was skipped; of two the first counts.
    """
    if local.tzinfo is not None:
        raise ValueError("a time that has a zone is an instant already")
    first = _utc(local.replace(fold=0), zone)
    if _is_skipped(local, first, zone):
        return Located(first, "time-skipped")
    is_repeated = first != _utc(local.replace(fold=1), zone)
    return Located(first, "time-repeated" if is_repeated else None)


def add_months(first: date, months: int) -> date:
    """The same day so many months later, or that month's last day where there is none.

    Always count from the first date: 31 January + 1 + 1 is not 31 January + 2.
    """
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise BadDate("out-of-range")
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def end_of_month(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def end_of_quarter(day: date) -> date:
    """The last day of the calendar quarter."""
    return _end_of_months(day, 3)


def end_of_half_year(day: date) -> date:
    """30 June or 31 December."""
    return _end_of_months(day, 6)


def end_of_year(day: date) -> date:
    """31 December."""
    return _end_of_months(day, 12)


def parse_date(text: str, order: Order | None = None) -> date:
    """A date as people and files write it.

    Year first is always year, month, day: `2027-02-01`, `2027.02.01.`, `19970101`. With points and
    the year last it is day, month, year: `1.2.2027`. With strokes or hyphens, `01/02/2027`, `order`
    decides; without it only a date with one reading is taken. A time behind it must be midnight.
    """
    written = _cleaned(text)
    if year_first := _EIGHT_DIGITS.fullmatch(written):
        return _date(*map(int, year_first.groups()))
    if year_first := _YEAR_FIRST.fullmatch(written):
        return _date(*map(int, year_first.group(1, 3, 4)))
    if year_last := _YEAR_LAST.fullmatch(written):
        one, other, year = map(int, year_last.group(1, 3, 4))
        return _in_order(one, other, year, order or ("dmy" if year_last[2] == "." else None))
    raise BadDate("short-year" if _SHORT_YEAR.fullmatch(written) else "not-a-date")


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant with its zone, in UTC; finer than microseconds is cut off."""
    try:
        instant = datetime.fromisoformat(text.strip())
        if instant.tzinfo is None:
            raise BadDate("zone-missing")
        return instant.astimezone(UTC)
    except OverflowError:
        raise BadDate("out-of-range") from None
    except BadDate:
        raise
    except ValueError:
        raise BadDate("not-an-instant") from None


def instant_text(instant: datetime) -> str:
    """UTC in fixed width with `Z`, so that texts sort as their instants do."""
    if instant.tzinfo is None:
        raise BadDate("zone-missing")
    utc = instant.astimezone(UTC)
    return f"{utc.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _utc(local: datetime, zone: tzinfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def _is_skipped(local: datetime, instant: datetime, zone: tzinfo) -> bool:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0) != local.replace(fold=0)


def _end_of_gap(local: datetime, zone: tzinfo) -> datetime:
    """The instant at which the clock jumped over this local time."""
    before, after = _utc(local.replace(fold=1), zone), _utc(local, zone)
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=1) // 2)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _end_of_months(day: date, months: int) -> date:
    return end_of_month(day.replace(day=1, month=(day.month - 1) // months * months + months))


def _cleaned(text: str) -> str:
    try:
        written = texts.clean(text)
    except ValueError:
        raise BadDate("not-a-date") from None
    if not written:
        raise BadDate("empty")
    if len(written) > TEXT_MAX:
        raise BadDate("not-a-date")
    written = _MIDNIGHT_BEHIND.sub("", written)
    if _TIME_BEHIND.search(written):
        raise BadDate("has-a-time")
    return written


def _in_order(one: int, other: int, year: int, order: Order | None) -> date:
    if order == "mdy" or (order is None and other > 12):
        return _date(year, one, other)
    if order is None and one <= 12 and one != other:
        raise BadDate("order-needed")
    return _date(year, other, one)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadDate("no-such-day") from None
