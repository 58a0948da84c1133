"""When each customer was last heard of, followed from the log.

Programmes write down what happened and do not touch the record of the customer for it; this reader
takes the latest of it over, a minute later at most. Lists begin with who was heard of last, and the
period after which a former customer's data go counts from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from clientela.customers import actions as customers
from clientela.events import actions, queries
from clientela.events.queries import Happened
from clientela.flows.read_on import read_on
from clientela.platform import transactions

READER = "activity"
HEARD = frozenset({
    "call.answered", "call.missed", "cash_out.requested", "claim.opened", "consent.given",
    "consent.withdrawn", "conversation.started", "coupon.used", "holding.opened",
    "issue.complained", "issue.opened", "issue.reopened", "issue.replied", "need.stated",
    "offer.accepted", "offer.declined", "offer.postponed", "points.redeemed", "policy.cancelled",
    "policy.sold", "preferences.changed", "purchase.amended", "purchase.recorded",
    "request.received", "return.recorded", "review.signed", "travel_order.placed",
    "unit.registered",
})  # fmt: skip


def follow(*, now: datetime) -> int:
    """Read on in the log, at most a hundred thousand happenings; how many were read."""
    return read_on(lambda: _step(now=now))


@transactions.retried
def _step(*, now: datetime) -> int:
    found = queries.after(reader=READER)
    if found:
        with transactions.open():
            customers.heard_of(latest(found, now=now))
            actions.move(reader=READER, tx=found[-1].tx, event_id=found[-1].id)
    return len(found)


def latest(found: Iterable[Happened], *, now: datetime) -> dict[UUID, datetime]:
    """When each customer was heard of last; what is dated after now counts as now."""
    heard: dict[UUID, datetime] = {}
    for one in found:
        if one.customer_id is not None and one.name in HEARD:
            when = min(one.occurred_at, now)
            heard[one.customer_id] = max(when, heard.get(one.customer_id, when))
    return heard
