"""Layers on one time axis: bars in percent of its width, a line at the day of the fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from clientela.flows.check_coverage import Found
from clientela.warranty.rules.coverage import Cover, Result, is_part_of

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


@dataclass(frozen=True, slots=True)
class _Span:
    words: str
    kind: str
    starts_on: date
    ends_on: date


def of(found: Found, names: Sequence[str], parts: Mapping[str, str]) -> Axis | None:
    """The axis of everything that was tried; nothing where nothing was. `parts` names them."""
    spans = [
        span
        for name, result in zip(names, found.answer.results, strict=True)
        for span in _spans(found, name, result, parts)
    ]
    if not spans:
        return None
    fault_on = found.question.fault_on
    first = min(*(span.starts_on for span in spans), fault_on).year
    last = max(*(span.ends_on for span in spans), fault_on).year + 1
    begin, end = date(first, 1, 1), date(last, 1, 1)
    days = (end - begin).days

    def x(day: date) -> float:
        return round(100 * (day - begin).days / days, 2)

    bars = tuple(
        Bar(
            span.words, span.kind, f"{x(span.starts_on)}%",
            f"{max(x(span.ends_on) - x(span.starts_on), 0.6):.2f}%",
            HEAD + place * ROW + 5, HEAD + place * ROW + 20, span.ends_on,
        )
        for place, span in enumerate(spans)
    )  # fmt: skip
    height = HEAD + len(bars) * ROW + FOOT
    step = 1 + (last - first) // YEARS_LABELLED_MAX
    years = tuple(
        Year(f"{x(date(year, 1, 1))}%", str(year)) for year in range(first, last + 1, step)
    )
    fault_x = x(fault_on)
    return Axis(bars, years, f"{fault_x}%", fault_x > 75, height, height - 6, fault_on)


def _spans(found: Found, name: str, result: Result, parts: Mapping[str, str]) -> Iterator[_Span]:
    """The plan as a whole, then every part of the unit that it covers for longer."""
    tried, question = result.tried, found.question
    included = [cover for cover in tried.covers if cover.included]
    whole = [cover for cover in included if not cover.component_path]
    whole_ends_on = max((cover.ends_on for cover in whole), default=tried.starts_on)
    longer: dict[str, list[Cover]] = {}
    for cover in included:
        is_there = not parts or cover.component_path in parts
        if cover.component_path and is_there and cover.ends_on > whole_ends_on:
            longer.setdefault(cover.component_path, []).append(cover)
    if whole or not longer:
        ends_on = whole_ends_on if whole else tried.ends_on
        kind = _kind(found, result) if question.fault_on < ends_on else "rests"
        yield _Span(name, kind, tried.starts_on, _cut(result, ends_on))
    for path, covers in longer.items():
        is_asked = is_part_of(question.component, path) and question.fault_on >= whole_ends_on
        kind = _kind(found, result) if is_asked else "rests"
        yield _Span(
            f"{name}: {parts.get(path, path)}", "part" if kind == "rests" else kind,
            min(cover.starts_on for cover in covers),
            _cut(result, max(cover.ends_on for cover in covers)),
        )  # fmt: skip


def _kind(found: Found, result: Result) -> str:
    if result is not found.payer:
        return "rests"
    return "pays" if result.answer == "covered" else "waits"


def _cut(result: Result, ends_on: date) -> date:
    cut_on = result.tried.cut_on
    return min(ends_on, cut_on) if cut_on else ends_on
