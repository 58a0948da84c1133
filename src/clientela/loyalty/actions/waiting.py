"""Lots that wait for something to happen: what they wait for, and that it came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from clientela.loyalty.models import LotWait
from clientela.loyalty.rules import lives
from clientela.loyalty.rules import waiting as rules
from clientela.loyalty.rules.awards import Waits
from clientela.loyalty.rules.lives import Life
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

AWAITED = """
    SELECT DISTINCT wait.event, coalesce(customer.merged_into, customer.id)
    FROM loyalty_lotwait AS wait
    JOIN customers_customer AS customer ON customer.id = wait.customer_id
    WHERE wait.ended_at IS NULL AND wait.event = ANY (%s)"""


class Waiting(NamedTuple):
    """A lot that was booked without a beginning, and the life it has from then on."""

    customer_id: UUID
    lot_id: UUID
    waits: Waits
    purchase_id: UUID | None
    life: Life


class Begun(NamedTuple):
    """Points of a customer that have a beginning now, and where."""

    customer_id: UUID
    lot_id: UUID
    points: int
    active_at: datetime


@needs_transaction
def wait(lots: Iterable[Waiting], *, now: datetime) -> None:
    """Write down what these lots wait for."""
    LotWait.objects.bulk_create(_row(lot, now) for lot in lots)


def _row(lot: Waiting, now: datetime) -> LotWait:
    awaited = rules.awaited(lot.waits)
    return LotWait(
        customer_id=lot.customer_id, lot_id=lot.lot_id, event=awaited.event,
        pause_id=awaited.pause_id, not_before=awaited.not_before, purchase_id=lot.purchase_id,
        life=rules.as_body(lot.life), since_at=now,
    )  # fmt: skip


def awaited_by(events: Iterable[str]) -> set[tuple[str, UUID]]:
    """Which of these events somebody's points wait for, and whose: by the record of today."""
    rows = sql.execute(AWAITED, [list(events)], prepare=True).fetchall()
    return set(rows)


@needs_transaction
def came(
    event: str, *, family: Sequence[UUID], purchase_id: UUID | None, occurred_at: datetime,
    zone: tzinfo, actor: Actor, now: datetime,
) -> list[Begun]:  # fmt: skip
    """An event came: what waited for it begins, where no pause holds it besides. With a purchase,
    what that purchase earned; without one, whatever of the customer waits for it.
    """
    rows = _open(Q(customer_id__in=list(family), event=event))
    if purchase_id is not None:
        rows = [row for row in rows if row.purchase_id in (None, purchase_id)]
    return _met(rows, "event", occurred_at=occurred_at, zone=zone, actor=actor, now=now)


@needs_transaction
def resumed(
    pause_id: UUID, *, zone: tzinfo, actor: Actor, now: datetime
) -> list[Begun]:  # fmt: skip
    """A pause ended: what it withheld begins, where it waits for nothing else."""
    rows = _open(Q(pause_id=pause_id))
    return _met(rows, "pause", occurred_at=now, zone=zone, actor=actor, now=now)


def _open(wanted: Q) -> list[LotWait]:
    rows = LotWait.objects.select_for_update(no_key=True).filter(wanted, ended_at=None)
    return list(rows.order_by("customer_id", "id"))


def _met(
    rows: Sequence[LotWait], which: str, *, occurred_at: datetime, zone: tzinfo, actor: Actor,
    now: datetime,
) -> list[Begun]:  # fmt: skip
    done = [row for row in rows if not (row.event if which == "pause" else row.pause_id)]
    others = [row.pk for row in rows if row not in done]
    met: dict[str, object] = {"event": ""} if which == "event" else {"pause_id": None}
    if others:
        LotWait.objects.filter(pk__in=others).update(**met)
    if not done:
        return []
    LotWait.objects.filter(pk__in=[row.pk for row in done]).update(ended_at=now, ended_by=actor.id)
    begins = [max(filter(None, (occurred_at, row.not_before))) for row in done]
    ends = [lives.read(row.life).expires_at(at, zone)
            for row, at in zip(done, begins, strict=True)]  # fmt: skip
    begun = sql.statement("loyalty", "arrive").rows(
        size=len(done), customer_id=[row.customer_id for row in done],
        lot_id=[row.lot_id for row in done], active_at=begins, expires_at=ends,
    )  # fmt: skip
    return [Begun(*row) for row in begun if row[2]]
