"""A month with a partner: what it pays us for points earned there, what we pay for those used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Rate(NamedTuple):
    """So many points are worth so many minor units."""

    points: int
    minor: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """`earned_minor` comes to us, `burned_minor` goes to the partner."""

    earned: int
    taken_back: int
    used: int
    given_back: int
    earned_minor: int
    burned_minor: int

    @property
    def moved(self) -> int:
        """What it leaves on the partner's account in the ledger."""
        return self.used - self.given_back - self.earned + self.taken_back

    @property
    def balance_minor(self) -> int:
        """What the partner gets; below nothing it pays us."""
        return self.burned_minor - self.earned_minor


def settle(lines: Iterable[tuple[str, int]], *, earn: Rate | None, burn: Rate | None) -> Settlement:
    """Sum (what, points) up and price the sums: points first, money once, half up."""
    sums = {"earned": 0, "taken_back": 0, "used": 0, "given_back": 0}
    for what, points in lines:
        sums[what] += points
    return Settlement(
        **sums, earned_minor=priced(sums["earned"] - sums["taken_back"], earn),
        burned_minor=priced(sums["used"] - sums["given_back"], burn),
    )  # fmt: skip


def priced(points: int, rate: Rate | None) -> int:
    """Half up, away from nothing: what came back costs as much as it had cost."""
    if rate is None:
        return 0
    sign, size = (-1, -points) if points < 0 else (1, points)
    return sign * ((2 * size * rate.minor + rate.points) // (2 * rate.points))
