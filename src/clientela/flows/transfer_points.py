"""A member gives points to another: accounts are locked in order, both postings stand or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.keep_points import reason_of
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import lives, transferring
from clientela.loyalty.queries import transfers
from clientela.loyalty.rules.transfers import POINTS_MAX
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor


@dataclass(frozen=True, slots=True)
class Transfer:
    """`balance`: what the sender can use afterwards."""

    sender: UUID
    receiver: UUID
    currency: str
    points: int
    balance: int
    sent: str
    received: str


@transactions.retried
def transfer_points(
    sender: customers.Reference, receiver: customers.Reference, *, currency: str, points: int,
    reason: str = "", actor: Actor, now: datetime, request: str = "",
) -> Transfer:  # fmt: skip
    """Give points away, soonest to end first, each lot with the end it has unless the programme
    says otherwise. TransferNotAllowed, NotEnoughPoints; then nothing was written.
    """
    if not 0 < points <= POINTS_MAX:
        raise InvalidInput("Give a whole number of points above 0.", field="points")
    words = reason_of(reason) if reason else ""
    with transactions.open():
        kind = transfers.currency(currency)
        one, other = (
            customers.family_of(customers.the_one(who).survivor) for who in (sender, receiver)
        )
        turns = lives.settle([*one, *other], actor=actor, now=now)
        done = transferring.transfer(
            one, other, currency=kind, points=points, reason=words, actor=actor, now=now
        )
        sent, received = f"pos_{done.sent_id}", f"pos_{done.received_id}"
        facts = {"currency": currency, "points": points}
        told = [
            _told("points.sent", one[0], {**facts, "posting": sent, "other": other[0]}, now),
            _told(
                "points.received", other[0], {**facts, "posting": received, "other": one[0]}, now
            ),
        ]
        events.emit([*expired_happenings(turns), *told], actor=actor, now=now, request=request)
    return Transfer(one[0], other[0], currency, points, done.balance, sent, received)


def _told(name: str, whose: UUID, facts: dict[str, Any], now: datetime) -> Happening:
    data = {**facts, "other": ids.public("cus", facts["other"])}
    return Happening(name, now, whose, ids.public("cus", whose), data)
