"""Accounts are locked in order before anything is booked on them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clientela.loyalty.queries.ledger import Scheme
from clientela.platform import ids, sql
from clientela.platform.sql import Answered
from clientela.platform.transactions import needs_transaction

LOCKED = (
    "SELECT customer, account_id, debt, balance"
    " FROM loyalty_lock_accounts(%s::uuid[], %s, %s, %s::timestamptz)"
)
HELD = "SELECT count(*) FROM loyalty_lock_accounts(%s::uuid[], %s, %s, %s::timestamptz)"


class Locked(NamedTuple):
    """An account as it stands while it is locked; `balance` is what the customer can use."""

    account_id: int
    debt: int
    balance: int


@needs_transaction
def lock_accounts(customers: set[UUID], *, scheme: Scheme, now: datetime) -> dict[UUID, Locked]:
    """The customers' own accounts of one currency, opened where missing and locked in order."""
    due_at = now if scheme.life.ends else None
    rows = _lock(LOCKED, customers, scheme, due_at).fetchall()
    return {customer: Locked(*account) for customer, *account in rows}


@needs_transaction
def hold_accounts(customers: Collection[UUID], *, scheme: Scheme) -> None:
    """As above, for a statement that reads the accounts itself."""
    _lock(HELD, customers, scheme, None)


def _lock(
    statement: str, customers: Collection[UUID], scheme: Scheme, due_at: datetime | None
) -> Answered:
    return sql.execute(
        statement,
        [ids.as_array(customers), scheme.currency_id, scheme.debt_max, due_at],
        prepare=len(customers) <= sql.PREPARED_ROWS_MAX,
    )  # fmt: skip
