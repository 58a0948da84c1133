"""Five public data sets, as they are found in the world, by the shipped mappings: loaded twice."""

from __future__ import annotations

import csv
import gzip
import re
import shutil
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from clientela.imports.tests.files import MAPPINGS
from clientela.platform.tests.samples import sample
from tests.test_real_data import Terminal, terminal

__all__ = ["terminal"]
ROW = re.compile(r"INSERT INTO (\w+) VALUES \((.*)\);")
CELL = re.compile(r"\s*(?:'((?:[^']|'')*)'|([^,]*))\s*(?:,|$)")
PENNY = Decimal("0.01")


def northwind() -> dict[str, list[list[str]]]:
    """The tables of the dump, row by row."""
    tables: dict[str, list[list[str]]] = {}
    with gzip.open(sample("northwind/northwind.sql.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            if found := ROW.match(line.strip()):
                tables.setdefault(found[1], []).append(list(cells(found[2])))
    return tables


def cells(written: str) -> Iterator[str]:
    for quoted, bare in CELL.findall(written)[:-1]:  # the last is the end itself
        yield quoted.replace("''", "'") if quoted else "" if bare.strip() == "NULL" else bare


def table(path: Path, header: str, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def order_lines(tables: dict[str, list[list[str]]]) -> tuple[list[list[str]], Decimal]:
    """As the statement in the mapping makes them, with their sum."""
    orders = {order[0]: order for order in tables["orders"]}
    rows, total = [], Decimal()
    for order, product, price, pieces, discount in sorted(
        tables["order_details"], key=lambda row: (int(row[0]), int(row[1]))
    ):
        worth = Decimal(price) * int(pieces) * (1 - Decimal(discount))
        amount = worth.quantize(PENNY, ROUND_HALF_UP)
        total += amount
        rows.append([order, orders[order][1], orders[order][3], product, pieces, str(amount)])
    return rows, total


def loaded_twice(terminal: Terminal, path: Path, kind: str, mapping: str) -> dict[str, Any]:
    first = terminal.taken(path, kind, f"{mapping}.toml")
    again = terminal.taken(path, kind, f"{mapping}.toml")
    assert first["read"] == first["new"] + first["changed"]
    assert again["read"] == again["unchanged"] + again["repeated"]
    return first


def without_some(terminal: Terminal, path: Path, kind: str, mapping: str) -> dict[str, int]:
    """Loaded twice, where the data has rows that nobody can use; what became of the first."""
    options = ("--as", kind, "--mapping", str(MAPPINGS / f"{mapping}.toml"))
    _, first = terminal.run("import", str(path), *options)
    _, again = terminal.run("import", str(path), *options)
    assert (again["unchanged"], again["rejected"]) == (first["new"], first["rejected"])
    return {name: first[name] for name in ("new", "rejected")}


def northwind_files(folder: Path) -> list[tuple[Path, str, str]]:
    """Its tables as CSV, each with its kind and its mapping."""
    tables = northwind()
    customers = table(
        folder / "customers.csv",
        "customer_id,company_name,contact_name,contact_title,address,city,region,postal_code,"
        "country,phone,fax", tables["customers"],
    )  # fmt: skip
    products = table(
        folder / "products.csv",
        "product_id,product_name,supplier_id,category_id,quantity_per_unit,unit_price,"
        "units_in_stock,units_on_order,reorder_level,discontinued",
        [[*row[:5], str(Decimal(row[5]).quantize(PENNY)), *row[6:]] for row in tables["products"]],
    )  # fmt: skip
    orders = table(
        folder / "orders.csv", "order_id,customer_id,order_date,product_id,quantity,line_total",
        order_lines(tables)[0],
    )  # fmt: skip
    return [(customers, "customers", "northwind-customers"),
            (products, "products", "northwind-products"),
            (orders, "purchases", "northwind-orders")]  # fmt: skip


@pytest.mark.long
def test_northwind_comes_in_whole_and_once(terminal: Terminal, tmp_path: Path) -> None:
    files = northwind_files(tmp_path)
    counts = [loaded_twice(terminal, *file) for file in files]
    assert [result["new"] for result in counts] == [91, 77, 2_155]
    addresses = without_some(terminal, files[0][0], "addresses", "northwind-addresses")
    assert addresses == {"new": 89, "rejected": 2}  # two postcodes of Lisbon that are half of one
    total = order_lines(northwind())[1]
    assert counts[-1]["totals"]["USD"]["taken_minor"] == int(total * 100)


@pytest.mark.long
def test_chinook_comes_in_whole_and_once(terminal: Terminal) -> None:
    path = sample("chinook/ChinookData.json.gz")
    assert loaded_twice(terminal, path, "customers", "chinook-customers")["new"] == 59
    addresses = without_some(terminal, path, "addresses", "chinook-addresses")
    assert addresses == {"new": 54, "rejected": 5}  # no postcode, half of one, a zero that is gone
    products = loaded_twice(terminal, path, "products", "chinook-products")
    assert products["new"] + products["changed"] == 3_503  # other shops use the first numbers too
    result = loaded_twice(terminal, path, "purchases", "chinook-invoices")
    assert result["new"] == 412
    assert result["totals"] == {"USD": {"read_minor": 232_860, "taken_minor": 232_860}}


@pytest.mark.long
def test_a_telephone_provider_comes_in_whole_and_once(terminal: Terminal, tmp_path: Path) -> None:
    path = sample("telco_churn/Telco-Customer-Churn.csv.gz")
    assert loaded_twice(terminal, path, "customers", "telco-customers")["new"] == 7_043
    renamed = Path(shutil.copy(path, tmp_path / "churn.gz"))
    assert loaded_twice(terminal, renamed, "holdings", "telco-contracts")["new"] == 7_043
    assert terminal.run("verify")[1]["ok"]
