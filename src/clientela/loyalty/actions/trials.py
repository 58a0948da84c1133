"""Trials of draft rules: asked, begun, going on, ended once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from clientela.loyalty.models.programme import Currency
from clientela.loyalty.models.trials import Trial
from clientela.platform import sql
from clientela.platform.errors import Problem
from clientela.platform.transactions import needs_transaction

WAITING_MAX = 3
KEPT_DAYS = 90


class TrialsWait(Problem):
    code = "trials-wait"
    status = 409
    title = "Other trials of rules are under way"


class TrialIsOver(Problem):
    code = "trial-is-over"
    status = 409
    title = "This trial is over"


@needs_transaction
def ask(
    drafts: Sequence[Mapping[str, Any]], *, currency: Currency, months: int, view_id: UUID | None,
    asked_by: str, now: datetime,
) -> Trial:  # fmt: skip
    """Note a trial, and drop old ones; TrialsWait where as many as are allowed have not ended."""
    sql.execute("SELECT pg_advisory_xact_lock(hashtext('trials of rules'))")
    Trial.objects.filter(asked_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    if Trial.objects.filter(ended_at=None).count() >= WAITING_MAX:
        raise TrialsWait("Wait until one of them is done, or cancel it.")
    return Trial.objects.create(
        currency=currency, months=months, view_id=view_id, drafts=list(drafts), asked_by=asked_by,
        asked_at=now,
    )  # fmt: skip


@needs_transaction
def begin(trial_id: UUID, *, whole: int, now: datetime) -> Trial | None:
    """The trial, begun from its start; None where it is over."""
    Trial.objects.filter(id=trial_id, ended_at=None).update(begun_at=now, whole=whole, done=0)
    return Trial.objects.filter(id=trial_id, ended_at=None).first()


@needs_transaction
def go_on(trial_id: UUID, *, done: int) -> bool:
    """Say how far it is; false where it was cancelled meanwhile."""
    return bool(Trial.objects.filter(id=trial_id, ended_at=None).update(done=done))


@needs_transaction
def end(
    trial_id: UUID, *, now: datetime, found: Mapping[str, Any] | None = None, fault: str = ""
) -> None:  # fmt: skip
    """With what was found, or with what stopped it."""
    Trial.objects.filter(id=trial_id, ended_at=None).update(ended_at=now, found=found, fault=fault)


@needs_transaction
def cancel(trial_id: UUID, *, by: str, now: datetime) -> None:
    """Stop it before its next slice; TrialIsOver where it has ended."""
    open_ = Trial.objects.filter(id=trial_id, ended_at=None)
    if not open_.update(ended_at=now, cancelled_by=by):
        raise TrialIsOver
