"""What discounts take off a basket, and in which order it is paid. No Django, no clock.

Discounts of lines go first, by priority, each on what the one before left; then the best one of
those that are off the whole; then those off delivery. None takes more than is left. A percentage is
rounded half up to the minor unit, or to whole units; a cap cuts after the rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from clientela.platform import money

Scope = Literal["line", "order", "delivery"]
TENDERS = ("gift_card", "wallet", "points", "money")


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a basket: what it costs in all, and of how many whole pieces that is."""

    minor: int
    pieces: int = 1


@dataclass(frozen=True, slots=True)
class Basket:
    items: tuple[Item, ...]
    delivery_minor: int = 0

    @property
    def total_minor(self) -> int:
        return sum(one.minor for one in self.items) + self.delivery_minor


@dataclass(frozen=True, slots=True)
class Discount:
    """One discount: a `percent`, an amount `minor`, or `free` pieces for each `paid` ones.

    `places`: of which lines, by their place; None: of all. `least_minor`: the lines must be worth
    so much before any discount. `most_minor`: it takes no more. `unit`: a percentage is rounded to
    multiples of so many minor units.
    """

    key: str
    scope: Scope
    percent: int | None = None
    minor: int | None = None
    paid: int = 0
    free: int = 0
    places: frozenset[int] | None = None
    priority: int = 0
    least_minor: int = 0
    most_minor: int | None = None
    unit: int = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """What one discount took off, or `why` it took nothing."""

    key: str
    minor: int
    why: Literal["", "below-least", "nothing-left", "not-the-best"] = ""


@dataclass(slots=True)
class Result:
    """`off`: of each line; `total_minor` is what is left to pay."""

    off: list[int]
    delivery_off: int
    total_minor: int
    taken: list[Taken] = field(default_factory=list)

    @property
    def off_minor(self) -> int:
        return sum(self.off) + self.delivery_off


def apply(basket: Basket, discounts: Sequence[Discount]) -> Result:
    """Every discount at its turn; what each of them took is told in that order."""
    worth = [item.minor for item in basket.items]
    left, delivery, taken = list(worth), basket.delivery_minor, list[Taken]()
    for one in _by_turn(discounts, "line"):
        parts = _off_lines(one, basket, left, worth)
        left = [rest - part for rest, part in zip(left, parts, strict=True)]
        taken.append(_told(one, sum(parts), worth))
    parts, told = _best_of_all(_by_turn(discounts, "order"), basket, left, worth)
    left = [rest - part for rest, part in zip(left, parts, strict=True)]
    taken += told
    for one in _by_turn(discounts, "delivery"):
        off = 0 if _is_below(one, worth) else _amount(one, delivery)
        delivery -= off
        taken.append(_told(one, off, worth))
    off_lines = [was - rest for was, rest in zip(worth, left, strict=True)]
    return Result(off_lines, basket.delivery_minor - delivery, sum(left) + delivery, taken)


def percent_of(minor: int, percent: int, *, unit: int = 1) -> int:
    """A percentage of an amount, half up to the minor unit or to multiples of `unit`."""
    return (minor * percent * 2 + 100 * unit) // (200 * unit) * unit


def paid_by(due_minor: int, there: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """What each means pays of what is due after discounts: gift cards first, then the wallet, then
    points, then money; none more than is there or still due.
    """
    paid = []
    for means, available in sorted(there, key=lambda one: TENDERS.index(one[0])):
        part = max(0, min(available, due_minor))
        due_minor -= part
        paid.append((means, part))
    return paid


def _by_turn(discounts: Sequence[Discount], scope: Scope) -> list[Discount]:
    of_scope = (one for one in discounts if one.scope == scope)
    return sorted(of_scope, key=lambda one: (-one.priority, one.key))


def _is_below(one: Discount, worth: Sequence[int]) -> bool:
    return sum(worth) < one.least_minor


def _told(one: Discount, off: int, worth: Sequence[int]) -> Taken:
    if off:
        return Taken(one.key, off)
    return Taken(one.key, 0, "below-least" if _is_below(one, worth) else "nothing-left")


def _best_of_all(
    discounts: Sequence[Discount], basket: Basket, left: list[int], worth: Sequence[int]
) -> tuple[list[int], list[Taken]]:
    """Only the one that takes most, the first by priority where two take the same."""
    if not discounts:
        return [0] * len(left), []
    tried = [_off_lines(one, basket, left, worth) for one in discounts]
    best = max(range(len(tried)), key=lambda place: (sum(tried[place]), -place))
    told = []
    for place, (one, parts) in enumerate(zip(discounts, tried, strict=True)):
        if place == best or not sum(parts):
            told.append(_told(one, sum(parts), worth))
        else:
            told.append(Taken(one.key, 0, "not-the-best"))
    return tried[best], told


def _off_lines(
    one: Discount, basket: Basket, left: Sequence[int], worth: Sequence[int]
) -> list[int]:
    """What a discount takes off each line; parts sum exactly."""
    chosen = [
        rest if one.places is None or place in one.places else 0 for place, rest in enumerate(left)
    ]
    if _is_below(one, worth) or not sum(chosen):
        return [0] * len(left)
    if one.free:
        parts = _free_pieces(one, basket, chosen)
    elif one.percent is not None:
        parts = [min(rest, percent_of(rest, one.percent, unit=one.unit)) for rest in chosen]
    else:
        return _spread(min(_capped(one, one.minor or 0), sum(chosen)), chosen)
    total = sum(parts)
    capped = _capped(one, total)
    return parts if capped == total else _spread(capped, parts)


def _amount(one: Discount, left: int) -> int:
    """Off one amount, such as delivery."""
    off = percent_of(left, one.percent, unit=one.unit) if one.percent is not None else one.minor
    return min(left, _capped(one, off or 0))


def _capped(one: Discount, off: int) -> int:
    return off if one.most_minor is None else min(off, one.most_minor)


def _spread(total: int, weights: Sequence[int]) -> list[int]:
    """In proportion, by the largest remainder, never beyond a weight."""
    return money.allocate(total, list(weights)) if total else [0] * len(weights)


def _free_pieces(one: Discount, basket: Basket, left: Sequence[int]) -> list[int]:
    """For each `paid` pieces `free` ones, the cheapest; free pieces do not count as paid."""
    there = [
        (Fraction(rest, item.pieces), place, item.pieces)
        for place, (rest, item) in enumerate(zip(left, basket.items, strict=True))
        if rest and item.pieces > 0
    ]
    sets, over = divmod(sum(pieces for _price, _place, pieces in there), one.paid + one.free)
    free = sets * one.free + max(0, over - one.paid)
    parts = [0] * len(left)
    for _price, place, pieces in sorted(there):
        here = min(free, pieces)
        parts[place] = left[place] * here // pieces
        free -= here
    return parts
