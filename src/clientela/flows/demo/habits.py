"""The habits of the demo company's customers, as the worker would fold them."""

from __future__ import annotations

from datetime import datetime

from clientela.flows import fold_habits


def fold(*, now: datetime) -> None:
    fold_habits.fold(now=now)
    fold_habits.describe(now=now)
    fold_habits.lapse(now=now)
