"""Writing down files on their way in: what was received, how far it is, what was not taken."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from clientela.imports.models import UNDO_DAYS, Batch, Kept, Row, Written
from clientela.imports.models import Mapping as SavedMapping
from clientela.imports.personal import WITHOUT_VALUES
from clientela.imports.queries import NoSuchImport
from clientela.imports.rules.effects import Effect
from clientela.imports.rules.faults import Reject
from clientela.platform import ids, sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

TURN_WAIT = "50s"
ENDED = (Batch.State.FINISHED, Batch.State.UNDOING, Batch.State.UNDONE)


@needs_transaction
def keep(
    *, id: UUID, kind: str, source: str, file_name: str, path: str, digest: str, mapping: str,
    mapping_name: str = "", found: Mapping[str, Any] | None = None, data_of: datetime | None = None,
    actor: Actor, now: datetime, is_demo: bool,
) -> Batch:  # fmt: skip
    """A file as it was received; `path` is our own copy of it, below the data folder."""
    return Batch.objects.create(
        id=id, kind=kind, source=source, file_name=file_name, path=path, digest=digest,
        mapping=mapping, mapping_name=mapping_name, found=dict(found or {}), data_of=data_of,
        started_by=actor.id, created_at=now, is_demo=is_demo,
    )  # fmt: skip


@needs_transaction
def describe(
    batch_id: UUID, *, mapping: str, mapping_name: str, source: str, found: Mapping[str, Any],
    data_of: datetime | None,
) -> bool:  # fmt: skip
    """What the columns of a file mean, said anew; False once it is run. What was checked before
    is checked again.
    """
    open_ones = Batch.objects.filter(
        id=batch_id, rows_done=0, state__in=[Batch.State.UPLOADED, Batch.State.CHECKED,
                                             Batch.State.FAILED],
    )  # fmt: skip
    return bool(open_ones.update(
        mapping=mapping, mapping_name=mapping_name, source=source, found=dict(found),
        data_of=data_of, state=Batch.State.UPLOADED, trial={}, problem={},
    ))  # fmt: skip


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
def refresh_statistics() -> list[str]:
    """Let the planner know the tables as they are now, where they grew or filled since it last
    looked: a first load makes every plan for empty tables a wrong one. The tables looked at.
    """
    row = sql.execute("SELECT imports_refresh_statistics()").fetchone()
    return list(row[0]) if row else []


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
def keep_written(batch_id: UUID, effects: Iterable[Effect], *, now: datetime) -> None:
    """What this transaction wrote, for the undo."""
    for effect in effects:
        if effect.records:
            sql.statement("imports", "keep_written").run(
                batch=batch_id, what=effect.what, records=ids.as_array(effect.records),
                owners=ids.as_array(effect.owners), now=now,
                before=json.dumps(effect.before),
            )  # fmt: skip


@needs_transaction
def begin(batch_id: UUID, *, now: datetime) -> None:
    """A run starts, or goes on: nobody has asked this one to stop."""
    Batch.objects.filter(id=batch_id).exclude(state__in=ENDED).update(
        state=Batch.State.RUNNING, stop_asked_at=None, begun_at=now, problem={}
    )


@needs_transaction
def ask_to_stop(batch_id: UUID, *, now: datetime) -> bool:
    """A run ends behind the batch it has in hand; False where none is under way."""
    running = Batch.objects.filter(id=batch_id, state=Batch.State.RUNNING)
    return bool(running.update(stop_asked_at=now))


@needs_transaction
def stopped(batch_id: UUID) -> None:
    Batch.objects.filter(id=batch_id, state=Batch.State.RUNNING).update(state=Batch.State.STOPPED)


@needs_transaction
def checked(batch_id: UUID, trial: Mapping[str, Any]) -> None:
    Batch.objects.filter(id=batch_id, rows_done=0).exclude(state__in=ENDED).update(
        trial=dict(trial), state=Batch.State.CHECKED, problem={}
    )


@needs_transaction
def finish(batch_id: UUID, *, result: Mapping[str, Any], now: datetime) -> bool:
    """False where another run of the same file has finished it."""
    unfinished = Batch.objects.filter(id=batch_id).exclude(state__in=ENDED)
    finished = unfinished.update(
        result=dict(result), state=Batch.State.FINISHED, finished_at=now, problem={}
    )
    return bool(finished)


@needs_transaction
def move(batch_id: UUID, state: Batch.State, *, problem: Mapping[str, Any] | None = None) -> None:
    """What a worker is doing with a file; a finished one stays finished."""
    Batch.objects.filter(id=batch_id).exclude(state__in=ENDED).update(
        state=state, problem=dict(problem or {})
    )


@needs_transaction
def begin_undo(batch_id: UUID, *, now: datetime) -> bool:
    """False where it is undone already."""
    undoable = Batch.objects.filter(id=batch_id, state__in=[
        Batch.State.FINISHED, Batch.State.STOPPED, Batch.State.FAILED, Batch.State.UNDOING,
    ])  # fmt: skip
    return bool(undoable.update(state=Batch.State.UNDOING, begun_at=now, problem={}))


@needs_transaction
def undone(
    written: Written, counts: Mapping[str, int], kept: Sequence[tuple[str, str, str]], *,
    now: datetime,
) -> None:  # fmt: skip
    """One piece is undone: how much of it, and what of it stays (record, code, field)."""
    Written.objects.filter(id=written.id).update(undone_at=now)
    batch = Batch.objects.select_for_update().get(id=written.batch_id)
    total = {name: batch.undo.get(name, 0) + counts.get(name, 0)
             for name in {*batch.undo, *counts}}  # fmt: skip
    Batch.objects.filter(id=batch.id).update(undo=total)
    Kept.objects.bulk_create(
        (Kept(batch_id=batch.id, record=record, code=code, field=name)
         for record, code, name in kept),
        ignore_conflicts=True, batch_size=2_000,
    )  # fmt: skip


@needs_transaction
def finish_undo(batch_id: UUID, *, now: datetime) -> bool:
    under_way = Batch.objects.filter(id=batch_id, state=Batch.State.UNDOING)
    return bool(under_way.update(state=Batch.State.UNDONE, undone_at=now))


@needs_transaction
def forget_values(batch_ids: Collection[UUID]) -> None:
    """What stood in refused rows of these files goes; that they were refused, and why, stays."""
    sql.execute(
        f"UPDATE imports_row SET faults = {WITHOUT_VALUES} WHERE batch_id = ANY (%s)",  # noqa: S608
        [list(batch_ids)],
    )


@needs_transaction
def forget_written(*, now: datetime) -> int:
    """Drop the undo data of imports whose time to be undone is over."""
    since = now - timedelta(days=UNDO_DAYS)
    over = Written.objects.filter(written_at__lt=since).exclude(batch__state=Batch.State.UNDOING)
    return over.delete()[0]


@needs_transaction
def save_mapping(
    *, name: str, kind: str, text: str, actor: Actor, now: datetime, header: str = ""
) -> SavedMapping:
    """A mapping under a name; saving it again replaces the text."""
    saved, _ = SavedMapping.objects.update_or_create(
        name=name,
        defaults={"kind": kind, "text": text, "header": header, "saved_by": actor.id,
                  "saved_at": now},
    )  # fmt: skip
    return saved


@needs_transaction
def drop_mapping(name: str) -> bool:
    """Imports that used it keep their own copy."""
    return bool(SavedMapping.objects.filter(name=name).delete()[0])
