"""Dates as files write them. What may be two days is refused, not guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from clientela.platform import periods
from clientela.platform.periods import Order

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
ORDERS: Mapping[str, Order] = MappingProxyType({DAY_FIRST: "dmy", MONTH_FIRST: "mdy"})
DATE_CHARS_MAX = 40
YY_PIVOT = 70  # 70 to 99 are 19.., 00 to 69 are 20..

_ISO_TIME = re.compile(r"\d{4}-?\d{2}-?\d{2}[T ]\d.*")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d.*)?")
_DAY_AND_TIME = re.compile(
    r"(.+?)(?:,?[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp])\.?[Mm]\.?)?)?"
)
_STROKES = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2\d{4}(?:\D.*)?")
_TOKEN = re.compile(r"YYYY|YY|MM|DD|hh|mm|ss")
_GROUPS = {"YYYY": "year", "YY": "short", "MM": "month", "DD": "day"} | {
    "hh": "hour",
    "mm": "minute",
    "ss": "second",
}


class NotADate(ValueError):
    """`code` is the fault: not-a-date or ambiguous-date."""

    def __init__(self, code: str = "not-a-date") -> None:
        super().__init__(code)
        self.code = code


ReadDate = Callable[[str], datetime]


def date_reader(form: str | None, *, typed: bool = False) -> ReadDate:
    """How dates of a column are read: naive where the text names no zone.

    `form` is a pattern such as `DD.MM.YYYY hh:mm`, or `day-first` or `month-first` for dates in
    usual forms, or None for usual forms of which each must be clear by itself; `typed` takes the
    form of typed cells as well. ValueError for a pattern that does not say year, month and day.
    """
    if form is None or form in ORDERS:
        order = ORDERS.get(form or "")
        return lambda text: _usual(_short(text), order)
    pattern = _pattern(form)

    def read(text: str) -> datetime:
        found = pattern.fullmatch(_short(text))
        if found is None:
            if typed and _ISO.fullmatch(text):
                return _iso(text)
            raise NotADate
        return _of_groups(found.groupdict())

    return read


def _short(text: str) -> str:
    if len(text) > DATE_CHARS_MAX:
        raise NotADate
    return text


def order_of(texts: Iterable[str]) -> str | None:
    """Whether day or month comes first in these dates, where one of them shows it."""
    shown = set()
    for text in texts:
        found = _STROKES.fullmatch(text)
        if found is not None:
            shown |= {DAY_FIRST} if int(found[1]) > 12 else set()
            shown |= {MONTH_FIRST} if int(found[3]) > 12 else set()
    return shown.pop() if len(shown) == 1 else None


def _pattern(form: str) -> re.Pattern[str]:
    pieces, end = [], 0
    tokens = list(_TOKEN.finditer(form))
    for token in tokens:
        pieces += [re.escape(form[end : token.start()]), _digits(token, form)]
        end = token.end()
    names = [_GROUPS[token[0]] for token in tokens]
    if len(set(names)) != len(names) or not {"month", "day"} <= set(names):
        raise ValueError(f"{form} does not say year, month and day once each")
    if ("year" in names) == ("short" in names):
        raise ValueError(f"{form} does not say year, month and day once each")
    return re.compile("".join(pieces) + re.escape(form[end:]))


def _digits(token: re.Match[str], form: str) -> str:
    """Days, months and hours may be written with one digit where nothing stands beside them."""
    beside = form[max(0, token.start() - 1) : token.start()] + form[token.end() : token.end() + 1]
    count = len(token[0])
    some = "1,2" if count == 2 and token[0] != "YY" and not re.search("[A-Za-z]", beside) else count
    return rf"(?P<{_GROUPS[token[0]]}>[0-9]{{{some}}})"


def _of_groups(parts: dict[str, str]) -> datetime:
    year = int(parts["year"]) if "year" in parts else _full_year(int(parts["short"]))
    return _moment(
        year,
        int(parts["month"]),
        int(parts["day"]),
        *(int(parts.get(name, 0)) for name in ("hour", "minute", "second")),
    )


def _full_year(short: int) -> int:
    return short + (1900 if short >= YY_PIVOT else 2000)


def _usual(text: str, order: Order | None) -> datetime:
    if _ISO_TIME.fullmatch(text):
        return _iso(text)
    found = _DAY_AND_TIME.fullmatch(text)
    if found is None:
        raise NotADate
    day = _day(found[1], order)
    hour, minute, second = _hour(int(found[2] or 0), found[5]), found[3] or 0, found[4] or 0
    return _moment(day.year, day.month, day.day, hour, int(minute), int(second))


def _day(text: str, order: Order | None) -> date:
    try:
        return periods.parse_date(text, order)
    except periods.BadDate as bad:
        is_open = bad.reason == "order-needed"
        raise NotADate("ambiguous-date" if is_open else "not-a-date") from None


def _iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise NotADate from None


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise NotADate
    return hour % 12 + (12 if half in "Pp" else 0)


def _moment(*parts: int) -> datetime:
    """Of year, month, day, hour, minute and second; 24:00 is the midnight that ends the day."""
    ends_the_day = parts[3:] == (24, 0, 0)
    first = parts[:3] if ends_the_day else parts
    try:
        return datetime(*first) + timedelta(days=ends_the_day)  # type: ignore[arg-type]  # noqa: DTZ001
    except (ValueError, OverflowError):
        raise NotADate from None
