"""Rewards for 10,000 customers in one batch, a third of them refused, beside the promise."""

from __future__ import annotations

import os
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from bench import measure
from bench.measure import Figure, Reading
from bench.place import Place
from bench.rewards import COUPON, RATE, offered
from clientela.customers.queries import Reference
from clientela.flows.redeem_batch import Row, redeem_batch
from clientela.flows.redeem_reward import Wanted
from clientela.platform.http.actors import SYSTEM

PROMISE = 8_000
REFUSED_SHARE = 0.3
MORE_THAN_ANYBODY_HAS = 1_000_000


def measured(place: Place) -> Iterator[Figure]:
    offered()
    yield measure.in_turns(
        "loyalty-redeem-batch", product=lambda: _redeemed(place),
        ceiling=lambda: Reading(PROMISE), unit="redemptions/s", size=place.size,
        pairs=place.pairs, detail={"better": "higher", "batch_rows": place.batch_rows},
    )  # fmt: skip


def _redeemed(place: Place) -> Reading:
    """One batch through the flow, its commits included; then the same again."""
    batch, rows = _batch(place), place.batch_rows
    processes = (os.getpid(), place.postmaster())
    told: list[str] = []

    def send() -> None:
        done = redeem_batch(batch, actor=SYSTEM, now=datetime.now(UTC))
        told[:] = [one.state for one in done]

    seconds, cpu = measure.timed(send, processes=processes)
    first = Counter(told)
    again, _ = measure.timed(send, processes=processes)
    assert Counter(told)["known"] == first["new"]
    return Reading(
        rows / seconds,
        {"cpu_us_each": cpu / rows * 1e6, "refused": first["refused"], "again_per_s": rows / again},
    )


def _batch(place: Place) -> list[Row]:
    """Of customers anywhere among all; those who want too much are refused."""
    return [
        Row(Wanted(
            customer=Reference("external", str(random.randint(1, place.size)), "crm"),
            source="bench", reference=uuid.uuid4().hex, channel="api",
            **({"reward": RATE, "points": MORE_THAN_ANYBODY_HAS}
               if random.random() < REFUSED_SHARE else {"reward": COUPON}),
        ))
        for _ in range(place.batch_rows)
    ]  # fmt: skip
