"""Points go from one member to another, lot by lot, each with the end it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.loyalty.actions.redeeming import NotEnoughPoints
from clientela.loyalty.models import Account, Currency, Lot, PostingReason
from clientela.loyalty.queries import transfers as queries
from clientela.loyalty.rules import lives, transfers
from clientela.platform import cards, ids, sql
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction


class TransferNotAllowed(Problem):
    code = "transfer-not-allowed"
    status = 409
    title = "These points cannot be given away"


@dataclass(frozen=True, slots=True)
class Transferred:
    """The first posting of each side; `balance`: what the sender can use afterwards."""

    sent_id: int
    received_id: int
    points: int
    balance: int


@needs_transaction
def transfer(
    sender: Sequence[UUID], receiver: Sequence[UUID], *, currency: Currency, points: int,
    reason: str, actor: Actor, now: datetime,
) -> Transferred:  # fmt: skip
    """Give points of the first family to the customer of the second. Settle the accounts of both
    before, together.

    TransferNotAllowed with the reason, NotEnoughPoints; then nothing was written.
    """
    terms = transfers.read(currency.transfers)
    zone = ZoneInfo(currency.programme.time_zone)
    given = queries.given_by(sender, currency_id=currency.id, zone=zone, now=now)
    why = transfers.why_not(terms, points, given)
    if set(sender) & set(receiver):
        why = "same-customer"
    if why:
        raise TransferNotAllowed(WORDS[why], reason=why, left=transfers.left(terms, given))
    found = queries.usable(sender, currency_id=currency.id, now=now)
    if points > found.usable:
        raise _missing(points, found)
    target = _account(receiver[0], currency)
    room = queries.room_of(receiver, currency=currency)
    if room is not None and points > room:
        raise TransferNotAllowed(WORDS["receiver-full"], reason="receiver-full", left=room)
    new_end = lives.read(currency.life).expires_at(now, zone) if terms.is_reset else None
    row = sql.execute(
        "SELECT sent, received FROM loyalty_transfer("
        "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [list(sender), found.accounts, receiver[0], target, currency.id, points, ids.uuid7(),
         terms.is_reset, new_end, ids.uuid7s(_open_lots(found.accounts)), now, actor.id],
        prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    if reason:
        _give_reason(row, sender, receiver, reason, actor=actor, now=now)
    return Transferred(row[0], row[1], points, found.usable - points)


WORDS = {
    "switched-off": "Members do not give points to each other in this programme.",
    "same-customer": "This is the same customer.",
    "day-limit": "More than a member may give away in a day.",
    "month-limit": "More than a member may give away in a month.",
    "receiver-full": "The receiver would have more than a member may have.",
    "pending": "Some of these points cannot be used yet.",
}


def _missing(points: int, found: queries.Usable) -> Problem:
    if points <= found.usable + found.pending:
        return TransferNotAllowed(WORDS["pending"], reason="pending", left=max(found.usable, 0))
    missing = points - max(found.usable, 0)
    return NotEnoughPoints(
        f"{missing} points are missing: {points} are needed and {found.usable} can be used.",
        missing=missing, available=found.usable,
    )  # fmt: skip


def _account(customer: UUID, currency: Currency) -> int:
    """The receiver's own account, opened where there is none, and locked."""
    Account.objects.bulk_create(
        [Account(customer_id=customer, currency=currency, debt_max=currency.debt_max)],
        ignore_conflicts=True,
    )
    return (
        Account.objects.select_for_update(no_key=True)
        .get(customer_id=customer, currency=currency, kind=Account.Kind.OWN)
        .id
    )


def _open_lots(accounts: Sequence[int]) -> int:
    return Lot.objects.filter(account_id__in=list(accounts), remaining__gt=0).count()


def _give_reason(
    row: Sequence[int], sender: Sequence[UUID], receiver: Sequence[UUID], reason: str, *,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    words = cards.masked(reason)
    PostingReason.objects.bulk_create(
        PostingReason(customer_id=whose, posting_id=posting, words=words, actor=actor.id,
                      given_at=now)
        for posting, whose in zip(row, (queries.owner_of(row[0], sender), receiver[0]), strict=True)
    )  # fmt: skip
