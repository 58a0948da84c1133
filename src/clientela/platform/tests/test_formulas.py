"""Cells that a spreadsheet could take for a formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform.formulas import guarded, unguarded

texts = st.text(st.sampled_from("'=+-@\t\r\n＝＋－＠1aā ,."), max_size=8)


@given(text=texts)
def test_what_was_guarded_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(text=texts)
def test_no_guarded_text_starts_a_formula(text: str) -> None:
    cell = guarded(text)
    assert cell[:1] not in set("=@\t\r\n＝＋－＠")
    assert not cell.startswith(("+", "-")) or cell[1:].replace(".", "").replace(",", "").isdigit()


@pytest.mark.parametrize("text", ["-12.50", "+37126123456", "1", "Anna", "", "'quoted'"])
def test_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_a_formula_is_text() -> None:
    assert guarded('=HYPERLINK("x")') == '\'=HYPERLINK("x")'
