"""Points set aside for an order that is elsewhere: settled in whole or in part, or free again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.loyalty.actions.redeeming import HoldHasEnded, NotEnoughPoints
from clientela.loyalty.models import Hold, HoldEnd
from clientela.loyalty.models.ledger import REDEEMED
from clientela.loyalty.queries.pools import Sharing
from clientela.platform import sql
from clientela.platform.errors import NotThere
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

PURPOSE = "order"  # of a hold that no redemption placed


class NoSuchHold(NotThere):
    code = "no-such-hold"
    title = "There is no such hold"


@needs_transaction
def place(
    family: Sequence[UUID], points: int, *, id: UUID, currency_id: int, expires_at: datetime,
    sharing: Sharing | None, actor: Actor, now: datetime,
) -> int:  # fmt: skip
    """Set points aside until then; what can be used afterwards. Settle the accounts before.

    NotEnoughPoints; then nothing was written.
    """
    row = sql.execute(
        "SELECT outcome, available, next_expiry FROM loyalty_hold_points("
        "%s, %s, %s, %s, %s, %s, %s::uuid[], %s::bigint)",
        [list(family), currency_id, points, id, now, actor.id,
         list(sharing.others) if sharing else [], sharing.most if sharing else 0],
        prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    outcome, available, next_expiry = row
    if outcome != "done":
        missing = points - max(available, 0)
        raise NotEnoughPoints(
            f"{missing} points are missing: {points} are needed and {available} can be used.",
            missing=missing, available=available,
            next_expiry=next_expiry.isoformat() if next_expiry else None,
        )  # fmt: skip
    Hold.objects.filter(id=id).update(expires_at=expires_at)
    return int(available)


@needs_transaction
def end(
    hold: Hold, kind: HoldEnd.Kind, points: int, *, actor: Actor, now: datetime
) -> tuple[int | None, list[int]]:
    """Use so many of the points and free the rest, once; the posting, and the accounts it locked.

    HoldHasEnded.
    """
    row = sql.execute(
        "SELECT outcome, posting, accounts FROM loyalty_end_hold("
        "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [hold.id, kind, points, hold.id, hold.id.bytes, now, actor.id, "", None, REDEEMED],
        prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    if row[0] != "done":
        raise HoldHasEnded
    return row[1], row[2]


def used_of(hold: Hold) -> int:
    """How many of its points were used."""
    row = sql.execute(
        "SELECT coalesce(sum(entry.amount), 0)::bigint FROM loyalty_holdlot AS part"
        " JOIN loyalty_posting AS posting ON posting.customer_id = part.customer_id"
        " AND posting.source = 'redemption' AND posting.key = %s"
        " JOIN loyalty_allocation AS entry ON entry.customer_id = posting.customer_id"
        " AND entry.posting_id = posting.id AND entry.lot_id = part.lot_id"
        " WHERE part.hold_id = %s",
        [str(hold.id), hold.id],
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])
