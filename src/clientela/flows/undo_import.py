"""A whole import is undone: in the background, piece by piece, and again after a stop.

What somebody did something with since stays, and a file names it. Undone twice is undone once.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.undo import (
    of_customers,
    of_holdings,
    of_people,
    of_products,
    of_purchases,
    of_unnamed,
)
from clientela.flows.undo.pieces import Undo, Undoing
from clientela.imports import actions as imports
from clientela.imports import queries
from clientela.imports.models import UNDO_DAYS, Batch
from clientela.imports.rules import effects
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.formulas import guarded
from clientela.platform.http.actors import Actor

UNDOS: Mapping[str, Undo] = {
    effects.CUSTOMER: of_customers.registered,
    effects.CUSTOMER_VALUES: of_customers.changed,
    effects.IDENTITY: of_customers.identified,
    effects.FURTHER_IDENTITY: of_people.identified,
    effects.IDENTITY_MARKS: of_people.marked,
    effects.ADDRESS: of_people.addressed,
    effects.ADDRESS_VALUES: of_people.addresses_changed,
    effects.RELATION: of_people.related,
    effects.RELATION_VALUES: of_people.relations_changed,
    effects.CONSENT: of_people.consented,
    effects.PRODUCT_KIND: of_products.of_kinds,
    effects.PRODUCT: of_products.added,
    effects.PRODUCT_VALUES: of_products.changed,
    effects.HOLDING: of_holdings.opened,
    effects.HOLDING_VALUES: of_holdings.changed,
    effects.HOLDER: of_holdings.joined,
    effects.PURCHASE: of_purchases.recorded,
    effects.RETURN: of_purchases.returned,
    effects.UNNAMED: of_unnamed.kept,
    effects.UNNAMED_NAMED: of_unnamed.named,
}
UNDOABLE = (Batch.State.FINISHED, Batch.State.STOPPED, Batch.State.FAILED, Batch.State.UNDOING)


class NothingToUndo(Problem):
    code = "nothing-to-undo"
    status = 409
    title = "This import has written nothing that could be undone"


class TooLateToUndo(Problem):
    code = "too-late-to-undo"
    status = 409
    title = "This import is too old to be undone"


def may_be_undone(batch: Batch, *, now: datetime) -> bool:
    return batch.state in UNDOABLE and batch.rows_done > 0 and not _is_too_late(batch, now=now)


def undo(batch_id: UUID, *, actor: Actor, now: datetime) -> Batch:
    """Undo what is left of an import. One that is undone is answered as it stands."""
    batch = queries.get(batch_id)
    if batch.state == Batch.State.UNDONE:
        return batch
    _refuse(batch, now=now)
    with transactions.open():
        imports.locked(batch_id)
        imports.begin_undo(batch_id, now=now)
    while _undo_piece(batch_id, actor=actor, now=now):
        pass
    return _finish(batch_id, actor=actor, now=now)


def kept_file(batch: Batch) -> Path | None:
    """The file that names what an undo left as it is; None where nothing was."""
    if batch.state != Batch.State.UNDONE or not queries.count_kept(batch.id):
        return None
    path = batch.file.parent / "kept.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["record", "code", "field"])
        writer.writerows(
            [guarded(one.record), one.code, guarded(one.field)] for one in queries.kept_of(batch.id)
        )
    return path


@transactions.retried
def _undo_piece(batch_id: UUID, *, actor: Actor, now: datetime) -> bool:
    """One transaction: the last piece that is not undone yet; False when there is none."""
    with transactions.open():
        batch = imports.locked(batch_id)
        written = queries.latest_written(batch_id)
        if batch.state != Batch.State.UNDOING or written is None:
            return False
        outcome = UNDOS[written.what](written, Undoing(batch, actor, now))
        imports.undone(written, outcome.counts(), outcome.kept, now=now)
    return True


def _refuse(batch: Batch, *, now: datetime) -> None:
    if batch.state not in UNDOABLE or not batch.rows_done:
        raise NothingToUndo
    if _is_too_late(batch, now=now):
        raise TooLateToUndo(f"An import can be undone for {UNDO_DAYS} days.", days=UNDO_DAYS)


def _is_too_late(batch: Batch, *, now: datetime) -> bool:
    since = batch.finished_at or batch.created_at
    return batch.state != Batch.State.UNDOING and (now - since).days >= UNDO_DAYS


def _finish(batch_id: UUID, *, actor: Actor, now: datetime) -> Batch:
    with transactions.open():
        is_ours = imports.finish_undo(batch_id, now=now)
        batch = queries.get(batch_id)
        told = Happening("import.undone", now, None, batch.public_id, batch.undo)
        events.emit([told] if is_ours else [], actor=actor, now=now)
    return batch
