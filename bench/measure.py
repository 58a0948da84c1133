"""Figures beside their ceilings: both in turns, in one run, on the same data."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

import psutil


@dataclass(frozen=True)
class Reading:
    """One measurement; `beside` is told in the detail and decides nothing."""

    figure: float
    beside: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """One line of the output; `figure` and `ceiling` in the same `unit`."""

    name: str
    figure: float
    unit: str
    ceiling: float
    ratio: float
    size: int
    detail: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def in_turns(
    name: str, *, product: Callable[[], Reading], ceiling: Callable[[], Reading], unit: str,
    size: int, pairs: int, detail: dict[str, Any],
) -> Figure:  # fmt: skip
    """Medians of so many pairs, after one to warm up; the ratio is the median of their ratios."""
    product()
    ceiling()
    before = loads()
    ours: list[Reading] = []
    bounds: list[Reading] = []
    for turn in range(pairs):
        for takes, readings in ((product, ours), (ceiling, bounds))[:: 1 if turn % 2 else -1]:
            readings.append(takes())
    ratios = [one.figure / bound.figure for one, bound in zip(ours, bounds, strict=True)]
    return Figure(
        name, _median(one.figure for one in ours), unit, _median(one.figure for one in bounds),
        round(median(ratios), 3), size,
        {
            **detail, "pairs": pairs, "ratios": [round(ratio, 3) for ratio in ratios],
            "product": _beside(ours), "ceiling": _beside(bounds),
            "load": load_since(before),
        },
    )  # fmt: skip


def timed(work: Callable[[], object], *, processes: Iterable[int]) -> tuple[float, float]:
    """Seconds by the clock and seconds of CPU of these processes with their children."""
    roots = list(processes)
    used, started = cpu_seconds(roots), time.perf_counter()
    work()
    return time.perf_counter() - started, cpu_seconds(roots) - used


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
    return float(used)


def _beside(readings: Sequence[Reading]) -> dict[str, float]:
    return {name: _median(one.beside[name] for one in readings) for name in readings[0].beside}


def _median(values: Iterable[float]) -> float:
    return round(median(values), 2)


def loads() -> list[float]:
    """Of the machine, over one, five and fifteen minutes."""
    return [round(load, 2) for load in os.getloadavg()]


def load_since(before: list[float]) -> dict[str, Any]:
    """What stands beside every figure: a busy machine makes another one."""
    return {"before": before, "after": loads(), "cores": os.cpu_count()}
