"""Telling other systems what happened: reading on in the log, sending, trying again.

One sender works at a time, in any worker; where it is killed, the next one goes on from what stands
in the database. So an event is sent at least once, and by the id of its delivery told from another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from clientela.customers import queries as customers
from clientela.customers.sight import sight_of
from clientela.events import actions, rules
from clientela.events import queries as events
from clientela.events.actions import Happening, TooMuchToReplay
from clientela.events.models import Delivery, Subscription
from clientela.events.queries import Due, Happened
from clientela.flows import timeline
from clientela.platform import ids, sql, transactions
from clientela.platform.http import outgoing
from clientela.platform.http.actors import SYSTEM, Actor, acting
from clientela.staff import queries as staff

SENDERS_MAX = 32
TESTED = "webhook.tested"
RIGHT = "events.subscribe"
HOUSE_RIGHT = "staff.configure"
LOCK = 0x776562686F6F6B  # "webhook", as a number of the database's advisory locks
Post = Callable[[str, bytes, dict[str, str]], int]


@dataclass(frozen=True)
class Made:
    """A subscription with its secret, which is shown this once."""

    subscription: Subscription
    secret: str


@dataclass(frozen=True)
class Tried:
    due: Due
    status: int | None
    fault: str = ""


@transactions.retried
def subscribe(*, address: str, names: Sequence[str], actor: Actor, now: datetime) -> Made:
    actor.needs(RIGHT)
    with transactions.open():
        made = actions.subscribe(address=address, names=names, actor=actor, now=now)
    return Made(made, secrets_of(made, now=now)[0])


def rotate(subscription: Subscription, *, now: datetime) -> Made:
    with transactions.open():
        rotated = actions.rotate_secret(subscription, now=now)
    return Made(rotated, secrets_of(rotated, now=now)[0])


def test(subscription: Subscription, *, actor: Actor, now: datetime) -> None:
    """Write a happening that goes to this subscription only."""
    with transactions.open():
        told = Happening(TESTED, now, None, subscription.public_id)
        actions.emit([told], actor=actor, now=now)


def replay(
    subscription: Subscription, *, starts_at: datetime, ends_at: datetime, now: datetime
) -> int:
    """Send again what was written down in a time, as far as its owner may see it; how many."""
    found = events.recorded_between(starts_at, ends_at, limit=actions.REPLAY_MAX + 1)
    if len(found) > actions.REPLAY_MAX:
        raise TooMuchToReplay(
            f"At most {actions.REPLAY_MAX:,} events at once: choose a shorter time."
        )
    may = Seen.by(subscription)
    seen = may.customers(customer for _id, _name, customer, _subject in found)
    wanted = [
        (id, customer)
        for id, name, customer, subject in found
        if may.see(name, subject) and (customer is None or customer in seen)
    ]
    with transactions.open():
        return actions.replay(subscription, wanted, now=now)


def secrets_of(subscription: Subscription, *, now: datetime) -> list[str]:
    """The secrets that are good now, the newest first."""
    overlaps = subscription.overlaps_until is not None and now < subscription.overlaps_until
    generations = [subscription.generation, *([subscription.generation - 1] if overlaps else [])]
    return [
        rules.secret(settings.SECRET_KEY, subscription=subscription.public_id, generation=it)
        for it in generations
    ]


@dataclass(frozen=True)
class Seen:
    """What one subscription is told: what it wants and its owner may see now, of what is on."""

    subscription: Subscription
    names: frozenset[str]
    declared: frozenset[str]
    rights: Actor

    @classmethod
    def by(cls, subscription: Subscription) -> Seen:
        owner = staff.actor_with_rights(subscription.made_by)
        return cls(
            subscription,
            frozenset(timeline.names_for(owner)),
            frozenset(timeline.sentences()),
            owner,
        )

    def customers(self, named: Iterable[UUID | None]) -> set[UUID]:
        """Those of some customers that the owner may see."""
        with acting(self.rights):
            return customers.visible(id for id in named if id is not None)

    def told(self, name: str, data: dict[str, Any]) -> Mapping[str, Any] | None:
        """What the owner may know of a happening; None: nothing at all."""
        sight = sight_of(self.rights)
        return timeline.data_of(name, data, {*sight.unseen_keys(), *sight.masked_keys()})

    def see(self, name: str, subject: str) -> bool:
        if name == TESTED:
            return subject == self.subscription.public_id
        if not self.subscription.wants(name):
            return False
        return name in self.names if name in self.declared else self.rights.may(HOUSE_RIGHT)


@transactions.retried
def dispatch(*, now: datetime) -> int:
    """Put the next events of the log on their way; how many were read."""
    found = [it for it in events.subscriptions() if it.off_at is None]
    read = events.after(reader=actions.READER) if found else []
    if not read:
        return 0
    receivers = [Seen.by(it) for it in found]
    with transactions.open():
        _switch_off_unowned(receivers, now=now)
        actions.dispatch(list(_wanted(read, receivers)), now=now)
        actions.move(reader=actions.READER, tx=read[-1].tx, event_id=read[-1].id)
    return len(read)


def _switch_off_unowned(receivers: Sequence[Seen], *, now: datetime) -> None:
    for one in receivers:
        if not one.rights.may(RIGHT):
            actions.switch_off(one.subscription, why=Subscription.Off.OWNER, actor=SYSTEM, now=now)


def _wanted(read: Sequence[Happened], receivers: Sequence[Seen]) -> Iterable[tuple[UUID, Happened]]:
    named = {event.customer_id for event in read}
    for one in receivers:
        if not one.rights.may(RIGHT):
            continue
        seen = one.customers(named)
        for event in read:
            if event.customer_id is not None and event.customer_id not in seen:
                continue
            if one.see(event.name, event.subject) and one.told(event.name, event.data) is not None:
                yield one.subscription.id, event


@dataclass
class Sender:
    """Sends what is due, several at once, and notes what came of it. `post` is the way out."""

    post: Post = outgoing.post
    under_way: dict[UUID, Future[Tried]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pool = ThreadPoolExecutor(SENDERS_MAX, thread_name_prefix="webhook")

    def step(self, *, now: datetime) -> bool:
        """Once around: read on, note, send; whether there was anything to do."""
        read = dispatch(now=now)
        noted = self.note(now=now)
        begun = self._begin(now=now)
        return bool(read or noted or begun)

    def drain(self, clock: Callable[[], datetime]) -> None:
        """Until nothing is due and nothing under way."""
        while self.step(now=clock()) or self.under_way:
            self.wait(0.05)

    def wait(self, seconds: float) -> None:
        """Until one of those under way is done, at most so long."""
        done = threading.Event()
        for future in list(self.under_way.values()):
            future.add_done_callback(lambda _: done.set())
        if self.under_way:
            done.wait(seconds)

    def close(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self, *, now: datetime) -> int:
        room = SENDERS_MAX - len(self.under_way)
        found = events.due(under_way=list(self.under_way), now=now)[:room] if room > 0 else []
        receivers = {it.id: Seen.by(it) for it in events.subscriptions()} if found else {}
        for one in found:
            receiver = receivers[one.subscription]
            told = replace(one, data=dict(receiver.told(one.name, one.data) or {}))
            secrets = secrets_of(receiver.subscription, now=now)
            self.under_way[one.id] = self.pool.submit(
                _tried, self.post, told, receiver.subscription.address, secrets,
                int(now.timestamp()),
            )  # fmt: skip
        return len(found)

    def note(self, *, now: datetime) -> int:
        done = [future.result() for future in self.under_way.values() if future.done()]
        if done:
            with transactions.open():
                for one in done:
                    note(one, now=now)
            for one in done:
                del self.under_way[one.due.id]
        return len(done)


def note(tried: Tried, *, now: datetime) -> None:
    """Inside a transaction: what came of a try, and an end to a receiver that wants no more."""
    actions.note_sent(
        delivery=tried.due.id, subscription=tried.due.subscription, tries=tried.due.tries + 1,
        status=tried.status, fault=tried.fault, now=now,
    )  # fmt: skip
    receiver = next((it for it in events.subscriptions() if it.id == tried.due.subscription), None)
    if rules.is_accepted(tried.status) or receiver is None:
        return
    if tried.status == rules.GONE:
        actions.switch_off(receiver, why=Subscription.Off.GONE, actor=SYSTEM, now=now)
    elif rules.failed_too_long(receiver.failing_since, now=now):
        actions.switch_off(receiver, why=Subscription.Off.FAILING, actor=SYSTEM, now=now)


def _tried(post: Post, due: Due, address: str, secrets: Sequence[str], timestamp: int) -> Tried:
    """In a thread of its own, without the database."""
    body = rules.body(
        id=due.event, tx=due.tx, name=due.name, occurred_at=due.occurred_at,
        customer=ids.public("cus", due.customer_id) if due.customer_id else None,
        subject=due.subject, data=due.data,
    )  # fmt: skip
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Clientela",
        "webhook-id": due.public_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": rules.signature(
            secrets, id=due.public_id, timestamp=timestamp, body=body
        ),
    }
    try:
        status = post(address, body, headers)
    except outgoing.NoAnswer as fault:
        return Tried(due, None, str(fault))
    return Tried(due, status, "" if rules.is_accepted(status) else f"answered {status}")


def is_mine() -> bool:
    """Whether this connection is the one sender; it stays so until it ends."""
    row = sql.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    return bool(row and row[0])


def again(delivery: Delivery, *, now: datetime) -> None:
    with transactions.open():
        actions.send_again(delivery, now=now)
