"""Points of many purchases that came back whole are taken back at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clientela.loyalty.actions.earning import Basis, TakenBack
from clientela.loyalty.queries.ledger import EarnedBy
from clientela.loyalty.rules import earning as rules
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

COLUMNS = (
    "customer_id", "account_id", "currency_id", "policy", "points", "posting_id", "purchase_id",
    "key", "body_hash", "road", "back_minor",
)  # fmt: skip


class WholeReturn(NamedTuple):
    """A return after which nothing is left of its purchase, and what the purchase had earned."""

    id: UUID
    basis: Basis
    back_minor: int
    earned: Sequence[EarnedBy]


@needs_transaction
def take_back_each(
    returns: Sequence[WholeReturn], *, actor: Actor, now: datetime
) -> list[list[TakenBack]]:
    """As `earning.take_back` for each of them, which happened now; their accounts are locked and
    settled. None of their currencies refuses a return.
    """
    taken: list[list[TakenBack]] = [[] for _ in returns]
    whose: list[tuple[int, str]] = []
    rows = []
    for place, one in enumerate(returns):
        for earned in one.earned:
            points = rules.to_take_back(
                earned=earned.points, reversed_before=earned.taken_before, points_of_rest=0
            )
            if points:
                whose.append((place, earned.currency))
                rows.append(_row(one, earned, points))
    if not rows:
        return taken
    answers = sql.statement("loyalty", "take_back_each").rows(
        size=len(rows), happened=now, now=now, actor=actor.id, **sql.columns(rows, COLUMNS)
    )
    for number, posting, got, debt, forgiven, missing, balance in sorted(answers):
        assert not missing
        place, currency = whose[number - 1]
        taken[place].append(TakenBack(posting, currency, got + debt, debt, forgiven, balance))
    return taken


def _row(one: WholeReturn, earned: EarnedBy, points: int) -> tuple[object, ...]:
    return (
        earned.customer_id, earned.account_id, earned.currency_id, earned.policy, points,
        earned.posting_id, one.basis.purchase_id, str(one.id), one.basis.body_hash, "{}",
        one.back_minor,
    )  # fmt: skip
