"""Partners are told of orders: signed as webhooks are, tried again, and given up before staff."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from clientela.events import actions as events
from clientela.events import rules as webhooks
from clientela.events.actions import Happening
from clientela.loyalty.actions import partners, travel
from clientela.loyalty.models import Partner, PartnerMessage, TravelCare, TravelOrder
from clientela.loyalty.queries import travel as reads
from clientela.platform import transactions
from clientela.platform.http import outgoing
from clientela.platform.http.actors import SYSTEM

AT_ONCE = 50
TOLERANCE_SECONDS = 5 * 60
Post = Callable[[str, bytes, dict[str, str]], int]
Kind = PartnerMessage.Kind


def secret_of(partner: Partner) -> str:
    """What both sides sign with; it is made of the house's own, and of how often it was changed."""
    named = f"partner:{partner.public_id}"
    return webhooks.secret(
        settings.SECRET_KEY, subscription=named, generation=partner.generation
    )  # fmt: skip


def is_from(
    partner: Partner, *, id: str, timestamp: str, signature: str, body: bytes, now: datetime
) -> bool:
    """Whether a call was signed by this partner, within five minutes of now."""
    if not timestamp.isdecimal() or abs(int(timestamp) - now.timestamp()) > TOLERANCE_SECONDS:
        return False
    return webhooks.is_signed(
        signature, secret_of(partner), id=id, timestamp=int(timestamp), body=body
    )


def tell(message_id: UUID, *, now: datetime, post: Post = outgoing.post) -> None:
    """Try one message: the try is counted before it is sent, what came of it noted after it."""
    with transactions.open():
        message = partners.take_up(message_id, now=now)
        order = travel.lock(message.travel_order_id) if message else None
    if message is None or order is None:
        return
    if message.kind == Kind.PLACED and not order.is_open:
        _note(message, order, status=None, fault="answered meanwhile", now=now, over=True)
        return
    body = _body(message, order)
    status, fault = _sent(message, body, post, now=now)
    _note(message, order, status=status, fault=fault, now=now)


def tell_waiting(*, now: datetime, post: Post = outgoing.post) -> int:
    due = reads.messages_due(now=now, limit=AT_ONCE)
    for message_id in due:
        tell(message_id, now=now, post=post)
    return len(due)


def _sent(
    message: PartnerMessage, body: bytes, post: Post, *, now: datetime
) -> tuple[int | None, str]:
    timestamp = int(now.timestamp())
    signature = webhooks.signature(
        [secret_of(message.partner)], id=message.public_id, timestamp=timestamp, body=body
    )
    headers = {
        "Content-Type": "application/json", "User-Agent": "Clientela",
        "webhook-id": message.public_id, "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }  # fmt: skip
    try:
        status = post(message.partner.address, body, headers)
    except outgoing.NoAnswer as fault:
        return None, str(fault)
    return status, "" if webhooks.is_accepted(status) else f"answered {status}"


def _body(message: PartnerMessage, order: TravelOrder) -> bytes:
    """What a partner needs to book it; a journey that is given up names nobody any more."""
    told: dict[str, Any] = {
        "kind": f"travel_order.{message.kind}", "order": order.public_id,
        "journey": order.redemption.reward.key,
        "starts_on": order.starts_on and order.starts_on.isoformat(),
        "ends_on": order.ends_on and order.ends_on.isoformat(),
        "voucher": order.voucher, "reference": order.partner_reference,
    }  # fmt: skip
    if message.kind == Kind.PLACED:
        told |= {
            "traveller": order.traveller, "reply_by": order.reply_by.isoformat(),
            "answer": f"/api/v1/travel-orders/{order.public_id}/answer",
        }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


@transactions.retried
def _note(
    message: PartnerMessage, order: TravelOrder, *, status: int | None, fault: str, now: datetime,
    over: bool = False,
) -> None:  # fmt: skip
    with transactions.open():
        state = partners.note(message, status=status, fault=fault, now=now, over=over)
        if state != PartnerMessage.State.FAILED or over:
            return
        travel.ask_staff(
            order, TravelCare.Kind.UNREACHED, reference=message.public_id, words=fault, now=now
        )
        told = Happening(
            "travel_order.unreached", now, order.customer_id, order.public_id,
            {"labels": dict(order.redemption.labels), "partner": order.partner},
        )  # fmt: skip
        events.emit([told], actor=SYSTEM, now=now)
