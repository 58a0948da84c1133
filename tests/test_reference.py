"""The reference tells of all there is in the code, and of nothing else (tools/reference.py)."""

from collections import Counter
from pathlib import Path

import pytest

import reference


@pytest.mark.parametrize("page", reference.pages(), ids=lambda page: page.name)
def test_what_is_generated_of_a_page_is_what_the_code_says(page: Path) -> None:
    """`.venv/bin/python tools/reference.py update` writes it anew."""
    assert reference.text(page) == reference.renewed(reference.text(page))


def test_every_generated_part_stands_on_a_page() -> None:
    placed = [name for page in reference.pages() for name in reference.parts_on(page)]
    assert sorted(placed) == sorted(reference.PARTS)


def test_every_refusal_event_variable_setting_and_table_has_its_words() -> None:
    assert reference.lacking() == []


def test_no_words_are_kept_for_what_is_gone() -> None:
    assert reference.superfluous() == []


def test_a_code_stands_for_one_refusal() -> None:
    codes = Counter(problem.code for problem in reference.problems())
    assert [code for code, times in codes.items() if times > 1] == []


def test_every_operation_of_the_api_names_its_right() -> None:
    rights = {right.key for right in reference.all_rights()}
    assert [name for name, right, _ in reference.offered() if right not in rights] == []
