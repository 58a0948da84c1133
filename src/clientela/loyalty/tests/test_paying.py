"""How many points pay how much, whatever is due and whatever there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clientela.loyalty.rules.rewards import Bill, Offer, pay
from clientela.loyalty.rules.shares import Back, Order, Paid, back

WHOLE = st.integers(1, 10_000)


@given(WHOLE, WHOLE, st.integers(0, 10**6), st.integers(0, 10**7), st.none() | st.integers(1, 100),
       st.none() | WHOLE, st.none() | WHOLE, st.none() | st.integers(1, 10**6))  # fmt: skip
def test_points_pay_whole_blocks_never_more_than_is_due_or_there(  # noqa: PLR0917
    block: int, worth: int, total: int, available: int, share: int | None, least: int | None,
    most: int | None, wanted: int | None,
) -> None:  # fmt: skip
    offer = Offer("money_off", {None: block}, points_min=least, points_max=most)
    bill = Bill(total, total, worth, share)
    paid = pay(offer, bill, available=available, wanted=wanted)
    assert paid.points % block == 0
    assert paid.minor == paid.points // block * worth <= bill.open_minor
    assert paid.points <= available
    assert bool(paid.why) == (paid.points == 0)
    if paid.points:
        assert paid.points >= (least or 0)
        assert most is None or paid.points <= most
        assert wanted is None or paid.points <= wanted
        exact = pay(offer, bill, available=available, wanted=paid.points, up_to=False)
        assert (exact.points, exact.minor, exact.why) == (paid.points, paid.minor, "")


ORDERS = st.sampled_from(Order)
PAID = st.tuples(st.integers(0, 10**5), st.integers(0, 10**5), ORDERS)


@given(st.lists(PAID, max_size=4), st.lists(st.integers(0, 10**5), min_size=1, max_size=8))
def test_what_goes_back_in_parts_is_exactly_what_was_paid_in_its_order(
    means: list[tuple[int, int, Order]], parts: list[int]
) -> None:
    paid = [Paid(minor, points if minor else 0, order) for minor, points, order in means]
    money = max(0, sum(parts) - sum(one.minor for one in paid))
    total, returned = sum(one.minor for one in paid) + money, 0
    before = [Back(0, 0)] * len(paid)
    for part in [*parts, total]:
        returned = min(total, returned + part)
        gone = back(paid, total=total, returned=returned)
        for one, now, then in zip(paid, gone, before, strict=True):
            assert 0 <= then.minor <= now.minor <= one.minor
            assert 0 <= then.points <= now.points <= one.points
        assert sum(one.minor for one in gone) <= returned
        _keeps_order(paid, gone, returned)
        before = gone
    assert [(one.minor, one.points) for one in before] == [(one.minor, one.points) for one in paid]


def _keeps_order(paid: list[Paid], gone: list[Back], returned: int) -> None:
    """Nothing else goes back before what is first has gone; what is last waits for all the rest."""
    due = {order: sum(one.minor for one in paid if one.order is order) for order in Order}
    went = {order: sum(now.minor for one, now in zip(paid, gone, strict=True)
                       if one.order is order) for order in Order}  # fmt: skip
    first, last = Order.POINTS_FIRST, Order.POINTS_LAST
    assert went[first] == min(due[first], returned)
    if went[last]:
        assert (went[first], went[Order.PROPORTION]) == (due[first], due[Order.PROPORTION])


def test_the_parts_of_a_purchase_of_19_paid_with_3_in_points() -> None:
    """600 points are worth 3.00; 4.00 of 19.00 come back, then 13.00, then the rest."""
    for order, expected in (
        (Order.PROPORTION, [(63, 126), (268, 536), (300, 600)]),
        (Order.POINTS_FIRST, [(300, 600), (300, 600), (300, 600)]),
        (Order.POINTS_LAST, [(0, 0), (100, 200), (300, 600)]),
    ):
        paid = [Paid(300, 600, order)]
        found = [back(paid, total=1_900, returned=returned)[0] for returned in (400, 1_700, 1_900)]
        assert [(one.minor, one.points) for one in found] == expected
