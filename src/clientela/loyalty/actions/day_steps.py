"""How far the end of a day came, step by step; one slice at a time works on a step."""

from __future__ import annotations

from datetime import date, datetime

from clientela.loyalty.models import DayStep
from clientela.platform.transactions import needs_transaction


@needs_transaction
def begun(programme: str, day: date, step: str, *, now: datetime) -> DayStep:
    """The step, begun where it was not; locked until this transaction ends."""
    DayStep.objects.bulk_create(
        [DayStep(programme_id=programme, day_on=day, step=step, started_at=now)],
        ignore_conflicts=True,
    )
    return DayStep.objects.select_for_update(no_key=True).get(
        programme_id=programme, day_on=day, step=step
    )


@needs_transaction
def went_on(step: DayStep, *, done: int, place: str, is_over: bool, now: datetime) -> None:
    """A slice of it is done; the next begins at `place`, unless it `is_over`."""
    DayStep.objects.filter(id=step.id).update(
        done=step.done + done, place=place, ended_at=max(now, step.started_at) if is_over else None
    )
