"""A file that was imported before a merge says nothing new after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from clientela.customers import queries as customers
from clientela.customers.models import Customer, Identity
from clientela.customers.queries import Reference
from clientela.flows import import_file
from clientela.flows.merge_customers import Merged, Wish, merge_customers
from clientela.flows.tests.conftest import NOW
from clientela.flows.unmerge_customers import Parting, unmerge_customers
from clientela.imports import queries
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.products.models import Holder

CUSTOMERS = """customer,name,phone,email,language,birth_date
1,Anna Kalniņa,26123456,anna@example.com,lv,1972-05-14
2,Anna Kalnina,29998888,anna.k@example.com,en,1972-05-14
"""
HOLDINGS = """holding,customer,product,product_kind,role,status,opened_on
L-1,2,Loan,loan,owner,active,2024-03-01
"""
SALES = """customer,date,amount,currency
1,2026-11-19,10.00,EUR
2,2026-11-19,10.00,EUR
"""


@pytest.fixture(autouse=True)
def a_data_folder(tmp_path: Path, settings: Any, latvian_company: None) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()


def imported(content: str, kind: str, mapping: str = "") -> tuple[int, ...]:
    """How many were new, changed, unchanged, repeated."""
    path = settings.HOME.path / "file.csv"
    path.write_text(content, encoding="utf-8")
    batch = import_file.receive(
        path, kind=kind, mapping_text=mapping, source="crm", actor=SYSTEM, now=NOW
    )
    told = queries.told(import_file.run(batch.id, actor=SYSTEM, now=NOW))
    return tuple(told[name] for name in ("new", "changed", "unchanged", "repeated"))


def merged() -> tuple[UUID, UUID, Merged]:
    one, two = (customers.the_one(Reference("external", n, "crm")).survivor for n in "12")
    return one, two, merge_customers(Wish(one, (two,)), actor=SYSTEM, now=NOW)


def rows(customer: UUID) -> tuple[object, ...]:
    record = Customer.objects.get(id=customer)
    known = Identity.objects.filter(customer_id=customer).order_by("kind", "value_norm")
    held = Holder.objects.filter(customer_id=customer)
    return (
        record.display_name, record.language, record.attributes,
        list(known.values_list("kind", "value_norm")), list(held.values_list("holding_id")),
    )  # fmt: skip


@promise("CUS-35")
def test_the_same_files_again_change_nothing_on_either_record() -> None:
    known = 'unknown_product = "create"'
    assert imported(CUSTOMERS, "customers") == (2, 0, 0, 0)
    assert imported(HOLDINGS, "holdings", known)[0] == 1
    assert imported(SALES, "purchases")[0] == 2
    one, two, done = merged()
    before = rows(one), rows(two)
    assert imported(CUSTOMERS, "customers") == (0, 0, 2, 0)
    assert imported(HOLDINGS, "holdings", known) == (0, 0, 1, 0)
    assert imported(SALES, "purchases") == (0, 0, 0, 2)
    assert (rows(one), rows(two)) == before
    unmerge_customers(Parting(done.merge.id), actor=SYSTEM, now=NOW)
    assert (rows(one), rows(two)) == before


@promise("CUS-35")
def test_news_of_a_merged_record_are_written_on_its_survivor() -> None:
    imported(CUSTOMERS, "customers")
    one, two, _ = merged()
    moved = CUSTOMERS.replace("29998888", "27776666").replace("Kalnina,", "Ozola,")
    assert imported(moved, "customers") == (0, 1, 1, 0)
    assert Customer.objects.get(id=one).display_name == "Anna Ozola"
    assert Customer.objects.get(id=one).language == "lv"
    assert ("phone", "+37127776666") in rows(one)[3]  # type: ignore[operator]
    assert Customer.objects.get(id=two).display_name == "Anna Kalnina"


def test_an_export_that_comes_back_names_merged_records_too() -> None:
    imported(CUSTOMERS, "customers")
    one, two, _ = merged()
    told = f"customer,name,language\n{Customer.objects.get(id=two).public_id},Anna Kalnina,es\n"
    assert imported(told, "customers") == (0, 1, 0, 0)
    assert Customer.objects.get(id=one).language == "es"
    assert Customer.objects.get(id=two).language == "en"
