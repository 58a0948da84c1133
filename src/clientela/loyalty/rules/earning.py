"""Points for money: exact integers, whole columns at once. The short way, for schemes that have
nothing but points per money and factors of tiers; `computing` is the long one and gives the same.

A rule version gives `points` for every `per` of the purchase's own currency. With the exponent e of
that currency, one minor unit is worth points / (per x 10^e) points, an exact fraction; each rule is
rounded on the whole purchase, never per line (loyalty rule 6 of the design). Factors of tiers come
after all of these, and the product is rounded once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from clientela.loyalty.rules import bodies
from clientela.loyalty.rules.awards import Step
from clientela.loyalty.rules.bodies import BadRule, Earn, Rule
from clientela.loyalty.rules.computing import POINTS_MAX, Rounding, rounded

Column = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PerMoney:
    """Version `version_id`: `points` for every `per` (major units of the purchase's currency), for
    purchases in [starts_at, ends_at); None is open.
    """

    version_id: int
    points: int
    per: Decimal
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def applies(self, occurred_at: datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= occurred_at) and (
            self.ends_at is None or occurred_at < self.ends_at
        )

    def rate(self, exponent: int) -> Fraction:
        """Points for one minor unit of a currency with this exponent."""
        scale: int = 10**exponent
        return Fraction(self.points) / (Fraction(self.per) * scale)


@dataclass(frozen=True, slots=True)
class Factor:
    """Version `version_id`: points times an exact fraction, for whoever stands on the tier of this
    rule.
    """

    version_id: int
    rule_id: int
    factor: Fraction
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def applies(self, occurred_at: datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= occurred_at) and (
            self.ends_at is None or occurred_at < self.ends_at
        )


Published = PerMoney | Factor


def plain(rule: Rule) -> Published | None:
    """The rule as the short way computes it; None where it asks or says more than that."""
    more = rule.scope, rule.when, rule.first_day, rule.last_day, rule.caps
    if any(part is not None for part in more) or rule.shapes_its_points:
        return None
    if rule.earn is Earn.PER_MONEY:
        return PerMoney(rule.version_id, rule.points, rule.per, rule.starts_at, rule.ends_at)
    if rule.earn is Earn.FACTOR:
        return Factor(rule.version_id, rule.rule_id, rule.factor, rule.starts_at, rule.ends_at)
    return None


def read(version_id: int, body: Mapping[str, Any], **more: Any) -> Published:
    """A rule of the short way from its stored text."""
    found = plain(bodies.read(version_id, body, **more))
    if found is None:
        raise BadRule("earn")
    return found


def points_for(
    *, minors: Sequence[int], exponents: Sequence[int], occurred_at: Sequence[datetime],
    rules: Sequence[Published], rounding: Rounding = Rounding.FLOOR,
    standing: Mapping[int, Sequence[int]] | None = None,
) -> tuple[Column, list[list[Step]]]:  # fmt: skip
    """Points of each purchase, and the steps that led there. All columns have one length.

    `minors` is what counts of each purchase, in minor units, never negative. `standing`: for the
    rule of a tier, the places in the columns whose customers stand on it; without it every factor
    counts for all, as for a purchase that is computed anew with the versions of its posting.
    """
    basis = np.asarray(minors, dtype=np.int64)
    digits = np.asarray(exponents, dtype=np.int64)
    total = np.zeros(len(basis), dtype=np.int64)
    steps: list[list[Step]] = [[] for _ in range(len(basis))]
    for rule in sorted(rules, key=lambda rule: isinstance(rule, Factor)):
        before = total
        if isinstance(rule, Factor):
            total = _multiplied(before, rule, occurred_at, rounding, standing)
        else:
            given = np.where(
                _applying(rule, occurred_at), _rounded_points(basis, digits, rule, rounding), 0
            )
            total = np.minimum(before + given, POINTS_MAX)
        moved = np.flatnonzero(total != before)
        for place, *points in zip(
            moved.tolist(), before[moved].tolist(), total[moved].tolist(), strict=True
        ):
            steps[place].append(Step(rule.version_id, *points))
    return total, steps


def _multiplied(
    total: Column, rule: Factor, occurred_at: Sequence[datetime], rounding: Rounding,
    standing: Mapping[int, Sequence[int]] | None,
) -> Column:  # fmt: skip
    listed = range(len(total)) if standing is None else standing.get(rule.rule_id, ())
    places = [place for place in listed if standing is None or rule.applies(occurred_at[place])]
    if not places:
        return total
    after = total.copy()
    after[places] = np.minimum(rounded(total[places], rule.factor, rounding), POINTS_MAX)
    return after


def _applying(rule: PerMoney, occurred_at: Sequence[datetime]) -> npt.NDArray[np.bool_]:
    if rule.starts_at is None and rule.ends_at is None:
        return np.ones(len(occurred_at), dtype=np.bool_)
    return np.fromiter((rule.applies(at) for at in occurred_at), np.bool_, len(occurred_at))


def _rounded_points(basis: Column, digits: Column, rule: PerMoney, rounding: Rounding) -> Column:
    points = np.zeros_like(basis)
    for exponent in np.unique(digits):
        rate = rule.rate(int(exponent))
        here = digits == exponent
        points[here] = rounded(basis[here], rate, rounding)
    return points


def to_take_back(*, earned: int, reversed_before: int, points_of_rest: int) -> int:
    """Points a return takes back: what the purchase still has, less what its rest is worth.

    Counted from the whole each time, so that any order and split of returns sums to exactly what
    was earned (rule 35).
    """
    return max(0, earned - reversed_before - max(0, points_of_rest))
