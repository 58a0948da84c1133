"""Figures as people write them in each language of the console."""

from __future__ import annotations

from decimal import Decimal

NARROW = {"en": (",", "."), "es": ("\u00a0", ","), "lv": ("\u00a0", ",")}
UNKNOWN = "–"
MINUS = "−"
PERCENT_FLOOR = Decimal("0.1")


def number(value: int | Decimal, language: str, *, places: int | None = None) -> str:
    """`12,480` in English, `12 480` in Spanish and Latvian (the space does not break)."""
    group, point = NARROW.get(language, NARROW["en"])
    exact = Decimal(str(value))
    if places is not None:
        exact = round(exact, places)
    whole, _, fraction = f"{abs(exact):,f}".partition(".")
    text = whole.replace(",", group) + (point + fraction if fraction else "")
    return MINUS + text if exact < 0 else text


def signed(value: int | Decimal, language: str) -> str:
    """`+186`, a true minus in `−93`, and `0` as it is."""
    return ("+" if value > 0 else "") + number(value, language)


def rate(share: float | Decimal, language: str) -> str:
    """An interest rate kept as a share: 0.031 is `3.1 %`."""
    hundred = (Decimal(str(share)) * 100).normalize()
    return number(Decimal(f"{hundred:f}"), language) + "\u00a0%"


def percent(part: int, whole: int, language: str) -> str:
    """The share of a whole: `97.3 %`; what is there but rounds to nothing is `<0.1 %`."""
    if not whole:
        return UNKNOWN
    share = round(Decimal(100 * part) / whole, 1)
    small = part and share < PERCENT_FLOOR
    return ("<" if small else "") + number(PERCENT_FLOOR if small else share, language) + "\u00a0%"
