"""Conversations: begun, named, noted, ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from clientela.calls.models import Call, Conversation
from clientela.platform import ids
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.transactions import needs_transaction

NOTE_LENGTH_MAX = 10_000
LOST_AFTER = timedelta(hours=4)
SWEPT_MAX = 500


class NoSuchConversation(NotThere):
    code = "no-such-conversation"
    title = "There is no such conversation"


class ConversationOver(Problem):
    code = "conversation-over"
    status = 409
    title = "This conversation is over"


@needs_transaction
def begin(
    *, person_id: UUID, customer_id: UUID | None, call: Call | None, now: datetime,
    channel: str = Conversation.Channel.PHONE,
) -> Conversation:  # fmt: skip
    """A conversation of this person; a call that has one already keeps it. The call is locked."""
    if call is not None and call.conversation_id is not None:
        return locked(call.conversation_id)
    conversation = Conversation.objects.create(
        id=ids.uuid7(), customer_id=customer_id, call=call, person_id=person_id,
        channel=channel, started_at=now,
    )  # fmt: skip
    _belongs(call, conversation)
    return conversation


@needs_transaction
def name(conversation: Conversation, *, customer_id: UUID, now: datetime) -> Conversation:
    """The conversation is with this customer.

    Where nobody was named yet it becomes theirs, with its id and note. Where somebody else was,
    that one ends and another begins: rows of a customer never move.
    """
    _open(conversation)
    if conversation.customer_id == customer_id:
        return conversation
    if conversation.customer_id is None:
        Conversation.objects.filter(id=conversation.id).delete()
        conversation.customer_id = customer_id
        conversation.save(force_insert=True)
        return conversation
    end(conversation, outcome=Conversation.Outcome.OTHER_CUSTOMER, now=now)
    call = conversation.call
    following = Conversation.objects.create(
        id=ids.uuid7(), customer_id=customer_id, call=call, person_id=conversation.person_id,
        channel=conversation.channel, started_at=max(now, conversation.started_at),
    )  # fmt: skip
    _belongs(call, following)
    return following


@needs_transaction
def note(conversation: Conversation, *, text: str, now: datetime) -> Conversation:
    """Keep the note as it is typed now."""
    if len(text) > NOTE_LENGTH_MAX:
        raise InvalidInput(f"A note has at most {NOTE_LENGTH_MAX} characters.", field="note")
    conversation.note, conversation.note_saved_at = text.replace("\0", ""), now
    Conversation.objects.filter(id=conversation.id).update(
        note=conversation.note, note_saved_at=conversation.note_saved_at
    )
    return conversation


@needs_transaction
def end(conversation: Conversation, *, outcome: str, now: datetime) -> Conversation:
    """The conversation is over; over twice is over once, with the first outcome."""
    if outcome not in Conversation.Outcome.values:
        raise InvalidInput("Say how the conversation ended.", field="outcome")
    ended_at = max(now, conversation.started_at)
    Conversation.objects.filter(id=conversation.id, ended_at=None).update(
        ended_at=ended_at, outcome=outcome
    )
    conversation.refresh_from_db()
    return conversation


@needs_transaction
def lost(*, now: datetime) -> list[Conversation]:
    """Conversations nobody ended, four hours after they began; at most 500 at once, locked."""
    open_ones = Conversation.objects.filter(ended_at=None, started_at__lt=now - LOST_AFTER)
    return list(
        open_ones.select_for_update(skip_locked=True, of=("self",))
        .select_related("call").order_by("started_at")[:SWEPT_MAX]
    )  # fmt: skip


@needs_transaction
def locked(conversation_id: UUID) -> Conversation:
    found = (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("call__line").filter(id=conversation_id).first()
    )  # fmt: skip
    if found is None:
        raise NoSuchConversation
    return found


def _open(conversation: Conversation) -> None:
    if conversation.ended_at is not None:
        raise ConversationOver


def _belongs(call: Call | None, conversation: Conversation) -> None:
    if call is not None:
        Call.objects.filter(id=call.id).update(conversation_id=conversation.id)
        call.conversation_id = conversation.id
