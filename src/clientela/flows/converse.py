"""A conversation from the agent's side: taken, begun, named, noted, ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from clientela.calls import queries
from clientela.calls.actions import calls, conversations
from clientela.calls.actions.conversations import NoSuchConversation
from clientela.calls.models import Call, Conversation
from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import follow_call
from clientela.platform import ids, live, transactions
from clientela.platform.errors import NotThere, Problem
from clientela.platform.http.actors import SYSTEM, Actor

Outcome = Conversation.Outcome


class CallTaken(Problem):
    code = "call-taken"
    status = 409
    title = "Somebody else talks with this caller"


class NoSuchCall(NotThere):
    code = "no-such-call"
    title = "There is no such call"


def person_of(actor: Actor) -> UUID:
    """Conversations are people's; a key or the system has none."""
    return ids.parse("per", actor.id)


@transactions.retried
def take(call_id: UUID, *, actor: Actor, now: datetime, request: str = "") -> Conversation:
    """This person looks after the call: its conversation, begun if there was none.

    Looking answers nothing: the telephone does. CallTaken when it is somebody else's.
    """
    with transactions.open():
        call = _locked(call_id)
        person_id = person_of(actor)
        if not calls.give_to(call, person_id=person_id, now=now):
            raise CallTaken
        if call.conversation_id is not None:
            return conversations.locked(call.conversation_id)
        customer_id = queries.customers_of([call]).get(call.id)
        begun = conversations.begin(
            person_id=person_id, customer_id=customer_id, call=call, now=now
        )
        told = follow_call.conversation_started(
            begun.id, customer_id=customer_id, call=call, now=now
        )
        events.emit([told], actor=actor, now=now, request=request)
        follow_call.tell(call)
    return begun


@transactions.retried
def begin(
    customer_id: UUID, *, channel: str, actor: Actor, now: datetime, request: str = ""
) -> Conversation:
    """A conversation without a call of ours: somebody stands at the desk, or was dialled by hand.

    One that this person has open with the customer is gone on with; one with nobody named yet is
    theirs.
    """
    with transactions.open():
        family = customers.family_of(customer_id)
        if not family:
            raise customers.NoSuchCustomer
        person_id = person_of(actor)
        for known in queries.unended(person_id):
            if known.customer_id in family:
                return known
            if known.customer_id is None:
                return name(known.id, customer_id=family[0], actor=actor, now=now, request=request)
        begun = conversations.begin(
            person_id=person_id, customer_id=family[0], call=None, channel=channel, now=now
        )
        told = follow_call.conversation_started(begun.id, customer_id=family[0], call=None, now=now)
        events.emit([told], actor=actor, now=now, request=request)
    return begun


@transactions.retried
def name(
    conversation_id: UUID, *, customer_id: UUID, actor: Actor, now: datetime, request: str = ""
) -> Conversation:
    """It is this customer: the conversation that goes on with them, and their call."""
    with transactions.open():
        family = customers.family_of(customer_id)
        if not family:
            raise customers.NoSuchCustomer
        before = own(conversation_id, actor=actor)
        if before.customer_id in family:
            return before
        had_somebody = before.customer_id is not None
        before_id, before_customer = before.id, before.customer_id
        named = conversations.name(before, customer_id=family[0], now=now)
        told = []
        if had_somebody:
            ended = conversations.locked(before_id)
            told.append(_ended(ended, customer_id=before_customer))
        if named.call is not None:
            calls.name_customer(named.call, customer_id=family[0], actor=actor, now=now)
            told.append(_named(named.call, family[0], now=now))
            if named.call.answered_at is not None:
                follow_call.keep_callbacks(named.call, actor=actor, now=now, request=request)
        told.append(
            follow_call.conversation_started(
                named.id, customer_id=family[0], call=named.call, now=now
            )
        )
        events.emit(told, actor=actor, now=now, request=request)
        if named.call is not None:
            follow_call.tell(named.call)
    return named


@transactions.retried
def note(conversation_id: UUID, *, text: str, actor: Actor, now: datetime) -> Conversation:
    """Keep what is typed, also after the conversation; nothing is told of a draft."""
    with transactions.open():
        return conversations.note(own(conversation_id, actor=actor), text=text, now=now)


@transactions.retried
def end(
    conversation_id: UUID, *, outcome: str, actor: Actor, now: datetime, request: str = ""
) -> Conversation:
    """The conversation is over."""
    with transactions.open():
        open_one = own(conversation_id, actor=actor)
        if open_one.ended_at is not None:
            return open_one
        ended = conversations.end(open_one, outcome=outcome, now=now)
        events.emit(
            [_ended(ended, customer_id=ended.customer_id)], actor=actor, now=now, request=request
        )
        _tell(ended)
    return ended


def sweep(*, now: datetime) -> int:
    """End what nobody ended within four hours, as lost; how many."""
    with transactions.open():
        found = conversations.lost(now=now)
        ended = [conversations.end(one, outcome=Outcome.LOST, now=now) for one in found]
        told = [_ended(one, customer_id=one.customer_id) for one in ended]
        events.emit(told, actor=SYSTEM, now=now)
    return len(ended)


@transactions.retried
def put_aside(call_id: UUID, *, actor: Actor, now: datetime) -> None:
    """A missed call needs no call back."""
    with transactions.open():
        call = _locked(call_id)
        calls.settle(calls=[call.id], actor=actor, now=now)
        follow_call.tell(call)


def own(conversation_id: UUID, *, actor: Actor) -> Conversation:
    """The conversation, locked, if it is this person's; else there is none for them."""
    found = conversations.locked(conversation_id)
    if found.person_id != person_of(actor):
        raise NoSuchConversation
    return found


def _locked(call_id: UUID) -> Call:
    call = calls.locked(call_id)
    if call is None:
        raise NoSuchCall
    return call


def _ended(one: Conversation, *, customer_id: UUID | None) -> Happening:
    assert one.ended_at is not None
    data = {
        "outcome": one.outcome, "seconds": int((one.ended_at - one.started_at).total_seconds()),
        "channel": one.channel,
    }  # fmt: skip
    if one.call is not None:
        data |= {"call": one.call.public_id, "direction": one.call.direction}
    return Happening("conversation.ended", one.ended_at, customer_id, one.public_id, data)


def _named(call: Call, customer_id: UUID, *, now: datetime) -> Happening:
    data = {"direction": call.direction, "line": call.line.public_id}
    return Happening("call.named", now, customer_id, call.public_id, data)


def _tell(one: Conversation) -> None:
    people = [one.person_id]
    live.tell("call", one.call.public_id if one.call else one.public_id, people=people)
