"""Addresses stand as their country writes them; what cannot be one is named."""

from __future__ import annotations

import pytest

from clientela.platform import postal
from clientela.platform.countries import COUNTRIES
from clientela.platform.postal import BadPlace, Place


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (Place("Brīvības iela 1-2", "Rīga", "1050", country="lv"),
         ["Brīvības iela 1-2", "Rīga", "LV-1050"]),
        (Place("Calle Mayor 1", "Madrid", "28013", "Madrid", country="ES"),
         ["Calle Mayor 1", "28013 Madrid", "Madrid"]),
        (Place("10 Downing Street", "London", "sw1a2aa", country="GB"),
         ["10 Downing Street", "London", "SW1A 2AA"]),
        (Place("350 5th Ave", "New York", "10118", "NY", country="US"),
         ["350 5th Ave", "New York, NY 10118"]),
        (Place("Pilies g. 1", "Vilnius", "01123", country="LT"),
         ["Pilies g. 1", "LT-01123 Vilnius"]),
        (Place("Somewhere 1", "Town", country="AQ"), ["Somewhere 1", "Town"]),
    ],
)  # fmt: skip
def test_an_address_is_written_as_its_country_writes_it(given: Place, lines: list[str]) -> None:
    checked = postal.checked(given)
    assert postal.lines_of(checked) == lines
    assert postal.checked(checked) == checked


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (Place("", "Rīga", "1050", country="LV"), "street"),
        (Place("Iela 1", "Rīga", "", country="LV"), "postcode"),
        (Place("Iela 1", "Rīga", "10500", country="LV"), "postcode"),
        (Place("350 5th Ave", "New York", "10118", country="US"), "region"),
        (Place("x" * 201, "Rīga", "1050", country="LV"), "street"),
    ],
)
def test_what_is_missing_or_wrong_is_named(given: Place, part: str) -> None:
    with pytest.raises(BadPlace) as refused:
        postal.checked(given)
    assert refused.value.part == part


def test_two_writings_of_one_address_are_compared_as_one() -> None:
    one = postal.checked(Place("Brīvības iela 1", "Rīga", "LV-1050", country="LV"))
    other = postal.checked(Place("BRIVIBAS  IELA, 1", "riga", "1050", country="LV"))
    assert postal.norm(one) == postal.norm(other)


def test_every_layout_is_of_a_country_and_its_example_is_a_postcode_there() -> None:
    layouts = postal._layouts()
    assert set(layouts) - {""} <= COUNTRIES
    for country, form in layouts.items():
        if form.postcode:
            place = Place("Street 1", "Town", form.example, "Region", country=country)
            assert postal.checked(place).postcode == form.example, country


@pytest.mark.parametrize(
    ("country", "given", "kept"),
    [("SE", "S-958 22", "958 22"), ("BE", "b-1180", "1180"), ("LV", "LV-1010", "LV-1010"),
     ("LV", "1010", "LV-1010"), ("DE", "D-12209", "12209")],
)  # fmt: skip
def test_a_letter_for_the_country_before_a_postcode_goes(
    country: str, given: str, kept: str
) -> None:
    place = Place("Main street 1", "A city", given, country=country)
    assert postal.checked(place).postcode == kept
