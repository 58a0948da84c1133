"""Days and instants as people write them in each language of the console."""

from __future__ import annotations

from datetime import date, datetime

MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "lv": "janv. febr. marts apr. maijs jūn. jūl. aug. sept. okt. nov. dec.",
}


def day(value: date, language: str) -> str:
    """`13 Nov 2026`, `13 nov 2026`, `2026. gada 13. nov.`"""
    if language == "lv":
        return f"{value.year}. gada {value.day}. {month(value, language)}"
    return f"{value.day} {month(value, language)} {value.year}"


def short_day(value: date, language: str, today: date) -> str:
    """The day without its year when that is the present one: `13 Nov`, `13. nov.`"""
    if value.year != today.year:
        return day(value, language)
    dot = "." if language == "lv" else ""
    return f"{value.day}{dot} {month(value, language)}"


def month(value: date, language: str) -> str:
    return MONTHS.get(language, MONTHS["en"]).split()[value.month - 1]


def month_of_year(value: date, language: str) -> str:
    """`Nov 2026`, `2026. gada nov.`"""
    if language == "lv":
        return f"{value.year}. gada {month(value, language)}"
    return f"{month(value, language)} {value.year}"


def clock(value: datetime) -> str:
    return f"{value.hour:02}:{value.minute:02}"


def from_text(value: object) -> date | None:
    """A day or an instant, also as ISO text out of JSON; `None` for what is neither."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value) if len(value) == len("2026-11-13") else instant(value)
    except ValueError:
        return None


def instant(value: str) -> datetime:
    return datetime.fromisoformat(value)
