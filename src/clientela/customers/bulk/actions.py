"""Writing down bulk changes: who is meant, what became of each, how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from clientela.customers.bulk import queries
from clientela.customers.bulk.models import BulkChange, BulkRow
from clientela.customers.bulk.queries import NoSuchBulkChange
from clientela.customers.models import Field
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

TURN_WAIT = "50s"


@needs_transaction
def ask(
    *, target: str, value: Any, list_state: Mapping[str, Any], actor: Actor, now: datetime,
    is_demo: bool = False,
) -> BulkChange:  # fmt: skip
    return BulkChange.objects.create(
        target=target, value=value, list_state=dict(list_state), asked_by=actor.id, asked_at=now,
        is_demo=is_demo,
    )  # fmt: skip


@needs_transaction
def choose(change_id: UUID, whom: str, values: Mapping[str, Any]) -> None:
    """Everybody whom the statement `whom` returns belongs to the change, once."""
    sql.execute(
        "INSERT INTO customers_bulkrow (change_id, customer_id, outcome)"
        f" SELECT %(change)s::uuid, id, 'waiting' FROM ({whom}) AS chosen ON CONFLICT DO NOTHING",
        {**values, "change": change_id},
        prepare=False,
    )


@needs_transaction
def locked(change_id: UUID) -> BulkChange:
    """The change, held by this transaction: two workers take turns."""
    sql.execute("SELECT set_config('lock_timeout', %s, true)", [TURN_WAIT])
    found = BulkChange.objects.select_for_update().filter(id=change_id).first()
    if found is None:
        raise NoSuchBulkChange
    return found


@needs_transaction
def forget_sealed() -> int:
    """Of fields that are kept sealed by now, what changes of whole lists wrote and what stood there
    before goes: what was not written is not, and nothing is taken back. How many changes.
    """
    places = Field.objects.filter(sealed=True).values_list("profile_type__key", "key")
    of = Q(pk=None)
    for kind, key in places:
        of |= Q(target=key, list_state__kind=kind)
    changes = list(BulkChange.objects.filter(of, value__isnull=False).values_list("id", flat=True))
    outcome = BulkRow.Outcome
    left = BulkRow.objects.filter(
        change__in=changes, outcome__in=(outcome.WAITING, outcome.READY, outcome.CHANGED)
    )
    left.update(outcome=outcome.KEPT)
    BulkRow.objects.filter(change__in=changes, old__isnull=False).update(old=None)
    return BulkChange.objects.filter(id__in=changes).update(value=None)


@needs_transaction
def settle(rows: Iterable[BulkRow]) -> None:
    """Keep what became of each row."""
    BulkRow.objects.bulk_update(rows, ["outcome", "code", "old", "version"], batch_size=500)


@needs_transaction
def move(
    change_id: UUID, state: BulkChange.State, *, problem: Mapping[str, Any] | None = None,
    **more: Any,
) -> None:  # fmt: skip
    BulkChange.objects.filter(id=change_id).update(
        state=state, problem=dict(problem or {}), counts=queries.counted(change_id), **more
    )


@needs_transaction
def count(change_id: UUID) -> None:
    """How far it is, for whoever looks."""
    BulkChange.objects.filter(id=change_id).update(counts=queries.counted(change_id))
