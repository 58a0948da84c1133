"""A file is imported: received, checked without writing, run batch by batch, and accounted for.

Every batch is one transaction with its checkpoint: whatever is killed, the import goes on behind
the last row whose effects are committed, and nothing is booked twice.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.import_customers import Customers
from clientela.flows.import_holdings import Holdings
from clientela.flows.import_products import Products
from clientela.flows.import_purchases import Purchases
from clientela.flows.importing import Adapter, Taken, Work
from clientela.imports import actions as imports
from clientela.imports import queries
from clientela.imports.models import Batch
from clientela.imports.reasons import reason_of
from clientela.imports.rules.faults import Refused, UnreadableFile
from clientela.imports.rules.limits import Limits
from clientela.imports.rules.mapping import ColumnMapping, plain
from clientela.imports.rules.mapping_file import load_mapping
from clientela.imports.rules.readers import Surroundings
from clientela.imports.rules.reading import Table, open_table
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.rejects import RejectsFile
from clientela.imports.rules.settling import settled
from clientela.imports.rules.totals import Totals
from clientela.imports.rules.typed import Typed, typed
from clientela.platform import ids, transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

ROWS_AT_ONCE = 10_000
ADAPTERS: Mapping[str, Callable[..., Adapter]] = {
    "customers": Customers,
    "products": Products,
    "holdings": Holdings,
    "purchases": Purchases,
}
Progress = Callable[[int, int], None]  # lines of the file done, lines in all


class TotalsDoNotClose(Problem):
    code = "totals-do-not-close"
    status = 500
    title = "Rows were read that went nowhere; the import is not finished"


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file made ready: its table, how its rows are read, and the adapter that takes them."""

    table: Table
    read: Typed
    adapter: Adapter
    work: Work


def receive(
    path: Path, *, kind: str, mapping_text: str, source: str | None, actor: Actor, now: datetime,
    file_name: str = "", is_demo: bool = False,
) -> Batch:  # fmt: skip
    """Keep a copy of a file and what is to be done with it. Raises for a file or mapping that
    cannot be used: nothing is kept then.
    """
    mapping = _mapping(mapping_text, kind=kind, source=source)
    if not path.is_file():
        raise UnreadableFile("not-a-file", detail=f"{path} is not a file that can be read.")
    id = ids.uuid7()
    folder = settings.HOME.files / "imports" / id.hex
    folder.mkdir(parents=True)
    kept = folder / "file"
    try:
        shutil.copyfile(path, kept)
        table = _table(kept, mapping)
        typed(mapping, table.header, around=_around(now))
    except BaseException:
        shutil.rmtree(folder)
        raise
    with transactions.open():
        return imports.keep(
            id=id, kind=kind, source=mapping.source, file_name=file_name or path.name,
            path=str(kept), digest=table.digest, mapping=mapping_text, actor=actor, now=now,
            is_demo=is_demo,
        )  # fmt: skip


def check(
    batch_id: UUID, *, actor: Actor, now: datetime, progress: Progress | None = None
) -> Batch:
    """Go through the whole file and say what running it would do. Nothing of it stays."""
    batch = queries.get(batch_id)
    opened = _opened(batch, actor=actor, now=now, is_trial=True)
    totals = Totals()
    refused: list[tuple[RawRow, Taken]] = []
    with transactions.open():
        for raws in _batches(opened.table):
            taken, more = _take(raws, opened, totals)
            refused += taken
            if progress:
                progress(more, opened.table.lines)
        transaction.set_rollback(True)
    _close(totals)
    with transactions.open():
        imports.keep_refused(batch.id, _refusals(refused), is_trial=True, afresh=True)
        imports.checked(batch.id, totals.result(batch=batch.public_id, kind=batch.kind))
    return queries.get(batch_id)


def run(batch_id: UUID, *, actor: Actor, now: datetime, progress: Progress | None = None) -> Batch:
    """Take the file, going on behind the last checkpoint; finished once its totals close."""
    batch = queries.get(batch_id)
    if batch.state == Batch.State.FINISHED:
        return batch
    opened = _opened(batch, actor=actor, now=now, is_trial=False)
    done = 0
    for raws in _batches(opened.table):
        done += len(raws)
        _run_batch(batch_id, raws, opened, upto=done)
        if progress:
            progress(raws[-1].number, opened.table.lines)
    batch = queries.get(batch_id)
    if batch.state == Batch.State.FINISHED:  # by another worker, for whom this one waited
        return batch
    return _finish(batch, opened.table, actor=actor, now=now)


def rejects_of(batch: Batch) -> Path | None:
    """The file of rows that were not taken: of the run, or of the check that wrote nothing else.

    None where all were taken, or nothing was looked at yet.
    """
    if batch.state == Batch.State.FINISHED:
        kept = batch.result.get("rejects_file")
        return Path(kept) if kept and Path(kept).is_file() else None
    if batch.state != Batch.State.CHECKED:
        return None
    mapping = _mapping(batch.mapping, kind=batch.kind, source=batch.source)
    written = _write_rejects(batch, _table(Path(batch.path), mapping), is_trial=True)
    return Path(written) if written else None


def _run_batch(batch_id: UUID, raws: Sequence[RawRow], opened: _Opened, *, upto: int) -> None:
    """One transaction: the rows, their totals, their refusals and the checkpoint behind them."""
    judged = [(raw, opened.read(raw)) for raw in raws]
    rows = [row for _, row in judged if not isinstance(row, Refused)]
    prepared = opened.adapter.prepare(rows)  # also for rows done before: it counts occurrences

    @transactions.retried
    def take() -> None:
        with transactions.open():
            batch = imports.locked(batch_id)
            if batch.rows_done >= upto:
                return
            totals = Totals.from_state(batch.result)
            taken = opened.adapter.take(prepared) if prepared else []
            refused = _count(judged, taken, totals)
            imports.keep_refused(batch_id, _refusals(refused))
            imports.checkpoint(batch_id, rows_done=upto, totals=totals.state())

    take()


def _take(
    raws: Sequence[RawRow], opened: _Opened, totals: Totals
) -> tuple[list[tuple[RawRow, Taken]], int]:
    judged = [(raw, opened.read(raw)) for raw in raws]
    rows = [row for _, row in judged if not isinstance(row, Refused)]
    taken = opened.adapter.take(opened.adapter.prepare(rows)) if rows else []
    return _count(judged, taken, totals), raws[-1].number


def _count(
    judged: Sequence[tuple[RawRow, Any]], taken: Sequence[Taken], totals: Totals
) -> list[tuple[RawRow, Taken]]:
    """Add the rows to the totals; those that were not taken."""
    outcomes = iter(taken)
    refused = []
    for raw, row in judged:
        is_refused = isinstance(row, Refused)
        outcome = Taken("rejected", row.faults) if is_refused else next(outcomes)
        amount, currency = getattr(row, "amount_minor", None), getattr(row, "currency", None)
        totals.count_read(amount_minor=amount, currency=currency)
        totals.count(outcome.outcome, amount_minor=amount, currency=currency)
        if outcome.faults:
            refused.append((raw, outcome))
    return refused


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
    path = Path(batch.path).parent / ("rejects-of-check.csv" if is_trial else "rejects.csv")
    with RejectsFile(path, table.header, reason_of) as rejects:
        wanted: Refused | None = first
        for raw in table.rows():
            if wanted is None:
                break
            if raw.number == wanted.number:
                rejects.write(raw, wanted)
                wanted = next(refused, None)
    return str(path)


def _refusals(refused: Sequence[tuple[RawRow, Taken]]) -> list[tuple[int, str, Sequence[Any]]]:
    return [(raw.number, taken.outcome, taken.faults) for raw, taken in refused]


def _close(totals: Totals) -> None:
    if not totals.closes():
        raise TotalsDoNotClose(rows=totals.open_rows(), minor=totals.open_minor())


def _opened(batch: Batch, *, actor: Actor, now: datetime, is_trial: bool) -> _Opened:
    mapping = _mapping(batch.mapping, kind=batch.kind, source=batch.source)
    table = _table(Path(batch.path), mapping)
    mapping = settled(mapping, table)
    work = Work(
        mapping=mapping, company=companies.current(), actor=actor, now=now, is_trial=is_trial,
        is_demo=batch.is_demo,
    )  # fmt: skip
    read = typed(mapping, table.header, around=_around(now))
    return _Opened(table, read, ADAPTERS[batch.kind](work, file_digest=table.digest), work)


def _mapping(text: str, *, kind: str, source: str | None) -> ColumnMapping:
    mapping = load_mapping(text, kind=kind) if text else plain(kind)
    return replace(mapping, source=source) if source else mapping


def _around(now: datetime) -> Surroundings:
    company = companies.current()
    return Surroundings(
        now=now, currency=company.currency, zone=company.zone, country=company.country
    )


def _table(path: Path, mapping: ColumnMapping) -> Table:
    limits = Limits(bytes_max=settings.IMPORT_FILE_BYTES_MAX)
    return open_table(path, layout=mapping.layout, names=mapping.names, limits=limits)


def _batches(table: Table) -> Iterator[list[RawRow]]:
    rows = table.rows()
    while raws := list(islice(rows, ROWS_AT_ONCE)):
        yield raws
