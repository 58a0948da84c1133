"""Layers on one time axis: bars in percent of its width, a line at the day of the fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clientela.flows.check_coverage import Found
from clientela.warranty.rules.coverage import Result

ROW, HEAD, FOOT = 30, 18, 22
YEARS_LABELLED_MAX = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """`kind`: pays, waits, rests, or part for a cover of one part alone."""

    words: str
    kind: str
    x: str
    width: str
    y: int
    text_y: int
    until: date


@dataclass(frozen=True, slots=True)
class Year:
    x: str
    words: str


@dataclass(frozen=True, slots=True)
class Axis:
    bars: tuple[Bar, ...]
    years: tuple[Year, ...]
    fault_x: str
    fault_end: bool  # it lies so far right that its words go to the left
    height: int
    foot: int
    fault_on: date


def of(found: Found, names: Sequence[str]) -> Axis | None:
    """The axis of everything that was tried; nothing where nothing was."""
    results = found.answer.results
    if not results:
        return None
    first = min(*(r.tried.starts_on for r in results), found.question.fault_on).year
    last = max(*(r.tried.ends_on for r in results), found.question.fault_on).year + 1
    begin, end = date(first, 1, 1), date(last, 1, 1)
    days = (end - begin).days

    def x(day: date) -> float:
        return round(100 * (day - begin).days / days, 2)

    bars = tuple(
        Bar(
            name, _kind(found, result), f"{x(result.tried.starts_on)}%",
            f"{max(x(_end(result)) - x(result.tried.starts_on), 0.6):.2f}%",
            HEAD + place * ROW + 5, HEAD + place * ROW + 20, _end(result),
        )
        for place, (name, result) in enumerate(zip(names, results, strict=True))
    )  # fmt: skip
    height = HEAD + len(bars) * ROW + FOOT
    step = 1 + (last - first) // YEARS_LABELLED_MAX
    years = tuple(
        Year(f"{x(date(year, 1, 1))}%", str(year)) for year in range(first, last + 1, step)
    )
    fault_x = x(found.question.fault_on)
    return Axis(bars, years, f"{fault_x}%", fault_x > 75, height, height - 6,
                found.question.fault_on)  # fmt: skip


def _end(result: Result) -> date:
    cut_on = result.tried.cut_on
    ends_on = result.tried.ends_on
    return min(ends_on, cut_on) if cut_on else ends_on


def _kind(found: Found, result: Result) -> str:
    if result is found.payer:
        return "pays" if result.answer == "covered" else "waits"
    whole = any(cover.included and not cover.component_path for cover in result.tried.covers)
    return "rests" if whole else "part"
