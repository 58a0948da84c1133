"""A letter is tried: the server's answer is noted, and of a refusal its writer is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from clientela.issues import queries as issue_reads
from clientela.issues.actions import handover, records, talk
from clientela.issues.actions.talk import Said
from clientela.issues.models import Issue, Message
from clientela.mail import actions as mail
from clientela.mail import transport
from clientela.mail.models import OutgoingMail
from clientela.mail.transport import Answer
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM

LOST = (OutgoingMail.State.FAILED, OutgoingMail.State.UNDELIVERABLE)


def send_letter(
    letter_id: UUID, *, now: datetime, deliver: Callable[[OutgoingMail], Answer] | None = None
) -> OutgoingMail | None:
    """Try a letter that waits; None when it does not, or not yet.

    A worker that dies between the server's answer and its note leaves the letter waiting: it goes
    out again under the same Message-ID.
    """
    with transactions.open():
        letter = mail.take_up(letter_id, now=now)
    if letter is None:
        return None
    answer = (deliver or transport.deliver)(letter)
    with transactions.open():
        noted = mail.note(letter, answer, now=now)
        if noted.state in LOST and noted.kind == "answer":
            _tell_on_issue(noted, now=now)
    return noted


def send_waiting(*, now: datetime) -> int:
    """Try every letter whose time has come; how many."""
    due = mail.waiting(now=now)
    for letter_id in due:
        send_letter(letter_id, now=now)
    return len(due)


def _tell_on_issue(letter: OutgoingMail, *, now: datetime) -> None:
    """A note on the issue; one that waits for the customer is its owner's again."""
    assert letter.customer_id is not None
    message = Message.objects.filter(
        customer_id=letter.customer_id, id=ids.parse("msg", letter.cause)
    ).first()
    if message is None:
        return
    issue = issue_reads.by_id(message.issue_id, customer_id=message.customer_id)
    issue = records.locked(issue.id, customer_id=issue.customer_id)
    words = f"✉ {letter.recipient}: {letter.answer}"
    talk.note(issue, Said(words, Issue.Channel.EMAIL), actor=SYSTEM, now=now)
    if issue.is_running:
        handover.wake(issue, actor=SYSTEM, now=now)
