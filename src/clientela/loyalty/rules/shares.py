"""How much of each payment goes back with a return. No Django, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Order(StrEnum):
    """When points that paid a part come back."""

    PROPORTION = "proportion"  # with the money, in proportion
    POINTS_FIRST = "points_first"
    POINTS_LAST = "points_last"


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid by one means, and in which order it comes back; what is no points always comes
    in proportion.
    """

    minor: int
    points: int = 0
    order: Order = Order.PROPORTION


@dataclass(frozen=True, slots=True)
class Back:
    minor: int
    points: int


def back(payments: Sequence[Paid], *, total: int, returned: int) -> list[Back]:
    """What has to have gone back of each once so much of the purchase has come back in all: first
    what comes first, then what comes in proportion and the rest of the money, then what comes last.
    All that was paid when all has come back.
    """
    if total <= 0 or returned >= total:
        return [Back(one.minor, one.points) for one in payments]
    first, last = (
        sum(one.minor for one in payments if one.order is order)
        for order in (Order.POINTS_FIRST, Order.POINTS_LAST)
    )
    between = total - first - last
    left = {
        Order.POINTS_FIRST: returned, Order.POINTS_LAST: returned - first - between,
    }  # fmt: skip
    found = []
    for one in payments:
        if one.order is Order.PROPORTION:
            found.append(_part(one, min(max(returned - first, 0), between), between))
            continue
        minor = min(max(left[one.order], 0), one.minor)
        left[one.order] -= minor
        found.append(_part(one, minor, one.minor))
    return found


def _part(one: Paid, back: int, of: int) -> Back:
    """So much of what was paid: whole points and whole minor units, never more than due."""
    return Back(one.minor * back // of, one.points * back // of) if of > 0 else Back(0, 0)
