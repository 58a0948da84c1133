"""What follows a call: consoles are told, who called in vain is called back.

One list, filtered once by what is switched on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.calls import queries
from clientela.calls.actions import calls
from clientela.calls.models import Call
from clientela.calls.rules import News
from clientela.events.actions import Happening
from clientela.flows import promise_callback
from clientela.platform import ids, live, phones
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


def keep_callbacks(call: Call, *, actor: Actor, now: datetime, request: str = "") -> None:
    """Whoever was promised a call back is talked with."""
    customer_id = queries.customers_of([call]).get(call.id)
    if customer_id is not None:
        promise_callback.keep_callbacks(customer_id, actor=actor, now=now, request=request)


def _promise_callback(call: Call, *, actor: Actor, now: datetime, request: str = "") -> None:
    """A number of nobody has nobody to promise it to: it stays on the list of missed calls."""
    customer_id = queries.customers_of([call]).get(call.id)
    if customer_id is not None:
        promise_callback.promise_callback(
            customer_id, number_words=phones.display(call.number), call_id=call.id, actor=actor,
            now=now, request=request,
        )  # fmt: skip


def _say(call: Call, **_more: Any) -> None:
    """A passing message to those it rang for."""
    live.tell("toast", call.public_id, people=call.rung)


def _is_answered(call: Call, news: News) -> bool:
    return news is News.ANSWERED


def _is_missed(call: Call, news: News) -> bool:
    return news is News.OVER and call.state == Call.State.MISSED


FOLLOWING: tuple[tuple[Callable[[Call, News], bool], str | None, Step], ...] = (
    (_is_answered, None, _reached),
    (_is_answered, "issues", keep_callbacks),
    (_is_missed, "issues", _promise_callback),
    (_is_missed, None, _say),
)
