"""Numbers of payment cards are told from other numbers, and hidden in text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform import cards

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


@given(st.text(max_size=60))
def test_hiding_twice_is_hiding_once(words: str) -> None:
    once = cards.masked(words)
    assert cards.masked(once) == once
