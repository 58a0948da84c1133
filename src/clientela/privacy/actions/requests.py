"""What customers ask for by right is written down and answered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.privacy.faults import RequestAnswered
from clientela.privacy.models.rights import Request
from clientela.privacy.rules import deadlines

WORDS_LENGTH_MAX = 2_000


@dataclass(frozen=True, slots=True)
class NewRequest:
    """`received_on`: the day it reached the company, from which its thirty days count."""

    customer_id: UUID
    kind: str
    received_at: datetime
    received_on: date
    channel: str = ""
    words: str = ""
    proof: str = ""
    about: str = ""


@needs_transaction
def open_request(new: NewRequest, *, actor: Actor, now: datetime) -> Request:
    if new.kind not in Request.Kind.values:
        kinds = ", ".join(Request.Kind.values)
        raise InvalidInput(_("Use %(kinds)s.") % {"kinds": kinds}, field="kind")
    if new.received_at > now:
        raise InvalidInput(_("It was not received in the future."), field="received_at")
    if max(len(new.words), len(new.proof)) > WORDS_LENGTH_MAX:
        raise InvalidInput(_("This is too long."), field="words")
    return Request.objects.create(
        id=ids.uuid7(), customer_id=new.customer_id, kind=new.kind, channel=new.channel,
        words=new.words, proof=new.proof, about=new.about, received_at=new.received_at,
        due_on=deadlines.due_on(new.received_on), opened_by=actor.id,
    )  # fmt: skip


@needs_transaction
def answer(
    request: Request, *, outcome: str, words: str = "", actor: Actor, now: datetime
) -> Request:
    """RequestAnswered when somebody was faster; a refusal says why."""
    if outcome not in Request.Outcome.values:
        outcomes = ", ".join(Request.Outcome.values)
        raise InvalidInput(_("Use %(outcomes)s.") % {"outcomes": outcomes}, field="outcome")
    if outcome == Request.Outcome.REFUSED and not words.strip():
        raise InvalidInput(_("Say why it is refused; the customer is told."), field="answer")
    answered = Request.objects.filter(id=request.id, answered_at=None).update(
        answered_at=now, answered_by=actor.id, outcome=outcome, answer=words[:WORDS_LENGTH_MAX]
    )
    if not answered:
        raise RequestAnswered
    request.refresh_from_db()
    return request


@needs_transaction
def set_proof(request: Request, *, proof: str) -> None:
    """How it was made sure that it is the customer who asks."""
    Request.objects.filter(id=request.id).update(proof=proof[:WORDS_LENGTH_MAX])
