"""Reads of many customers, each beside the barest statement that finds the same rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import quantiles
from typing import Any

from psycopg import Connection

from bench.measure import Reading

ROUNDS = 40


def timed(reads: Sequence[Callable[[], Any]], *, rounds: int = ROUNDS) -> Reading:
    """Milliseconds of one read, the mean over all; the 95th percentile and the slowest beside."""
    spent = []
    for _ in range(rounds):
        for read in reads:
            begun = time.perf_counter()
            read()
            spent.append((time.perf_counter() - begun) * 1_000)
    ranks = quantiles(spent, n=20)
    return Reading(sum(spent) / len(spent), {"p95_ms": ranks[-1], "slowest_ms": max(spent)})


def bare(
    db: Connection[Any], statements: Sequence[tuple[str, Sequence[Any]]], *, rounds: int = ROUNDS
) -> Reading:
    """The same with prepared statements, and nothing around them."""
    return timed(
        [lambda text=text, values=values: db.execute(text, values, prepare=True).fetchall()  # type: ignore[misc]
         for text, values in statements],
        rounds=rounds,
    )  # fmt: skip
