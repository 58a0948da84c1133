"""The habits of the demo company's customers, as the worker would fold them."""

from __future__ import annotations

from datetime import datetime

from clientela.flows import fold_habits
from clientela.purchases.habits.models import HabitPosition
from clientela.purchases.models import Purchase


def fold(*, now: datetime) -> None:
    fold_habits.fold(now=now)
    fold_habits.describe(now=now)
    fold_habits.lapse(now=now)


def take_down() -> int:
    """How far purchases were folded is of nobody; where nothing was ever bought it is not known."""
    if Purchase.objects.exists():
        return 0
    return HabitPosition.objects.all().delete()[0]
