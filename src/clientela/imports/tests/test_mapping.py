"""A mapping says what the columns of a file mean, and is taken at its word."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from clientela.imports.rules.binding import Bound, unmapped
from clientela.imports.rules.faults import MissingColumns, WrongMapping
from clientela.imports.rules.mapping import plain
from clientela.imports.rules.mapping_file import load_mapping
from clientela.imports.rules.mapping_text import with_said
from clientela.imports.rules.settling import decimal_mark_of, settled
from clientela.imports.tests.files import MAPPINGS
from clientela.imports.tests.reading_rows import opened
from clientela.platform.promises import promise

PURCHASES = 'kind = "purchases"\n'
BY_HAND = PURCHASES + '[columns]\ncustomer = "Who"\ndate = "When"\namount = "Paid"\n'


def fault_of(text: str, kind: str | None = None) -> WrongMapping:
    with pytest.raises(WrongMapping) as caught:
        load_mapping(text, kind=kind)
    return caught.value


def text_in(mapping: str, header: list[str], cells: list[str], target: str) -> str:
    return Bound(load_mapping(mapping), header).text(target)(cells)


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_mapping_that_is_shipped_can_be_used(path: Path) -> None:
    assert load_mapping(path).columns


def test_an_empty_mapping_reads_columns_by_their_names() -> None:
    assert load_mapping("", kind="purchases") == plain("purchases")


@promise("CUS-23")
def test_names_of_columns_are_found_in_any_case_and_order() -> None:
    bound = Bound(plain("purchases"), [" Amount ", "note", "DATE", "Customer"])
    assert bound.text("customer")(["1.00", "", "2026-01-01", " 007 "]) == "007"
    assert unmapped(plain("purchases"), [" Amount ", "note", "DATE", "Customer"]) == ("note",)


def test_missing_columns_are_all_named_at_once() -> None:
    with pytest.raises(MissingColumns) as caught:
        Bound(plain("purchases"), ["customer", "reference"])
    assert caught.value.missing == ("date", "amount")
    with pytest.raises(MissingColumns) as by_hand:
        Bound(load_mapping(BY_HAND), ["When", "Total"])
    assert by_hand.value.missing == ("Who", "Paid")
    assert by_hand.value.as_dict()["columns"] == ["Who", "Paid"]


def test_a_column_named_twice_in_the_file_must_be_told_by_its_position() -> None:
    header = ["Who", "When", "Paid", "paid"]
    with pytest.raises(WrongMapping, match="several columns"):
        Bound(load_mapping(BY_HAND), header)
    by_position = BY_HAND.replace('"Paid"', "4")
    assert text_in(by_position, header, ["1", "2", "3", "4"], "amount") == "4"


@promise("CUS-23")
def test_one_column_feeds_two_values_and_two_columns_feed_one() -> None:
    text = (
        'kind = "customers"\n[columns]\ncustomer = "id"\n'
        'name = { template = "{first} {last}" }\n"attributes.nick" = "first"\n'
    )
    header, row = ["id", "first", "last"], ["1", "Anna", "Ozola"]
    assert text_in(text, header, row, "name") == "Anna Ozola"
    assert text_in(text, header, row, "attributes.nick") == "Anna"
    assert text_in(text, header, ["1", "", "Ozola"], "name") == "Ozola"
    assert text_in(text, header, ["1", " ", ""], "name") == ""


def test_a_value_may_depend_on_another_column() -> None:
    text = (
        'kind = "holdings"\n[columns]\nholding = "id"\n'
        'closed_on = { column = "until", when = { column = "state", is = ["A", "B"] } }\n'
    )
    header = ["id", "until", "state"]
    assert text_in(text, header, ["1", "2026-01-01", "A"], "closed_on") == "2026-01-01"
    assert text_in(text, header, ["1", "2026-01-01", "C"], "closed_on") == ""


def test_a_list_of_values_may_say_what_all_others_mean() -> None:
    text = (
        'kind = "holdings"\n[columns]\nholding = "id"\nproduct = "type"\n'
        '[values.product]\nA = "loan"\n"*" = "other"\n"" = "unknown"\n'
    )
    assert text_in(text, ["id", "type"], ["1", "A"], "product") == "loan"
    assert text_in(text, ["id", "type"], ["1", "Z"], "product") == "other"
    assert text_in(text, ["id", "type"], ["1", " "], "product") == "unknown"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("kind =", None),
        ('kind = "sales"', "kind"),
        (PURCHASES + 'colour = "red"', "colour"),
        (PURCHASES + 'through_roles = ["owner"]', "through_roles"),
        (PURCHASES + 'negative = "ignore"', "negative"),
        (PURCHASES + 'zone = "Europe/Atlantis"', "zone"),
        (PURCHASES + 'currency = "EURO"', "currency"),
        (PURCHASES + 'dates = "YYYY/MM"', "dates"),
        (PURCHASES + "amount_max = -1", "amount_max"),
        (PURCHASES + '[columns]\nprice = "x"', "columns.price"),
        (PURCHASES + "[columns]\namount = 0", "columns.amount"),
        (PURCHASES + "[columns]\namount = true", "columns.amount"),
        (PURCHASES + "[columns]\namount = {}", "columns.amount"),
        (PURCHASES + '[columns]\namount = { column = "a", value = "b" }', "columns.amount"),
        (PURCHASES + '[columns]\namount = { column = "a", reed = "lower" }', "columns.amount.reed"),
        (PURCHASES + '[columns]\namount = { column = "a", read = "magic" }', "columns.amount.read"),
        (PURCHASES + '[columns]\nproduct = { template = "{a" }', "columns.product"),
        (
            PURCHASES + '[columns]\nproduct = { column = "a", when = { column = "b" } }',
            "columns.product.when",
        ),
        (BY_HAND + '[constants]\namount = "1"', "constants.amount"),
        (PURCHASES + '[values.status]\nA = "active"', "values.status"),
        (PURCHASES + "[values.product]\nA = 1", "values.product.A"),
        (PURCHASES + '[file]\nseparator = ":"', "file.separator"),
        (PURCHASES + '[file]\nencoding = "ebcdic"', "file.encoding"),
        (PURCHASES + '[file]\nheader = "yes"', "file.header"),
        (PURCHASES + "[file]\nlines = 1", "file.lines"),
    ],
)
def test_what_has_no_meaning_in_a_mapping_is_refused_by_name(text: str, field: str | None) -> None:
    assert fault_of(text).field == field


def test_a_mapping_of_another_kind_is_refused() -> None:
    assert fault_of(PURCHASES, "customers").field == "kind"


def test_settings_of_the_file_reach_the_reader() -> None:
    layout = load_mapping(
        PURCHASES + '[file]\nseparator = "semicolon"\nencoding = "windows-1257"\nheader = false\n'
    ).layout
    assert (layout.separator, layout.encoding, layout.header) == (";", "windows-1257", False)


@promise("CUS-22")
@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["12,50", "1.234,00"], ","),
        (["12.50", "1,234.00"], "."),
        (["1,234"], None),
        (["1.234", "7,5"], ","),
        (["1.234.567"], ","),
        (["0.125"], "."),
        (["12.50", "12,50"], None),
        (["12", "1000"], None),
    ],
)
def test_the_decimal_mark_is_found_where_an_amount_proves_it(
    texts: list[str], mark: str | None
) -> None:
    assert decimal_mark_of(texts) == mark


@promise("CUS-22")
def test_the_order_of_dates_is_found_where_one_date_proves_it(tmp_path: Path) -> None:
    def found(*dates: str) -> str | None:
        rows = [["customer", "date", "amount"], *(["1", day, "2.00"] for day in dates)]
        return settled(plain("purchases"), opened(tmp_path, rows)).dates

    assert found("01/02/2026", "31/01/2026") == "day-first"
    assert found("01/02/2026", "01/31/2026") == "month-first"
    assert found("01/02/2026", "03/04/2026") is None
    assert found("31/01/2026", "01/31/2026") is None


def test_what_the_mapping_says_is_not_settled_by_the_file(tmp_path: Path) -> None:
    mapping = load_mapping(PURCHASES + 'dates = "month-first"\ndecimal_mark = ","\n')
    rows = [["customer", "date", "amount"], ["1", "31/01/2026", "2.50"]]
    assert settled(mapping, opened(tmp_path, rows)) == mapping


def test_shipped_mappings_name_no_layout_so_that_mended_rejects_can_be_read() -> None:
    for path in MAPPINGS.glob("*.toml"):
        layout = tomllib.loads(path.read_text(encoding="utf-8")).get("file", {})
        assert set(layout) <= {"sheet"}  # the one thing that is left aside for a file of rejects


def test_more_is_said_of_a_mapping_word_by_word() -> None:
    text = 'kind = "customers"\n[columns]\nname = "who"\n'
    said = with_said(text, ["dates=day-first", "columns.name=Full name", "columns.customer=2",
                            "file.skip_lines=3", "file.header=false", "constants.type=1",
                            'manual_wins=["name"]'])  # fmt: skip
    mapping = load_mapping(said, kind="customers")
    assert (mapping.dates, mapping.manual_wins) == ("day-first", ("name",))
    assert (mapping.columns["name"].column, mapping.columns["customer"].column) == ("Full name", 2)
    assert mapping.columns["type"].value == "1"
    assert (mapping.layout.skip_lines, mapping.layout.header) == (3, False)


@pytest.mark.parametrize("word", ["dates", "=x", "kind.x=1"])
def test_what_is_said_has_a_key_and_a_value(word: str) -> None:
    with pytest.raises(WrongMapping):
        with_said('kind = "customers"\n', [word])
