"""Letters are written down, taken up for a try, and their end noted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.mail import rules
from clientela.mail.models import OutgoingMail
from clientela.mail.transport import Answer, Result
from clientela.platform import emails, ids
from clientela.platform.http.actors import SYSTEM, Actor, acting
from clientela.platform.transactions import needs_transaction
from clientela.privacy import queries as privacy
from clientela.staff import company as companies

WAITING_MAX = 500
State = OutgoingMail.State


@dataclass(frozen=True, slots=True)
class Draft:
    """`cause`: the public id of what the letter is for, `kind` what that is. `purpose`: one the
    customer may refuse; such a letter leaves only while they agree.
    """

    recipient: str
    subject: str
    body: str
    kind: str
    cause: str
    customer_id: UUID | None = None
    language: str = ""
    in_reply_to: str = ""
    purpose: str = ""


@needs_transaction
def write(new: Draft, *, actor: Actor, now: datetime) -> OutgoingMail:
    """Write a letter down; its Message-ID is fixed from here on."""
    id = ids.uuid7()
    sender = settings.DEFAULT_FROM_EMAIL
    host = sender.rpartition("@")[2].strip(" >") or "localhost"
    return OutgoingMail.objects.create(
        id=id, customer_id=new.customer_id, recipient=new.recipient, sender=sender,
        message_id=f"<{id.hex}@{host}>", kind=new.kind, cause=new.cause,
        subject=" ".join(new.subject.split()), body=new.body, language=new.language,
        in_reply_to=new.in_reply_to, purpose=new.purpose, written_by=actor.id,
        queued_at=now, next_try_at=now,
    )  # fmt: skip


@needs_transaction
def take_up(letter_id: UUID, *, now: datetime) -> OutgoingMail | None:
    """Count a try and set the time of the next; None when the letter does not wait, or not yet.

    Committed before the try: two workers never send one letter at once, and one whose worker dies
    in between is tried again.
    """
    letter = (
        OutgoingMail.objects.select_for_update(skip_locked=True)
        .filter(id=letter_id, state=State.QUEUED, next_try_at__lte=now)
        .first()
    )
    if letter is None or stop_unwanted([letter], now=now):
        return None
    letter.tries += 1
    letter.next_try_at = rules.next_try(tries=letter.tries, now=now)
    OutgoingMail.objects.filter(id=letter.id).update(
        tries=letter.tries, next_try_at=letter.next_try_at
    )
    return letter


@needs_transaction
def note(letter: OutgoingMail, answer: Answer, *, now: datetime) -> OutgoingMail:
    """What came of a try. A letter that may still go waits, two days at most."""
    state = _state(letter, answer, now=now)
    letter.state, letter.answer = state, answer.words
    values = {"state": state, "answer": answer.words}
    if state != State.QUEUED:
        letter.next_try_at, letter.ended_at = None, now
        values |= {"next_try_at": None, "ended_at": now}  # type: ignore[dict-item]
    OutgoingMail.objects.filter(id=letter.id).update(**values)
    if state in (State.SENT, State.FAILED, State.UNDELIVERABLE):
        _tell(letter, now=now)
    return letter


@needs_transaction
def stop_for(family: Sequence[UUID], *, now: datetime) -> int:
    """Stop what waits for a customer and is not wanted any more; how many letters.

    In the transaction of the refusal: no letter leaves after it.
    """
    waits = OutgoingMail.objects.select_for_update().filter(
        customer_id__in=list(family), state=State.QUEUED
    )
    return stop_unwanted(waits.exclude(purpose="").order_by("id"), now=now)


@needs_transaction
def stop_unwanted(letters: Iterable[OutgoingMail], *, now: datetime) -> int:
    """End letters whose purpose the customer does not agree to now."""
    unwanted = [letter for letter in letters if not is_wanted(letter, now=now)]
    ended = {"state": State.STOPPED, "next_try_at": None, "ended_at": now}
    OutgoingMail.objects.filter(id__in=[one.id for one in unwanted]).update(**ended)
    told = [
        Happening("mail.stopped", now, one.customer_id, one.public_id,
                  {"kind": one.kind, "purpose": one.purpose})
        for one in unwanted
    ]  # fmt: skip
    events.emit(told, actor=SYSTEM, now=now)
    return len(unwanted)


def is_wanted(letter: OutgoingMail, *, now: datetime) -> bool:
    if not letter.purpose or letter.customer_id is None:
        return True
    with acting(SYSTEM):  # whoever acts may not see them; the answer is the same
        family = customers.family_of(letter.customer_id)
    return privacy.may_contact(
        family, purpose=letter.purpose, channel="email",
        identity=("email", emails.normal(letter.recipient).norm),
        today=companies.current().today(now),
    ).is_allowed  # fmt: skip


def waiting(*, now: datetime) -> list[UUID]:
    """Letters whose next try has come."""
    due = OutgoingMail.objects.filter(state=State.QUEUED, next_try_at__lte=now)
    return list(due.order_by("next_try_at", "id").values_list("id", flat=True)[:WAITING_MAX])


def _state(letter: OutgoingMail, answer: Answer, *, now: datetime) -> OutgoingMail.State:
    if answer.result == Result.LATER:
        over = rules.is_given_up(queued_at=letter.queued_at, now=now)
        return State.UNDELIVERABLE if over else State.QUEUED
    ends = {Result.SENT: State.SENT, Result.FILED: State.FILED, Result.REFUSED: State.FAILED}
    return ends[answer.result]


def _tell(letter: OutgoingMail, *, now: datetime) -> None:
    name = "mail.sent" if letter.state == State.SENT else "mail.failed"
    data = {"kind": letter.kind, "cause": letter.cause, "tries": letter.tries}
    happening = Happening(name, now, letter.customer_id, letter.public_id, data)
    events.emit([happening], actor=SYSTEM, now=now)
