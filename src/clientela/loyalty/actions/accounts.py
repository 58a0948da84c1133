"""Accounts are locked in order before anything is booked on them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clientela.loyalty.queries.ledger import Scheme
from clientela.platform import sql
from clientela.platform.transactions import needs_transaction


class Locked(NamedTuple):
    """An account as it stands while it is locked; `balance` is what the customer can use."""

    account_id: int
    debt: int
    balance: int


@needs_transaction
def lock_accounts(customers: set[UUID], *, scheme: Scheme, now: datetime) -> dict[UUID, Locked]:
    """The customers' own accounts of one currency, opened where missing and locked in order."""
    rows = sql.execute(
        "SELECT customer, account_id, debt, balance"
        " FROM loyalty_lock_accounts(%s::uuid[], %s, %s, %s::timestamptz)",
        [
            f"{{{','.join(id.hex for id in customers)}}}",
            scheme.currency_id,
            scheme.debt_max,
            now if scheme.life.ends else None,
        ],
        prepare=len(customers) <= sql.PREPARED_ROWS_MAX,
    )
    return {customer: Locked(*account) for customer, *account in rows.fetchall()}
