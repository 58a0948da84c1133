"""What counts of purchases, line by line: the basis of every rule, in whole columns.

A purchase without lines is one line. Kinds of lines that earn nothing (rewards, gift cards, top-ups
and what settles an earlier purchase on account) count 0, and so does the part paid with points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from clientela.platform import money

Column = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

HALF = Fraction(1, 2)
EARN_NOTHING = ("reward", "gift_card", "top_up", "account")


class BadBasis(ValueError):
    """`args[0]` names the switch that cannot be used."""


@dataclass(frozen=True, slots=True)
class Switches:
    """`delivery`, `taxed`: they count; `discounted`: discounts lower what counts; `points_earn`:
    what is paid with points counts too (rules 8 and 9).
    """

    delivery: bool = False
    taxed: bool = True
    discounted: bool = True
    points_earn: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A position: its total as it was charged, with tax, after discounts."""

    minor: int
    units_milli: int = 1000
    tax_minor: int = 0
    discount_minor: int = 0
    product: str = ""
    categories: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    kind: str = ""

    @property
    def earns(self) -> bool:
        return self.kind not in EARN_NOTHING


class Rate(NamedTuple):
    """Row `id`: what one of a foreign money is in `home` money, exactly."""

    id: int
    home: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Basket:
    """One happening as rules see it. `points_minor`: what of it is paid with points. An event that
    is no purchase has its name in `event` and no money. `rates`: of its day, where its money is
    not that of the points.
    """

    minor: int
    exponent: int
    occurred_at: datetime
    currency: str = ""
    lines: tuple[Line, ...] = ()
    delivery_minor: int = 0
    points_minor: int = 0
    channel: str = ""
    place: str = ""
    event: str = ""
    rates: tuple[Rate, ...] = ()

    def is_foreign(self, home: str) -> bool:
        return bool(home and self.currency) and self.currency != home

    def rate_to(self, home: str) -> Rate | None:
        return next((rate for rate in self.rates if rate.home == home), None)

    def at_home(self, minor: int, home: str) -> int | None:
        """Minor units of its money in those of home money, from a half on up; None: no rate."""
        if not self.is_foreign(home):
            return minor
        rate = self.rate_to(home)
        if rate is None:
            return None
        exact = minor * rate.value * Fraction(10) ** (money.exponent_of(home) - self.exponent)
        return floor(exact + HALF)


@dataclass(frozen=True, slots=True)
class Columns:
    """A batch of baskets; lines lie behind each other, `starts[n]` is where those of n begin.
    `home`: the money of the points, where some of the baskets are of another.
    """

    baskets: Sequence[Basket]
    lines: Sequence[Line]
    starts: Column
    counts: Column  # of each line, in minor units
    units: Column  # thousandths of each line that earns
    earning: Flags  # lines that may earn at all
    paid_with_points: Flags  # baskets of which nothing else is left
    home: str = ""

    def __len__(self) -> int:
        return len(self.baskets)

    def summed(self, per_line: Column) -> Column:
        if not len(self.lines):
            return np.zeros(len(self.baskets), dtype=np.int64)
        return np.add.reduceat(per_line, self.starts)

    def any(self, per_line: Flags) -> Flags:
        return self.summed(per_line.astype(np.int64)) > 0


def read_switches(body: Mapping[str, Any]) -> Switches:
    """{"basis": "order", "tax": "excl", "discounts": "none", "points_paid": "earns"}; what is not
    said is as `Switches` has it.
    """
    if unknown := set(body) - set(CHOICES):
        raise BadBasis(min(unknown))
    for name, chosen in body.items():
        if chosen not in CHOICES[name]:
            raise BadBasis(name)
    return Switches(
        delivery=body.get("basis") == "order", taxed=body.get("tax") != "excl",
        discounted=body.get("discounts") != "none",
        points_earn=body.get("points_paid") == "earns",
    )  # fmt: skip


# The first is what holds where nothing is said.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "basis": ("items", "order"), "tax": ("incl", "excl"), "discounts": ("pro_rata", "none"),
    "points_paid": ("nothing", "earns"),
}  # fmt: skip


def columns(baskets: Sequence[Basket], switches: Switches, home: str = "") -> Columns:
    lines: list[Line] = []
    counts: list[int] = []
    starts: list[int] = []
    for basket in baskets:
        starts.append(len(lines))
        own = lines_of(basket)
        lines += own
        counts += what_counts(basket, own, switches)
    return Columns(
        baskets, lines, np.asarray(starts, dtype=np.int64), np.asarray(counts, dtype=np.int64),
        np.asarray([line.units_milli if line.earns else 0 for line in lines], dtype=np.int64),
        np.asarray([line.earns and line.kind != "delivery" for line in lines], dtype=np.bool_),
        np.asarray(
            [basket.points_minor >= basket.minor > 0 and not switches.points_earn
             for basket in baskets],
            dtype=np.bool_,
        ),
        home if any(basket.is_foreign(home) for basket in baskets) else "",
    )  # fmt: skip


def lines_of(basket: Basket) -> list[Line]:
    """The lines, with delivery as the last where there is some."""
    if basket.event:
        return [Line(0)]
    own = list(basket.lines) or [Line(basket.minor - basket.delivery_minor)]
    if basket.delivery_minor:
        own.append(Line(basket.delivery_minor, 0, kind="delivery"))
    return own


def what_counts(basket: Basket, lines: Sequence[Line], switches: Switches) -> list[int]:
    """What counts of each line: less what points paid of it, less tax, with or without discount."""
    paid = [0] * len(lines)
    if basket.points_minor and not switches.points_earn:
        paid = shared(basket.points_minor, [line.minor for line in lines])
    return [
        _counted(line, part, switches) for line, part in zip(lines, paid, strict=True)
    ]  # fmt: skip


def counted(basket: Basket, switches: Switches, home: str = "") -> int:
    """What counts of a basket, in home money; without a rate, in its own."""
    minor = sum(what_counts(basket, lines_of(basket), switches))
    found = basket.at_home(minor, home)
    return minor if found is None else found


def _counted(line: Line, paid: int, switches: Switches) -> int:
    if not line.earns or (line.kind == "delivery" and not switches.delivery):
        return 0
    left = max(0, line.minor - paid)
    tax = 0 if switches.taxed or not line.minor else line.tax_minor * left // line.minor
    return left - tax + (0 if switches.discounted else line.discount_minor)


def shared(whole: int, weights: Sequence[int]) -> list[int]:
    """Parts of `whole` in proportion, which sum exactly; with nothing to share by, the first has
    it all.
    """
    if sum(weights):
        return money.allocate(whole, weights)
    return [whole, *[0] * (len(weights) - 1)] if weights else []
