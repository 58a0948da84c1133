"""Writing down files on their way in: what was received, how far it is, what was not taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.imports.models import Batch, Row
from clientela.imports.models import Mapping as SavedMapping
from clientela.imports.queries import NoSuchImport
from clientela.imports.rules.faults import Reject
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

TURN_WAIT = "50s"


@needs_transaction
def keep(
    *, id: UUID, kind: str, source: str, file_name: str, path: str, digest: str, mapping: str,
    actor: Actor, now: datetime, is_demo: bool,
) -> Batch:  # fmt: skip
    """A file as it was received; `path` is our own copy of it."""
    return Batch.objects.create(
        id=id, kind=kind, source=source, file_name=file_name, path=path, digest=digest,
        mapping=mapping, started_by=actor.id, created_at=now, is_demo=is_demo,
    )  # fmt: skip


@needs_transaction
def locked(batch_id: UUID) -> Batch:
    """The batch, held by this transaction: two runs of one file take turns, and the second waits
    for the rows the first has in hand.
    """
    sql.execute("SELECT set_config('lock_timeout', %s, true)", [TURN_WAIT])
    batch = Batch.objects.select_for_update().filter(id=batch_id).first()
    if batch is None:
        raise NoSuchImport
    return batch


@needs_transaction
def checkpoint(batch_id: UUID, *, rows_done: int, totals: Mapping[str, Any]) -> None:
    Batch.objects.filter(id=batch_id).update(
        rows_done=rows_done, result=dict(totals), state=Batch.State.RUNNING
    )


@needs_transaction
def keep_refused(
    batch_id: UUID, refused: Sequence[tuple[int, str, Sequence[Reject]]], *,
    is_trial: bool = False, afresh: bool = False,
) -> None:  # fmt: skip
    """Rows that were not taken: line of the file, outcome, all that is wrong."""
    if afresh:
        Row.objects.filter(batch_id=batch_id, is_trial=is_trial).delete()
    Row.objects.bulk_create(
        (
            Row(
                batch_id=batch_id, number=number, outcome=outcome, column_name=faults[0].column,
                code=faults[0].code, is_trial=is_trial,
                faults=[[fault.column, fault.code, dict(fault.params)] for fault in faults],
            )
            for number, outcome, faults in refused
        ),
        batch_size=2_000,
    )  # fmt: skip


@needs_transaction
def checked(batch_id: UUID, trial: Mapping[str, Any]) -> None:
    Batch.objects.filter(id=batch_id).exclude(state=Batch.State.FINISHED).update(
        trial=dict(trial), state=Batch.State.CHECKED, problem={}
    )


@needs_transaction
def finish(batch_id: UUID, *, result: Mapping[str, Any], now: datetime) -> bool:
    """False where another run of the same file has finished it."""
    unfinished = Batch.objects.filter(id=batch_id).exclude(state=Batch.State.FINISHED)
    finished = unfinished.update(
        result=dict(result), state=Batch.State.FINISHED, finished_at=now, problem={}
    )
    return bool(finished)


@needs_transaction
def move(batch_id: UUID, state: Batch.State, *, problem: Mapping[str, Any] | None = None) -> None:
    """What a worker is doing with a file; a finished one stays finished."""
    Batch.objects.filter(id=batch_id).exclude(state=Batch.State.FINISHED).update(
        state=state, problem=dict(problem or {})
    )


@needs_transaction
def save_mapping(*, name: str, kind: str, text: str, actor: Actor, now: datetime) -> SavedMapping:
    """A mapping under a name; saving it again replaces the text."""
    saved, _ = SavedMapping.objects.update_or_create(
        name=name,
        defaults={"kind": kind, "text": text, "saved_by": actor.id, "saved_at": now},
    )
    return saved
