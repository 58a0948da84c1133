"""What the log says of points that moved, from several flows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clientela.events.actions import Happening
from clientela.loyalty.actions.lives import Expired
from clientela.platform import ids


def expired_happenings(expired: Iterable[Expired]) -> Iterator[Happening]:
    for one in expired:
        yield Happening(
            "points.expired", one.expired_at, one.customer_id, ids.public("cus", one.customer_id),
            {"points": one.points, "currency": one.currency, "lots": one.lots},
        )  # fmt: skip
