"""Every value of a row is read and checked, and all its faults are told at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.imports.rules.dates import NotADate, date_reader
from clientela.imports.rules.faults import SENTENCES, Refused, sentence_of
from clientela.imports.rules.mapping import plain
from clientela.imports.rules.readers import plain_minor
from clientela.imports.rules.records import RawRow
from clientela.imports.rules.rows import CustomerRow, HoldingRow, ProductRow, PurchaseRow, TypedRow
from clientela.imports.rules.typed import typed
from clientela.imports.tests.reading_rows import LATVIA, codes, read
from clientela.platform import money
from clientela.platform.promises import promise

CUSTOMER = ["customer", "name", "phone", "email", "language", "country", "birth_date"]
PURCHASE = ["customer", "date", "amount", "currency", "reference", "quantity"]
HOLDING = ["holding", "customer", "role", "status", "opened_on", "closed_on"]


def customer(*cells: str, mapping: str = "") -> TypedRow | Refused:
    return read("customers", CUSTOMER, cells, mapping=mapping)[0]


def purchase(*cells: str, mapping: str = "") -> TypedRow | Refused:
    return read("purchases", PURCHASE, cells, mapping=mapping)[0]


def bought(amount: str, *, currency: str = "") -> TypedRow | Refused:
    return purchase("1", "2026-01-31", amount, currency, "", "")


def test_a_customer_row_is_read() -> None:
    row = customer(
        " 0042 ", "Jānis  Bērziņš", "26 123 456", "Janis@Example.LV", "LV", "lv", "31.01.1980"
    )
    assert isinstance(row, CustomerRow)
    assert (row.number, row.customer, row.name) == (2, "0042", "Jānis Bērziņš")
    assert row.phone is not None
    assert row.phone.e164 == "+37126123456"
    assert row.email is not None
    assert (row.email.norm, row.email.shown) == ("janis@example.lv", "Janis@Example.LV")
    assert (row.language, row.country, row.birth_date) == ("lv", "LV", date(1980, 1, 31))


def test_an_empty_cell_leaves_a_value_alone_and_the_word_for_it_clears() -> None:
    row = customer("1", "", r"\N", "", "", "", "")
    assert isinstance(row, CustomerRow)
    assert row.name is None
    assert row.phone is None
    assert row.clears == {"phone"}
    cleared = customer("1", "Anna", "", "", "", "", "", mapping='empty = "clear"\nclear = "-"\n')
    assert isinstance(cleared, CustomerRow)
    assert cleared.clears == {"phone", "email", "language", "country", "birth_date"}


def test_one_column_may_clear_where_the_others_keep() -> None:
    mapping = '[columns]\ncustomer = "customer"\nname = "name"\n'
    mapping += 'phone = { column = "phone", empty = "clear" }\n'
    row = customer("1", "", "", "", "", "", "", mapping=mapping)
    assert isinstance(row, CustomerRow)
    assert row.clears == {"phone"}


@promise("CUS-25")
def test_all_faults_of_a_row_are_told_at_once() -> None:
    row = customer("", "x" * 201, "12", "no address", "klingon", "ZZ", "2030-01-01")
    assert codes(row) == [
        ("customer", "missing-value"),
        ("name", "too-long"),
        ("phone", "bad-phone"),
        ("email", "bad-email"),
        ("language", "bad-language"),
        ("country", "bad-country"),
        ("birth_date", "date-in-future"),
    ]


@pytest.mark.parametrize("phone", ["112", "12", "+371", "26123456789012345678", "call me"])
def test_a_number_that_cannot_be_called_is_refused(phone: str) -> None:
    assert codes(customer("1", "Anna", phone, "", "", "", "")) == [("phone", "bad-phone")]


def test_a_phone_without_prefix_is_read_in_the_country_of_its_customer() -> None:
    row = customer("1", "Ana", "612 345 678", "", "", "ES", "")
    assert isinstance(row, CustomerRow)
    assert row.phone is not None
    assert row.phone.e164 == "+34612345678"


def test_fields_of_the_profile_are_read_by_their_keys() -> None:
    header = ["customer", "Attributes.Segment", "attributes.income"]
    (row,) = read("customers", header, ["1", "gold", ""])
    assert isinstance(row, CustomerRow)
    assert row.attributes == (("segment", "gold"),)


@promise("CUS-25")
@pytest.mark.parametrize("written", ["4.7118E+11", "1E+05", "4,7E+11"])
def test_an_id_that_a_spreadsheet_has_changed_is_refused(written: str) -> None:
    assert codes(purchase(written, "2026-01-01", "1.00", "", "", "")) == [
        ("customer", "scientific-number")
    ]


@pytest.mark.parametrize("written", ["12E4", "1E5", "0012", "A-1/2", "1.5"])
def test_an_id_that_only_looks_like_a_number_is_kept_to_the_letter(written: str) -> None:
    row = purchase(written, "2026-01-01", "1.00", "", "", "")
    assert isinstance(row, PurchaseRow)
    assert row.customer == written


def test_a_product_row_is_read() -> None:
    (row, bare) = read(
        "products",
        ["product", "name", "kind", "price"],
        ["SKU-9", "Fridge", "fridge", "1 299,50"],
        ["SKU-10", "", "", ""],
    )
    assert isinstance(row, ProductRow)
    assert (row.product, row.price_minor, row.currency) == ("SKU-9", 129950, "EUR")
    assert isinstance(bare, ProductRow)
    assert (bare.price_minor, bare.currency) == (None, None)


def test_a_holding_row_is_read() -> None:
    header = [*HOLDING, "number", "balance", "currency", "rate", "matures_on"]
    (row,) = read(
        "holdings", header,
        ["L-1", "7", "joint", "active", "2026-01-31", "", "0012", "-10.50", "usd", "4.25",
         "2027-01-31"],
    )  # fmt: skip
    assert isinstance(row, HoldingRow)
    assert (row.holding, row.customer, row.role, row.status) == ("L-1", "7", "joint", "active")
    assert (row.opened_on, row.closed_on) == (date(2026, 1, 31), None)
    assert (row.number_shown, row.balance_minor, row.currency) == ("0012", -1050, "USD")
    assert row.rate == Decimal("4.25")


@promise("CUS-17")
def test_a_status_without_a_meaning_is_refused_and_never_taken_for_active() -> None:
    (row,) = read("holdings", HOLDING, ["1", "7", "lodger", "Z", "", ""])
    assert codes(row) == [("role", "unknown-role"), ("status", "unknown-status")]
    mapping = '[columns]\nholding = "holding"\nstatus = "status"\n[values.status]\nA = "active"\n'
    known, unknown = read(
        "holdings", HOLDING, ["1", "", "", "A", "", ""], ["1", "", "", "active", "", ""],
        mapping=mapping,
    )  # fmt: skip
    assert isinstance(known, HoldingRow)
    assert known.status == "active"
    assert codes(unknown) == [("status", "unknown-status")]


def test_a_closed_holding_needs_the_day_and_not_one_before_it_was_opened() -> None:
    undated, backwards = read(
        "holdings", HOLDING, ["1", "7", "", "closed", "2026-01-02", ""],
        ["1", "7", "", "closed", "2026-01-02", "2026-01-01"],
    )  # fmt: skip
    assert codes(undated) == [("closed_on", "missing-value")]
    assert codes(backwards) == [("closed_on", "closed-before-opened")]


def test_months_are_added_from_the_first_date_and_clamped() -> None:
    mapping = '[columns]\nholding = "h"\nmatures_on = { column = "d", plus_months = "m" }\n'
    rows = [["1", "2026-01-31", "1"], ["2", "2026-01-31", "13"], ["3", "2026-01-31", "many"]]
    first, second, third = read("holdings", ["h", "d", "m"], *rows, mapping=mapping)
    assert isinstance(first, HoldingRow)
    assert isinstance(second, HoldingRow)
    assert (first.matures_on, second.matures_on) == (date(2026, 2, 28), date(2027, 2, 28))
    assert codes(third) == [("m", "not-a-number")]


def test_a_purchase_row_is_read_in_the_zone_of_the_company() -> None:
    row = purchase("1", "31.01.2026 14:03", "19,99", "", "R-1", "2")
    assert isinstance(row, PurchaseRow)
    assert row.purchased_at == datetime(2026, 1, 31, 12, 3, tzinfo=UTC)
    assert (row.amount_minor, row.currency, row.quantity_milli) == (1999, "EUR", 2000)
    assert (row.reference, row.is_return) == ("R-1", False)


def test_a_time_with_its_own_zone_keeps_it() -> None:
    row = purchase("1", "2026-01-31T14:03:00+05:00", "1.00", "", "", "")
    assert isinstance(row, PurchaseRow)
    assert row.purchased_at == datetime(2026, 1, 31, 9, 3, tzinfo=UTC)


def test_a_local_time_that_was_skipped_moves_forward_and_of_two_the_first_is_meant() -> None:
    skipped = purchase("1", "2026-03-29 03:30", "1.00", "", "", "")
    twice = purchase("1", "2026-10-25 03:30", "1.00", "", "", "")
    assert isinstance(skipped, PurchaseRow)
    assert isinstance(twice, PurchaseRow)
    assert skipped.purchased_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert twice.purchased_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("ten", "", "amount-not-a-number"),
        ("", "", "missing-value"),
        ("1,234", "", "ambiguous-amount"),
        ("1.005", "", "ambiguous-amount"),
        ("12.3456", "", "amount-too-precise"),
        ("1.5", "JPY", "amount-too-precise"),
        ("99999999999999999999", "", "amount-too-large"),
        ("10000000000.01", "", "amount-too-large"),
        ("12.00 USD", "EUR", "amount-not-a-number"),
        ("=1+1", "", "amount-not-a-number"),
        ("NaN", "", "amount-not-a-number"),
        ("1e3", "", "amount-not-a-number"),
    ],
)
def test_an_amount_that_is_none_is_refused(amount: str, currency: str, code: str) -> None:
    assert codes(bought(amount, currency=currency)) == [("amount", code)]


def test_an_unknown_currency_is_refused() -> None:
    assert codes(bought("1.00", currency="XXZ")) == [("currency", "unknown-currency")]


def test_the_largest_amount_is_set_by_the_mapping() -> None:
    cells = ("1", "2026-01-31", "100.01", "", "", "")
    assert codes(purchase(*cells, mapping="amount_max = 100\n")) == [("amount", "amount-too-large")]
    assert isinstance(purchase(*cells, mapping="amount_max = 101\n"), PurchaseRow)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("yesterday", "not-a-date"),
        ("2026-02-30", "not-a-date"),
        ("2026-13-01", "not-a-date"),
        ("31.01.26", "not-a-date"),
        ("01/02/2026", "ambiguous-date"),
        ("2026-11-21 14:01", "date-in-future"),
        ("2062-01-01", "date-in-future"),
        ("0202-01-01", "date-too-old"),
        ("44927", "not-a-date"),
        ("x" * 100, "not-a-date"),
        ("2026-01-31T25:00", "not-a-date"),
        ("31.01.2026 13:00 PM", "not-a-date"),
        ("", "missing-value"),
    ],
)
def test_a_date_that_is_none_is_refused(written: str, code: str) -> None:
    assert codes(purchase("1", written, "1.00", "", "", "")) == [("date", code)]


def test_a_purchase_a_little_in_the_future_is_a_clock_that_runs_fast() -> None:
    assert isinstance(purchase("1", "2026-11-21 13:59", "1.00", "", "", ""), PurchaseRow)


@pytest.mark.parametrize(
    ("amount", "quantity", "minor"),
    [("-5.00", "1", -500), ("5.00", "-1", -500), ("-5.00", "-1", -500)],
)
def test_what_is_given_back_is_a_return_and_counts_negative(
    amount: str, quantity: str, minor: int
) -> None:
    row = purchase("1", "2026-01-31", amount, "", "", quantity)
    assert isinstance(row, PurchaseRow)
    assert (row.is_return, row.amount_minor, row.quantity_milli) == (True, minor, 1000)


def test_returns_are_refused_where_the_mapping_says_so_with_their_money() -> None:
    row = purchase("1", "2026-01-31", "-5.00", "", "", "", mapping='negative = "refuse"\n')
    assert codes(row) == [("amount", "negative-amount")]
    assert isinstance(row, Refused)
    assert (row.amount_minor, row.currency) == (-500, "EUR")


def test_a_purchase_of_nobody_is_a_row_all_the_same() -> None:
    row = purchase("", "2026-01-31", "5.00", "", "", "")
    assert isinstance(row, PurchaseRow)
    assert row.customer is None


def test_the_money_of_a_refused_row_is_known_where_it_can_be_read() -> None:
    row = purchase("1", "never", "5.00", "", "", "many")
    assert codes(row) == [("date", "not-a-date"), ("quantity", "not-a-number")]
    assert isinstance(row, Refused)
    assert (row.amount_minor, row.currency) == (500, "EUR")


def test_a_quantity_may_be_a_weight_but_not_two_things() -> None:
    weighed = purchase("1", "2026-01-31", "5.00", "", "", "0.350")
    assert isinstance(weighed, PurchaseRow)
    assert weighed.quantity_milli == 350
    assert codes(purchase("1", "2026-01-31", "5.00", "", "", "1,250")) == [
        ("quantity", "ambiguous-amount")
    ]


@promise("CUS-25")
@pytest.mark.parametrize(
    "fault", ["ragged-row", "bad-encoding", "nul-character", "unclosed-quote", "row-too-long"]
)
def test_a_row_that_is_broken_as_a_whole_is_refused_with_its_number(fault: str) -> None:
    of_row = typed(plain("purchases"), PURCHASE, around=LATVIA)
    found = of_row(RawRow(17, ["1", "2026-01-31", "5.00", "\udcff\0", "", ""], fault))
    assert isinstance(found, Refused)
    assert (found.number, found.headline.row, found.headline.column) == (17, 17, "")
    assert found.headline.code == fault


def test_every_fault_has_a_sentence_whose_places_it_fills() -> None:
    rows = [
        customer("", "x" * 201, "12", "no address", "klingon", "ZZ", "2030-01-01"),
        customer("1E+5", "a\x07b", "+371 26123456, 26123457", "", "", "", "01/02/2000"),
        purchase("1", "0202-01-01", "1.5", "JPY", "", "1,250"),
    ]
    for row in rows:
        assert isinstance(row, Refused)
        for fault in row.faults:
            assert fault.code in SENTENCES
            assert "%(" not in sentence_of(fault) % fault.params


def test_a_long_value_is_shown_shortened() -> None:
    row = bought("x" * 1000)
    assert isinstance(row, Refused)
    assert len(row.headline.params["value"]) < 80


@given(
    written=st.from_regex(r"[0-9]{1,7}([.,][0-9]{0,5})?", fullmatch=True)
    | st.text("0123456789.,- ٣", max_size=18),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "CLF"]),
    mark=st.sampled_from([None, ".", ","]),
)
def test_the_fast_way_of_reading_amounts_agrees_with_the_slow_one(
    written: str, currency: str, mark: str | None
) -> None:
    fast = plain_minor(written, money.CURRENCIES[currency], mark)
    if fast is not None:
        assert fast == money.parse(written, currency, mark).minor


@given(moment=st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001
@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        (None, "%Y-%m-%d %H:%M:%S"),
        (None, "%d.%m.%Y %H:%M:%S"),
        (None, "%Y%m%dT%H:%M:%S"),
        ("month-first", "%m/%d/%Y %I:%M:%S %p"),
        ("day-first", "%d-%m-%Y %H:%M:%S"),
        ("DD.MM.YYYY hh:mm:ss", "%d.%m.%Y %H:%M:%S"),
        ("YYYYMMDDhhmmss", "%Y%m%d%H%M%S"),
    ],
)
def test_a_date_written_in_any_usual_form_is_read_back(
    form: str | None, pattern: str, moment: datetime
) -> None:
    moment = moment.replace(microsecond=0)
    assert date_reader(form)(moment.strftime(pattern)) == moment


@given(day=st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_two_digits_of_a_year_are_read_around_seventy(day: date) -> None:
    assert date_reader("YYMMDD")(day.strftime("%y%m%d")).date() == day


def test_a_form_takes_nothing_else() -> None:
    with pytest.raises(NotADate):
        date_reader("YYMMDD")("1993-07-05")
    assert date_reader("D.M.YYYY".replace("D", "DD").replace("M.", "MM."))("5.7.1993").day == 5


def test_the_midnight_that_ends_a_day_begins_the_next() -> None:
    assert date_reader("YYYY-MM-DD hh:mm:ss")("2026-12-31 24:00:00") == datetime(2027, 1, 1)  # noqa: DTZ001
