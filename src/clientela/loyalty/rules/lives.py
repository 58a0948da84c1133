"""How long points can be used: pure arithmetic of days, in the programme's time zone.

A life is `{}` (never ends) or says how long: `{"days": 30}`, `{"months": 24, "until": "month"}`,
`{"until": "year"}`. Points can be used through the local date so reached, and are gone at the
midnight that ends it (rules 19 and 20 of the design).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from clientela.platform import periods

DAYS_MAX, MONTHS_MAX = 36_500, 1_200
SPAN_DAYS_MAX = 4_000
DAY = timedelta(days=1)
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
    """`days` or `months` after the day the points became usable, then to the end of a period."""

    days: int = 0
    months: int = 0
    until: str = ""

    @property
    def ends(self) -> bool:
        return bool(self.days or self.months or self.until)

    def last_day(self, first: date) -> date:
        """The last day on which points of `first` can be used; counted from that very day."""
        reached = periods.add_months(first, self.months) + self.days * DAY
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
    if unknown := set(body) - {"days", "months", "years", "until"}:
        raise BadLife(min(unknown))
    days = _whole(body, "days", DAYS_MAX)
    months = _whole(body, "months", MONTHS_MAX) + 12 * _whole(body, "years", MONTHS_MAX // 12)
    until = body.get("until", "")
    if until and until not in ENDS:
        raise BadLife("until")
    if days and months:
        raise BadLife("days")
    return Life(days, months, until)


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


def _days(instants: list[datetime], zone: tzinfo) -> set[date]:
    first, last = periods.day_of(min(instants), zone), periods.day_of(max(instants), zone)
    if (last - first).days <= SPAN_DAYS_MAX:
        return {first + DAY * number for number in range((last - first).days + 1)}
    return {periods.day_of(instant, zone) for instant in instants}


def _whole(body: Mapping[str, Any], name: str, most: int) -> int:
    value = body.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise BadLife(name)
    return value
