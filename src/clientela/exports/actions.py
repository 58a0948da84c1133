"""Writing down what is taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from clientela.exports.models import Export
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

LINK_DAYS = 7


@needs_transaction
def ask(
    *, what: str, form: str, asked: Mapping[str, Any], reason: str, actor: Actor, now: datetime
) -> Export:
    return Export.objects.create(
        what=what, form=form, asked=dict(asked), reason=reason, asked_by=actor.id, asked_at=now,
        link_until=now + timedelta(days=LINK_DAYS),
    )  # fmt: skip


@needs_transaction
def finish(export_id: UUID, *, path: str, columns: Sequence[str], rows: int) -> bool:
    """False where another worker has finished it."""
    waiting = Export.objects.filter(id=export_id, state=Export.State.WAITING)
    return bool(
        waiting.update(state=Export.State.READY, path=path, columns=list(columns), rows=rows)
    )


@needs_transaction
def fail(export_id: UUID, problem: Mapping[str, Any]) -> None:
    waiting = Export.objects.filter(id=export_id, state=Export.State.WAITING)
    waiting.update(state=Export.State.FAILED, problem=dict(problem))


@needs_transaction
def end(export_ids: Sequence[UUID]) -> int:
    """Their links are over, and their files are gone."""
    return Export.objects.filter(id__in=list(export_ids)).update(state=Export.State.OVER, path="")
