"""How many points pay how much, whatever is due and whatever there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clientela.loyalty.rules import shares
from clientela.loyalty.rules.rewards import Bill, Offer, pay

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


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**5), min_size=1, max_size=8))
def test_what_goes_back_in_parts_is_exactly_what_was_paid(paid: int, parts: list[int]) -> None:
    total, returned, gone = sum(parts), 0, 0
    for part in parts:
        returned += part
        more = shares.back(paid=paid, total=total, returned=returned, before=gone)
        assert more >= 0
        gone += more
    assert gone == paid
