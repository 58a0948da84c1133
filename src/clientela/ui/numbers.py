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


def read(written: str, language: str) -> str:
    """A number as people write it in this language, as plain text with a point: `12 480,5` and
    `-12480.5` are `-12480.5`. ValueError where it is none, or could be read in two ways.
    """
    group, point = NARROW.get(language, NARROW["en"])
    plain = written.strip().removesuffix("%").strip().replace(MINUS, "-").replace("\u202f", " ")
    plain = plain.replace("\u00a0", " ")
    other = "," if point == "." else "."
    if other in plain and group != other and point not in plain:
        whole, _, fraction = plain.rpartition(other)
        if len(fraction) == 3 or other in whole:
            raise ValueError(written)
        return read(f"{whole}{point}{fraction}", language)
    whole, _, fraction = plain.partition(point)
    digits = _ungrouped(whole, group.replace("\u00a0", " "))
    if not digits.lstrip("+-").isdecimal() or (fraction and not fraction.isdecimal()):
        raise ValueError(written)
    return f"{digits}.{fraction}" if fraction else digits


def _ungrouped(whole: str, group: str) -> str:
    """Groups of three behind the first, or none."""
    first, *others = whole.split(group)
    if any(len(one) != 3 for one in others) or (others and len(first.lstrip("+-")) > 3):
        raise ValueError(whole)
    return "".join([first, *others])
