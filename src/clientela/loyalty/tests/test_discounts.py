"""The arithmetic of discounts: examples a person can check by hand, and what is always true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.loyalty.rules.discounts import (
    TENDERS,
    Basket,
    Discount,
    Item,
    apply,
    paid_by,
    percent_of,
)
from clientela.platform.promises import promise

ITEMS = st.lists(
    st.builds(Item, st.integers(0, 10**6), st.integers(1, 12)), min_size=1, max_size=8
).map(tuple)
BASKETS = st.builds(Basket, ITEMS, st.integers(0, 10**5))
PLACES = st.none() | st.frozensets(st.integers(0, 8))
LIMITS = {
    "places": PLACES, "priority": st.integers(0, 3), "least_minor": st.integers(0, 10**6),
    "most_minor": st.none() | st.integers(0, 10**5), "key": st.text("abc", min_size=1, max_size=3),
    "scope": st.sampled_from(["line", "order", "delivery"]),
}  # fmt: skip
DISCOUNTS = st.lists(
    st.builds(Discount, percent=st.integers(1, 100), unit=st.sampled_from([1, 100]), **LIMITS)
    | st.builds(Discount, minor=st.integers(1, 10**6), **LIMITS)
    | st.builds(Discount, paid=st.integers(1, 4), free=st.integers(1, 3),
                **{**LIMITS, "scope": st.just("line")}),
    max_size=6,
)  # fmt: skip


def basket(*minors: int, delivery: int = 0) -> Basket:
    return Basket(tuple(Item(minor) for minor in minors), delivery)


@promise("LOY-59")
@given(BASKETS, DISCOUNTS)
def test_nothing_takes_more_than_is_left_and_all_parts_sum(
    bought: Basket, discounts: list[Discount]
) -> None:
    found = apply(bought, discounts)
    assert all(0 <= off <= item.minor for off, item in zip(found.off, bought.items, strict=True))
    assert 0 <= found.delivery_off <= bought.delivery_minor
    assert found.total_minor == bought.total_minor - found.off_minor >= 0
    assert sum(one.minor for one in found.taken) == found.off_minor
    assert len(found.taken) == len(discounts)
    assert all(bool(one.why) == (one.minor == 0) for one in found.taken)


@given(BASKETS, DISCOUNTS)
def test_one_discount_off_the_whole_is_the_best_of_them(
    bought: Basket, discounts: list[Discount]
) -> None:
    whole = [one for one in discounts if one.scope == "order"]
    alone = [apply(bought, [one]).off_minor for one in whole]
    assert apply(bought, whole).off_minor == max(alone, default=0)


@given(BASKETS, DISCOUNTS, st.randoms())
def test_the_order_in_which_they_are_named_makes_no_difference(
    bought: Basket, discounts: list[Discount], chance: object
) -> None:
    named = {one.key: one for one in discounts}
    there = list(named.values())
    assert apply(bought, there).off == apply(bought, there[::-1]).off


def test_each_line_discount_works_on_what_the_one_before_left() -> None:
    half = Discount("half", "line", percent=50, priority=2)
    tenth = Discount("tenth", "line", percent=10, priority=1)
    assert apply(basket(1_000), [tenth, half]).total_minor == 450


def test_a_percentage_is_rounded_half_up_and_then_capped() -> None:
    assert [percent_of(minor, 15) for minor in (10, 30, 50)] == [2, 5, 8]  # 1.5, 4.5, 7.5
    assert percent_of(1_249, 10, unit=100) == 100
    assert percent_of(1_500, 10, unit=100) == 200
    capped = Discount("cap", "line", percent=50, most_minor=100)
    assert apply(basket(300, 100), [capped]).off == [75, 25]


@pytest.mark.parametrize(
    ("pieces", "free"), [(1, 0), (2, 0), (3, 1), (4, 1), (5, 1), (6, 2), (9, 3)]
)
def test_two_paid_give_one_and_what_is_free_does_not_count_as_paid(pieces: int, free: int) -> None:
    bought = Basket((Item(100 * pieces, pieces),))
    assert apply(bought, [Discount("3for2", "line", paid=2, free=1)]).off_minor == 100 * free


def test_the_cheapest_pieces_are_free() -> None:
    bought = Basket((Item(900, 1), Item(400, 2), Item(100, 1)))
    assert apply(bought, [Discount("3for2", "line", paid=2, free=1)]).off == [0, 0, 100]


def test_a_discount_of_some_lines_lowers_only_these() -> None:
    some = Discount("some", "line", minor=500, places=frozenset({1}))
    assert apply(basket(900, 300), [some]).off == [0, 300]


def test_delivery_comes_last_and_is_its_own() -> None:
    free = Discount("free", "delivery", percent=100)
    off = Discount("off", "order", minor=5_000)
    assert apply(basket(1_000, delivery=450), [free, off]).total_minor == 0
    assert apply(basket(1_000, delivery=450), [off]).total_minor == 450


@given(st.integers(0, 10**6), st.lists(st.tuples(st.sampled_from(TENDERS), st.integers(0, 10**6))))
def test_tenders_pay_in_their_order_and_never_more_than_is_due(
    due: int, there: list[tuple[str, int]]
) -> None:
    paid = paid_by(due, there)
    assert sum(minor for _, minor in paid) == min(due, sum(minor for _, minor in there))
    places = [TENDERS.index(means) for means, _ in paid]
    assert places == sorted(places)
