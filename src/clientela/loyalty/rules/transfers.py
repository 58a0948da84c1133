"""Giving points to another member: what a programme allows, and why something is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

POINTS_MAX = 10**12
Why = Literal["", "switched-off", "same-customer", "day-limit", "month-limit", "pending"]


class BadTerms(ValueError):
    """`args[0]` names the member that cannot be used."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How much a member may give away in a local day and month; None is no limit. `is_reset`: what
    is given begins a life of its own, else it keeps its end.
    """

    is_on: bool = False
    day_max: int | None = None
    month_max: int | None = None
    is_reset: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What a member has given away so far, today and this month."""

    today: int
    this_month: int


def read(body: Mapping[str, Any]) -> Terms:
    """Terms from their stored text: {} is off; {"day_max": 1000, "month_max": 5000, "life":
    "keep"}.
    """
    if unknown := set(body) - {"day_max", "month_max", "life"}:
        raise BadTerms(min(unknown))
    life = body.get("life", "keep")
    if life not in ("keep", "reset"):
        raise BadTerms("life")
    return Terms(bool(body), _most(body, "day_max"), _most(body, "month_max"), life == "reset")


def why_not(terms: Terms, points: int, given: Given) -> Why:
    """Why so many points cannot be given now; a limit is met at equality."""
    if not terms.is_on:
        return "switched-off"
    if terms.day_max is not None and given.today + points > terms.day_max:
        return "day-limit"
    if terms.month_max is not None and given.this_month + points > terms.month_max:
        return "month-limit"
    return ""


def left(terms: Terms, given: Given) -> int | None:
    """How many can still be given today; None: no limit."""
    rooms = [
        most - used
        for most, used in ((terms.day_max, given.today), (terms.month_max, given.this_month))
        if most is not None
    ]
    return max(0, min(rooms)) if rooms else None


def _most(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= POINTS_MAX:
        raise BadTerms(name)
    return value
