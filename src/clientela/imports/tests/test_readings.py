"""Birth numbers say a date of birth and a sex."""

from __future__ import annotations

import pytest

from clientela.imports.rules.readings import czech_birth_date, czech_sex


@pytest.mark.parametrize(
    ("written", "day", "sex"),
    [
        ("706213", "1970-12-13", "female"),
        ("450204", "1945-02-04", "male"),
        ("5304071234", "2053-04-07", "male"),
        ("5404071234", "1954-04-07", "male"),
        ("530407123", "1953-04-07", "male"),
        ("990407123", "1899-04-07", "male"),
        ("056213/1234", "2005-12-13", "female"),
        ("052407/1234", "2005-04-07", "male"),
        ("057407/1234", "2005-04-07", "female"),
    ],
)
def test_a_birth_number_says_date_and_sex(written: str, day: str, sex: str) -> None:
    assert czech_birth_date(written) == day
    assert czech_sex(written) == sex


@pytest.mark.parametrize("written", ["", "70621", "701313", "700230", "70621a", "7062131"])
def test_what_is_no_birth_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        czech_birth_date(written)
