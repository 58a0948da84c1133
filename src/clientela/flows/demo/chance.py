"""Chance with a seed: everything that is drawn comes from here, nothing from a clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

One = TypeVar("One")


class Chance:
    """The dice of one part of the story; the same seed and part fall the same way."""

    __slots__ = ("_dice", "random")

    def __init__(self, seed: int, part: str) -> None:
        self._dice = Random(f"{seed}/{part}")
        self.random = self._dice.random

    def is_so(self, share: float) -> bool:
        return self.random() < share

    def whole(self, lowest: int, highest: int) -> int:
        """Both ends can be drawn."""
        return lowest + int(self.random() * (highest - lowest + 1))

    def one_of(self, choices: Sequence[One]) -> One:
        return choices[int(self.random() * len(choices))]

    def weighted(self, choices: Sequence[One], shares: Sequence[float]) -> One:
        """The shares sum to 1 at most; what is left of 1 goes to the last."""
        drawn = self.random()
        for choice, share in zip(choices, shares, strict=False):
            drawn -= share
            if drawn < 0:
                return choice
        return choices[-1]

    def around(self, middle: float, spread: float) -> float:
        """A figure as amounts are spread: half below `middle`, a few far above."""
        return middle * self._dice.lognormvariate(0, spread)

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.whole(0, max(0, (last - first).days)))

    def days(self, first: date, last: date, *, every: float) -> Iterator[date]:
        """Days about `every` so many from each other; one of twelve is left out."""
        place = self.random() * every
        span = (last - first).days
        while place <= span:
            if self.random() > 1 / 12:
                yield first + timedelta(days=int(place))
            place += every
