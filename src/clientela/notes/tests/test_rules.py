"""Who is meant by a mention, and what a tag is called by."""

from __future__ import annotations

import pytest

from clientela.notes import rules
from clientela.notes.rules import Colleague

PEOPLE = (
    Colleague("per_1", "Līga Ozola", "liga@mezrozes.example"),
    Colleague("per_2", "Līga Kalniņa", "kalnina@mezrozes.example"),
    Colleague("per_3", "Andris Zariņš", "andris.z@mezrozes.example"),
)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("@Līga Ozola please", ["per_1"]),
        ("@liga kalnina, @Andris", ["per_2", "per_3"]),
        ("@andris.z@mezrozes.example!", ["per_3"]),
        ("@kalnina", ["per_2"]),
        ("@liga", ["per_1"]),  # her e-mail's name; as a first name two have it
        ("write to anna@liga.example", []),
        ("@andrisek", []),
        ("nobody", []),
        ("@Andris and again @andris", ["per_3"]),
    ],
)
def test_a_mention_means_who_is_named(words: str, meant: list[str]) -> None:
    assert rules.mentioned(words, PEOPLE) == meant


def test_writings_of_one_tag_are_one_tag() -> None:
    assert {rules.tag_key(name) for name in ("VIP – Gold", "vip gold", "Víp  GOLD")} == {"vip-gold"}
