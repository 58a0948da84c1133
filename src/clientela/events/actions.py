"""Writing the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from clientela.events.models import Position
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

COLUMNS = ("occurred_at", "name", "customer_id", "subject", "data")


@dataclass(frozen=True, slots=True)
class Happening:
    """`name` is noun and past verb (`points.earned`); `subject` the public id of what it is about;
    `data` ids, codes and amounts, never a person's own data.
    """

    name: str
    occurred_at: datetime
    customer_id: UUID | None = None
    subject: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@needs_transaction
def emit(happenings: Iterable[Happening], *, actor: Actor, now: datetime, request: str = "") -> int:
    """Write happenings in their order, in the transaction of what they tell of; how many."""
    rows = [
        (h.occurred_at, h.name, h.customer_id, h.subject, to_json(h.data).decode())
        for h in happenings
    ]
    if not rows:
        return 0
    return sql.statement("events", "emit").run(
        size=len(rows), now=now, actor=actor.id, request=request, **sql.columns(rows, COLUMNS)
    )


@needs_transaction
def move(*, reader: str, tx: str, event_id: int) -> None:
    """Store how far a reader has come; in the transaction of what it did with the events."""
    Position.objects.update_or_create(reader=reader, defaults={"tx": tx, "event_id": event_id})
