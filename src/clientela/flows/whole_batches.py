"""Batches that are taken in whole or not at all, for callers who ask for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from clientela.flows import gift_cards
from clientela.loyalty.actions.purses import CardUnknown
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor

ROWS_TOLD_MAX = 100

Row_contra = TypeVar("Row_contra", contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)
Row = TypeVar("Row")
Result = TypeVar("Result")


class BatchRefused(Problem):
    code = "batch-refused"
    status = 422
    title = "A row was refused, so nothing of the batch was written"


class Flow(Protocol[Row_contra, Result_co]):
    """A flow that takes many rows and answers for each, in their order."""

    def __call__(
        self, batch: Sequence[Row_contra], *, actor: Actor, now: datetime, request: str
    ) -> Sequence[Result_co]: ...


def taken(
    flow: Flow[Row, Result], batch: Sequence[Row], *, is_whole: bool,
    fault_of: Callable[[Result], Problem | None], field: str, actor: Actor, now: datetime,
    request: str,
) -> Sequence[Result]:  # fmt: skip
    """What the flow answers for each row. One that `is_whole` is not taken where a row is refused:
    nothing is written, and BatchRefused tells the refused rows, the first hundred, as `rows` with
    their place in `field`.
    """
    if not is_whole:
        return flow(batch, actor=actor, now=now, request=request)
    faults: dict[int, Problem] = {}
    try:
        return _in_whole(flow, batch, fault_of, faults, actor=actor, now=now, request=request)
    except BatchRefused as refused:
        if any(isinstance(fault, CardUnknown) for fault in faults.values()):
            gift_cards.not_found(actor=actor, now=now)
        raise _refused(faults, field=field, rows=len(batch), request=request) from refused


@transactions.retried
def _in_whole(
    flow: Flow[Row, Result], batch: Sequence[Row], fault_of: Callable[[Result], Problem | None],
    faults: dict[int, Problem], *, actor: Actor, now: datetime, request: str,
) -> Sequence[Result]:  # fmt: skip
    with transactions.open():
        results = flow(batch, actor=actor, now=now, request=request)
        faults.clear()
        faults |= {nth: fault for nth, one in enumerate(results) if (fault := fault_of(one))}
        if faults:
            raise BatchRefused
    return results


def _refused(faults: dict[int, Problem], *, field: str, rows: int, request: str) -> BatchRefused:
    told = [
        {"row": place, **fault.as_dict(request_id=request)}
        for place, fault in list(faults.items())[:ROWS_TOLD_MAX]
    ]
    return BatchRefused(
        f"{len(faults)} of {rows} rows were refused. Mend or leave them out, and send the others"
        " again.",
        field=f"{field}.{min(faults)}", rows=told,
    )  # fmt: skip
