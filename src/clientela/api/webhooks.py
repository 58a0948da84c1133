"""Webhooks: who is told of what happens, what became of each message, and sending again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StrictBool, StrictStr

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Instant, public_id
from clientela.events import actions
from clientela.events import queries as events
from clientela.events.models import Delivery, Subscription
from clientela.flows import webhooks as flow
from clientela.platform import transactions

doors = Doors(tags=["webhooks"])
RIGHT = "events.subscribe"
Address = Annotated[StrictStr, Field(min_length=1, max_length=2_000)]
EventNames = Annotated[list[Annotated[StrictStr, Field(min_length=1, max_length=100)]],
                       Field(max_length=actions.NAMES_MAX)]  # fmt: skip


class New(Body):
    """`names`: which events; none means all that the key may see."""

    address: Address
    names: EventNames = []


class WebhookChange(Body):
    address: Address | None = None
    names: EventNames | None = None
    active: StrictBool | None = None


class Times(Body):
    starts_at: Annotated[Instant, Field(alias="from")]
    ends_at: Annotated[Instant, Field(alias="to")]


class Webhook(Body):
    id: str
    address: str
    names: list[str]
    active: bool
    off_since: str | None
    off_why: str | None
    failures: int
    failing_since: str | None
    waiting: int
    made_by: str
    made_at: str


class Webhooks(Body):
    items: list[Webhook]
    next: str | None


class WithSecret(Body):
    webhook: Webhook
    secret: str
    old_secret_good_until: str | None


class WebhookSent(Body):
    """`status` is that of the last answer; `fault` says why there was none, or what it was."""

    id: str
    event: str
    name: str
    state: str
    tries: int
    status: int | None
    fault: str | None
    next_try_at: str | None
    ended_at: str | None


class SentPage(Body):
    items: list[WebhookSent]
    next: str | None


class Queued(Body):
    queued: int


@doors.read("/webhooks", right=RIGHT, answer=Webhooks, summary="List webhooks")
def listed(request: HouseRequest) -> dict[str, Any]:
    """Every webhook, the newest first; never a secret."""
    found = events.subscriptions()
    waiting = events.waiting(found)
    return {"items": [_webhook(it, waiting.get(it.id, 0)) for it in found], "next": None}


@doors.write("POST", "/webhooks", right=RIGHT, answer=WithSecret, summary="Make a webhook")
def create(request: HouseRequest, body: New) -> dict[str, Any]:
    """Events from now on are sent to the address. The secret is in this answer only."""
    made = flow.subscribe(
        address=body.address, names=body.names, actor=request.actor, now=request.started_at
    )
    return _with_secret(made)


@doors.read("/webhooks/{webhook_id}", right=RIGHT, answer=Webhook, summary="Read a webhook")
def one(request: HouseRequest, webhook_id: StrictStr) -> dict[str, Any]:
    """How it does, and how much waits for it."""
    return _shown(_found(webhook_id))


@doors.write("PATCH", "/webhooks/{webhook_id}", right=RIGHT, answer=Webhook,
             summary="Change a webhook, switch it off or on")  # fmt: skip
def change(request: HouseRequest, webhook_id: StrictStr, body: WebhookChange) -> dict[str, Any]:
    """What happened while it was off is not sent by itself: replay that time."""
    with transactions.open():
        changed = actions.change_subscription(
            _found(webhook_id), address=body.address, names=body.names, is_active=body.active,
            now=request.started_at,
        )  # fmt: skip
    return _shown(changed)


@doors.write("DELETE", "/webhooks/{webhook_id}", right=RIGHT, answer=Queued,
             summary="Remove a webhook")  # fmt: skip
def remove(request: HouseRequest, webhook_id: StrictStr) -> dict[str, Any]:
    """What still waited for it is not sent."""
    with transactions.open():
        actions.unsubscribe(_found(webhook_id), now=request.started_at)
    return {"queued": 0}


@doors.write("POST", "/webhooks/{webhook_id}/secrets", right=RIGHT, answer=WithSecret,
             summary="Rotate the secret of a webhook")  # fmt: skip
def rotate(request: HouseRequest, webhook_id: StrictStr) -> dict[str, Any]:
    """For three days each message carries a signature of both secrets."""
    return _with_secret(flow.rotate(_found(webhook_id), now=request.started_at))


@doors.write("POST", "/webhooks/{webhook_id}/tests", right=RIGHT, answer=Queued,
             summary="Send a test")  # fmt: skip
def test(request: HouseRequest, webhook_id: StrictStr) -> dict[str, Any]:
    """An event `webhook.tested` that goes to this webhook only, whatever it asks for."""
    flow.test(_found(webhook_id), actor=request.actor, now=request.started_at)
    return {"queued": 1}


@doors.write("POST", "/webhooks/{webhook_id}/replays", right=RIGHT, answer=Queued,
             summary="Send a time again")  # fmt: skip
def replay(request: HouseRequest, webhook_id: StrictStr, body: Times) -> dict[str, Any]:
    """Everything that was written down from `from` to before `to`; what was sent before goes under
    its old `webhook-id`.
    """
    queued = flow.replay(
        _found(webhook_id), starts_at=body.starts_at, ends_at=body.ends_at, now=request.started_at
    )
    return {"queued": queued}


@doors.read("/webhooks/{webhook_id}/deliveries", right=RIGHT, answer=SentPage,
            summary="List what was sent to a webhook")  # fmt: skip
def deliveries(
    request: HouseRequest, webhook_id: StrictStr,
    state: Literal["waiting", "delivered", "failed"] | None = None,
    after: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """The newest first, kept for thirty days after its end."""
    before = public_id("dlv", after, field="after") if after else None
    page = events.deliveries_of(_found(webhook_id), state=state or "", before=before, limit=limit)
    following = page[-1][0].public_id if len(page) == limit else None
    return {"items": [_sent(*it) for it in page], "next": following}


@doors.write("POST", "/webhooks/{webhook_id}/deliveries/{delivery_id}/replays", right=RIGHT,
             answer=Queued, summary="Send one message again")  # fmt: skip
def again(request: HouseRequest, webhook_id: StrictStr, delivery_id: StrictStr) -> dict[str, Any]:
    """Under the same `webhook-id`."""
    webhook = _found(webhook_id)
    flow.again(
        events.delivery(public_id("dlv", delivery_id), subscription=webhook),
        now=request.started_at,
    )
    return {"queued": 1}


def _found(webhook_id: str) -> Subscription:
    return events.subscription(public_id("whk", webhook_id))


def _shown(webhook: Subscription) -> dict[str, Any]:
    return _webhook(webhook, events.waiting([webhook]).get(webhook.id, 0))


def _webhook(it: Subscription, waiting: int) -> dict[str, Any]:
    return {
        "id": it.public_id, "address": it.address, "names": it.names, "active": it.off_at is None,
        "off_since": it.off_at.isoformat() if it.off_at else None, "off_why": it.off_why or None,
        "failures": it.failures,
        "failing_since": it.failing_since.isoformat() if it.failing_since else None,
        "waiting": waiting, "made_by": it.made_by, "made_at": it.made_at.isoformat(),
    }  # fmt: skip


def _with_secret(made: flow.Made) -> dict[str, Any]:
    until = made.subscription.overlaps_until
    return {
        "webhook": _shown(made.subscription), "secret": made.secret,
        "old_secret_good_until": until.isoformat() if until else None,
    }  # fmt: skip


def _sent(it: Delivery, name: str) -> dict[str, Any]:
    waits = it.state == Delivery.State.WAITING
    return {
        "id": it.public_id, "event": f"evt_{it.event_id}", "name": name, "state": it.state,
        "tries": it.tries, "status": it.status, "fault": it.fault or None,
        "next_try_at": it.next_try_at.isoformat() if waits else None,
        "ended_at": it.ended_at.isoformat() if it.ended_at else None,
    }  # fmt: skip
