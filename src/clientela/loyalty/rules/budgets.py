"""The budget of a promotion: how much of an award it still allows. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from clientela.loyalty.rules import limits
from clientela.loyalty.rules.awards import Award


@dataclass(frozen=True, slots=True)
class Worth:
    """What so many points stand for, in minor units."""

    points: int = 1
    minor: int = 1

    def cost(self, points: int) -> int:
        """Minor units of these points; a part of one counts whole."""
        return -(-points * self.minor // self.points)

    def affordable(self, minor: int) -> int:
        """The most points that cost no more."""
        return minor * self.points // self.minor


@dataclass(frozen=True, slots=True)
class Allowance:
    """Of a promotion, over the versions of its rules. `unit` is times, points or money; `per`: what
    has a budget of its own: all, place or channel.
    """

    promotion_id: int
    versions: frozenset[int]
    unit: str
    most: int
    per: str = "all"
    trims: bool = False
    worth: Worth = Worth()

    def use(self, share: int) -> int:
        """What a share of an award takes of the budget; one happening is one time."""
        if share <= 0:
            return 0
        if self.unit == "times":
            return 1
        return self.worth.cost(share) if self.unit == "money" else share

    def fits(self, share: int, used: int) -> int:
        """How much of a share the budget allows; not whole, nothing, unless it trims."""
        left = self.most - used
        if self.use(share) <= left:
            return share
        if not self.trims or self.unit == "times" or left <= 0:
            return 0
        return min(share, self.worth.affordable(left) if self.unit == "money" else left)


def within(award: Award, allowance: Allowance, used: int) -> tuple[Award, int]:
    """The award as far as the budget goes, and what it takes of it."""
    share = limits.share_of(award, allowance)
    if share <= 0 or (allowance.unit == "times" and limits.is_again(award, allowance)):
        return award, 0
    fits = allowance.fits(share, used)
    if fits < share:
        award = limits.cut(award, allowance, share - fits, reason="budget")
    return award, allowance.use(fits)
