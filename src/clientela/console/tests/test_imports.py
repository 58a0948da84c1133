"""A file comes in by the console: uploaded, checked, run, accounted for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clientela.console.tests.conftest import text_of
from clientela.customers.kin.actions import define_kinds
from clientela.customers.kin.rules import SHIPPED as RELATIONS
from clientela.customers.models import Customer
from clientela.flows import import_file, jobs, purposes
from clientela.imports.models import Batch, Mapping
from clientela.imports.templates import EXAMPLES
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.models import Purchase

CUSTOMERS = """customer,name,phone
4711,Anna Kalniņa,26123456
4712,Jānis Bērziņš,112
4713,Pēteris Ozols,26111111
"""
PURCHASES = """customer,date,amount,currency
4711,2026-01-05,19.99,EUR
4711,2026-01-06,oops,EUR
9999,2026-01-07,5.00,EUR
"""
MAPPING = """kind = "customers"
[columns]
customer = "nr"
name = "who"
"""


def upload(client: Client, text: str, kind: str, **more: Any) -> Any:
    file = SimpleUploadedFile("file of today.csv", text.encode())
    return client.post("/imports/new", {"file": file, "kind": kind, **more})


def checked(client: Client, text: str, kind: str, **more: Any) -> Batch:
    """An upload whose columns are as suggested, and whose check was carried out by the worker."""
    response = upload(client, text, kind, **more)
    assert response.status_code == 303, response.context["form"].errors
    batch = Batch.objects.latest("id")
    assert response.headers["Location"] == f"/imports/{batch.public_id}/columns"
    described = columns(client, batch)
    assert described.status_code == 303, described.context["form"].errors
    assert described.headers["Location"] == f"/imports/{batch.public_id}"
    return import_file.check(batch.id, actor=SYSTEM, now=datetime.now(UTC))


def columns(client: Client, batch: Batch, **changed: Any) -> Any:
    """Send the step of the columns as it is shown, with some fields changed."""
    page = client.get(address(batch, "/columns"))
    given = {name: it for name, it in page.context["form"].initial.items() if it is not None}
    return client.post(address(batch, "/columns"), {**given, **changed})


def address(batch: Batch, more: str = "") -> str:
    return f"/imports/{batch.public_id}{more}"


def test_nothing_is_written_before_run_is_pressed(admin: Client) -> None:
    batch = checked(admin, CUSTOMERS, "customers")
    page = text_of(admin.get(address(batch)))
    assert 'data-state="checked"' in page
    assert "would be new" in page
    assert "Run 2 rows" in page
    assert not Customer.objects.exists()


def test_while_it_is_worked_on_the_page_asks_again(admin: Client) -> None:
    upload(admin, CUSTOMERS, "customers")
    batch = Batch.objects.get()
    columns(admin, batch)
    page = text_of(admin.get(address(batch)))
    assert 'data-state="checking"' in page
    assert f'hx-get="{address(batch, "/state")}"' in page
    part = text_of(admin.get(address(batch, "/state"), headers={"HX-Request": "true"}))
    assert "<html" not in part


def test_a_checked_file_is_run_once_and_closes_its_totals(admin: Client) -> None:
    batch = checked(admin, CUSTOMERS, "customers")
    for _ in range(2):
        response = admin.post(address(batch, "/run"), {"idempotency_key": "run-1"})
        assert response.headers["Location"] == address(batch)
    batch.refresh_from_db()
    assert batch.state == Batch.State.RUNNING
    jobs.run_import(batch=str(batch.id), actor="system")
    page = text_of(admin.get(address(batch)))
    assert 'data-state="finished"' in page
    assert "rows and sum agree" in page
    assert Customer.objects.count() == 2
    assert admin.post(address(batch, "/run")).status_code == 303
    batch.refresh_from_db()
    assert batch.state == Batch.State.FINISHED


def test_refused_rows_are_shown_with_row_column_and_reason(admin: Client) -> None:
    batch = checked(admin, CUSTOMERS, "customers")
    page = text_of(admin.get(address(batch)))
    assert "1 row is refused, and why" in page
    assert "Phone number cannot be called" in page
    assert "“112” is an emergency number." in page
    assert '<span class="cell">112</span>' in page


@pytest.mark.parametrize("is_run", [False, True])
def test_refused_rows_are_a_file_that_can_be_mended(admin: Client, is_run: bool) -> None:
    checked(admin, CUSTOMERS, "customers")
    batch = checked(admin, PURCHASES, "purchases")
    if is_run:
        import_file.run(batch.id, actor=SYSTEM, now=datetime.now(UTC))
    response = admin.get(address(batch, "/rejects"))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    assert "attachment" in response.headers["Content-Disposition"]
    lines = response.getvalue().decode().splitlines()
    assert lines[0] == "customer,date,amount,currency,row,column,code,reason"
    assert [line.split(",")[6] for line in lines[1:]] == [
        "unknown-customer", "amount-not-a-number", "unknown-customer",
    ]  # fmt: skip


def test_rows_without_a_customer_are_counted_with_those_not_taken(admin: Client) -> None:
    page = text_of(admin.get(address(checked(admin, PURCHASES, "purchases"))))
    assert "3 rows are refused, and why" in page
    assert "Customer is not known" in page
    assert "without a customer" in page


def test_columns_that_are_missing_keep_the_step_and_all_that_was_chosen(admin: Client) -> None:
    upload(admin, "who\nAnna\n", "customers")
    batch = Batch.objects.get()
    refused = columns(admin, batch, **{"column:name": "who", "save_as": "short-list"})
    assert refused.status_code == 422
    assert "Columns are missing in the file" in text_of(refused)
    assert '<option value="who" selected>' in text_of(refused)
    assert Mapping.objects.get().name == "short-list"
    batch.refresh_from_db()
    assert batch.state == Batch.State.UPLOADED


def test_an_import_without_refused_rows_has_no_such_file(admin: Client) -> None:
    batch = checked(admin, "customer,name\n1,Anna\n", "customers")
    assert admin.get(address(batch, "/rejects")).status_code == 404
    assert 'data-ui="rejected"' not in text_of(admin.get(address(batch)))


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [("", "file", "empty"), ("<html>", "file", "not a table"),
     ("PK\x03\x04zip", "file", "workbook")],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_at_once(
    admin: Client, text: str, field: str, words: str
) -> None:
    response = upload(admin, text, "customers", source="crm")
    assert response.status_code == 422
    assert words in " ".join(response.context["form"].errors[field])
    assert 'value="crm"' in text_of(response)
    assert not Batch.objects.exists()


def test_a_mapping_says_how_columns_are_called_and_is_saved_by_name(admin: Client) -> None:
    text = "nr,who\n1,Anna\n"
    batch = checked(admin, text, "customers", mapping=MAPPING, save_as="crm-list")
    assert batch.trial["new"] == 1
    assert Mapping.objects.get().name == "crm-list"
    assert checked(admin, text, "customers", saved="crm-list").trial["new"] == 1


def test_a_mapping_that_means_nothing_is_refused_at_its_field(admin: Client) -> None:
    response = upload(admin, CUSTOMERS, "customers", mapping="kind = ")
    assert response.status_code == 422
    assert "mapping" in response.context["form"].errors
    assert "kind = " in text_of(response)


def test_the_same_upload_sent_again_leads_to_the_same_import(admin: Client) -> None:
    first = upload(admin, CUSTOMERS, "customers", idempotency_key="up-1")
    second = upload(admin, CUSTOMERS, "customers", idempotency_key="up-1")
    assert first.headers["Location"] == second.headers["Location"]
    assert Batch.objects.count() == 1


def test_what_stopped_an_import_is_said_on_its_page(admin: Client) -> None:
    upload(admin, CUSTOMERS, "customers")
    batch = Batch.objects.get()
    Batch.objects.update(
        state="failed", problem={"code": "unreadable-file", "title": "The file cannot be read",
                                 "detail": "The packed file is damaged."},
    )  # fmt: skip
    page = text_of(admin.get(address(batch)))
    assert 'data-ui="import-failed"' in page
    assert "The packed file is damaged." in page


def test_an_import_that_stopped_goes_on(admin: Client) -> None:
    batch = checked(admin, CUSTOMERS, "customers")
    Batch.objects.update(state="failed", problem={"code": "unexpected", "title": "Broken"})
    page = text_of(admin.get(address(batch)))
    assert "0 of 3 rows are taken" in page
    assert "would be new" not in page
    admin.post(address(batch, "/run"))
    jobs.run_import(batch=str(batch.id), actor="system")
    assert Customer.objects.count() == 2


def test_a_template_of_each_kind_can_be_imported_as_it_is(admin: Client) -> None:
    other = "customer,name\n4712,Jānis Bērziņš\n"
    import_file.run(checked(admin, other, "customers").id, actor=SYSTEM, now=datetime.now(UTC))
    with transactions.open():
        define_kinds(RELATIONS)
        purposes.ship(now=datetime.now(UTC))
    for kind in EXAMPLES:
        response = admin.get(f"/imports/templates/{kind}")
        assert response.headers["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
        batch = checked(admin, text_of(response), kind)
        import_file.run(batch.id, actor=SYSTEM, now=datetime.now(UTC))
        batch.refresh_from_db()
        assert batch.result["new"] == 1, kind
    assert Purchase.objects.count() == 1


def test_imports_are_listed_with_who_and_how_many(admin: Client, anna: UUID) -> None:
    checked(admin, CUSTOMERS, "customers")
    page = text_of(admin.get("/imports"))
    assert "file of today.csv" in page
    assert "Ilze Administrator" in page
    home = text_of(admin.get("/"))
    assert "file of today.csv" in home
