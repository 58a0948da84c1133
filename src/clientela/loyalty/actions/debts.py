"""What a customer owes in points after a return: it is let go by a person who says why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clientela.loyalty.models import Account
from clientela.platform import cards, ids, sql
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction


class NothingOwed(Problem):
    code = "nothing-owed"
    status = 409
    title = "This customer owes no points"


class Forgiven(NamedTuple):
    customer_id: UUID
    posting_id: int
    points: int


@needs_transaction
def forgive(
    family: Sequence[UUID], *, currency_id: int, points: int | None, reason: str, actor: Actor,
    now: datetime,
) -> list[Forgiven]:  # fmt: skip
    """Let go what the family owes in one currency, or so many points of it; from which records.

    NothingOwed where there is nothing to let go. Settle the accounts before.
    """
    forgiven, left = [], points
    owing = Account.objects.filter(
        customer_id__in=list(family), currency_id=currency_id, debt__gt=0
    ).order_by("customer_id", "id")
    for account in owing:
        if left == 0:
            break
        row = sql.execute(
            "SELECT posting, points FROM loyalty_forgive(%s, %s, %s, %s, %s, %s, %s)",
            [account.id, left, str(ids.uuid7()), bytes(16), cards.masked(reason), now, actor.id],
            prepare=True,
        ).fetchone()  # fmt: skip
        assert row is not None
        forgiven.append(Forgiven(account.customer_id, *row))
        left = None if left is None else left - row[1]
    if not forgiven:
        raise NothingOwed(field="currency")
    return forgiven
