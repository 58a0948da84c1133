"""How a claim moves: data, so that a refusal can name what is allowed instead."""

from __future__ import annotations

from collections.abc import Mapping

SUBMITTED, APPROVED, PARTLY, REJECTED = "submitted", "approved", "partly_approved", "rejected"
IN_REPAIR, REPLACING, REFUNDING = "in_repair", "replacing", "refunding"
SETTLED, CLOSED, CANCELLED = "settled", "closed", "cancelled"

REMEDIES = {"repair": IN_REPAIR, "replacement": REPLACING, "refund": REFUNDING}
_REMEDY_STATES = (IN_REPAIR, REPLACING, REFUNDING)

MOVES: Mapping[str, tuple[str, ...]] = {
    SUBMITTED: (APPROVED, PARTLY, REJECTED, CANCELLED),
    APPROVED: (*_REMEDY_STATES, CANCELLED),
    PARTLY: (*_REMEDY_STATES, CANCELLED),
    REJECTED: (),
    IN_REPAIR: (SETTLED, CANCELLED),
    REPLACING: (SETTLED, CANCELLED),
    REFUNDING: (SETTLED, CANCELLED),
    SETTLED: (CLOSED,),
    CLOSED: (),
    CANCELLED: (),
}
STATES = tuple(MOVES)
OVER = (REJECTED, CLOSED, CANCELLED)
RESERVING = (APPROVED, PARTLY, *_REMEDY_STATES, SETTLED, CLOSED)
TRACK = (SUBMITTED, APPROVED, "remedy", SETTLED, CLOSED)


def may_move(state: str, to: str) -> bool:
    return to in MOVES.get(state, ())


def outcome_of(claimed_minor: int, payable_minor: int) -> str:
    """Approved when all of it is paid, partly when some; nothing to pay is no approval."""
    if payable_minor <= 0:
        return REJECTED
    return APPROVED if payable_minor >= claimed_minor else PARTLY
