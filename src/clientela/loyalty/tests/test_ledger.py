"""The ledger in the database: what it refuses, and what it does when points are spent already."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from clientela.loyalty.actions import earning as loyalty
from clientela.loyalty.actions import programme, taking_back
from clientela.loyalty.actions.earning import Basis, PointsAlreadySpent
from clientela.loyalty.actions.taking_back import Cause
from clientela.loyalty.models import Account, Currency, Lot, Posting
from clientela.loyalty.queries import ledger as queries
from clientela.loyalty.queries import reasons
from clientela.loyalty.rules.baskets import Basket
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import SYSTEM

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
POSTED_AGAIN = """
    INSERT INTO loyalty_posting (
        customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
        purchase_id, steps
    )
    SELECT
        customer_id, currency_id, kind, source, key || '+', body_hash, occurred_at, posted_at,
        actor, purchase_id, steps
    FROM loyalty_posting
"""
pytestmark = pytest.mark.django_db


def a_basis(minor: int, customer: UUID | None = None) -> Basis:
    return Basis(ids.uuid7(), customer or ids.uuid7(), NOW, minor, "EUR", b"0" * 16)


def earn(*batch: Basis) -> None:
    with transactions.open():
        loyalty.earn_for(batch, actor=SYSTEM, now=NOW)


def give_back(basis: Basis, *, rest: int = 0) -> list[loyalty.TakenBack]:
    with transactions.open():
        assert basis.purchase_id is not None
        return taking_back.take_back(
            [(basis.customer_id, basis.purchase_id)],
            cause=Cause(ids.uuid7(), basis.body_hash, NOW, [basis.customer_id]),
            rest=Basket(rest, 2, NOW, "EUR"), back_minor=basis.minor - rest, actor=SYSTEM, now=NOW,
        )  # fmt: skip


def spend_everything(customer: UUID) -> None:
    """Leave an account without points, as a redemption will."""
    spent = sum(Lot.objects.filter(customer_id=customer).values_list("remaining", flat=True))
    Lot.objects.filter(customer_id=customer).update(remaining=0)
    account = Account.objects.get(customer_id=customer)
    Account.objects.filter(id=account.id).update(posted=account.posted - spent)


def set_policy(**values: Any) -> None:
    Currency.objects.update(**values)


def test_spent_points_become_a_debt_that_the_next_purchase_pays_first() -> None:
    first = a_basis(10_000)
    earn(first)
    spend_everything(first.customer_id)
    [taken] = give_back(first)
    assert (taken.points, taken.new_debt, taken.forgiven, taken.balance) == (100, 100, 0, -100)
    earn(a_basis(3_000, first.customer_id), a_basis(9_000, first.customer_id))
    account = Account.objects.get(customer_id=first.customer_id)
    assert (account.posted, account.debt) == (20, 0)
    assert sum(Lot.objects.filter(account_id=account.id).values_list("remaining", flat=True)) == 20


def test_beyond_the_limit_of_debt_points_are_forgiven_and_that_is_said() -> None:
    basis = a_basis(2_000_000)
    earn(basis)
    spend_everything(basis.customer_id)
    [taken] = give_back(basis)
    assert (taken.new_debt, taken.forgiven) == (10_000, 10_000)
    assert Posting.objects.get(kind="reverse").forgiven == 10_000


def test_clamp_forgives_what_is_spent() -> None:
    set_policy(negative_policy="clamp")
    basis = a_basis(10_000)
    earn(basis)
    spend_everything(basis.customer_id)
    [taken] = give_back(basis)
    assert (taken.points, taken.forgiven, taken.balance) == (0, 100, 0)


def test_block_refuses_and_writes_nothing() -> None:
    set_policy(negative_policy="block")
    basis = a_basis(10_000)
    earn(basis)
    spend_everything(basis.customer_id)
    with pytest.raises(PointsAlreadySpent):
        give_back(basis)
    assert not Posting.objects.filter(kind="reverse").exists()


def test_a_return_takes_the_purchases_own_points_first() -> None:
    first = a_basis(10_000)
    second = a_basis(5_000, first.customer_id)
    earn(first)
    earn(second)
    give_back(second, rest=0)
    remaining = Lot.objects.filter(customer_id=first.customer_id).order_by("id")
    assert list(remaining.values_list("remaining", flat=True)) == [100, 0]


def test_a_purchase_earns_once() -> None:
    basis = a_basis(10_000)
    earn(basis)
    earn(basis)
    assert Account.objects.get(customer_id=basis.customer_id).posted == 100


def test_why_tells_the_rule_the_version_and_the_road() -> None:
    basis = a_basis(10_000)
    earn(basis)
    [reason] = reasons.reasons(Posting.objects.get(purchase_id=basis.purchase_id))
    assert (reason.rule, reason.version, reason.before, reason.after) == ("base", 1, 0, 100)


def test_a_published_version_stands_and_the_next_one_starts_where_it_ends() -> None:
    currency = Currency.objects.get()
    body = {"earn": "per_money", "points": 2, "per": "1.00"}
    with transactions.open():
        for _ in range(2):
            programme.publish(
                currency=currency, key="base", labels={}, body=body, actor=SYSTEM, now=NOW
            )
    [scheme] = queries.schemes()
    assert [(rule.points, rule.ends_at) for rule in scheme.rules] == [(1, NOW), (2, None)]


def test_a_rule_that_cannot_be_is_refused_by_its_part() -> None:
    with transactions.open(), pytest.raises(InvalidInput) as refused:
        programme.publish(
            currency=Currency.objects.get(), key="x", labels={}, body={"earn": "?"}, actor=SYSTEM,
            now=NOW,
        )  # fmt: skip
    assert refused.value.field == "body.earn"


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE loyalty_account SET debt = -1", "debt_within_limit"),
        ("UPDATE loyalty_account SET held = posted + 1", "held_points_are_covered"),
        ("UPDATE loyalty_account SET pending = -1", "pending_never_negative"),
        ("UPDATE loyalty_lot SET remaining = amount + 1", "lot_remaining_within_amount"),
        ("UPDATE loyalty_entry SET amount = 0", "amount_is_positive"),
        ("UPDATE loyalty_entry SET debit_id = 1", "entry_has_one_member_side"),
        (POSTED_AGAIN, "a_purchase_earns_once"),
    ],
)
def test_the_database_refuses_what_cannot_be(statement: str, constraint: str) -> None:
    earn(a_basis(10_000))
    with (
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
