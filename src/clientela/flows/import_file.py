"""A file is imported: received, checked without writing, run batch by batch, and accounted for.

Every batch is one transaction with its checkpoint: whatever is killed, the import goes on behind
the last row whose effects are committed, and nothing is booked twice.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.importing import Taken
from clientela.flows.opened_file import (
    Opened,
    Piece,
    around,
    found_in,
    mapping_from,
    mapping_of,
    opened,
    table_of,
)
from clientela.imports import actions as imports
from clientela.imports import queries
from clientela.imports.models import Batch
from clientela.imports.reasons import reason_of
from clientela.imports.rules.faults import Refused, UnreadableFile
from clientela.imports.rules.reading import Table
from clientela.imports.rules.rejects import RejectsFile
from clientela.imports.rules.totals import Totals
from clientela.imports.rules.typed import typed
from clientela.platform import ids, memory, transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor

ROWS_AT_ONCE = 10_000
Progress = Callable[[int, int], None]  # lines of the file done, lines in all
Refusal = tuple[int, Taken]  # the line of a row that was not taken, and why


class TotalsDoNotClose(Problem):
    code = "totals-do-not-close"
    status = 500
    title = "Rows were read that went nowhere; the import is not finished"


class NotToBeRun(Problem):
    code = "not-to-be-run"
    status = 409
    title = "This import is undone or being undone"


def receive(
    path: Path, *, kind: str, mapping_text: str, source: str | None, actor: Actor, now: datetime,
    file_name: str = "", mapping_name: str = "", data_of: datetime | None = None,
    is_demo: bool = False, is_settled: bool = True,
) -> Batch:  # fmt: skip
    """Keep a copy of a file and what is to be done with it. Raises for a file or mapping that
    cannot be used: nothing is kept then. `is_settled`: that columns are missing is a refusal too;
    else they are asked for in a later step.
    """
    mapping = mapping_from(mapping_text, kind=kind, source=source)
    if not path.is_file():
        raise UnreadableFile("not-a-file", detail=f"{path} is not a file that can be read.")
    id = ids.uuid7()
    folder = settings.HOME.files / "imports" / id.hex
    folder.mkdir(parents=True)
    kept = folder / "file"
    try:
        shutil.copyfile(path, kept)
        table = table_of(kept, mapping)
        if is_settled:
            typed(mapping, table.header, around=around(now))
    except BaseException:
        shutil.rmtree(folder)
        raise
    with transactions.open():
        return imports.keep(
            id=id, kind=kind, source=mapping.source, file_name=file_name or path.name,
            path=_below_home(kept), digest=table.digest, mapping=mapping_text,
            mapping_name=mapping_name, found=found_in(table), data_of=data_of, actor=actor,
            now=now, is_demo=is_demo,
        )  # fmt: skip


def checked_mapping(text: str, *, kind: str) -> None:
    """Refuse a mapping that means nothing."""
    mapping_from(text, kind=kind, source=None)


def check(
    batch_id: UUID, *, actor: Actor, now: datetime, progress: Progress | None = None
) -> Batch:
    """Go through the whole file and say what running it would do. Nothing of it stays."""
    file = opened(queries.get(batch_id), actor=actor, now=now, is_trial=True)
    totals = Totals()
    refused: list[Refusal] = []
    with transactions.open(), memory.without_collecting():
        for piece in file.pieces(ROWS_AT_ONCE):
            imports.refresh_statistics()
            refused += _take(piece, file, totals)
            if progress:
                progress(piece.raws[-1].number, file.table.lines)
        transaction.set_rollback(True)
    _close(totals)
    batch = queries.get(batch_id)
    with transactions.open():
        imports.keep_refused(batch.id, _refusals(refused), is_trial=True, afresh=True)
        imports.checked(batch.id, totals.result(batch=batch.public_id, kind=batch.kind))
    return queries.get(batch_id)


def run(batch_id: UUID, *, actor: Actor, now: datetime, progress: Progress | None = None) -> Batch:
    """Take the file, going on behind the last checkpoint; finished once its totals close. Asked to
    stop, it ends behind the batch in hand.
    """
    batch = queries.get(batch_id)
    if batch.state == Batch.State.FINISHED:
        return batch
    if batch.state in (Batch.State.UNDOING, Batch.State.UNDONE):
        raise NotToBeRun
    file = opened(batch, actor=actor, now=now, is_trial=False)
    with transactions.open():
        imports.begin(batch_id, now=now)
    with memory.without_collecting():
        for piece in file.pieces(ROWS_AT_ONCE):
            _refresh_statistics()
            if not _run_piece(batch_id, piece, file):
                return _stopped(batch_id)
            if progress:
                progress(piece.raws[-1].number, file.table.lines)
    _refresh_statistics()
    batch = queries.get(batch_id)
    if batch.state == Batch.State.FINISHED:  # by another worker, for whom this one waited
        return batch
    return _finish(batch, file.table, actor=actor, now=now)


def stop(batch_id: UUID, *, now: datetime) -> Batch:
    """Have a run end behind the batch it has in hand; what is written stays and is counted."""
    with transactions.open():
        imports.ask_to_stop(batch_id, now=now)
    return queries.get(batch_id)


def rejects_of(batch: Batch) -> Path | None:
    """The file of rows that were not taken: of the run, or of the check that wrote nothing else.

    None where all were taken, or nothing was looked at yet.
    """
    if batch.state in imports.ENDED:
        kept = queries.told(batch).get("rejects_file")
        return Path(kept) if kept and Path(kept).is_file() else None
    if batch.state != Batch.State.CHECKED:
        return None
    written = _write_rejects(batch, table_of(batch.file, mapping_of(batch)), is_trial=True)
    return settings.HOME.path / written if written else None


def _refresh_statistics() -> None:
    """In a transaction of its own: no lock of it outlives it."""
    with transactions.open():
        imports.refresh_statistics()


def _run_piece(batch_id: UUID, piece: Piece, file: Opened) -> bool:
    """One transaction: the rows, their totals, their refusals and the checkpoint behind them.

    False: somebody asked to stop before it.
    """

    @transactions.retried
    def take() -> bool:
        with transactions.open():
            batch = imports.locked(batch_id)
            if batch.rows_done >= piece.upto:
                return True
            if batch.stop_asked_at is not None:
                return False
            totals = Totals.from_state(batch.result)
            refused = _take(piece, file, totals)
            imports.keep_refused(batch_id, _refusals(refused))
            imports.keep_written(batch_id, file.adapter.effects, now=file.work.now)
            imports.checkpoint(batch_id, rows_done=piece.upto, totals=totals.state())
        return True

    return take()


def _take(piece: Piece, file: Opened, totals: Totals) -> list[Refusal]:
    file.adapter.effects.clear()
    taken = file.adapter.take(piece.prepared) if piece.prepared else []
    return _count(piece, taken, totals)


def _count(piece: Piece, taken: Sequence[Taken], totals: Totals) -> list[Refusal]:
    """Add the rows to the totals; those that were not taken."""
    following = iter(taken)
    outcomes = [
        Taken("rejected", row.faults) if isinstance(row, Refused) else next(following)
        for row in piece.judged
    ]
    totals.count_all(
        [one.outcome for one in outcomes],
        [(getattr(row, "currency", None), getattr(row, "amount_minor", None))
         for row in piece.judged],
    )  # fmt: skip
    return [(raw.number, one) for raw, one in zip(piece.raws, outcomes, strict=True) if one.faults]


def _stopped(batch_id: UUID) -> Batch:
    with transactions.open():
        imports.stopped(batch_id)
    return queries.get(batch_id)


def _finish(batch: Batch, table: Table, *, actor: Actor, now: datetime) -> Batch:
    totals = Totals.from_state(batch.result)
    _close(totals)
    rejects = _write_rejects(batch, table)
    result = totals.result(batch=batch.public_id, kind=batch.kind, rejects_file=rejects)
    with transactions.open():
        is_ours = imports.finish(batch.id, result=result, now=now)
        told = Happening("import.finished", now, None, batch.public_id,
                         {"kind": batch.kind, "read": totals.read})  # fmt: skip
        events.emit([told] if is_ours else [], actor=actor, now=now)
    return queries.get(batch.id)


def _write_rejects(batch: Batch, table: Table, *, is_trial: bool = False) -> str | None:
    """The rows that were not taken, with their reasons, beside the kept file; None: all were."""
    refused = queries.refused_of(batch.id, is_trial=is_trial)
    first = next(refused, None)
    if first is None:
        return None
    path = batch.file.parent / ("rejects-of-check.csv" if is_trial else "rejects.csv")
    with RejectsFile(path, table.header, reason_of) as rejects:
        wanted: Refused | None = first
        for raw in table.rows():
            if wanted is None:
                break
            if raw.number == wanted.number:
                rejects.write(raw, wanted)
                wanted = next(refused, None)
    return _below_home(path)


def _below_home(path: Path) -> str:
    """A path as it is kept: the data folder may stand elsewhere tomorrow."""
    return path.relative_to(settings.HOME.path).as_posix()


def _refusals(refused: Sequence[Refusal]) -> list[tuple[int, str, Sequence[Any]]]:
    return [(number, taken.outcome, taken.faults) for number, taken in refused]


def _close(totals: Totals) -> None:
    if not totals.closes():
        raise TotalsDoNotClose(rows=totals.open_rows(), minor=totals.open_minor())


def result_of(batch: Batch) -> Mapping[str, Any]:
    """Of the run once it has begun, else of the check; the rejects file by its whole path."""
    return queries.told(batch) if batch.result else batch.trial
