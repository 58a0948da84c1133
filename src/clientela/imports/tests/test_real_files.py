"""Public data as it is found in the world, read without preparing it."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from clientela.imports.rules.binding import unmapped
from clientela.imports.rules.faults import Refused
from clientela.imports.rules.keys import Occurrences
from clientela.imports.rules.mapping_file import load_mapping
from clientela.imports.rules.reading import open_table
from clientela.imports.rules.rows import CustomerRow, HoldingRow, PurchaseRow, TypedRow
from clientela.imports.rules.settling import settled
from clientela.imports.rules.typed import typed
from clientela.imports.tests.files import MAPPINGS, written
from clientela.imports.tests.reading_rows import LATVIA
from clientela.platform.promises import promise
from clientela.platform.tests.samples import sample

pytestmark = pytest.mark.long


def rows_of(path: Path, mapping_name: str) -> Sequence[TypedRow]:
    mapping = load_mapping(MAPPINGS / f"{mapping_name}.toml")
    table = open_table(path, layout=mapping.layout, names=mapping.names)
    of_row = typed(settled(mapping, table), table.header, around=LATVIA)
    found = [of_row(raw) for raw in table.rows()]
    assert [row for row in found if isinstance(row, Refused)] == []
    return [row for row in found if not isinstance(row, Refused)]


def purchases_of(path: Path) -> list[PurchaseRow]:
    return [row for row in rows_of(path, "cdnow") if isinstance(row, PurchaseRow)]


def holdings_of(name: str, mapping_name: str) -> list[HoldingRow]:
    rows = rows_of(sample(f"berka/{name}.asc.gz"), mapping_name)
    return [row for row in rows if isinstance(row, HoldingRow)]


@promise("CUS-27")
def test_all_purchases_of_a_music_shop_are_read_and_equal_ones_kept(tmp_path: Path) -> None:
    source = sample("cdnow/CDNOW_master.txt.gz")
    rows = purchases_of(source)
    assert len(rows) == 69_659
    assert sum(row.amount_minor for row in rows) == 250_031_563
    assert len({row.customer for row in rows}) == 23_570
    assert sum(row.amount_minor == 0 for row in rows) == 80
    assert {row.currency for row in rows} == {"USD"}
    counted = Occurrences()
    keys = [counted.key(row) for row in rows]
    assert len(set(keys)) == 69_659
    assert sum(not key.endswith(":1") for key in keys) == 255
    renamed = written(tmp_path, gzip.decompress(source.read_bytes()), name="other name.txt")
    again = Occurrences()
    assert [again.key(row) for row in purchases_of(renamed)] == keys


def test_the_sample_without_a_header_is_read_by_position() -> None:
    table = open_table(sample("cdnow/CDNOW_sample.txt.gz"))
    mapping = load_mapping(
        'currency = "USD"\n[columns]\ncustomer = 1\ndate = 3\nquantity = 4\namount = 5\n',
        kind="purchases",
    )
    of_row = typed(mapping, table.header, around=LATVIA)
    rows = [of_row(raw) for raw in table.rows()]
    assert all(isinstance(row, PurchaseRow) for row in rows)
    assert len(rows) == 6_919
    assert unmapped(mapping, table.header) == ("2",)


def test_clients_of_a_bank_have_their_date_of_birth() -> None:
    rows = rows_of(sample("berka/client.asc.gz"), "berka-clients")
    clients = {row.customer: row for row in rows if isinstance(row, CustomerRow)}
    assert len(clients) == 5_369
    assert clients["1"].birth_date == date(1970, 12, 13)
    assert clients["2"].birth_date == date(1945, 2, 4)
    assert (clients["1"].name, clients["1"].country) == ("Client 1", "CZ")


def test_holders_of_accounts_have_roles_and_names_for_their_part() -> None:
    rows = holdings_of("disp", "berka-holders")
    assert Counter(row.role for row in rows) == {"owner": 4_500, "user": 869}
    assert len({row.holding for row in rows}) == 4_500
    assert len({row.alias for row in rows}) == len(rows)


def test_accounts_cards_loans_and_orders_name_whose_they_are() -> None:
    holders = holdings_of("disp", "berka-holders")
    accounts = {row.holding for row in holders}
    parts = {row.alias for row in holders}
    assert {row.holding for row in holdings_of("account", "berka-accounts")} == accounts
    assert {row.through for row in holdings_of("card", "berka-cards")} <= parts
    for name in ("loan", "order"):
        rows = holdings_of(name, f"berka-{name}s")
        assert {row.through for row in rows} <= accounts
        assert len({row.holding for row in rows}) == len(rows)


def test_loans_end_when_their_term_is_over_and_not_before() -> None:
    loans = {row.holding: row for row in holdings_of("loan", "berka-loans")}
    assert Counter(row.status for row in loans.values()) == {
        "closed": 203,
        "written_off": 31,
        "active": 448,
    }
    loan = loans["loan:5314"]
    assert (loan.opened_on, loan.closed_on) == (date(1993, 7, 5), date(1994, 7, 5))
    assert (loan.limit_minor, loan.currency) == (9_639_600, "CZK")
    assert all((row.closed_on is None) == (row.status == "active") for row in loans.values())


def test_standing_orders_are_products_by_their_purpose() -> None:
    rows = holdings_of("order", "berka-orders")
    assert Counter(row.product for row in rows) == {
        "order-household": 3_502,
        "order-other": 1_379,
        "order-loan": 717,
        "order-insurance": 532,
        "order-leasing": 341,
    }


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("telco_churn/Telco-Customer-Churn.csv.gz", 7_043),
        ("febrl/dataset3.csv.gz", 5_000),
        ("nhtsa_sample/nhtsa-complaints.txt.gz", 101),
        ("weibulltools/field_data.csv.gz", 10_684),
    ],
)
def test_no_row_of_a_real_table_is_lost(name: str, rows: int) -> None:
    found = list(open_table(sample(name)).rows())
    assert len(found) == rows
    assert {row.fault for row in found} == {""}


def test_a_table_that_was_cut_off_loses_no_row_before_the_cut() -> None:
    found = list(open_table(sample("berka/trans.asc.gz")).rows())
    assert [row.number for row in found if row.fault] == [len(found) + 1]
