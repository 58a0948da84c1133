"""Money is exact: what is read is what was written, what is shared out sums to the whole."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform import money
from clientela.platform.money import CURRENCIES, BadMoney, Money

currencies = st.sampled_from(sorted(CURRENCIES))
minors = st.integers(-money.MINOR_MAX, money.MINOR_MAX)
amounts = st.builds(Money, minors, currencies)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1 234,50", 123450),
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("1'234.50", 123450),
        ("1’234,50", 123450),
        ("1234,5", 123450),
        ("1234.5", 123450),
        ("1\u00a0234\u202f567", 123456700),
        ("1.234.567", 123456700),
        ("1,234,567.8", 123456780),
        ("12,34,567.00", 123456700),
        ("-12", -1200),
        ("−12", -1200),
        ("- 12", -1200),
        ("12.00-", -1200),
        ("(12.00)", -1200),
        ("(€12.00)", -1200),
        ("+12", 1200),
        ("€12.00", 1200),
        ("-€12.00", -1200),
        ("€-12.00", -1200),
        ("12,00 €", 1200),
        ("12,00\u00a0€", 1200),
        ("EUR 12.00", 1200),
        ("12.00 eur", 1200),
        ("0,99", 99),
        (",99", 99),
        (".5", 50),
        ("0.500", 50),
        ("007", 700),
        ("-0", 0),
        ("10000000000000.00", money.MINOR_MAX),
    ],
)
def test_amounts_are_read_as_people_and_files_write_them(text: str, minor: int) -> None:
    assert money.parse(text, "EUR") == Money(minor, "EUR")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("¥1,234,567", "JPY", 1234567),
        ("1234", "JPY", 1234),
        ("1 234,567", "KWD", 1234567),
        ("0.123", "BHD", 123),
        ("1.2345", "CLF", 12345),
        ("$12", "CAD", 1200),
        ("12,50 zł", "PLN", 1250),
        ("100 kr.", "SEK", 10000),
        ("R$ 1.234,50", "BRL", 123450),
    ],
)
def test_each_currency_has_its_own_decimals_and_signs(text: str, currency: str, minor: int) -> None:
    assert money.parse(text, currency).minor == minor


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \u00a0 ", "empty"),
        ("abc", "not-an-amount"),
        ("12 apples", "not-an-amount"),
        ("1e3", "not-an-amount"),
        ("5.", "not-an-amount"),
        ("--12", "not-an-amount"),
        ("(-12)", "not-an-amount"),
        ("-12-", "not-an-amount"),
        ("1-2", "not-an-amount"),
        ("٣", "not-an-amount"),
        ("1" * 100, "not-an-amount"),
        ("1,234", "ambiguous"),
        ("1.234", "ambiguous"),
        ("-123.456", "ambiguous"),
        ("1 23", "bad-grouping"),
        ("1  234", "bad-grouping"),
        ("12 34.5", "bad-grouping"),
        ("1.23.45", "bad-grouping"),
        ("1.234,567,890", "bad-grouping"),
        ("1,234 567.00", "bad-grouping"),
        ("0,123", "too-precise"),
        ("1234.567", "too-precise"),
        ("12.3456", "too-precise"),
        ("1 234,567", "too-precise"),
        ("10000000000000.01", "out-of-range"),
        ("99999999999999999999", "out-of-range"),
        ("12 USD", "other-currency"),
        ("$12", "other-currency"),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(BadMoney) as refused:
        money.parse(text, "EUR")
    assert refused.value.reason == reason


def test_the_decimal_mark_of_a_file_settles_what_is_ambiguous() -> None:
    assert money.parse("1,234", "EUR", ".").minor == 123400
    assert money.parse("1.234", "EUR", ",").minor == 123400
    assert money.parse("1.234", "KWD", ".").minor == 1234
    assert money.parse("12,340", "EUR", ",").minor == 1234


@pytest.mark.parametrize(
    ("text", "mark", "reason"),
    [
        ("1,234", ",", "too-precise"),
        ("12,34", ".", "bad-grouping"),
        ("12.5", ",", "bad-grouping"),
        ("1.234.567", ".", "bad-grouping"),
    ],
)
def test_the_other_mark_can_only_group(text: str, mark: str, reason: str) -> None:
    with pytest.raises(BadMoney) as refused:
        money.parse(text, "EUR", mark)
    assert refused.value.reason == reason


@given(amounts, st.sampled_from(["en", "es", "lv"]))
def test_what_is_shown_is_read_back_in_each_language(amount: Money, language: str) -> None:
    shown = amount.shown(language)
    assert money.parse(shown, amount.currency, money.DECIMAL_MARKS[language]) == amount


@given(amounts)
def test_decimals_are_exact_both_ways(amount: Money) -> None:
    assert money.from_decimal(amount.to_decimal(), amount.currency) == amount
    assert money.parse(str(amount.to_decimal()), amount.currency, ".") == amount


@given(st.text("0123456789.,' -()€$eEUR\u00a0", max_size=20), st.sampled_from([None, ".", ","]))
def test_any_text_is_an_amount_or_refused(text: str, mark: str | None) -> None:
    try:
        amount = money.parse(text, "EUR", mark)
    except BadMoney:
        return
    digits = "".join(filter(str.isdigit, text)).strip("0")
    assert str(abs(amount.minor)).strip("0") == digits


@given(st.decimals(allow_nan=True), currencies)
def test_a_decimal_is_taken_exactly_or_refused(value: Decimal, currency: str) -> None:
    try:
        amount = money.from_decimal(value, currency)
    except BadMoney:
        return
    assert amount.to_decimal() == value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", "not-an-amount"),
        ("sNaN", "not-an-amount"),
        ("-Infinity", "not-an-amount"),
        ("1E+999999", "out-of-range"),
        ("1E-999999", "too-precise"),
        ("0.001", "too-precise"),
        ("1." + "0" * 40 + "1", "too-precise"),
        ("1." + "0" * 5000 + "1", "too-precise"),
    ],
)
def test_a_decimal_that_is_no_amount_is_refused(value: str, reason: str) -> None:
    with pytest.raises(BadMoney) as refused:
        money.from_decimal(Decimal(value), "EUR")
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("amount", "en", "other"),
    [
        (Money(123450, "EUR"), "€1,234.50", "1\u00a0234,50\u00a0€"),
        (Money(-5, "EUR"), "-€0.05", "-0,05\u00a0€"),
        (Money(1234567, "JPY"), "¥1,234,567", "1\u00a0234\u00a0567\u00a0¥"),
        (Money(1234567, "KWD"), "KWD\u00a01,234.567", "1\u00a0234,567\u00a0KWD"),
        (Money(0, "PLN"), "PLN\u00a00.00", "0,00\u00a0PLN"),
    ],
)
def test_amounts_are_shown_as_readers_expect(amount: Money, en: str, other: str) -> None:
    assert amount.shown("en") == en
    assert amount.shown("es") == amount.shown("lv") == other


def test_money_keeps_to_one_currency() -> None:
    assert Money(5, "EUR") + Money(7, "EUR") == Money(12, "EUR")
    assert Money(5, "EUR") - Money(7, "EUR") == -Money(2, "EUR")
    with pytest.raises(BadMoney, match="other-currency"):
        Money(5, "EUR") + Money(5, "USD")
    with pytest.raises(BadMoney, match="other-currency"):
        Money(5, "EUR") - Money(5, "USD")


def test_money_has_a_known_currency_and_stays_in_bounds() -> None:
    with pytest.raises(BadMoney, match="unknown-currency"):
        Money(1, "XXX")
    with pytest.raises(BadMoney, match="unknown-currency"):
        money.parse("1", "eur")
    with pytest.raises(BadMoney, match="out-of-range"):
        Money(money.MINOR_MAX, "EUR") + Money(1, "EUR")


def test_the_table_of_currencies_is_that_of_iso_4217() -> None:
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)
    assert {CURRENCIES[code] for code in ("JPY", "KRW", "ISK", "CLP", "XOF")} == {0}
    assert {CURRENCIES[code] for code in ("BHD", "KWD", "TND")} == {3}
    assert {CURRENCIES[code] for code in ("CLF", "UYW")} == {4}
    assert sorted(set(CURRENCIES.values())) == [0, 2, 3, 4]
    assert CURRENCIES["EUR"] == CURRENCIES["USD"] == 2


weights = st.lists(st.integers(0, 10**15), min_size=1, max_size=30).filter(any)


@given(minors, weights)
def test_parts_sum_to_the_whole_and_stay_within_one_of_their_share(
    total: int, weights: list[int]
) -> None:
    parts = money.allocate(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * weight) < whole
        assert weight or not part
        assert part == 0 or (part > 0) == (total > 0)


@given(minors, weights)
def test_taking_back_what_was_shared_out_leaves_nothing(total: int, weights: list[int]) -> None:
    parts, back = money.allocate(total, weights), money.allocate(-total, weights)
    assert [part + other for part, other in zip(parts, back, strict=True)] == [0] * len(parts)


def test_what_is_left_over_goes_to_the_largest_remainders_first() -> None:
    assert money.allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert money.allocate(10, [1, 2, 3]) == [2, 3, 5]
    assert money.allocate(5, [0, 0, 7]) == [0, 0, 5]


def test_nothing_can_be_shared_out_to_nobody() -> None:
    assert money.allocate(0, []) == []
    assert money.allocate(0, [0, 0]) == [0, 0]
    for weights in ([], [0, 0]):
        with pytest.raises(ValueError, match="nothing to allocate to"):
            money.allocate(1, weights)
    with pytest.raises(ValueError, match="never negative"):
        money.allocate(1, [2, -1])
