"""What follows a call: consoles are told, who called in vain is called back.

One list, filtered once by what is switched on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.calls.actions import calls
from clientela.calls.models import Call
from clientela.calls.rules import News
from clientela.events.actions import Happening
from clientela.platform import ids, live
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

SERVES = "calls.serve"
Step = Callable[..., object]


def follow(call: Call, news: News, *, actor: Actor, now: datetime, request: str = "") -> None:
    """Everything that follows a report that counted, in the transaction of the call."""
    company = companies.current()
    for when, switch, step in FOLLOWING:
        if when(call, news) and company.is_on(switch):
            step(call, actor=actor, now=now, request=request)
    tell(call)


def tell(call: Call) -> None:
    """The consoles of those the call is for, and the lists of everybody who serves."""
    people = [*call.rung, *filter(None, [call.person_id])]
    live.tell("call", call.public_id, people=people, state=call.state)
    live.tell("queue", call.public_id, right=SERVES, state=call.state)


def conversation_started(
    conversation_id: UUID, *, customer_id: UUID | None, call: Call | None, now: datetime
) -> Happening:
    data = {"call": call.public_id, "direction": call.direction} if call else {}
    return Happening(
        "conversation.started", now, customer_id, ids.public("con", conversation_id), data
    )


def _reached(call: Call, *, actor: Actor, now: datetime, **_more: Any) -> None:
    """Somebody who had called in vain is talked with: their missed calls wait no more."""
    if call.number:
        calls.settle(number=call.number, actor=actor, now=now)


def _is_answered(call: Call, news: News) -> bool:
    return news is News.ANSWERED


def _is_missed(call: Call, news: News) -> bool:
    return news is News.OVER and call.state == Call.State.MISSED


FOLLOWING: tuple[tuple[Callable[[Call, News], bool], str | None, Step], ...] = (
    (_is_answered, None, _reached),
)
