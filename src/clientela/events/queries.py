"""Reading the log: a customer's timeline, and the safe cursor of the readers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from clientela.events import rules
from clientela.events.models import Delivery, Event, Position, Subscription
from clientela.platform import ids, sql
from clientela.platform.errors import NotThere

READ_MAX = 1_000
AT_ONCE_MAX = 4


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as a reader gets it; `tx` and `id` together are its place in the log."""

    id: int
    tx: str
    occurred_at: datetime
    recorded_at: datetime
    name: str
    customer_id: UUID | None
    subject: str
    actor: str
    data: dict[str, Any]


def after(*, reader: str, limit: int = READ_MAX) -> list[Happened]:
    """What `reader` has not seen yet, in order of (tx, id).

    Ids are taken before the commit: reading `id > last` would lose what commits late. Events of a
    transaction become visible here once every older transaction has ended.
    """
    position = Position.objects.filter(reader=reader).first()
    rows = sql.statement("events", "after").rows(
        tx=position.tx if position else "0",
        event_id=position.event_id if position else 0,
        limit=min(limit, READ_MAX),
    )
    return [_happened(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events of a customer: names (none: all), who did it, by which channel, and when."""

    names: tuple[str, ...] = ()
    actor: str = ""
    channel: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


ANYTHING = Sought()


def timeline_of(
    family: Sequence[UUID], *, before: tuple[datetime, int] | None = None,
    sought: Sought = ANYTHING, limit: int = 50,
) -> list[Happened]:  # fmt: skip
    """Events of a customer and its aliases, newest first by when they happened.

    `before` is the (occurred_at, id) of the last one seen: pages go by key.
    """
    rows = sql.statement("events", "timeline").rows(
        family=list(family),
        names=list(sought.names) or None,
        actor=sought.actor or None,
        channel=sought.channel or None,
        starts_at=sought.starts_at,
        ends_at=sought.ends_at,
        occurred_at=before[0] if before else None,
        event_id=before[1] if before else None,
        limit=limit,
    )
    return [_happened(row) for row in rows]


def first_of(family: Sequence[UUID], name: str) -> Event | None:
    """When something happened to a customer for the first time, and by whom."""
    told = Event.objects.filter(customer_id__in=list(family), name=name)
    return told.order_by("occurred_at", "id").first()


class NoSuchWebhook(NotThere):
    code = "no-such-webhook"
    title = "There is no such webhook"


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose turn it is, with the event as it is sent."""

    id: UUID
    tries: int
    subscription: UUID
    event: int
    tx: str
    name: str
    occurred_at: datetime
    customer_id: UUID | None
    subject: str
    data: dict[str, Any]

    @property
    def public_id(self) -> str:
        return ids.public("dlv", self.id)


def subscriptions() -> list[Subscription]:
    """All that were not removed, the newest first."""
    return list(Subscription.objects.filter(removed_at=None))


def subscription(id: UUID) -> Subscription:
    found = Subscription.objects.filter(id=id, removed_at=None).first()
    if found is None:
        raise NoSuchWebhook
    return found


def deliveries_of(
    subscription: Subscription, *, state: str = "", before: UUID | None = None, limit: int = 50
) -> list[tuple[Delivery, str]]:
    """The newest first, each with the name of its event; `before` is the last one seen."""
    rows = Delivery.objects.filter(subscription=subscription)
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(id__lt=before)
    page = list(rows.order_by("-id")[:limit])
    names = dict(
        Event.objects.filter(id__in=[it.event_id for it in page]).values_list("id", "name")
    )
    return [(it, names.get(it.event_id, "")) for it in page]


def delivery(id: UUID, *, subscription: Subscription) -> Delivery:
    found = Delivery.objects.filter(id=id, subscription=subscription).first()
    if found is None:
        raise NotThere("There is no such delivery.")
    return found


def waiting(subscriptions: Sequence[Subscription]) -> dict[UUID, int]:
    """How many deliveries wait, by subscription."""
    rows = Delivery.objects.filter(subscription__in=subscriptions, state=Delivery.State.WAITING)
    counted = rows.order_by().values_list("subscription").annotate(count=Count("id"))
    return dict(counted)


def due(*, under_way: Sequence[UUID], now: datetime) -> list[Due]:
    """What to send next: a customer's events one after the other."""
    rows = sql.statement("events", "due").rows(
        under_way=list(under_way), at_once=AT_ONCE_MAX, now=now
    )
    return [Due(*(*row[:-1], json.loads(row[-1]))) for row in rows]


def recorded_between(
    starts_at: datetime, ends_at: datetime, *, limit: int
) -> list[tuple[int, str, UUID | None, str]]:
    """Events by when they were written down: number, name, customer and subject."""
    return sql.statement("events", "recorded_between").rows(
        starts_at=starts_at, ends_at=ends_at, limit=limit
    )


def in_trouble() -> int:
    """How many webhooks were switched off by the house, or fail and fail."""
    paused = Q(
        off_why__in=[Subscription.Off.FAILING, Subscription.Off.GONE, Subscription.Off.OWNER]
    )
    failing = Q(off_at=None, failures__gte=rules.TOLD_AFTER_FAILURES)
    return Subscription.objects.filter(paused | failing, removed_at=None).count()


def _happened(row: tuple[Any, ...]) -> Happened:
    """Django leaves JSON as text on the connection below it."""
    whole = (*row[:-1], json.loads(row[-1]))
    return Happened(*whole)


def written_since(
    customer_id: UUID, moment: datetime, *, limit: int = 200
) -> list[tuple[datetime, str, str]]:
    """What the log got of one record after a moment, newest first: when, name, subject."""
    found = Event.objects.filter(customer_id=customer_id, recorded_at__gt=moment)
    rows = found.order_by("-occurred_at", "-id").values_list("recorded_at", "name", "subject")
    return list(rows[:limit])
