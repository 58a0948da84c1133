"""What a claim is paid: claimed, percent, deductible, caps, in this order.

Integer minor units; percent is rounded half up on each line, deductible and caps are spread over
the lines in proportion and the last line takes the remainder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One line: what was claimed, and the percent at which it is covered (0: not at all)."""

    claimed_minor: int
    percent_bp: int


@dataclass(frozen=True, slots=True)
class LinePaid:
    """`covered` after the percent, less `deductible`, less what is `capped`, is `payable`."""

    covered_minor: int
    deductible_minor: int
    capped_minor: int
    payable_minor: int


def pay(lines: Sequence[Asked], *, deductible_minor: int = 0,
        caps_minor: Sequence[int] = ()) -> list[LinePaid]:  # fmt: skip
    """What each line is paid; each cap holds for what the former ones left of the whole claim."""
    covered = [percent_of(line.claimed_minor, line.percent_bp) for line in lines]
    borne = _spread(min(deductible_minor, sum(covered)), covered)
    left = [amount - share for amount, share in zip(covered, borne, strict=True)]
    payable = min([sum(left), *(max(cap, 0) for cap in caps_minor)])
    cut = _spread(sum(left) - payable, left)
    return [
        LinePaid(amount, share, capped, amount - share - capped)
        for amount, share, capped in zip(covered, borne, cut, strict=True)
    ]


def percent_of(minor: int, percent_bp: int) -> int:
    return (2 * minor * percent_bp + WHOLE_BP) // (2 * WHOLE_BP)


def _spread(total: int, weights: Sequence[int]) -> list[int]:
    """A sum over lines in proportion, no line above its weight, the last taking what is left."""
    shares: list[int] = []
    left_total, left_weight = total, sum(weights)
    for weight in weights:
        share = (2 * left_total * weight + left_weight) // (2 * left_weight) if left_weight else 0
        share = min(share, weight, left_total)
        shares.append(share)
        left_total -= share
        left_weight -= weight
    return shares
