"""Products, holdings and purchases in the console."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from clientela.console.tests.conftest import Register, path_of, text_of
from clientela.customers.queries import Reference
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.products import queries as products
from clientela.products.models import Product, StatusMap
from clientela.purchases import queries as purchases
from clientela.purchases.actions import NewLine

QUERIES_MAX = 12


def _product(client: Client, **more: str) -> Product:
    client.post("/products/kinds", {"key": "loan", "name": "Loan", "field": "Pledge",
                                    "type": "text"})  # fmt: skip
    body = {"code": "LOAN", "name": "Home loan", "kind": "loan", "form": "service", **more}
    sent = client.post("/products/new", body)
    assert sent.status_code == 303, text_of(sent)
    return Product.objects.get(code_norm="loan")


@promise("CUS-15")
def test_a_product_is_written_down_with_the_fields_of_its_kind(admin: Client) -> None:
    admin.post("/products/categories", {"key": "money", "name": "Money"})
    row = _product(admin, price="12.50", category="money", held="yes", terms="Ten years.")
    assert (row.price_minor, row.is_held, row.form) == (1250, True, "service")
    page = admin.get(f"/products/{row.public_id}")
    assert "Pledge" in text_of(page)
    told = {"name": "Loan for a home", "kind": "loan", "form": "service", "own_pledge": "a flat"}
    admin.post(f"/products/{row.public_id}", told)
    row.refresh_from_db()
    assert (row.name, row.attributes) == ("Loan for a home", {"pledge": "a flat"})
    assert "Loan for a home" in text_of(admin.get("/products?q=home"))
    assert "No product is like this." in text_of(admin.get("/products?q=fridge"))


@promise("CUS-17")
def test_what_a_code_means_is_said_and_forgotten(admin: Client) -> None:
    admin.post("/products/statuses", {"source": "bank", "code": "D", "status": "dormant"})
    [row] = products.status_maps()
    assert "every kind" in text_of(admin.get("/products/statuses"))
    admin.post(f"/products/statuses/{row.public_id}/removal")
    assert not StatusMap.objects.exists()


@promise("CUS-16", "CUS-18")
def test_a_clerk_opens_changes_shares_and_closes_a_holding(
    admin: Client, anna: UUID, register: Register
) -> None:
    _product(admin)
    janis = register("Jānis Kalniņš")
    body = {"product": "loan", "role": "owner", "status": "active", "number": "L-1",
            "balance": "1000.00", "rate": "3.15", "opened_on": "2024-05-01"}  # fmt: skip
    sent = admin.post(path_of(anna, "/holdings/new"), body)
    assert sent.headers["Location"] == path_of(anna, "/holdings")
    [(_holder, row)] = products.holdings_of([anna])
    assert (row.balance_minor, str(row.rate)) == (100_000, "0.031500")
    path = path_of(anna, f"/holdings/{row.public_id}")
    assert 'value="1000.00"' in text_of(admin.get(f"{path}/edit"))
    admin.post(f"{path}/edit", {"status": "dormant", "number": "L-2", "term_months": "120"})
    admin.post(f"{path}/holders/new", {"other": "Jānis Kalniņš", "role": "guarantor"})
    assert "Home loan" in text_of(admin.get(path_of(janis, "/holdings")))
    assert "2 holders" in text_of(admin.get(path_of(anna, "/holdings")))
    row.refresh_from_db()
    assert (row.status, row.number, row.term_months, row.balance_minor) == (
        "dormant", "L-2", 120, None,
    )  # fmt: skip
    admin.post(f"{path}/closing", {"status": "closed"})
    row.refresh_from_db()
    assert row.closed_on is not None
    missing = admin.post(path_of(anna, "/holdings/new"), {**body, "product": "nothing"})
    assert missing.status_code == 422
    assert admin.get(path_of(janis, f"/holdings/hol_{32 * '0'}/edit")).status_code == 404


@promise("CUS-19")
def test_a_purchase_shows_its_lines_is_given_back_and_called_off(
    admin: Client, anna: UUID, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = datetime.now(UTC)
    lines = (NewLine(2_000, 600, product_code="TEA", tax_minor=104), NewLine(1_000, 400))
    [outcome] = record_purchases(
        [Bought("till", "R-9", Reference("id", str(anna)), now, 1_000, "EUR", staff="Ilze",
                till="3", lines=lines)],
        actor=SYSTEM, now=now,
    )  # fmt: skip
    assert outcome.id is not None
    path = path_of(anna, f"/purchases/pur_{outcome.id.hex}")
    assert path in text_of(admin.get(path_of(anna, "/purchases")))
    admin.post(f"{path}/returns/new", {"line_1": "1", "reason": "stale"})
    nothing = admin.post(f"{path}/returns/new", {"reason": "none"})
    assert nothing.status_code == 422
    with django_assert_max_num_queries(QUERIES_MAX):
        page = text_of(admin.get(path))
    assert "Ilze" in page
    assert "1 given back" in page
    assert "stale" in page
    admin.post(f"{path}/cancellation", {"reason": "mistake"})
    assert purchases.get(outcome.id).returned_minor == 1_000
    assert "Called off" in text_of(admin.get(path))


def test_the_pages_of_products_ask_little(
    admin: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _product(admin)
    for address in ("/products", "/products/new", "/products/kinds", "/products/categories"):
        admin.get(address)
        with django_assert_max_num_queries(QUERIES_MAX):
            admin.get(address)
