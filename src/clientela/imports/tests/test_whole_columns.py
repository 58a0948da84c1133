"""Rows read column by column are the rows that are read one by one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.imports.rules.mapping_file import load_mapping
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.typed import typed
from clientela.imports.rules.whole_columns import (
    plain_email,
    plain_identifier,
    plain_phone,
    plain_words,
    read_all,
)
from clientela.imports.tests.reading_rows import LATVIA
from clientela.platform import emails, phones, text
from clientela.platform.phones import BadPhone

HEADER = ["customer", "name", "phone", "email", "language", "country", "birth_date", "type",
          "attributes.card", "attributes.branch"]  # fmt: skip
TRANSLATED = """
[columns]
customer = "customer"
name = { template = "{name} {email}" }
phone = { column = "phone", when = { column = "language", is = ["lv"] } }
country = { column = "country", read = "upper" }
type = "type"
[constants]
language = "lv"
[values.type]
private = "person"
"""
MAPPINGS = (
    "",
    'empty = "clear"\nclear = "-"\n',
    'clear = "26123456"\ncountry = "EE"\n',
    'clear = "LV"\ndates = "DD.MM.YYYY"\n',
    TRANSLATED,
)
plain = st.sampled_from(
    ["", " ", "-", r"\N", "1E5", "1e-5", "+1,5E+7", "'=1", "'x", "O'Brien", "a\\b", "LV", "lv",
     "EE", "XX", "es", "Jānis Bērziņš", "A  B", " A", "Ｊ", "e\u0301", "1980-01-31", "31.01.1980",
     "2030-01-01", "26123456", "2612 3456", "+37126123456", "+371 26123456", "0037126123456", "112",
     "80000000",
     "+34612345678", "612345678", "+12125550123", "+442079460000", "a@b.lv", "A.B+c@Example.LV",
     "a..b@x.lv", "mailto:a@b.lv", "a@ā.lv", "a@b", "private", "person", "x" * 201]
)  # fmt: skip
cell = plain | st.text(max_size=12)


@pytest.mark.parametrize("mapping", MAPPINGS)
@given(
    rows=st.lists(st.lists(cell, min_size=10, max_size=10), max_size=4), broken=st.integers(0, 9)
)
def test_many_rows_are_read_as_each_is_by_itself(
    mapping: str, rows: Sequence[list[str]], broken: int
) -> None:
    raws = [RawRow(number, cells, "ragged-row" if number == broken else "")
            for number, cells in enumerate(rows, 2)]  # fmt: skip
    read = typed(load_mapping(mapping, kind="customers"), HEADER, around=LATVIA)
    wanted = [read(raw) for raw in raws]
    assert read_all(read, raws) == wanted
    assert read_all(read, raws) == wanted  # what was read before is remembered


def test_rows_of_a_file_that_says_little_are_read_too() -> None:
    read = typed(load_mapping("", kind="customers"), ["customer"], around=LATVIA)
    raws = [RawRow(2, ["1"]), RawRow(3, [""])]
    assert read_all(read, raws) == [read(raw) for raw in raws]
    assert read_all(read, []) == []


digits = st.text("0123456789", min_size=4, max_size=13)
countries = st.sampled_from(
    ["LV", "EE", "LT", "ES", "GB", "DE", "US", "IT", "FR", "RU", "FI", None]
)
known = st.sampled_from(
    ["+3712", "+3716", "+3725", "+346", "+349", "+1212", "+447", "+4930", "+7916", "+7701", "+3906",
     "+390", "2", "6", "06", "00371", "8", "07"]
)  # fmt: skip


@given(start=known | st.sampled_from(["", "+"]), rest=digits, country=countries)
def test_a_plain_phone_is_what_the_library_says(start: str, rest: str, country: str | None) -> None:
    quick = plain_phone(start + rest, country)
    if quick is None:
        return
    written = phones._parsed(start + rest, country) if not start.startswith("00") else None
    assert quick == phones.normal(start + rest, country)
    if written is not None:
        assert phones._e164(written) == quick.e164


@given(
    written=st.text(max_size=20) | st.from_regex(r"[A-Za-z.+_-]{1,9}@[a-z.-]{1,9}", fullmatch=True)
)
def test_a_plain_address_is_what_the_long_way_says(written: str) -> None:
    quick = plain_email()
    if (found := quick(written)) is not None:
        assert found == emails.normal(written) == quick(written)


@given(written=st.text(max_size=20) | plain)
def test_plain_words_are_clean_as_they_stand(written: str) -> None:
    if plain_words(10)(written) is not None:
        assert written == text.clean(written)
        assert len(written) <= 10
    if plain_identifier(written) is not None:
        assert written == text.clean(written)


def test_letters_with_marks_are_whole_ones() -> None:
    for code in range(0xC0, 0x250):
        assert unicodedata.normalize("NFC", chr(code)) == chr(code)
        assert plain_words(5)(chr(code)) == chr(code)


def test_a_phone_that_is_none_is_not_plain() -> None:
    with pytest.raises(BadPhone):
        phones.normal("112", "LV")
    assert plain_phone("112", "LV") is None
