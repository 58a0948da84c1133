"""Codes of a pool: made by the hundred thousand, and one of them checked; beside the promises."""

from __future__ import annotations

import os
import random
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import quantiles

from bench import measure
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.flows.coupon_pools import generate_codes, save_pool
from clientela.flows.coupons import check_coupon
from clientela.loyalty.actions.coupon_codes import PoolValues
from clientela.platform.http.actors import SYSTEM

PROMISE = 1_000_000 / 60
CHECKED_MS = 10
CODES_MAX, CHECKS, KEPT = 100_000, 500, 1_000


def measured(place: Place) -> Iterator[Figure]:
    kept: list[str] = []
    yield measure.in_turns(
        "loyalty-codes", product=lambda: _made(place, kept), ceiling=lambda: Reading(PROMISE),
        unit="codes/s", size=place.size, pairs=place.pairs,
        detail={"better": "higher", "codes": min(CODES_MAX, place.size)},
    )  # fmt: skip
    yield measure.in_turns(
        "loyalty-codes-check", product=lambda: _checked(kept),
        ceiling=lambda: Reading(CHECKED_MS), unit="ms, 99th percentile", size=place.size,
        pairs=place.pairs, detail={"better": "lower"},
    )  # fmt: skip


def _made(place: Place, kept: list[str]) -> Reading:
    """A pool of its own, filled; some of its codes are kept to be checked."""
    count, key = min(CODES_MAX, place.size), f"bench-{uuid.uuid4().hex}"
    values = PoolValues(key, {"en": "Bench"}, percent=10)
    save_pool(values, actor=SYSTEM, now=datetime.now(UTC))
    made: list[str] = []

    def make() -> None:
        for some in generate_codes(key, count, actor=SYSTEM, now=datetime.now(UTC)):
            made.extend(some)

    seconds, cpu = measure.timed(make, processes=(os.getpid(), place.postmaster()))
    kept[:] = random.sample(made, min(KEPT, len(made)))
    return Reading(count / seconds, {"cpu_us_each": cpu / count * 1e6})


def _checked(codes: list[str]) -> Reading:
    waits = []
    for code in random.choices(codes, k=CHECKS):
        began = time.perf_counter()
        assert check_coupon(code, actor=SYSTEM, now=datetime.now(UTC)).state == "good"
        waits.append((time.perf_counter() - began) * 1_000)
    return Reading(quantiles(waits, n=100)[-1], {"median_ms": sorted(waits)[CHECKS // 2]})
