"""Reading the log: a customer's timeline, and the safe cursor of the readers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.events.models import Position
from clientela.platform import sql

READ_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as a reader gets it; `tx` and `id` together are its place in the log."""

    id: int
    tx: str
    occurred_at: datetime
    recorded_at: datetime
    name: str
    customer_id: UUID | None
    subject: str
    actor: str
    data: dict[str, Any]


def after(*, reader: str, limit: int = READ_MAX) -> list[Happened]:
    """What `reader` has not seen yet, in order of (tx, id).

    Ids are taken before the commit: reading `id > last` would lose what commits late. Events of a
    transaction become visible here once every older transaction has ended.
    """
    position = Position.objects.filter(reader=reader).first()
    rows = sql.statement("events", "after").rows(
        tx=position.tx if position else "0",
        event_id=position.event_id if position else 0,
        limit=min(limit, READ_MAX),
    )
    return [_happened(row) for row in rows]


def timeline_of(
    family: Sequence[UUID],
    *,
    before: tuple[datetime, int] | None = None,
    names: Iterable[str] = (),
    limit: int = 50,
) -> list[Happened]:
    """Events of a customer and its aliases, newest first by when they happened.

    `before` is the (occurred_at, id) of the last one seen: pages go by key.
    """
    rows = sql.statement("events", "timeline").rows(
        family=list(family),
        names=list(names) or None,
        occurred_at=before[0] if before else None,
        event_id=before[1] if before else None,
        limit=limit,
    )
    return [_happened(row) for row in rows]


def _happened(row: tuple[Any, ...]) -> Happened:
    """Django leaves JSON as text on the connection below it."""
    whole = (*row[:-1], json.loads(row[-1]))
    return Happened(*whole)
