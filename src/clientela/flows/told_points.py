"""What the log says of points that moved, from several flows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clientela.events.actions import Happening
from clientela.loyalty.actions.lives import Activated, Turn
from clientela.platform import ids


def expired_happenings(turns: Iterable[Turn]) -> Iterator[Happening]:
    """Points of a customer began or ended; each at its own instant."""
    for one in turns:
        yield Happening(
            "points.activated" if isinstance(one, Activated) else "points.expired", one.turned_at,
            one.customer_id, ids.public("cus", one.customer_id),
            {"points": one.points, "currency": one.currency, "lots": one.lots},
        )  # fmt: skip
