"""What people decide of pairs that look alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from clientela.matching.models import Acceptance, NotDuplicate, Pair, Search
from clientela.platform import ids, sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

LATER = timedelta(days=30)
SETTLED = """
WITH lifted AS (
    UPDATE matching_notduplicate SET lifted_at = %(now)s
    WHERE customer_id = ANY (%(family)s) AND other_id = ANY (%(family)s) AND lifted_at IS NULL
)
UPDATE matching_pair SET is_open = false
WHERE customer_id = ANY (%(family)s) AND other_id = ANY (%(family)s) AND is_open
"""


@needs_transaction
def tell_apart(
    pairs: Iterable[tuple[UUID, UUID]], *, reason: str, actor: Actor, now: datetime
) -> None:
    """These are two customers; said once, it counts for whoever they are merged into."""
    ordered = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    NotDuplicate.objects.bulk_create(
        [
            NotDuplicate(id=ids.uuid7(), customer_id=low, other_id=high, decided_by=actor.id,
                         decided_at=now, reason=reason)
            for low, high in ordered
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    for low, high in ordered:
        Pair.objects.filter(customer_id=low, other_id=high).update(is_open=False)


@needs_transaction
def settle(family: Sequence[UUID], *, now: datetime) -> None:
    """Whoever merges records says that they are one: decisions between them end, and their pairs
    wait for nobody any more.
    """
    sql.execute(SETTLED, {"family": list(family), "now": now}, prepare=True)


@needs_transaction
def put_off(pair: Pair, *, now: datetime) -> None:
    Pair.objects.filter(id=pair.id).update(later_until=now + LATER)


@needs_transaction
def list_pairs(found: Sequence[dict[str, Any]], *, origin: str, now: datetime) -> int:
    """Write pairs, lower id first; one that is listed already gets its new figures. What was
    told apart or merged meanwhile is not opened again. How many were written.
    """
    rows = [Pair(id=ids.uuid7(), origin=origin, found_at=now, is_open=True, **one) for one in found]
    Pair.objects.bulk_create(
        rows, batch_size=5_000, update_conflicts=True,
        unique_fields=["customer_id", "other_id"],
        update_fields=["probability", "weakest", "parts", "grade", "cluster_id", "found_at",
                       "is_open"],
    )  # fmt: skip
    return len(rows)


@needs_transaction
def forget_unseen(*, now: datetime) -> None:
    """What an earlier search found and this one did not find again waits no more."""
    Pair.objects.filter(origin=Pair.Origin.SEARCH, is_open=True, found_at__lt=now).update(
        is_open=False
    )


@needs_transaction
def begin_search(*, threshold: float, actor: Actor, now: datetime) -> Search:
    return Search.objects.create(
        id=ids.uuid7(), asked_by=actor.id, asked_at=now, threshold=threshold
    )


@needs_transaction
def start_search(search_id: UUID, *, now: datetime) -> Search:
    Search.objects.filter(id=search_id).update(begun_at=now, fault="", ended_at=None)
    return Search.objects.get(id=search_id)


@needs_transaction
def end_search(
    search_id: UUID, *, records: int, pairs: int, too_large: int, now: datetime
) -> Search:  # fmt: skip
    Search.objects.filter(id=search_id).update(
        ended_at=now, records=records, pairs=pairs, too_large=too_large
    )
    return Search.objects.get(id=search_id)


@needs_transaction
def fail_search(search_id: UUID, *, fault: str, now: datetime) -> None:
    Search.objects.filter(id=search_id).update(ended_at=now, fault=fault)


@needs_transaction
def begin_acceptance(
    *, threshold: float, sample: Sequence[str], actor: Actor, now: datetime
) -> Acceptance:  # fmt: skip
    return Acceptance.objects.create(
        id=ids.uuid7(), threshold=threshold, sample=list(sample), accepted_by=actor.id,
        accepted_at=now,
    )  # fmt: skip


@needs_transaction
def count_acceptance(acceptance_id: UUID, *, merged: int, refused: int) -> None:
    """How far it is."""
    Acceptance.objects.filter(id=acceptance_id).update(
        merged=merged, refused=refused, pairs=merged + refused
    )


@needs_transaction
def end_acceptance(
    acceptance_id: UUID, *, merged: int, refused: int, now: datetime
) -> Acceptance:  # fmt: skip
    Acceptance.objects.filter(id=acceptance_id).update(
        merged=merged, refused=refused, pairs=merged + refused, ended_at=now
    )
    return Acceptance.objects.get(id=acceptance_id)
