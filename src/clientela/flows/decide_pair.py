"""A person looked at two records: they are the same, they are not, or it is decided later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.merge_customers import Merged, Wish, merge_customers
from clientela.matching.actions import pairs
from clientela.matching.queries import pairs as reads
from clientela.matching.queries.pairs import Alike, NoSuchPair
from clientela.platform import ids, transactions
from clientela.platform.http.actors import Actor


def same(
    pair_id: UUID, *, survivor: UUID, choices: Mapping[str, str], reason: str = "", actor: Actor,
    now: datetime, request: str = "",
) -> Merged:  # fmt: skip
    """Merge the two sides as they stand today."""
    alike = waiting(pair_id, now=now)
    others = tuple(side for side in alike.sides if side != survivor)
    if len(others) != 1:
        raise NoSuchPair("The record that is to remain is not one of this pair.", field="survivor")
    wish = Wish(survivor, others, choices, reason or f"duplicate {alike.public_id}")
    return merge_customers(wish, actor=actor, now=now, request=request)


@transactions.retried
def different(
    pair_id: UUID, *, reason: str = "", actor: Actor, now: datetime, request: str = ""
) -> None:
    """It is remembered for both, and for whoever they are merged into."""
    actor.needs("customers.merge")
    with transactions.open():
        pair = reads.get(pair_id)
        if (alike := reads.one_waiting(pair_id, now=_ever(now))) is None:
            return
        sides = [alike.sides, (pair.customer_id, pair.other_id)]
        pairs.tell_apart(sides, reason=reason, actor=actor, now=now)
        told = [_told(one, other, now) for one, other in (alike.sides, alike.sides[::-1])]
        events.emit(told, actor=actor, now=now, request=request)


@transactions.retried
def later(pair_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Not today: it comes again after a month."""
    actor.needs("customers.merge")
    with transactions.open():
        pairs.put_off(reads.get(pair_id), now=now)


def waiting(pair_id: UUID, *, now: datetime) -> Alike:
    alike = reads.one_waiting(pair_id, now=_ever(now))
    if alike is None:
        reads.get(pair_id)
        raise NoSuchPair("Somebody decided this pair already.")
    if len(customers.visible(alike.sides)) < len(alike.sides):
        raise NoSuchPair
    return alike


def _ever(now: datetime) -> datetime:
    """Also what was put off can be decided."""
    return now + pairs.LATER


def _told(one: UUID, other: UUID, now: datetime) -> Happening:
    return Happening("customer.told_apart", now, one, ids.public("cus", one),
                     {"others": [ids.public("cus", other)]})  # fmt: skip
