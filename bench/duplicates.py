"""The warning while typing, and the search over all customers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import quantiles

import psutil

from bench import measure
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.customers.actions import IdentityValue, NewCustomer
from clientela.customers.models import Customer, Identity
from clientela.flows import find_duplicates, search_duplicates
from clientela.matching.models import Search
from clientela.platform.http.actors import SYSTEM

CHECKS = 200
ONLINE_MS = 15.0
BATCH_SECONDS = 15 * 60


def measured(place: Place) -> Iterator[Figure]:
    """`duplicates-online`: the 95th percentile of a check beside the 15 ms it may take;
    `duplicates-batch`: seconds of one search beside the share of 15 minutes a million may take.
    """
    typed = _typed()
    yield measure.in_turns(
        "duplicates-online", product=lambda: Reading(_online(typed)),
        ceiling=lambda: Reading(ONLINE_MS), unit="ms at the 95th percentile", size=place.size,
        pairs=place.pairs, detail={"better": "lower"},
    )  # fmt: skip
    yield _batch(place)


def _typed() -> list[NewCustomer]:
    people = Customer.objects.filter(party="person", merged_into=None)[:CHECKS]
    phones = dict(
        Identity.objects.filter(kind="phone", customer_id__in=[one.id for one in people])
        .values_list("customer_id", "value_norm")
    )  # fmt: skip
    return [
        NewCustomer(
            name=one.display_name, attributes=one.attributes or {"birth_date": "1980-01-01"},
            identities=(IdentityValue("phone", phones.get(one.id, "+37100000000"), ""),),
        )
        for one in people
    ]  # fmt: skip


def _online(typed: list[NewCustomer]) -> float:
    spent = []
    for new in typed:
        started = time.perf_counter()
        find_duplicates.candidates(new)
        spent.append((time.perf_counter() - started) * 1000)
    return quantiles(spent, n=20)[-1]


def _batch(place: Place) -> Figure:
    """Once: a search of a million takes minutes. Memory is what this process holds at its end."""
    before = measure.loads()
    done, seconds = _searched()
    limit = BATCH_SECONDS * max(place.size, 20_000) / 1_000_000
    memory = psutil.Process().memory_info().rss / 1e9
    return Figure(
        "duplicates-batch", round(seconds, 1), "s", round(limit, 1), round(seconds / limit, 3),
        place.size, {"better": "lower", "pairs_found": done.pairs, "records": done.records,
                     "memory_gb": round(memory, 2), "load": measure.load_since(before)},
    )  # fmt: skip


def _searched() -> tuple[Search, float]:
    now = datetime.now(UTC)
    Search.objects.filter(ended_at=None).update(ended_at=now)
    started = time.perf_counter()
    begun = search_duplicates.begin(actor=SYSTEM, now=now)
    done = search_duplicates.run(begun.id, actor=SYSTEM, now=now)
    return done, time.perf_counter() - started
