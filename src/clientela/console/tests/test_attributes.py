"""Values of fields are shown and read back the same, in three languages, for all fourteen types."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.console.customers import attributes
from clientela.customers import rules
from clientela.customers.models import Field
from clientela.customers.rules import FieldType
from clientela.platform import ids
from clientela.platform.promises import promise
from clientela.ui import numbers

CODES = ("gold", "silver", "tin")
CHOICES = [
    {"code": code, "labels": dict.fromkeys(("en", "es", "lv"), code.title())} for code in CODES
]
DECIMALS = st.decimals(-(10**9), 10**9, places=6, allow_nan=False)
SAMPLES: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: st.text(min_size=1, max_size=30),
    FieldType.NOTE: st.text(min_size=1, max_size=60),
    FieldType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    FieldType.DECIMAL: DECIMALS,
    FieldType.MONEY: st.builds(
        lambda minor, code: {"minor": minor, "currency": code},
        st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "USD", "JPY", "BHD"]),
    ),
    FieldType.PERCENT: DECIMALS,
    FieldType.YES_NO: st.booleans(),
    FieldType.DATE: st.dates(),
    FieldType.INSTANT: st.datetimes(timezones=st.just(timezone.get_fixed_timezone(120))),
    FieldType.CHOICE: st.sampled_from(["gold", "silver", "tin"]),
    FieldType.CHOICES: st.lists(st.sampled_from(["gold", "silver", "tin"]), min_size=1),
    FieldType.COUNTRY: st.sampled_from(["LV", "es", " ee "]),
    FieldType.LINK: st.sampled_from(["https://Mežs.lv/a?b=1", "http://example.com:8080/x"]),
    FieldType.CUSTOMER: st.builds(lambda number: ids.public("cus", UUID(int=number)),
                                  st.integers(0, 2**128 - 1)),
}  # fmt: skip


def definition(kind: FieldType) -> rules.FieldDefinition:
    has_choices = kind in (FieldType.CHOICE, FieldType.CHOICES)
    return rules.FieldDefinition(key="it", type=kind, choices=CODES if has_choices else ())


def row(kind: FieldType) -> Field:
    has_choices = kind in (FieldType.CHOICE, FieldType.CHOICES)
    return Field(key="it", type=kind, choices=CHOICES if has_choices else [])


@promise("CUS-02")
@pytest.mark.parametrize("language", ["en", "es", "lv"])
@pytest.mark.parametrize("kind", FieldType)
@settings(max_examples=12)
@given(data=st.data())
def test_what_a_form_shows_is_read_as_the_same_value(
    kind: FieldType, language: str, data: st.DataObject
) -> None:
    try:
        value = rules.canonical(definition(kind), data.draw(SAMPLES[kind]))
    except rules.BadValue:
        return
    assert rules.canonical(definition(kind), value) == value
    with translation.override(language):
        shown = attributes.initial([row(kind)], {"it": value})
        typed = attributes.typed([row(kind)], shown, currency="EUR")
        assert rules.canonical(definition(kind), typed["it"]) == value
        assert attributes.shown(row(kind), value)


@pytest.mark.parametrize("language", ["en", "es", "lv"])
@settings(max_examples=40)
@given(value=DECIMALS | st.integers(-(10**15), 10**15).map(Decimal))
def test_a_number_as_people_read_it_is_that_number(language: str, value: Decimal) -> None:
    assert Decimal(numbers.read(numbers.number(value, language), language)) == value


@pytest.mark.parametrize(
    ("language", "written"),
    [("es", "1.234"), ("lv", "1.234.567"), ("en", "1,23,4"), ("lv", "12 34"), ("en", "ten")],
)
def test_what_could_be_a_thousand_is_not_guessed(language: str, written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        numbers.read(written, language)


def test_a_value_that_is_not_of_its_type_is_shown_as_it_stands() -> None:
    assert attributes.shown(row(FieldType.MONEY), "a lot") == "a lot"
