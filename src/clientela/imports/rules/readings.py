"""Named readings of a cell for what foreign systems fold into one value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

_BIRTH_NUMBER = re.compile(r"(\d{2})(\d{2})(\d{2})(?:/?(\d{3,4}))?")
WOMEN, EXTRA, WOMEN_EXTRA = 50, 20, 70  # added to the month; the last two since 2004


def czech_birth_date(text: str) -> str:
    """The date of birth in a Czech or Slovak birth number, whole or cut to six digits."""
    year, month, day, _ = _birth_number(text)
    return date(year, month, day).isoformat()


def czech_sex(text: str) -> str:
    """`female` or `male`, as a Czech or Slovak birth number says."""
    return "female" if _birth_number(text)[3] else "male"


def _birth_number(text: str) -> tuple[int, int, int, bool]:
    found = _BIRTH_NUMBER.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    is_woman = month > WOMEN
    return _century(year, found[4]) + year, _month(month), day, is_woman


def _century(year: int, ending: str | None) -> int:
    if ending is None:
        return 1900
    if len(ending) == 3:  # given out until 1953
        return 1900 if year < 54 else 1800
    return 1900 if year >= 54 else 2000


def _month(month: int) -> int:
    for added in (WOMEN_EXTRA, WOMEN, EXTRA):
        if month > added:
            return month - added
    return month


READINGS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "czech_birth_date": czech_birth_date,
        "czech_sex": czech_sex,
        "lower": str.lower,
        "upper": str.upper,
    }
)
