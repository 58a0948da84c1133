"""By when a request must be answered, and whether it is late."""

from __future__ import annotations

from datetime import date, timedelta

ANSWER_DAYS = 30
SOON_DAYS = 7


def due_on(received_on: date) -> date:
    return received_on + timedelta(days=ANSWER_DAYS)


def haste(due_on: date, *, today: date) -> str:
    """`late`, `soon` within a week, else `calm`."""
    if due_on < today:
        return "late"
    return "soon" if (due_on - today).days <= SOON_DAYS else "calm"
