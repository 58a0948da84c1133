"""How long points can be used: pure arithmetic of days, in the programme's time zone.

A life is `{}` (never ends) or says how long: `{"days": 30}`, `{"months": 24, "until": "month"}`,
`{"until": "year"}`, `{"dates": ["03-31", "09-30"]}` (the next of these days of the year), `{"on":
"2027-12-31"}` (one day for all). Points can be used through the local date so reached, and are gone
at the midnight that ends it (rules 19 and 20 of the design).
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from clientela.platform import periods

DAYS_MAX, MONTHS_MAX = 36_500, 1_200
SPAN_DAYS_MAX = 4_000
DATES_MAX = 12
DAY = timedelta(days=1)
LEAP_YEAR = 2000
ENDS: Mapping[str, Callable[[date], date]] = {
    "month": periods.end_of_month,
    "quarter": periods.end_of_quarter,
    "half_year": periods.end_of_half_year,
    "year": periods.end_of_year,
}


class BadLife(ValueError):
    """`args[0]` names the member of the life that cannot be used."""


@dataclass(frozen=True, slots=True)
class Life:
    """`days` or `months` after the day the points became usable, then to the end of a period or to
    the next of `dates` (month, day); or `on` one day, whenever they became usable before it.
    """

    days: int = 0
    months: int = 0
    until: str = ""
    dates: tuple[tuple[int, int], ...] = ()
    on: date | None = None

    @property
    def ends(self) -> bool:
        return bool(self.days or self.months or self.until or self.dates or self.on)

    def last_day(self, first: date) -> date:
        """The last day on which points of `first` can be used; counted from that very day."""
        if self.on is not None:
            return max(self.on, first)
        reached = periods.add_months(first, self.months) + self.days * DAY
        if self.dates:
            return _next_of(self.dates, reached)
        return ENDS[self.until](reached) if self.until else reached

    def expires_at(self, active_at: datetime, zone: tzinfo) -> datetime | None:
        """The instant from which points are gone; None: never."""
        if not self.ends:
            return None
        last = self.last_day(periods.day_of(active_at, zone))
        return periods.local_midnight(last + DAY, zone)


class Ends(NamedTuple):
    """A table of days: whoever's points began at or after `starts_at[n]`, and before the next,
    loses them at `expires_at[n]`.
    """

    starts_at: list[datetime]
    expires_at: list[datetime]


NEVER = Life()


def read(body: Mapping[str, Any]) -> Life:
    """A life from its stored text."""
    if unknown := set(body) - {"days", "months", "years", "until", "dates", "on"}:
        raise BadLife(min(unknown))
    if "on" in body:
        return _fixed(body)
    days = _whole(body, "days", DAYS_MAX)
    months = _whole(body, "months", MONTHS_MAX) + 12 * _whole(body, "years", MONTHS_MAX // 12)
    until = body.get("until", "")
    if until and until not in ENDS:
        raise BadLife("until")
    if days and months:
        raise BadLife("days")
    dates = _dates(body.get("dates", []))
    if dates and until:
        raise BadLife("dates")
    return Life(days, months, until, dates)


def written(life: Life) -> dict[str, Any]:
    """A life as it is stored; `read` gives it back."""
    if life.on is not None:
        return {"on": life.on.isoformat()}
    parts = {"days": life.days, "months": life.months, "until": life.until,
             "dates": [f"{month:02}-{day:02}" for month, day in life.dates]}  # fmt: skip
    return {name: part for name, part in parts.items() if part}


def ends_of(life: Life, active_at: Iterable[datetime], zone: tzinfo) -> Ends:
    """When points of these instants are gone, computed once for each day, not for each of them."""
    instants = list(active_at) if life.ends else []
    if not instants:
        return Ends([], [])
    days = sorted(_days(instants, zone))
    return Ends(
        [periods.local_midnight(day, zone) for day in days],
        [periods.local_midnight(life.last_day(day) + DAY, zone) for day in days],
    )


def moved(
    life: Life, *, expires_at: datetime, active_at: datetime, activity_at: datetime,
    longest: Life = NEVER, zone: tzinfo,
) -> datetime:  # fmt: skip
    """When points end after their owner was active: never earlier than before, and never later than
    `longest` after they became usable (rule 25).
    """
    wanted = life.expires_at(activity_at, zone) if life.ends else None
    if wanted is None or wanted <= expires_at:
        return expires_at
    latest = longest.expires_at(active_at, zone)
    return wanted if latest is None else max(expires_at, min(wanted, latest))


def _days(instants: list[datetime], zone: tzinfo) -> set[date]:
    first, last = periods.day_of(min(instants), zone), periods.day_of(max(instants), zone)
    if (last - first).days <= SPAN_DAYS_MAX:
        return {first + DAY * number for number in range((last - first).days + 1)}
    return {periods.day_of(instant, zone) for instant in instants}


def _fixed(body: Mapping[str, Any]) -> Life:
    if len(body) > 1:
        raise BadLife("on")
    try:
        return Life(on=date.fromisoformat(body["on"]))
    except (TypeError, ValueError):
        raise BadLife("on") from None


def _dates(given: Any) -> tuple[tuple[int, int], ...]:
    """Days of the year as `MM-DD`, in their order."""
    if not isinstance(given, list) or len(given) > DATES_MAX:
        raise BadLife("dates")
    try:
        days = {date.fromisoformat(f"{LEAP_YEAR}-{one}") for one in given}
    except (TypeError, ValueError):
        raise BadLife("dates") from None
    return tuple((day.month, day.day) for day in sorted(days))


def _next_of(dates: Iterable[tuple[int, int]], day: date) -> date:
    """The first of these days of the year on `day` or after it; 29 February is the 28th in most."""
    found = (_in_year(year, *one) for year in (day.year, day.year + 1) for one in dates)
    return next(one for one in found if one >= day)


def _in_year(year: int, month: int, day: int) -> date:
    return date(year, month, 28 if (month, day) == (2, 29) and not isleap(year) else day)


def _whole(body: Mapping[str, Any], name: str, most: int) -> int:
    value = body.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise BadLife(name)
    return value
