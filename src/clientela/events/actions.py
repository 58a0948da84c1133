"""Writing the log, and everything that is written about who is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce
from pydantic_core import to_json

from clientela.events import rules
from clientela.events.models import Delivery, Event, Position, Subscription
from clientela.platform import ids, sql
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http import outgoing
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

READER = "webhooks"
SUBSCRIPTIONS_MAX = 50
REPLAY_MAX = 100_000
NAMES_MAX = 200
NAME_LENGTH_MAX = 100
HEALTHY: dict[str, Any] = {"failing_since": None, "failures": 0, "rests_until": None}
ON: dict[str, Any] = {"off_at": None, "off_why": "", **HEALTHY}


@dataclass(frozen=True, slots=True)
class Happening:
    """`name` is noun and past verb (`points.earned`); `subject` the public id of what it is about;
    `data` ids, codes and amounts, never a person's own data.
    """

    name: str
    occurred_at: datetime
    customer_id: UUID | None = None
    subject: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alike:
    """Many happenings of one name, by columns of one length; `data` is JSON already."""

    name: str
    occurred_at: Sequence[datetime]
    customer_id: Sequence[UUID]
    subject: Sequence[str]
    data: Sequence[str]


@needs_transaction
def emit(
    happenings: Iterable[Happening], *, actor: Actor, now: datetime, request: str = "",
    before: Sequence[Alike] = (),
) -> int:  # fmt: skip
    """Write happenings in their order, in the transaction of what they tell of, those that are
    alike before the others; how many.
    """
    told = list(happenings)
    size = len(told) + sum(len(alike.data) for alike in before)
    if not size:
        return 0
    columns = {
        "occurred_at": [*_all("occurred_at", before), *(one.occurred_at for one in told)],
        "name": [*(alike.name for alike in before for _ in alike.data), *(it.name for it in told)],
        "customer_id": [*_all("customer_id", before), *(one.customer_id for one in told)],
        "subject": [*_all("subject", before), *(one.subject for one in told)],
        "data": [*_all("data", before), *(to_json(one.data).decode() for one in told)],
    }
    return sql.statement("events", "emit").through(
        size=size, now=now, actor=actor.id, request=request, **columns
    )


def _all(column: str, before: Sequence[Alike]) -> Iterator[Any]:
    return chain.from_iterable(getattr(alike, column) for alike in before)


@needs_transaction
def emit_alike(
    name: str, customers: Sequence[UUID], *, data: Mapping[str, Any], actor: Actor, now: datetime
) -> int:
    """Write that the same happened to each of many customers: as `emit` would, told once."""
    if not customers:
        return 0
    return sql.statement("events", "emit_alike").run(
        name=name, customers=ids.as_array(customers), data=to_json(data).decode(), actor=actor.id,
        now=now,
    )  # fmt: skip


@needs_transaction
def move(*, reader: str, tx: str, event_id: int) -> None:
    """Store how far a reader has come; in the transaction of what it did with the events."""
    Position.objects.update_or_create(reader=reader, defaults={"tx": tx, "event_id": event_id})


@needs_transaction
def begin_here(*, reader: str) -> None:
    """Let a reader come after everything that has happened so far."""
    row = sql.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").fetchone()
    move(reader=reader, tx=row[0] if row else "0", event_id=0)


class TooMuchToReplay(Problem):
    code = "too-much-to-replay"
    status = 422
    title = "These are too many events to send again at once"


@needs_transaction
def subscribe(
    *, address: str, names: Sequence[str], actor: Actor, now: datetime
) -> Subscription:  # fmt: skip
    """A webhook from now on."""
    outgoing.checked(address)
    if Subscription.objects.filter(removed_at=None).count() >= SUBSCRIPTIONS_MAX:
        raise InvalidInput(f"There may be {SUBSCRIPTIONS_MAX} webhooks; remove one first.")
    _begin_here_unless_read()
    return Subscription.objects.create(
        address=address, names=_names(names), made_by=actor.id, made_at=now
    )


@needs_transaction
def change_subscription(
    subscription: Subscription, *, address: str | None = None, names: Sequence[str] | None = None,
    is_active: bool | None = None, now: datetime,
) -> Subscription:  # fmt: skip
    changed: dict[str, Any] = {}
    if address is not None:
        outgoing.checked(address)
        changed["address"] = address
    if names is not None:
        changed["names"] = _names(names)
    if is_active is not None and is_active == (subscription.off_at is not None):
        changed |= ON if is_active else {"off_at": now, "off_why": Subscription.Off.BY_HAND}
        if is_active:
            _begin_here_unless_read()
    Subscription.objects.filter(id=subscription.id).update(**changed)
    subscription.refresh_from_db()
    return subscription


@needs_transaction
def unsubscribe(subscription: Subscription, *, now: datetime) -> None:
    """What still waited for it is not sent."""
    Subscription.objects.filter(id=subscription.id).update(removed_at=now)
    Delivery.objects.filter(subscription=subscription, state=Delivery.State.WAITING).delete()


@needs_transaction
def rotate_secret(subscription: Subscription, *, now: datetime) -> Subscription:
    """A new secret; both are good until the receiver has had time to take it over."""
    until = now + timedelta(hours=rules.OVERLAP_HOURS)
    Subscription.objects.filter(id=subscription.id).update(
        generation=F("generation") + 1, overlaps_until=until
    )
    subscription.refresh_from_db()
    return subscription


@needs_transaction
def dispatch(wanted: Sequence[tuple[UUID, Any]], *, now: datetime) -> int:
    """Put events on their way: (subscription, event) in the order of the log."""
    if not wanted:
        return 0
    rows = [
        (made, subscription, event.id, event.customer_id)
        for made, (subscription, event) in zip(ids.uuid7s(len(wanted)), wanted, strict=True)
    ]
    columns = sql.columns(rows, ("id", "subscription", "event_id", "customer_id"))
    return sql.statement("events", "dispatch").run(size=len(rows), now=now, **columns)


@needs_transaction
def replay(
    subscription: Subscription, events: Sequence[tuple[int, UUID | None]], *, now: datetime
) -> int:
    """Send (event, customer) to one subscription, again if it had them; in this order."""
    if len(events) > REPLAY_MAX:
        raise TooMuchToReplay(f"At most {REPLAY_MAX:,} events at once: choose a shorter time.")
    if not events:
        return 0
    rows = [(made, *event) for made, event in zip(ids.uuid7s(len(events)), events, strict=True)]
    columns = sql.columns(rows, ("id", "event_id", "customer_id"))
    return sql.statement("events", "replay").run(
        size=len(rows), subscription=subscription.id, now=now, **columns
    )


@needs_transaction
def send_again(delivery: Delivery, *, now: datetime) -> None:
    Delivery.objects.filter(id=delivery.id).update(
        state=Delivery.State.WAITING, tries=0, next_try_at=now, status=None, fault="", ended_at=None
    )


@needs_transaction
def note_sent(
    *, delivery: UUID, subscription: UUID, tries: int, status: int | None, fault: str, now: datetime
) -> None:
    """What came of one try: done, to be tried again, or given up."""
    if rules.is_accepted(status):
        Delivery.objects.filter(id=delivery).update(
            state=Delivery.State.DELIVERED, tries=tries, status=status, fault="", ended_at=now
        )
        Subscription.objects.filter(id=subscription, failures__gt=0).update(**HEALTHY)
        return
    again = rules.next_try(tries=tries, now=now)
    given_up = {"state": Delivery.State.FAILED, "ended_at": now}
    Delivery.objects.filter(id=delivery).update(
        tries=tries, status=status, fault=fault, **({"next_try_at": again} if again else given_up)
    )
    _note_failure(subscription, now=now)


@needs_transaction
def switch_off(subscription: Subscription, *, why: str, actor: Actor, now: datetime) -> None:
    """Send no more to it, and say so in the log."""
    done = Subscription.objects.filter(id=subscription.id, off_at=None).update(
        off_at=now, off_why=why
    )
    if done:
        data = {"why": why, "failures": subscription.failures}
        emit([Happening("webhook.paused", now, None, subscription.public_id, data)],
             actor=actor, now=now)  # fmt: skip


@needs_transaction
def forget_deliveries(*, before: datetime) -> int:
    """Drop what ended long ago, and what waits for an event that is gone."""
    gone = Delivery.objects.filter(ended_at__lt=before).delete()[0]
    known = Event.objects.filter(id=OuterRef("event_id"))
    return gone + Delivery.objects.filter(~Exists(known)).delete()[0]


def _note_failure(subscription: UUID, *, now: datetime) -> None:
    receivers = Subscription.objects.filter(id=subscription)
    receivers.update(
        failures=F("failures") + 1, failing_since=Coalesce("failing_since", Value(now))
    )
    failures = receivers.values_list("failures", flat=True).first() or 0
    receivers.update(rests_until=rules.rest(failures=failures, now=now))


def _begin_here_unless_read() -> None:
    """Nobody read the log while no webhook was on: what happened meanwhile is only replayed."""
    if Subscription.objects.filter(removed_at=None, off_at=None).exists():
        return
    begin_here(reader=READER)


def _names(names: Sequence[str]) -> list[str]:
    if any(not name or len(name) > NAME_LENGTH_MAX for name in names) or len(names) > NAMES_MAX:
        raise InvalidInput("Give names of events such as purchase.recorded.", field="names")
    return sorted(set(names))
