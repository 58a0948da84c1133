"""Points are exact: whatever the currency, the split and the order of returns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.loyalty.rules import earning as rules
from clientela.loyalty.rules.bodies import BadRule
from clientela.loyalty.rules.computing import POINTS_MAX, Rounding
from clientela.loyalty.rules.earning import PerMoney
from clientela.platform.promises import promise

DAY = datetime(2026, 11, 20, tzinfo=UTC)
amounts = st.integers(0, 10**12)
exponents = st.sampled_from([0, 2, 3, 4])
per_moneys = st.builds(
    PerMoney,
    version_id=st.just(1),
    points=st.integers(1, 1000),
    per=st.decimals("0.0001", "10000", places=4, allow_nan=False),
)


def points(
    minor: int, rule: PerMoney, *, exponent: int = 2, rounding: Rounding = Rounding.FLOOR
) -> int:
    given_, _ = rules.points_for(
        minors=[minor], exponents=[exponent], occurred_at=[DAY], rules=[rule], rounding=rounding
    )
    return int(given_[0])


@pytest.mark.parametrize(
    ("minor", "exponent", "expected"),
    [(1999, 2, 19), (2000, 2, 20), (99, 2, 0), (0, 2, 0), (1999, 0, 1999), (1999, 3, 1)],
)
def test_a_point_is_a_whole_unit_of_the_purchases_own_currency(
    minor: int, exponent: int, expected: int
) -> None:
    assert points(minor, PerMoney(1, 1, Decimal("1.00")), exponent=exponent) == expected


def test_two_points_for_every_three_are_five_on_eight() -> None:
    assert points(800, PerMoney(1, 2, Decimal("3.00"))) == 5


@promise("LOY-15")
@given(minor=amounts, exponent=exponents, rule=per_moneys, rounding=st.sampled_from(Rounding))
def test_points_are_the_exact_fraction_rounded_once(
    minor: int, exponent: int, rule: PerMoney, rounding: Rounding
) -> None:
    exact = Fraction(minor) * rule.points / (Fraction(rule.per) * 10**exponent)
    expected = {
        Rounding.FLOOR: floor(exact),
        Rounding.CEIL: ceil(exact),
        Rounding.HALF_UP: floor(exact + Fraction(1, 2)),
    }[rounding]
    found = points(minor, rule, exponent=exponent, rounding=rounding)
    assert found == min(expected, POINTS_MAX)


@given(first=amounts, second=amounts, rule=per_moneys)
def test_splitting_a_purchase_never_earns_more(first: int, second: int, rule: PerMoney) -> None:
    whole = points(first + second, rule)
    if whole < POINTS_MAX:
        assert points(first, rule) + points(second, rule) <= whole


@given(minors=st.lists(st.tuples(amounts, exponents), max_size=20), rule=per_moneys)
def test_a_batch_earns_what_its_purchases_earn_alone(
    minors: list[tuple[int, int]], rule: PerMoney
) -> None:
    together, _ = rules.points_for(
        minors=[minor for minor, _ in minors],
        exponents=[exponent for _, exponent in minors],
        occurred_at=[DAY] * len(minors),
        rules=[rule],
    )
    alone = [points(minor, rule, exponent=exponent) for minor, exponent in minors]
    assert together.tolist() == alone


@promise("LOY-63")
@given(parts=st.lists(st.integers(0, 10**8), min_size=1, max_size=8), rule=per_moneys)
def test_any_split_of_returns_takes_back_exactly_what_was_earned(
    parts: list[int], rule: PerMoney
) -> None:
    rest, taken = sum(parts), 0
    earned = points(rest, rule)
    for part in parts:
        rest -= part
        taken += rules.to_take_back(
            earned=earned, reversed_before=taken, points_of_rest=points(rest, rule)
        )
    assert taken == earned


def test_the_version_of_the_purchases_day_applies() -> None:
    old = PerMoney(1, 1, Decimal(1), ends_at=DAY)
    new = PerMoney(2, 2, Decimal(1), starts_at=DAY)
    given_, steps = rules.points_for(
        minors=[1000, 1000],
        exponents=[2, 2],
        occurred_at=[DAY - timedelta(microseconds=1), DAY],
        rules=[old, new],
    )
    assert given_.tolist() == [10, 20]
    assert [[step.version_id for step in road] for road in steps] == [[1], [2]]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({}, "earn"),
        ({"earn": "per_mile", "points": 1, "per": "1"}, "earn"),
        ({"earn": "per_money", "points": 0, "per": "1"}, "points"),
        ({"earn": "per_money", "points": True, "per": "1"}, "points"),
        ({"earn": "per_money", "points": 1.5, "per": "1"}, "points"),
        ({"earn": "per_money", "points": 1, "per": "0"}, "per"),
        ({"earn": "per_money", "points": 1, "per": "NaN"}, "per"),
        ({"earn": "per_money", "points": 1, "per": "0.00001"}, "per"),
        ({"earn": "per_money", "points": 1, "per": "1", "x": 1}, "x"),
    ],
)
def test_a_rule_that_cannot_be_names_the_part_at_fault(body: dict[str, object], part: str) -> None:
    with pytest.raises(BadRule, match=part):
        rules.read(1, body)
