"""What the log says of points that moved, from several flows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from pydantic_core import to_json

from clientela.events.actions import Alike, Happening
from clientela.loyalty.actions.lives import Activated, Expired, Turn
from clientela.platform import ids

NAMES = {Activated: "points.activated", Expired: "points.expired"}


def expired_happenings(turns: Iterable[Turn]) -> Iterator[Happening]:
    """Points of a customer began or ended; each at its own instant."""
    for one in turns:
        yield Happening(
            NAMES[type(one)], one.turned_at, one.customer_id, ids.public("cus", one.customer_id),
            {"points": one.points, "currency": one.currency, "lots": one.lots},
        )  # fmt: skip


def many_turned(turns: Sequence[Turn]) -> list[Alike]:
    """The same, by columns: a sweep turns the points of 50,000 customers at once."""
    code = cache(to_json)
    return [
        Alike(
            name, [one.turned_at for one in alike], [one.customer_id for one in alike],
            [ids.public("cus", one.customer_id) for one in alike],
            [
                f'{{"points":{one.points},"currency":{code(one.currency).decode()},'
                f'"lots":{one.lots}}}'
                for one in alike
            ],
        )
        for kind, name in NAMES.items()
        if (alike := [one for one in turns if type(one) is kind])
    ]  # fmt: skip
