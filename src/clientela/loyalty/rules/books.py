"""What points are worth in the books: deferred revenue, its recognition, breakage. Integers only.

A cohort is everything that was earned in one local month. Of what customers paid for it, a part was
paid for the points: it is deferred, and recognised as the points are used. Points nobody will ever
use (breakage) are recognised in proportion, and whatever is left when the last point is gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

PPM = 1_000_000
CURVE_MONTHS = 24
# Fewer points than these say nothing of how many are used in the end.
CURVE_POINTS_MIN = 1_000


@dataclass(frozen=True, slots=True)
class Cohort:
    """Points of one month up to an instant: how they came and went; `paid_minor`: what was paid for
    what earned them, less what came back. Points are left until they are used, over or reversed.
    """

    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    reversed: int = 0
    paid_minor: int = 0

    @property
    def net(self) -> int:
        """What was truly earned."""
        return self.issued - self.reversed

    @property
    def left(self) -> int:
        return self.net - self.redeemed - self.expired

    def __sub__(self, before: Cohort) -> Cohort:
        return Cohort(
            self.issued - before.issued, self.redeemed - before.redeemed,
            self.expired - before.expired, self.reversed - before.reversed,
            self.paid_minor - before.paid_minor,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Valued:
    """`expected`: points that will have been used in the end; `deferred_minor` of what was paid,
    `recognised_minor` of that to date; the rest is owed.
    """

    expected: int
    deferred_minor: int
    recognised_minor: int

    @property
    def owed_minor(self) -> int:
        return self.deferred_minor - self.recognised_minor


NOTHING = Cohort()


def deferred(*, paid_minor: int, points: int, price: Fraction, share_ppm: int) -> int:
    """The part of what was paid that was paid for points: price x points value / (price + points
    value), half up to the minor unit; `price`: the stand-alone price of a point in minor units.
    """
    value = max(points, 0) * price * Fraction(share_ppm, PPM)
    whole = paid_minor + value
    if paid_minor <= 0 or not value:
        return 0
    return half_up(paid_minor * value / whole)


def recognised(*, deferred_minor: int, redeemed: int, expected: int) -> int:
    """Of what was deferred, to date: in the proportion of what is used, never more than all."""
    if expected <= redeemed:
        return deferred_minor
    return min(deferred_minor, half_up(Fraction(deferred_minor * redeemed, expected)))


def expected(cohort: Cohort, share_ppm: int) -> int:
    """Points used in the end: the share that is estimated of them, no fewer than were used already,
    no more than can still be: so what expires is recognised as far as it was not yet.
    """
    estimated = half_up(Fraction(cohort.net * share_ppm, PPM))
    return min(max(estimated, cohort.redeemed), cohort.redeemed + max(cohort.left, 0))


def valued(
    cohort: Cohort, *, price: Fraction, deferral_ppm: int, share_ppm: int
) -> Valued:  # fmt: skip
    """`deferral_ppm`: the share that was expected when the cohort was closed for the first time; it
    decides what was deferred. `share_ppm`: what is expected today; it decides what is recognised.
    """
    in_the_end = expected(cohort, share_ppm)
    deferred_minor = deferred(
        paid_minor=cohort.paid_minor, points=cohort.net, price=price, share_ppm=deferral_ppm
    )
    return Valued(in_the_end, deferred_minor, recognised(
        deferred_minor=deferred_minor, redeemed=cohort.redeemed, expected=in_the_end
    ))  # fmt: skip


def curve(redeemed_by_age: Mapping[int, Sequence[tuple[int, int]]]) -> list[Fraction]:
    """For each age in months, what part of what is used in the end is used by then.

    `redeemed_by_age`: for ages 0 to 23 the pairs (used by that age, used a month later) of every
    cohort old enough to have both. Growth from age to age is that of all of them together.
    """
    shares = [Fraction(1)]
    for age in reversed(range(CURVE_MONTHS - 1)):
        pairs = redeemed_by_age.get(age, ())
        before, after = sum(one for one, _ in pairs), sum(other for _, other in pairs)
        growth = Fraction(before, after) if before and after else Fraction(1)
        shares.append(shares[-1] * min(growth, Fraction(1)))
    return shares[::-1]


def share_by_curve(cohort: Cohort, *, age: int, shares: Sequence[Fraction]) -> int:
    """What part of a cohort is used in the end, in millionths, by its own use and the curve.

    All of it, as long as too little was earned or used to say.
    """
    if cohort.net < CURVE_POINTS_MIN or not cohort.redeemed:
        return PPM
    if age >= CURVE_MONTHS:
        return half_up(Fraction(cohort.redeemed * PPM, cohort.net))
    in_the_end = cohort.redeemed / shares[age] if shares[age] else Fraction(cohort.net)
    return min(PPM, half_up(in_the_end * PPM / cohort.net))


def half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def total(cohorts: Sequence[Cohort]) -> Cohort:
    found = NOTHING
    for one in cohorts:
        found = replace(
            found, issued=found.issued + one.issued, redeemed=found.redeemed + one.redeemed,
            expired=found.expired + one.expired, reversed=found.reversed + one.reversed,
            paid_minor=found.paid_minor + one.paid_minor,
        )  # fmt: skip
    return found
