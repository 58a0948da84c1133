"""Deferred revenue, recognised to the minor unit."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from clientela.loyalty.rules import books
from clientela.loyalty.rules.books import PPM, Cohort

HALF_CENT = Fraction(1, 2)
SHARES = st.integers(0, PPM)


def test_a_hundred_euros_with_a_hundred_points() -> None:
    """100 points at half a cent, 80 % of which are used: 40 of 10 040 cents were paid for them."""
    cohort = Cohort(issued=100, redeemed=20, paid_minor=10_000)
    found = books.valued(cohort, price=HALF_CENT, deferral_ppm=800_000, share_ppm=800_000)
    assert (found.expected, found.deferred_minor, found.recognised_minor) == (80, 40, 10)
    assert found.owed_minor == 30


def test_what_expires_recognises_what_was_not_yet() -> None:
    cohort = Cohort(issued=100, redeemed=20, expired=80, paid_minor=10_000)
    found = books.valued(cohort, price=HALF_CENT, deferral_ppm=800_000, share_ppm=800_000)
    assert (found.expected, found.owed_minor) == (20, 0)


def test_a_changed_estimate_catches_up_on_what_is_recognised_and_not_on_what_was_deferred() -> None:
    cohort = Cohort(issued=100, redeemed=20, paid_minor=10_000)
    before = books.valued(cohort, price=HALF_CENT, deferral_ppm=800_000, share_ppm=800_000)
    after = books.valued(cohort, price=HALF_CENT, deferral_ppm=800_000, share_ppm=400_000)
    assert after.deferred_minor == before.deferred_minor
    assert (before.recognised_minor, after.recognised_minor) == (10, 20)


@st.composite
def lives(draw: st.DrawFn) -> list[Cohort]:
    """A cohort as it goes, to its last point."""
    issued, paid = draw(st.integers(1, 10_000)), draw(st.integers(0, 10**7))
    steps, now = [], Cohort(issued=issued, paid_minor=paid)
    while now.left:
        part = draw(st.integers(1, now.left))
        used = draw(st.booleans())
        now = Cohort(issued, now.redeemed + part * used, now.expired + part * (not used), 0, paid)
        steps.append(now)
    return steps


@given(lives(), SHARES, SHARES, st.fractions(Fraction(1, 100), 100))
def test_the_liability_never_exceeds_what_was_deferred_and_ends_at_nothing(
    life: list[Cohort], deferral: int, share: int, price: Fraction
) -> None:
    last = 0
    for cohort in life:
        found = books.valued(cohort, price=price, deferral_ppm=deferral, share_ppm=share)
        assert 0 <= found.recognised_minor <= found.deferred_minor <= cohort.paid_minor
        assert found.recognised_minor >= last  # by one estimate nothing is taken back
        last = found.recognised_minor
    assert found.owed_minor == 0


def test_a_curve_says_what_a_young_cohort_will_use() -> None:
    pairs = {0: [(100, 200)], 1: [(200, 400)]}
    shares = books.curve(pairs)
    assert shares[:3] == [Fraction(1, 4), Fraction(1, 2), Fraction(1)]
    young = Cohort(issued=2_000, redeemed=200)
    assert books.share_by_curve(young, age=0, shares=shares) == 400_000
    assert books.share_by_curve(young, age=30, shares=shares) == 100_000
    assert books.share_by_curve(Cohort(issued=10, redeemed=1), age=0, shares=shares) == PPM
