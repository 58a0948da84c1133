"""How a typed value stands in a cell of text, so that a row is read as one of a text table is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

DIGITS_SURE = 15  # a number of a spreadsheet carries no more
EXACT_MAX = 10**DIGITS_SURE
LIST_SEPARATOR = ";"


def text_of(value: Any, *, mark: str = ".") -> str:
    """`mark` is the decimal mark the mapping expects. Nothing is the empty cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value, mark=mark)
    if isinstance(value, (int, Decimal)):
        return marked(f"{value:f}" if isinstance(value, Decimal) else str(value), mark)
    return _of_time(value)


def number_text(value: float, *, mark: str) -> str:
    """As a person typed it: 15 digits. A larger whole number has lost digits: it stays in its
    scientific form, so that nobody takes it for an id."""
    if value.is_integer() and abs(value) < EXACT_MAX:
        return str(int(value))
    short = f"{value:.{DIGITS_SURE}g}"
    if "e" in short and abs(value) < 1:
        short = f"{Decimal(short):f}"
    return marked(short.replace("e", "E"), mark)


def marked(number: str, mark: str) -> str:
    return number if mark == "." else number.replace(".", mark)


def _of_time(value: Any) -> str:
    if isinstance(value, datetime):
        is_day = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if is_day and not value.tzinfo else value.isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, (list, tuple)):
        return LIST_SEPARATOR.join(map(text_of, value))
    return str(value)
