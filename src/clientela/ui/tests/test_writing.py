"""Days and figures as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform.money import Money
from clientela.ui import dates, numbers
from clientela.ui.templatetags import ui as tags

NOW = datetime(2026, 11, 13, 10, 43, tzinfo=UTC)
LANGUAGES = ("en", "es", "lv")


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "13 Nov 2026"), ("es", "13 nov 2026"), ("lv", "2026. gada 13. nov.")],
)
def test_a_day_is_written_as_its_language_does(language: str, written: str) -> None:
    assert dates.day(date(2026, 11, 13), language) == written


def test_the_present_year_is_left_out_of_a_short_day() -> None:
    assert dates.short_day(date(2026, 1, 2), "en", NOW.date()) == "2 Jan"
    assert dates.short_day(date(2026, 1, 2), "lv", NOW.date()) == "2. janv."
    assert dates.short_day(date(2025, 1, 2), "es", NOW.date()) == "2 ene 2025"


def test_every_language_has_twelve_months() -> None:
    assert [len(months.split()) for months in dates.MONTHS.values()] == [12, 12, 12]


@pytest.mark.parametrize(
    ("language", "weekday", "month"),
    [
        ("en", "Friday", "November"),
        ("es", "viernes", "noviembre"),
        ("lv", "piektdiena", "novembris"),
    ],
)
def test_a_full_date_has_the_words_of_its_language(language: str, weekday: str, month: str) -> None:
    with translation.override(language):
        written = tags.long_day(NOW).lower()
    assert weekday.lower() in written
    assert month.lower() in written


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "−12,480.5"), ("es", "−12\u00a0480,5"), ("lv", "−12\u00a0480,5")],
)
def test_a_figure_is_grouped_as_its_language_does(language: str, written: str) -> None:
    assert numbers.number(Decimal("-12480.5"), language) == written


@given(st.integers(min_value=-(10**15), max_value=10**15), st.sampled_from(LANGUAGES))
def test_a_figure_written_and_read_back_is_the_same(value: int, language: str) -> None:
    written = numbers.number(value, language)
    read = written.replace(numbers.MINUS, "-").replace(",", "").replace("\u00a0", "")
    assert int(read) == value


def test_zero_has_no_sign_and_a_gain_has_one() -> None:
    assert [numbers.signed(value, "en") for value in (0, 186, -93)] == ["0", "+186", "−93"]


def test_a_share_that_is_there_is_never_shown_as_nothing() -> None:
    assert numbers.percent(1, 100_000, "en") == "<0.1\u00a0%"
    assert numbers.percent(0, 100_000, "en") == "0.0\u00a0%"
    assert numbers.percent(973, 1000, "lv") == "97,3\u00a0%"
    assert numbers.percent(1, 0, "en") == numbers.UNKNOWN


@pytest.mark.parametrize("value", [Money(-123450, "EUR"), {"minor": -123450, "currency": "EUR"}])
def test_money_is_shown_alike_from_a_row_and_from_json(value: Any) -> None:
    with translation.override("lv"):
        assert tags.money(value) == "−1\u00a0234,50\u00a0€"


def test_what_is_not_known_is_a_dash() -> None:
    assert tags.money(None) == tags.number(None) == tags.day(None) == numbers.UNKNOWN


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(hours=49), "11 Nov 2026"),
        (timedelta(minutes=-5), "in 5 min"),
    ],
)
def test_time_is_relative_for_two_days(before: timedelta, shown: str) -> None:
    told = tags.when(Context({"now": NOW}), (NOW - before).isoformat())
    assert f">{shown}<" in told
    assert 'title="' in told


def test_happenings_stand_under_their_days() -> None:
    moments = [NOW, NOW - timedelta(hours=1), NOW - timedelta(days=1), NOW - timedelta(days=400)]
    groups = tags.by_day(Context({"now": NOW}), [{"occurred_at": at} for at in moments])
    assert [(heading, len(entries)) for heading, entries in groups] == [
        ("Today", 2), ("Yesterday", 1), ("9 Oct 2025", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "Ends today"),
        (1, "Ends in 1 day"),
        (41, "Ends in 41 days"),
        (214, "Ends in 7 months"),
        (-3, "Ended 3 days ago"),
    ],
)
def test_an_end_is_told_in_days_then_months(days: int, words: str) -> None:
    assert tags.ends(days) == words


@pytest.mark.django_db
def test_a_label_falls_back_to_the_companys_language_then_to_any() -> None:
    with translation.override("es"):
        assert tags.label({"en": "Person", "es": "Persona"}) == "Persona"
        assert tags.label({"en": "Person"}) == "Person"
        assert tags.label({"lv": "Persona"}) == "Persona"
        assert tags.label("as it is") == "as it is"
