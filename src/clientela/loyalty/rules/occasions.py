"""Things that happen, and days that come again each year."""

from __future__ import annotations

import re
from datetime import date

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
FEBRUARY = 2
LEAP_DAY = 29


def has_birthday(born: date, day: date) -> bool:
    """Whether a birthday is kept on that day: that of 29 February on the 28th in common years."""
    return celebrated(born, day.year) == day and born < day


def celebrated(born: date, year: int) -> date:
    """The day of a year on which somebody's day comes again."""
    if (born.month, born.day) == (FEBRUARY, LEAP_DAY):
        try:
            return date(year, FEBRUARY, LEAP_DAY)
        except ValueError:
            return date(year, FEBRUARY, LEAP_DAY - 1)
    return born.replace(year=year)
