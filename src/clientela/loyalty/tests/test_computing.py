"""Rules that ask, stack and wait: the order of computation, and what holds of any of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.loyalty.rules import asking, baskets, bodies, computing, earning
from clientela.loyalty.rules.asking import Answers
from clientela.loyalty.rules.awards import Part, Refusal, Step, Waits
from clientela.loyalty.rules.baskets import Basket, Line, Switches
from clientela.loyalty.rules.bodies import BadRule, Rule
from clientela.loyalty.rules.computing import Rounding, Stack, Terms
from clientela.loyalty.rules.lives import Life
from clientela.platform.promises import promise

NOON = datetime(2026, 11, 21, 10, tzinfo=UTC)  # a Saturday
RIGA = ZoneInfo("Europe/Riga")
BASE: dict[str, Any] = {"earn": "per_money", "points": 1, "per": "1.00"}


def rule(version: int, priority: int = 0, **body: Any) -> Rule:
    return bodies.read(version, body, rule_id=version, priority=priority)


def bought(minor: int, *lines: Line, **more: Any) -> Basket:
    return Basket(minor, 2, NOON, "EUR", lines, **more)


def one(basket: Basket, *rules: Rule, **terms: Any) -> computing.Given:
    [found] = computing.compute([basket], rules, terms=Terms(zone=RIGA, **terms))
    return found


def points(basket: Basket, *rules: Rule, **terms: Any) -> int:
    return one(basket, *rules, **terms).points


@pytest.mark.parametrize(("rounding", "expected"), [("floor", 6), ("half_up", 7), ("ceil", 7)])
def test_the_total_is_rounded_once_more_after_multipliers(rounding: str, expected: int) -> None:
    """2 points for every 3.00 on 8.00 are 5; times 1.3 they are 6.5."""
    basis = rule(1, earn="per_money", points=2, per="3.00")
    times = rule(2, earn="multiply", num=13, den=10)
    given_ = one(bought(750), basis, times, rounding=Rounding(rounding))
    assert given_.steps == (Step(1, 0, 5), Step(2, 5, expected))


@promise("LOY-10")
def test_points_are_earned_per_money_per_unit_and_per_purchase_of_what_a_rule_is_for() -> None:
    fridge = Line(50_000, 1000, product="fridge-1", categories=frozenset({"home", "kitchen"}))
    milk = Line(1_000, 5000, product="milk", categories=frozenset({"food"}))
    soap = Line(500, 2000, product="soap", tags=frozenset({"eco"}))
    basket = bought(51_500, fridge, milk, soap)
    kitchen = {"categories": ["kitchen"]}
    assert points(basket, rule(1, **BASE)) == 515
    assert points(basket, rule(1, **BASE, of=kitchen)) == 500
    assert points(basket, rule(1, earn="per_unit", points=3, of={"products": ["MILK"]})) == 15
    assert points(basket, rule(1, earn="per_purchase", points=70, of={"tags": ["eco"]})) == 70
    assert points(basket, rule(1, earn="per_purchase", points=70)) == 70
    for scope in (kitchen, {"products": ["fridge-1"]}, {"tags": ["eco"]}):
        nothing = one(bought(1_000, milk), rule(1, earn="per_purchase", points=9, of=scope))
        assert nothing == computing.Given(0, (), (Refusal(1, "nothing-of-it"),))


@promise("LOY-13")
def test_multipliers_stack_in_turn_and_bonuses_are_added_unmultiplied() -> None:
    rules = (
        rule(1, **BASE), rule(2, earn="bonus", points=50),
        rule(3, earn="multiply", num=2, den=1), rule(4, 9, earn="multiply", num=3, den=2),
    )  # fmt: skip
    summed = one(bought(10_000), *rules)
    assert summed.steps == (Step(1, 0, 100), Step(4, 100, 150), Step(3, 150, 300),
                            Step(2, 300, 350))  # fmt: skip
    best = one(bought(10_000), *rules, stack=Stack.BEST)
    assert (best.points, {one.reason for one in best.refusals}) == (200, {"not-the-best"})
    newest = one(bought(10_000), *rules, stack=Stack.NEWEST)
    assert newest.points == 150  # the highest id of those that began together
    alone = (*rules, rule(5, earn="multiply", num=11, den=10, exclusive=True),
             rule(6, 1, earn="bonus", points=1, exclusive=True))  # fmt: skip
    exclusive = one(bought(10_000), *alone)
    assert exclusive.points == 101
    assert {refusal.version_id for refusal in exclusive.refusals} == {2, 3, 4, 5}
    assert {refusal.reason for refusal in exclusive.refusals} == {"exclusive"}


def test_the_newest_is_the_one_that_began_last() -> None:
    old = replace(rule(9, earn="bonus", points=500), starts_at=NOON - timedelta(days=9))
    new = replace(rule(2, earn="bonus", points=5), starts_at=NOON - timedelta(days=1))
    assert points(bought(10_000), rule(1, **BASE), old, new, stack=Stack.NEWEST) == 105


def test_equal_priority_goes_by_rule_not_by_the_time_of_editing() -> None:
    first, second = (rule(n, earn="bonus", points=7, exclusive=True) for n in (3, 4))
    for order in ((first, second), (second, first)):
        assert one(bought(100), *order).steps == (Step(3, 0, 7),)


def test_a_multiplier_for_a_category_multiplies_its_share() -> None:
    kitchen = Line(4_000, categories=frozenset({"kitchen"}))
    basket = bought(10_000, kitchen, Line(6_000))
    double = rule(2, earn="multiply", num=2, den=1, of={"categories": ["kitchen"]})
    assert points(basket, rule(1, **BASE), double) == 140
    assert points(bought(6_000, Line(6_000)), rule(1, **BASE), double) == 60


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, 96),  # items with tax, after discounts, less what points paid
        ({"basis": "order"}, 100),
        ({"tax": "excl"}, 80),
        ({"discounts": "none"}, 116),
        ({"points_paid": "earns"}, 120),
    ],
)
@promise("LOY-14")
def test_switches_say_what_of_a_purchase_counts(switches: dict[str, str], expected: int) -> None:
    basket = bought(
        12_500, Line(10_000, tax_minor=1_666, discount_minor=1_500), Line(2_000, tax_minor=334,
        discount_minor=500), Line(3_000, kind="gift_card"), delivery_minor=500, points_minor=0,
    )  # fmt: skip
    basket = replace(basket, minor=15_500, points_minor=3_100)  # a fifth of it
    read = baskets.read_switches(switches)
    assert points(basket, rule(1, **BASE), switches=read) == expected


@pytest.mark.parametrize("kind", baskets.EARN_NOTHING)
def test_rewards_cards_top_ups_and_accounts_earn_nothing(kind: str) -> None:
    rules = (rule(1, **BASE), rule(2, earn="per_purchase", points=5),
             rule(3, earn="per_unit", points=5))  # fmt: skip
    assert points(bought(5_000, Line(5_000, kind=kind)), *rules) == 0
    assert points(bought(6_000, Line(5_000, kind=kind), Line(1_000)), *rules) == 20


def test_what_is_paid_with_points_alone_earns_nothing_and_says_so() -> None:
    free = one(bought(5_000, points_minor=5_000), rule(1, **BASE), rule(2, earn="bonus", points=9))
    assert free.points == 0
    assert {refusal.reason for refusal in free.refusals} == {"paid-with-points"}


def test_a_card_is_money_and_earns_in_full() -> None:
    assert points(bought(5_000), rule(1, **BASE)) == 50


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"fact": "basket.spend", "op": "ge", "value": {"minor": 5_000, "currency": "EUR"}}, True),
        ({"fact": "basket.spend", "op": "gt", "value": {"minor": 5_000, "currency": "EUR"}}, False),
        ({"fact": "basket.spend", "op": "ge", "value": {"minor": 1, "currency": "USD"}}, False),
        ({"fact": "basket.net", "op": "ge", "value": {"minor": 4_500, "currency": "EUR"}}, False),
        ({"fact": "basket.quantity", "op": "ge", "value": 2.5}, True),
        ({"fact": "basket.quantity", "op": "gt", "value": 2.5}, False),
        ({"fact": "basket.categories", "op": "has_any", "value": ["Kitchen"]}, True),
        ({"fact": "basket.tags", "op": "has_all", "value": ["eco", "new"]}, False),
        ({"not": {"fact": "basket.products", "op": "has_any", "value": ["pan"]}}, False),
        ({"any": [
            {"fact": "basket.tags", "op": "has_any", "value": ["eco"]},
            {"fact": "basket.quantity", "op": "lt", "value": 1},
        ]}, True),
    ],
)  # fmt: skip
def test_conditions_ask_the_basket(tree: dict[str, Any], expected: bool) -> None:
    line = Line(5_000, 2500, 868, product="pan", categories=frozenset({"kitchen"}),
                tags=frozenset({"eco"}))  # fmt: skip
    given_ = one(bought(5_000, line), rule(1, **BASE, when=tree))
    assert given_.points == (50 if expected else 0)
    assert given_.refusals == (() if expected else (Refusal(1, "condition"),))


def test_days_of_a_rule_are_local_and_both_included() -> None:
    day = rule(1, **BASE, first_day="2026-11-21", last_day="2026-11-21")
    last = replace(bought(500), occurred_at=datetime(2026, 11, 21, 21, 59, tzinfo=UTC))
    assert points(last, day) == 5
    assert points(replace(last, occurred_at=last.occurred_at + timedelta(minutes=1)), day) == 0


def test_answers_from_outside_come_by_their_place_in_the_condition() -> None:
    asked = {
        "all": [
            {"fact": "purchase.weekday", "op": "eq", "value": "sat"},
            {"not": {"fact": "points.tiers", "op": "has_any", "value": ["gold"]}},
        ]
    }
    double = rule(2, earn="multiply", num=2, den=1, when=asked)
    yes, no = np.asarray([True]), np.asarray([False])
    for weekday, gold, expected in ((yes, no, 100), (yes, yes, 50), (no, no, 50)):
        answers = Answers({(2, 0): weekday, (2, 1): gold})
        [found] = computing.compute(
            [bought(5_000)], [rule(1, **BASE), double], terms=Terms(), answers=answers
        )
        assert found.points == expected
        mask = answers.mask(double, 0)
        [again] = computing.compute(
            [bought(5_000)], [rule(1, **BASE), double], terms=Terms(),
            answers=asking.kept({2: mask}, [double]),
        )  # fmt: skip
        assert again == found


def test_points_are_parted_by_the_life_their_rule_gives_them() -> None:
    rules = (
        rule(1, **BASE, waits={"days": 14}),
        rule(2, earn="multiply", num=3, den=2),
        rule(3, earn="bonus", points=30, life={"days": 30}, cashable=False),
    )
    assert one(bought(10_000), *rules).parts == (
        Part(150, waits=Waits(days=14)), Part(30, life=Life(days=30), cashable=False),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"earn": "multiply", "num": 101, "den": 1}, "num"),
        ({"earn": "bonus"}, "points"),
        ({**BASE, "of": {}}, "of"),
        ({**BASE, "of": {"brands": ["x"]}}, "of.brands"),
        ({**BASE, "of": {"tags": []}}, "of.tags"),
        ({**BASE, "exclusive": True}, "exclusive"),
        ({**BASE, "first_day": "2026-02-30"}, "first_day"),
        ({**BASE, "first_day": "2026-02-03", "last_day": "2026-02-02"}, "last_day"),
        ({**BASE, "life": {"hours": 1}}, "life.hours"),
        ({**BASE, "waits": {"days": 1, "event": "x"}}, "waits.event"),
        ({**BASE, "when": {}}, "when"),
        ({**BASE, "cashable": 1}, "cashable"),
    ],
)
def test_a_body_that_cannot_be_names_its_member(body: dict[str, Any], part: str) -> None:
    with pytest.raises(BadRule) as refused:
        bodies.read(1, body)
    assert refused.value.args == (part,)


# Properties

money = st.integers(0, 10**7)
lines = st.lists(
    st.builds(
        Line, minor=money, units_milli=st.integers(1, 10_000), discount_minor=st.integers(0, 999),
        product=st.sampled_from(["a", "b", ""]),
        categories=st.sampled_from([frozenset(), frozenset({"x"}), frozenset({"x", "y"})]),
        kind=st.sampled_from(["", "", "", "gift_card"]),
    ),
    min_size=1, max_size=5,
)  # fmt: skip
scopes = st.sampled_from([{}, {"of": {"products": ["a"]}}, {"of": {"categories": ["x"]}}])
linear = st.builds(
    lambda points, per, scope: {"earn": "per_money", "points": points, "per": per, **scope},
    st.integers(1, 50), st.sampled_from(["0.5", "1", "3", "7"]), scopes,
)  # fmt: skip
extra = st.one_of(
    st.builds(lambda n, d, s: {"earn": "multiply", "num": n, "den": d, **s},
              st.integers(1, 30), st.integers(1, 10), scopes),
    st.builds(lambda p, s: {"earn": "bonus", "points": p, **s}, st.integers(1, 500), scopes),
    st.builds(lambda p, s: {"earn": "per_unit", "points": p, **s}, st.integers(1, 9), scopes),
    st.builds(lambda p, m: {"earn": "per_purchase", "points": p, "when": {
        "fact": "basket.spend", "op": "ge", "value": {"minor": m, "currency": "EUR"}}},
        st.integers(1, 99), st.integers(1, 10**6)),
)  # fmt: skip
ruled = st.lists(st.one_of(linear, extra), max_size=5)
terms = st.builds(
    Terms, st.sampled_from(Rounding), st.sampled_from(Stack),
    st.builds(Switches, st.booleans(), st.booleans(), st.booleans(), st.booleans()),
)  # fmt: skip


def filled(several: list[Line], delivery: int = 0, paid: int = 0) -> Basket:
    minor = sum(line.minor for line in several) + delivery
    return bought(minor, *several, delivery_minor=delivery, points_minor=minor * paid // 10)


filled_ones = st.builds(filled, lines, st.integers(0, 900), st.integers(0, 10))


def numbered(several: list[dict[str, Any]]) -> list[Rule]:
    return [rule(number, **body) for number, body in enumerate(several, start=1)]


@given(st.lists(filled_ones, max_size=6), ruled, terms)
def test_a_batch_gives_what_its_baskets_give_alone(
    several: list[Basket], written: list[dict[str, Any]], how: Terms
) -> None:
    rules = numbered(written)
    together = computing.compute(several, rules, terms=how)
    assert together == [computing.compute([one], rules, terms=how)[0] for one in several]
    for given_ in together:
        assert sum(part.points for part in given_.parts) == given_.points
        assert given_.points == (given_.steps[-1].after if given_.steps else 0)


@given(lines, lines, st.lists(linear, max_size=3))
def test_splitting_never_earns_more_by_linear_rules(
    first: list[Line], second: list[Line], written: list[dict[str, Any]]
) -> None:
    rules = numbered(written)
    whole = points(filled([*first, *second]), *rules)
    assert points(filled(first), *rules) + points(filled(second), *rules) <= whole


@given(lines, ruled, terms, st.data())
def test_any_order_and_split_of_returns_sums_to_what_was_earned(
    bought_lines: list[Line], written: list[dict[str, Any]], how: Terms, data: st.DataObject
) -> None:
    rules = numbered(written)
    earned = computing.compute([filled(bought_lines)], rules, terms=how)[0].points
    left, taken = list(bought_lines), 0
    for number in data.draw(st.permutations(range(len(left)))):
        left[number] = replace(left[number], minor=0, units_milli=0, discount_minor=0, tax_minor=0)
        rest = filled(left)
        worth = computing.compute([rest], rules, terms=how)[0].points if rest.minor else 0
        taken += earning.to_take_back(earned=earned, reversed_before=taken, points_of_rest=worth)
        assert taken <= earned
    assert taken == earned


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_parts_of_a_discount_sum_exactly(whole: int, weights: list[int]) -> None:
    assert sum(baskets.shared(whole, weights)) == whole


@given(money, st.integers(1, 40), st.integers(1, 20), st.sampled_from(Rounding))
def test_the_short_way_gives_what_the_long_way_gives(
    minor: int, num: int, den: int, rounding: Rounding
) -> None:
    rules = [rule(1, **BASE), rule(2, earn="factor", num=num, den=den)]
    long = one(bought(minor), *rules, rounding=rounding)
    short, steps = earning.points_for(
        minors=[minor], exponents=[2], occurred_at=[NOON],
        rules=[found for each in rules if (found := earning.plain(each))], rounding=rounding,
    )  # fmt: skip
    assert (int(short[0]), tuple(steps[0])) == (long.points, long.steps)


@given(st.lists(st.fractions(Fraction(1, 50), 5, max_denominator=60), max_size=6), money)
def test_multipliers_are_exact_until_the_end(factors: list[Fraction], minor: int) -> None:
    rules = [
        rule(number, earn="multiply", num=factor.numerator, den=factor.denominator)
        for number, factor in enumerate(factors, start=2)
    ]
    exact = Fraction(minor // 100)
    for factor in factors:
        exact *= factor
    assert points(bought(minor), rule(1, **BASE), *rules) == int(exact)


def test_points_that_wait_are_usable_at_a_local_midnight() -> None:
    waits = Waits(days=14)
    assert waits.active_at(NOON, RIGA) == datetime(2026, 12, 4, 22, tzinfo=UTC)
    assert Waits(event="delivered").active_at(NOON, RIGA) is None
    assert Waits(until=date(2026, 11, 1)).active_at(NOON, RIGA) == NOON
