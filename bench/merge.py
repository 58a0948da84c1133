"""Merging two customers, and reading a family, beside reading one record."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from statistics import median
from uuid import UUID

from bench import measure
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.customers.models import Customer
from clientela.flows import profile
from clientela.flows.merge_customers import Wish, merge_customers
from clientela.flows.unmerge_customers import Parting, unmerge_customers
from clientela.platform.http.actors import SYSTEM

MERGES = 20
READS = 200
LIMIT_MS = 50.0


def measured(place: Place) -> Iterator[Figure]:
    """`merge`: milliseconds of a merge beside the 50 it may take; each is taken back again.
    `family-read`: the profile of a customer of two records beside that of one.
    """
    people = list(
        Customer.objects.filter(party="person", merged_into=None).order_by("-id")
        .values_list("id", flat=True)[: 2 * MERGES]
    )  # fmt: skip
    pairs = list(zip(people[::2], people[1::2], strict=False))
    yield measure.in_turns(
        "merge", product=lambda: Reading(_merges(pairs)), ceiling=lambda: Reading(LIMIT_MS),
        unit="ms a merge", size=place.size, pairs=place.pairs, detail={"better": "lower"},
    )  # fmt: skip
    yield _family_read(place, pairs)


def _merges(pairs: list[tuple[UUID, UUID]]) -> float:
    """The median of so many merges; un-merging is not counted."""
    spent = []
    for survivor, other in pairs:
        started = time.perf_counter()
        done = merge_customers(Wish(survivor, (other,)), actor=SYSTEM, now=_now())
        spent.append((time.perf_counter() - started) * 1000)
        unmerge_customers(Parting(done.merge.id, all_as="before"), actor=SYSTEM, now=_now())
    return median(spent)


def _family_read(place: Place, pairs: list[tuple[UUID, UUID]]) -> Figure:
    merged, alone = pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]
    made = [merge_customers(Wish(one, (other,)), actor=SYSTEM, now=_now()) for one, other in merged]
    try:
        return measure.in_turns(
            "family-read", product=lambda: Reading(_reads([one for one, _ in merged])),
            ceiling=lambda: Reading(_reads([one for one, _ in alone])), unit="ms a profile",
            size=place.size, pairs=place.pairs, detail={"better": "lower"},
        )  # fmt: skip
    finally:
        for done in made:
            unmerge_customers(Parting(done.merge.id, all_as="before"), actor=SYSTEM, now=_now())


def _reads(customers: list[UUID]) -> float:
    return median(islice(_timed(customers), READS))


def _timed(customers: list[UUID]) -> Iterator[float]:
    while True:
        for customer in customers:
            yield _clocked(lambda customer=customer: _profile(customer))  # type: ignore[misc]


def _profile(customer: UUID) -> object:
    return profile.of_customer(customer, actor=SYSTEM, now=_now(), language="en", channel="bench",
                               without=("offers",))  # fmt: skip


def _clocked(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _now() -> datetime:
    return datetime.now(UTC)
