"""Merging two customers and many, and reading a family beside a customer of as many rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from statistics import median
from uuid import UUID

from django.db import transaction

from bench import measure
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.customers.models import Customer
from clientela.customers.queries import Reference
from clientela.flows import profile
from clientela.flows.merge_customers import Wish, merge_customers
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.unmerge_customers import Parting, unmerge_customers
from clientela.platform.http.actors import SYSTEM

MERGES = 20
BULK = 50
READS = 200
FAMILIES = 10
PURCHASES = 20
LIMIT_MS = 50.0
BULK_LIMIT_MS = 30.0  # 10,000 pairs in five minutes


def measured(place: Place) -> Iterator[Figure]:
    """`merge`: milliseconds of a merge beside the 50 it may take, `merge-bulk`: of a pair of many
    beside the 30 it may take; each merge is taken back again. `family-read`: the profile of a
    customer of two records beside that of one record with as many rows.
    """
    people = list(
        Customer.objects.filter(party="person", merged_into=None).order_by("-id")
        .values_list("id", flat=True)[: 2 * max(MERGES, BULK)]
    )  # fmt: skip
    pairs = list(zip(people[::2], people[1::2], strict=False))
    for name, some, limit, unit in (
        ("merge", pairs[:MERGES], LIMIT_MS, "ms a merge"),
        ("merge-bulk", pairs, BULK_LIMIT_MS, "ms a pair"),
    ):
        yield measure.in_turns(
            name, product=lambda some=some: Reading(_merges(some)),  # type: ignore[misc]
            ceiling=lambda limit=limit: Reading(limit), unit=unit, size=place.size,  # type: ignore[misc]
            pairs=place.pairs, detail={"better": "lower", "merges": len(some)},
        )  # fmt: skip
    with transaction.atomic():
        yield _family_read(place)
        transaction.set_rollback(True)


def _merges(pairs: list[tuple[UUID, UUID]]) -> float:
    """The mean of so many merges, one after the other; un-merging is not counted."""
    started = time.perf_counter()
    made = [merge_customers(Wish(one, (other,)), actor=SYSTEM, now=_now()) for one, other in pairs]
    spent = (time.perf_counter() - started) * 1000
    for done in made:
        unmerge_customers(Parting(done.merge.id, all_as="before"), actor=SYSTEM, now=_now())
    return spent / len(pairs)


def _family_read(place: Place) -> Figure:
    merged = [_family(number) for number in range(FAMILIES)]
    plain = [_customer(f"plain-{number}", PURCHASES, 2) for number in range(FAMILIES)]
    return measure.in_turns(
        "family-read", product=lambda: Reading(_reads(merged)),
        ceiling=lambda: Reading(_reads(plain)), unit="ms a profile", size=place.size,
        pairs=place.pairs, detail={"better": "lower", "purchases": PURCHASES},
    )  # fmt: skip


def _family(number: int) -> UUID:
    """Half of the rows on each of two records."""
    one, other = (_customer(f"{part}-{number}", PURCHASES // 2, 1) for part in ("one", "other"))
    merge_customers(Wish(one, (other,)), actor=SYSTEM, now=_now())
    return one


def _customer(name: str, purchases: int, emails: int) -> UUID:
    """Somebody who bought so often, and is found by so many addresses."""
    now = _now()
    addresses = [f"{name}-{place}@example.com" for place in range(emails)]
    details = Details(name=f"Bench {name}", emails=addresses)
    id, _ = register_customer(details, actor=SYSTEM, now=now)
    record_purchases(
        [
            Bought("bench-merge", f"{name}-{day}", Reference("id", str(id)),
                   now - timedelta(days=day), 1_999, "EUR")
            for day in range(purchases)
        ],
        actor=SYSTEM, now=now,
    )  # fmt: skip
    return id


def _reads(customers: list[UUID]) -> float:
    return median(_clocked(one) for one in islice(cycle(customers), READS))


def _clocked(customer: UUID) -> float:
    started = time.perf_counter()
    profile.of_customer(customer, actor=SYSTEM, now=_now(), language="en", channel="bench",
                        without=("offers",))  # fmt: skip
    return (time.perf_counter() - started) * 1000


def _now() -> datetime:
    return datetime.now(UTC)
