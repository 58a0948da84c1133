"""The proof of an erasure is written down; it holds nothing of the person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from clientela.platform import ids
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.privacy.models.rights import Erasure


@needs_transaction
def prove(
    *, family: Sequence[UUID], classes: Collection[str], reached: Mapping[str, int],
    request_id: UUID | None, asked_at: datetime, actor: Actor, now: datetime,
    id: UUID | None = None,
) -> list[Erasure]:  # fmt: skip
    """One row for each record of the customer; the survivor's is the proof that is shown."""
    given = [id or ids.uuid7(), *ids.uuid7s(len(family) - 1)]
    return Erasure.objects.bulk_create(
        Erasure(
            id=row_id, customer_id=record, classes=sorted(classes), request_id=request_id,
            asked_at=asked_at, done_at=now, done_by=actor.id,
            reached=dict(reached) if record == family[0] else {},
        )
        for row_id, record in zip(given, family, strict=True)
    )  # fmt: skip
