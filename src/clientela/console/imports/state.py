"""An import as its page shows it: how far it is, its control totals, what was refused and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from clientela.console.imports.headlines import headline
from clientela.console.imports.upload_form import of_problem
from clientela.flows import undo_import
from clientela.imports import queries
from clientela.imports.models import Batch, Row
from clientela.imports.reasons import reason_of
from clientela.imports.rules.faults import Reject
from clientela.imports.rules.totals import OUTCOMES, TAKEN
from clientela.platform.http.actors import Actor
from clientela.platform.money import Money
from clientela.staff import queries as staff

UNSETTLED = (
    Batch.State.UPLOADED,
    Batch.State.CHECKING,
    Batch.State.RUNNING,
    Batch.State.STOPPED,
    Batch.State.FAILED,
    Batch.State.UNDOING,
)
RUN = (Batch.State.FINISHED, Batch.State.UNDOING, Batch.State.UNDONE)
KEPT_SHOWN = 50
NOT_TAKEN = ("rejected", "without_customer")
REASONS_MAX = 20
Result = Mapping[str, Any]


def rows_of(batches: Iterable[Batch]) -> list[dict[str, Any]]:
    """Imports as lists show them."""
    listed = list(batches)
    by = staff.names_of({batch.started_by for batch in listed})
    return [
        {
            "public_id": batch.public_id, "file_name": batch.file_name, "kind": batch.kind,
            "source": batch.source, "state": batch.state, "created_at": batch.created_at,
            "by": by.get(batch.started_by, batch.started_by.partition(":")[2] or "Clientela"),
            **_counts(result_of(batch)),
        }
        for batch in listed
    ]  # fmt: skip


def state_of(batch: Batch, *, now: datetime, actor: Actor) -> dict[str, Any]:
    """What the page of one import needs; while it is worked on, only how far it is."""
    result = {} if batch.state in UNSETTLED else result_of(batch)
    batch.problem = of_problem(batch.problem) if batch.problem else {}
    can_undo = actor.may("customers.undo_import") and undo_import.may_be_undone(batch, now=now)
    return {
        "batch": batch, "result": result, "whole": batch.trial.get("read"),
        "pace": pace_of(batch, now=now), "can_undo": can_undo,
        "kept": queries.kept_of(batch.id, limit=KEPT_SHOWN) if batch.undo else [],
        "totals": list(_money(result)), "closes": closes(result),
        "refused": not_taken(result), "refusals": list(_refusals(batch, result)),
        "will_take": sum(result.get(name, 0) for name in TAKEN), "stopped": has_stopped(batch),
    }  # fmt: skip


def has_stopped(batch: Batch) -> bool:
    """Whether it failed or was stopped while it was run; it can go on behind what was taken."""
    failed = batch.state == Batch.State.FAILED and bool(batch.trial)
    return failed or batch.state == Batch.State.STOPPED


def may_run(batch: Batch) -> bool:
    return batch.state == Batch.State.CHECKED or has_stopped(batch)


def pace_of(batch: Batch, *, now: datetime) -> dict[str, Any]:
    """Rows a second since the run began or went on, and the seconds left at this pace."""
    whole = batch.trial.get("read") or 0
    if batch.state != Batch.State.RUNNING or batch.begun_at is None or not batch.rows_done:
        return {}
    rate = batch.rows_done / max((now - batch.begun_at).total_seconds(), 1)
    return {"rate": round(rate), "left_seconds": round((whole - batch.rows_done) / rate)}


def result_of(batch: Batch) -> Result:
    """Of the run once it is finished, else of the check; nothing before either."""
    result: Result = batch.result if batch.state in RUN else batch.trial
    return result


def closes(result: Result) -> bool:
    """Whether every row that was read, and all its money, went somewhere."""
    rows = result.get("read", 0) == sum(result.get(name, 0) for name in OUTCOMES)
    return rows and all(
        money["read_minor"] == sum(n for name, n in money.items() if name != "read_minor")
        for money in result.get("totals", {}).values()
    )


def not_taken(result: Result) -> int:
    return sum(result.get(name, 0) for name in NOT_TAKEN)


def _counts(result: Result) -> dict[str, int | None]:
    if not result:
        return {"read": None, "refused": None}
    return {"read": result["read"], "refused": not_taken(result)}


def _money(result: Result) -> Iterable[dict[str, Any]]:
    for currency, sums in result.get("totals", {}).items():
        refused = sum(sums.get(f"{name}_minor", 0) for name in NOT_TAKEN)
        yield {
            "currency": currency, "read": Money(sums["read_minor"], currency),
            "taken": Money(sums["taken_minor"], currency), "refused": Money(refused, currency),
        }  # fmt: skip


def _refusals(batch: Batch, result: Result) -> Iterable[dict[str, Any]]:
    """Every reason with its first rows, the most frequent first."""
    if not not_taken(result):
        return
    is_trial = batch.state not in RUN
    rows = queries.examples(batch.id, is_trial=is_trial)
    counted = queries.reasons(batch.id, is_trial=is_trial)
    for _outcome, code, count in counted[:REASONS_MAX]:
        shown = [_example(row) for row in rows.get(code, [])]
        sentence = shown[0]["text"] if shown else ""
        yield {"code": code, "count": count, "words": headline(code, sentence), "examples": shown}


def _example(row: Row) -> dict[str, Any]:
    rejects = _rejects(row)
    return {
        "row": row.number, "column": row.column_name,
        "value": rejects[0].params.get("value", ""),
        "text": " ".join(reason_of(reject) for reject in rejects),
    }  # fmt: skip


def _rejects(row: Row) -> list[Reject]:
    return [Reject(row.number, column, code, params) for column, code, params in row.faults]
