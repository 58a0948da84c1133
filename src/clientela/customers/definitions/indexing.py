"""How far the index of a filterable field is."""

from __future__ import annotations

from datetime import datetime

from clientela.customers.models import FieldIndex
from clientela.platform.transactions import needs_transaction

State = FieldIndex.State
TRIES_MAX = 3
OPEN = (State.WAITING, State.BUILDING, State.DROPPING)


def following() -> FieldIndex | None:
    """The index that is to be built or dropped next. One that is called building was left behind:
    only one is worked on at a time.
    """
    rows = FieldIndex.objects.filter(state__in=OPEN).select_related("field")
    return rows.order_by("asked_at", "field_id").first()


@needs_transaction
def begun(index: FieldIndex) -> None:
    FieldIndex.objects.filter(pk=index.pk, state__in=(State.WAITING, State.BUILDING)).update(
        state=State.BUILDING, tries=index.tries + 1, phase="", done=0, total=0, problem=""
    )


@needs_transaction
def ready(index: FieldIndex, *, now: datetime) -> None:
    """It stands; one that is wanted no more stays so."""
    FieldIndex.objects.filter(pk=index.pk, state=State.BUILDING).update(
        state=State.READY, phase="", finished_at=now
    )


@needs_transaction
def failed(index: FieldIndex, problem: str) -> None:
    """To be tried again, until it has failed too often."""
    index.refresh_from_db()
    state = State.FAILED if index.tries >= TRIES_MAX else State.WAITING
    FieldIndex.objects.filter(pk=index.pk, state=State.BUILDING).update(
        state=state, problem=problem[:500], phase=""
    )


@needs_transaction
def gone(index: FieldIndex) -> None:
    FieldIndex.objects.filter(pk=index.pk, state=State.DROPPING).delete()


@needs_transaction
def again(index: FieldIndex, *, now: datetime) -> None:
    """A person asks for one that had failed."""
    FieldIndex.objects.filter(pk=index.pk, state=State.FAILED).update(
        state=State.WAITING, tries=0, asked_at=now, problem=""
    )
