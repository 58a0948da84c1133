"""Properties of other money: exact, and rounded once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from hypothesis import given
from hypothesis import strategies as st

from clientela.loyalty.queries import rates
from clientela.loyalty.rules import computing
from clientela.loyalty.rules.awards import BY_RATE, marked
from clientela.loyalty.rules.baskets import Basket, Line, Rate
from clientela.loyalty.rules.bodies import read
from clientela.loyalty.rules.computing import Rounding, Terms

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINORS = st.integers(0, 10**9)
RATES = st.decimals("0.0000000001", "1000000", places=10, allow_nan=False)
EXPONENTS = st.sampled_from([("JPY", 0), ("USD", 2), ("KWD", 3)])
ROUNDED = {
    Rounding.FLOOR: floor, Rounding.CEIL: ceil,
    Rounding.HALF_UP: lambda exact: floor(exact + Fraction(1, 2)),
}  # fmt: skip


def points(basket: Basket, *, per: str = "1.00", rounding: Rounding = Rounding.FLOOR) -> int:
    rule = read(1, {"earn": "per_money", "points": 3, "per": per})
    [given] = computing.compute([basket], [rule], terms=Terms(rounding, home="EUR"))
    return given.points


@given(MINORS, RATES, st.booleans(), EXPONENTS, st.sampled_from(list(Rounding)))
def test_points_are_the_exact_product_rounded_once(
    minor: int, rate: Decimal, for_one: bool, money: tuple[str, int], rounding: Rounding
) -> None:
    code, exponent = money
    worth = rates.value(rate, for_one)
    basket = Basket(minor, exponent, NOW, code, rates=(Rate(7, "EUR", worth),))
    exact = Fraction(minor, 10**exponent) * worth * 3
    assert points(basket, rounding=rounding) == min(ROUNDED[rounding](exact), 10**12)


@given(st.lists(MINORS, min_size=1, max_size=6), RATES)
def test_lines_of_other_money_are_converted_together(minors: list[int], rate: Decimal) -> None:
    worth = (Rate(7, "EUR", Fraction(rate)),)
    lines = tuple(Line(one) for one in minors)
    whole = Basket(sum(minors), 2, NOW, "USD", rates=worth)
    assert points(Basket(sum(minors), 2, NOW, "USD", lines, rates=worth)) == points(whole)


@given(MINORS, RATES, EXPONENTS)
def test_an_amount_at_home_is_the_nearest_minor_unit(
    minor: int, rate: Decimal, money: tuple[str, int]
) -> None:
    code, exponent = money
    basket = Basket(minor, exponent, NOW, code, rates=(Rate(7, "EUR", Fraction(rate)),))
    at_home = basket.at_home(minor, "EUR")
    assert at_home is not None
    exact = Fraction(minor, 10**exponent) * Fraction(rate) * 100
    assert abs(at_home - exact) <= Fraction(1, 2)


def test_home_money_is_as_without_rates_and_other_money_without_one_gives_nothing() -> None:
    home, lost = (Basket(1_234, 2, NOW, code) for code in ("EUR", "GBP"))
    rule = read(1, {"earn": "per_money", "points": 3, "per": "1.00"})
    here, there = computing.compute([home, lost], [rule], terms=Terms(home="EUR"))
    [plain] = computing.compute([home], [rule], terms=Terms())
    assert (here, here.points) == (plain, 37)
    assert (there.points, [one.reason for one in there.refusals]) == (0, ["no-rate"])
    dollar = Basket(100, 2, NOW, "USD", rates=(Rate(7, "EUR", Fraction(2)),))
    [given] = computing.compute([dollar], [rule], terms=Terms(home="EUR", id=5))
    flat = [part for step in given.steps for part in step]
    assert marked(flat, BY_RATE) == 7
