"""Numbers of payment cards are told from other numbers, and hidden in text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform import cards
from clientela.platform.promises import promise

NUMBERS = (
    "4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004", "340000000000009",
    "30000000000004", "6011000000000004", "3530111333300000", "2223003122003222",
)  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_a_card_number_is_told_in_any_spacing(number: str) -> None:
    assert cards.is_card_number(number)
    digits = "".join(sign for sign in number if sign.isdigit())
    assert cards.masked(f"Pay with {number}, please") == f"Pay with •••• {digits[-4:]}, please"


@pytest.mark.parametrize(
    "number", ["4111111111111112", "LV80BANK0000435195001", "26123456", "1234567890123456", ""]
)
def test_other_numbers_are_none(number: str) -> None:
    assert not cards.is_card_number(number)
    assert cards.masked(number) == number


RANGES = ((4, 16), (51, 16), (2221, 16), (34, 15), (36, 14), (6011, 16), (3530, 16), (62, 19))


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    """Of any issuer, with the check digit that makes it one."""
    start, length = draw(st.sampled_from(RANGES))
    body = str(start) + draw(st.text("0123456789", min_size=length, max_size=length))
    return next(number for last in "0123456789"
                if cards.is_card_number(number := body[: length - 1] + last))  # fmt: skip


def grouped(number: str, gap: str) -> str:
    return gap.join(number[place : place + 4] for place in range(0, len(number), 4))


@promise("SEC-21")
@given(
    card_numbers(), st.sampled_from(["", " ", "-", "\u00a0", "–"]),
    st.text("abc ,.\n", max_size=20),
    st.sampled_from(["", " 12/27", " 12/27 123", ", cvc 123", "."]),
)  # fmt: skip
def test_a_card_number_is_hidden_wherever_it_stands(
    number: str, gap: str, before: str, after: str
) -> None:
    written = grouped(number, gap)
    words = f"{before} {written}{after}"
    hidden = cards.masked(words)
    assert cards.holds(words)
    assert written not in hidden
    assert number[:8] not in "".join(sign for sign in hidden if sign.isdigit())
    assert hidden.endswith(f"•••• {number[-4:]}{after}")
    content = words.encode()
    assert len(cards.masked_bytes(content)) == len(content)
    assert written.encode() not in cards.masked_bytes(content)


@promise("SEC-21")
@given(
    st.integers(0, 10**10), st.sampled_from(["LV", "EE", "ES", "DE", "GB"]),
    st.text("0123456789", min_size=18, max_size=18), st.booleans(),
)  # fmt: skip
def test_bank_accounts_and_telephones_are_left_alone(
    tail: int, country: str, digits: str, is_spaced: bool
) -> None:
    rest = f"{digits}{country}00"
    check = 98 - int("".join(str(int(sign, 36)) for sign in rest)) % 97
    account = f"{country}{check:02}{digits}"
    account = grouped(account, " ") if is_spaced else account
    phone = f"+371 2{tail % 10**7:07}"
    words = f"{account}; {phone}, 2{tail % 10**7:07} 6{tail % 10**7:07}"
    assert cards.masked(words) == words


@promise("SEC-21")
@given(st.text("0123456789", min_size=5, max_size=11), st.dates())
def test_order_numbers_and_days_are_left_alone(order: str, day: date) -> None:
    words = f"Order {order}, A-{order}-{order}X of {day}, {day:%d.%m.%Y}"
    assert cards.masked(words) == words


@given(st.text("0123456789", min_size=12, max_size=19))
def test_other_digits_are_left_alone(digits: str) -> None:
    if not cards.is_card_number(digits):
        assert cards.masked(f"{digits};") == f"{digits};"


@given(st.text(max_size=60))
def test_hiding_twice_is_hiding_once(words: str) -> None:
    once = cards.masked(words)
    assert cards.masked(once) == once
