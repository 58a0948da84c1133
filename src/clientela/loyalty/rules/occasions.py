"""Things that happen, and days that come again each year."""

from __future__ import annotations

import re
from datetime import date

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
FEBRUARY = 2
LEAP_DAY = 29


def celebrated(born: date, year: int) -> date:
    """The day of a year on which somebody's day comes again."""
    if (born.month, born.day) == (FEBRUARY, LEAP_DAY):
        try:
            return date(year, FEBRUARY, LEAP_DAY)
        except ValueError:
            return date(year, FEBRUARY, LEAP_DAY - 1)
    return born.replace(year=year)
