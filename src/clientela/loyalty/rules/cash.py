"""May points be paid out as money: limits, waiting after a change, and who has to say yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

MINOR_MAX = 10**10
HOURS_MAX = 30 * 24  # a hold lives thirty days at most
ACKNOWLEDGED_WITHIN = timedelta(days=3)
Code = Literal["account", "cooling", "day", "month", "person", "record"]


class BadTerms(ValueError):
    """`args[0]`: the member at fault."""


@dataclass(frozen=True, slots=True)
class Terms:
    """In minor units: how much a customer may be paid a day and a month, and up to which amount no
    second person is needed. `cooling_hours`: after a change of account, phone or e-mail.
    `auto_points`: with so many points it is paid by itself.
    """

    day_minor: int | None = None
    month_minor: int | None = None
    alone_minor: int = 0
    cooling_hours: int = 72
    auto_points: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and what was paid or asked for besides it in the same local day and month."""

    minor: int
    day_minor: int
    month_minor: int
    has_account: bool
    changed_at: datetime | None
    is_limited: bool = False  # the use of the record is restricted


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `until`: when it will be good by itself."""

    code: Code
    passed: bool
    until: datetime | None = None
    minor: int | None = None

    def told(self) -> dict[str, Any]:
        """As it is kept with the decision."""
        more: dict[str, Any] = {}
        if self.until is not None:
            more["until"] = self.until.isoformat()
        if self.minor is not None:
            more["minor"] = self.minor
        return {"code": self.code, "passed": self.passed, **more}


def read(body: Mapping[str, Any]) -> Terms:
    """Terms as a reward keeps them; BadTerms names the member that cannot be."""
    if unknown := set(body) - {"day", "month", "alone_up_to", "cooling_hours", "auto_points"}:
        raise BadTerms(min(unknown))
    for name, least, most in (
        ("day", 1, MINOR_MAX), ("month", 1, MINOR_MAX), ("alone_up_to", 0, MINOR_MAX),
        ("cooling_hours", 0, HOURS_MAX), ("auto_points", 1, MINOR_MAX),
    ):  # fmt: skip
        figure = body.get(name)
        if figure is not None and (
            not isinstance(figure, int) or isinstance(figure, bool) or not least <= figure <= most
        ):
            raise BadTerms(name)
    if body.get("day") and body.get("month") and body["month"] < body["day"]:
        raise BadTerms("month")
    cooling = body.get("cooling_hours")
    return Terms(
        body.get("day"), body.get("month"), body.get("alone_up_to") or 0,
        72 if cooling is None else cooling, body.get("auto_points"),
    )  # fmt: skip


def written(terms: Terms) -> dict[str, int]:
    """What is not as by default, as a reward keeps it."""
    whole = {
        "day": terms.day_minor, "month": terms.month_minor,
        "alone_up_to": terms.alone_minor or None,
        "cooling_hours": None if terms.cooling_hours == 72 else terms.cooling_hours,
        "auto_points": terms.auto_points,
    }  # fmt: skip
    return {name: figure for name, figure in whole.items() if figure is not None}


def waits_until(terms: Terms, *, changed_at: datetime | None, now: datetime) -> datetime | None:
    """When the waiting after the last change is over; None: it is over, or there was none."""
    if changed_at is None:
        return None
    over = changed_at + timedelta(hours=terms.cooling_hours)
    return over if over > now else None


def checks(terms: Terms, asked: Asked, *, now: datetime) -> tuple[Check, ...]:
    """All that is looked at before money goes out, each passed or not."""
    until = waits_until(terms, changed_at=asked.changed_at, now=now)
    day, month = (
        None if most is None else max(0, most - had)
        for most, had in (
            (terms.day_minor, asked.day_minor),
            (terms.month_minor, asked.month_minor),
        )
    )
    return (
        Check("account", asked.has_account),
        Check("record", not asked.is_limited),
        Check("cooling", until is None, until),
        Check("day", day is None or asked.minor <= day, minor=day),
        Check("month", month is None or asked.minor <= month, minor=month),
    )


def needs_person(terms: Terms, minor: int) -> bool:
    """Whether somebody else than who asked has to say yes."""
    return minor > terms.alone_minor
