"""Figures beside their ceilings: both in turns, in one run, on the same data."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil

PAIRS = 5
Measured = Callable[[], float]


@dataclass(frozen=True)
class Figure:
    """One line of the output; `figure` and `ceiling` in the same `unit`."""

    name: str
    figure: float
    unit: str
    ceiling: float
    ratio: float
    size: int
    detail: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def in_turns(
    name: str, *, product: Measured, ceiling: Measured, unit: str, size: int, pairs: int,
    detail: dict[str, Any] | None = None,
) -> Figure:  # fmt: skip
    """Medians of the pairs, after one of each to warm up; the ratio is the median of theirs."""
    product()
    ceiling()
    before = _loads()
    taken = [
        (product(), ceiling()) if turn % 2 else (ceiling(), product())[::-1] for turn in range(pairs)
    ]
    ratios = [figure / bound for figure, bound in taken]
    return Figure(
        name, round(statistics.median(figure for figure, _ in taken), 2), unit,
        round(statistics.median(bound for _, bound in taken), 2),
        round(statistics.median(ratios), 3), size,
        {**(detail or {}), "pairs": pairs, "ratios": [round(ratio, 3) for ratio in ratios],
         "load": {"before": before, "after": _loads(), "cores": os.cpu_count()}},
    )  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def cpu_seconds(roots: Iterable[int]) -> float:
    """What these processes, their children and the children they have buried used so far."""
    return sum(_tree_seconds(psutil.Process(root)) for root in roots)


def _tree_seconds(root: psutil.Process) -> float:
    times = root.cpu_times()
    used = times.user + times.system + times.children_user + times.children_system
    for child in root.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            own = child.cpu_times()
            used += own.user + own.system
    return used


def _loads() -> list[float]:
    return [round(load, 2) for load in os.getloadavg()]
