"""What is append-only cannot be edited by the application, and an edit by the owner is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg.sql import SQL, Identifier

from clientela.customers.queries import Reference
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.return_purchase import return_purchase
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.platform import sql
from clientela.platform.declare import house
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.purchases.actions import NewReturn

APPEND_ONLY = (
    "calls_customercall", "customers_access", "events_event", "issues_message", "issues_review",
    "loyalty_adjustmentdecision", "loyalty_allocation", "loyalty_benefitstep",
    "loyalty_cashoutdecision", "loyalty_cashoutpayment", "loyalty_cashoutreturn",
    "loyalty_clawbackdecision",
    "loyalty_closedmonth", "loyalty_codeuse", "loyalty_codeuseend", "loyalty_couponuse",
    "loyalty_couponuseend", "loyalty_currencyterms", "loyalty_entry", "loyalty_estimate",
    "loyalty_exchangerate", "loyalty_holdend",
    "loyalty_holdlot", "loyalty_liability", "loyalty_lotlife", "loyalty_noticesent",
    "loyalty_occasion",
    "loyalty_partnerearning", "loyalty_partnerearningreversal", "loyalty_partnerline",
    "loyalty_partnerstatement", "loyalty_payer", "loyalty_paymentfile", "loyalty_paymentline",
    "loyalty_posting", "loyalty_postingreason", "loyalty_purseentry", "loyalty_redemptionreversal",
    "loyalty_ruleversion", "loyalty_tillpayment", "loyalty_tillrefund",
    "loyalty_travelcancellation", "loyalty_travelorderstep", "matching_mergedrecord",
    "privacy_consent", "privacy_preference", "privacy_retraction", "privacy_wording",
    "retention_decision", "retention_gateversion", "retention_offerversion", "retention_outcome",
    "retention_proposal", "warranty_cancellation", "warranty_claimdecision", "warranty_claimmove",
    "warranty_limitentry", "warranty_settlement",
)  # fmt: skip
STATEMENTS = (
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "ALTER TABLE {table} DROP COLUMN {column}",
    "DROP TABLE {table}",
)


@contextmanager
def as_the_application() -> Iterator[None]:
    with transaction.atomic():
        sql.execute("SET LOCAL ROLE clientela_app")
        yield


def first_column(table: str) -> str:
    found = sql.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s ORDER BY ordinal_position LIMIT 1", [table],
    ).fetchone()  # fmt: skip
    assert found is not None
    return str(found[0])


@pytest.fixture
def a_return(anna: UUID) -> None:
    """A ledger with every kind of row: points that were earned, and some taken back."""
    sale = Bought("till", "R-1", Reference("external", "4711", "crm"), NOW, 1999, "EUR")
    [outcome] = record_purchases([sale], actor=SYSTEM, now=NOW)
    assert outcome.id is not None
    return_purchase(
        NewReturn("till", "RET-1", NOW, amount_minor=500),
        purchase_id=outcome.id, actor=SYSTEM, now=NOW,
    )  # fmt: skip


def test_every_append_only_table_is_tried_here() -> None:
    assert sorted(table for app in house() for table in app.append_only) == list(APPEND_ONLY)


@promise("LOY-70")
@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_application_cannot_change_what_is_append_only(table: str, statement: str) -> None:
    names = {"table": Identifier(table), "column": Identifier(first_column(table))}
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        as_the_application(),
        connection.cursor() as cursor,
    ):
        cursor.execute(SQL(statement).format(**names))


BALANCES = "balances are ledgers"
LOTS = "lots are what allocations left of them"
CAUSES = "every entry has its cause"
LINES = "purchases are their lines and returns"
KEYS = "purchases are in the look-up table"


@promise("LOY-70")
@pytest.mark.parametrize(
    ("edit", "found_by"),
    [
        ("UPDATE loyalty_entry SET amount = amount + 1 WHERE debit_id < 0", BALANCES),
        ("DELETE FROM loyalty_entry", BALANCES),
        ("UPDATE loyalty_account SET posted = posted + 1 WHERE kind = 'own'", BALANCES),
        ("UPDATE loyalty_lot SET remaining = remaining - 1", LOTS),
        ("DELETE FROM loyalty_allocation", LOTS),
        ("DELETE FROM loyalty_posting", CAUSES),
        ("DELETE FROM loyalty_lot", CAUSES),
        ("UPDATE purchases_purchase SET returned_minor = 0", LINES),
        ("DELETE FROM purchases_purchase", KEYS),
        ("DELETE FROM purchases_key WHERE kind = 'purchase'", KEYS),
    ],
)
def test_an_edit_by_the_owner_is_found(a_return: None, edit: str, found_by: str) -> None:
    assert not any(check.wrong for check in verify())
    with connection.cursor() as cursor:
        cursor.execute(edit)
    assert found_by in [check.name for check in verify() if check.wrong]
