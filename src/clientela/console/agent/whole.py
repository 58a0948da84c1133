"""The whole customer on one screen: the panels of the profile, in the order of a conversation."""

from __future__ import annotations

from typing import Any

from clientela.calls.models import Conversation
from clientela.console.customers import record
from clientela.customers import queries as customers
from clientela.platform.http.requests import HouseRequest


def of(request: HouseRequest, talk: Conversation) -> dict[str, Any]:
    """What is switched off, or not for this person, is simply not there."""
    assert talk.customer_id is not None
    family = customers.family_of(talk.customer_id)
    if not family:
        raise customers.NoSuchCustomer
    context = record.composed(request, family)
    return {
        **context, "conversation": talk, "over": talk.ended_at is not None,
        "in_bar": talk.call is not None and talk.call.conversation_id == talk.id,
    }  # fmt: skip
