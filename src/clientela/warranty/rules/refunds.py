"""What comes back when a policy ends early, and what of its price is earned by a day.

Money is spread over [begins_on, until); all amounts are minor units, rounded half up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from clientela.platform import periods

DAYS, MONTHS, RULE_OF_78 = "days", "months", "rule_of_78"
METHODS = (DAYS, MONTHS, RULE_OF_78)


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid for what: `months` is the term, None where it was sold in days."""

    price_minor: int
    begins_on: date
    until: date
    months: int | None = None
    sold_on: date | None = None


@dataclass(frozen=True, slots=True)
class RefundTerms:
    method: str = DAYS
    fee_minor: int = 0
    free_look_days: int = 30


@dataclass(frozen=True, slots=True)
class Refund:
    """`numerator` of `denominator` is unearned: days, months, or digits by the rule of 78."""

    minor: int
    method: str
    numerator: int
    denominator: int
    unearned_minor: int
    claims_minor: int
    fee_minor: int
    is_free_look: bool


def refund(paid: Paid, terms: RefundTerms, *, on: date, claims_minor: int = 0,
           by_us: bool = False) -> Refund:  # fmt: skip
    """What is refunded when the policy is cancelled on that day: never below 0 nor above the price.

    In the free look, and before it has begun, all of it less the claims; cancelled by us, no fee.
    """
    is_free_look = _is_free_look(paid, terms, on)
    share = Fraction(1) if is_free_look else unearned_share(paid, terms.method, on)
    numerator, denominator = (1, 1) if is_free_look else _shown(paid, terms.method, on)
    unearned = half_up(paid.price_minor * share)
    fee = 0 if is_free_look or by_us else terms.fee_minor
    minor = min(max(unearned - claims_minor - fee, 0), paid.price_minor)
    return Refund(minor, terms.method, numerator, denominator, unearned, claims_minor, fee,
                  is_free_look)  # fmt: skip


def unearned_share(paid: Paid, method: str, on: date) -> Fraction:
    """The part of the price that is not earned on that day, from 1 down to 0."""
    numerator, denominator = _shown(paid, method, on)
    return Fraction(numerator, denominator)


def earned_minor(paid: Paid, on: date) -> int:
    """What of the price is earned by the end of that day, by days."""
    total = max((paid.until - paid.begins_on).days, 1)
    gone = min(max((on - paid.begins_on).days, 0), total)
    return half_up(Fraction(paid.price_minor * gone, total))


def half_up(amount: Fraction) -> int:
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def _is_free_look(paid: Paid, terms: RefundTerms, on: date) -> bool:
    return paid.sold_on is not None and on <= paid.sold_on + timedelta(days=terms.free_look_days)


def _shown(paid: Paid, method: str, on: date) -> tuple[int, int]:
    if on <= paid.begins_on:
        return 1, 1
    if on >= paid.until:
        return 0, 1
    if method == DAYS or not paid.months:
        return (paid.until - on).days, (paid.until - paid.begins_on).days
    left = paid.months - begun_months(paid.begins_on, on)
    if method == MONTHS:
        return left, paid.months
    return left * (left + 1), paid.months * (paid.months + 1)


def begun_months(begins_on: date, on: date) -> int:
    """How many months have begun by that day; a begun month counts as used."""
    months = (on.year - begins_on.year) * 12 + on.month - begins_on.month
    return months + 1 if periods.add_months(begins_on, months) <= on else months
