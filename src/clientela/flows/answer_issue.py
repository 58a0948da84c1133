"""Something is said on an issue: an answer, which leaves as a letter, the customer's, or a note."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from clientela.customers import queries as customers
from clientela.flows import jobs
from clientela.issues import queries as issue_reads
from clientela.issues.actions import handover, records, talk
from clientela.issues.actions.talk import Said
from clientela.issues.models import Issue, Message, State
from clientela.mail import actions as mail
from clientela.mail.actions import Draft
from clientela.mail.models import OutgoingMail
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies


@dataclass(frozen=True, slots=True)
class Answered:
    """`letter`: what leaves by e-mail; None when it was said in another way."""

    issue: Issue
    message: Message
    letter: OutgoingMail | None = None


@transactions.retried
def answer_issue(
    number: int, said: Said, *, then_state: str = "", actor: Actor, now: datetime,
    request: str = "",
) -> Answered:  # fmt: skip
    """Answer the customer; by e-mail it goes to the address they are known by.

    `then_state`: where the issue goes afterwards. IssueMovedOn when it was written against an
    older version than the issue's.
    """
    with transactions.open():
        issue = _locked(number)
        message, letter = answer_within(issue, said, actor=actor, now=now, request=request)
        if then_state:
            handover.set_state(issue, then_state, actor=actor, now=now, request=request)
    return Answered(issue, message, letter)


def answer_within(
    issue: Issue, said: Said, *, actor: Actor, now: datetime, request: str
) -> tuple[Message, OutgoingMail | None]:
    """The answer and its letter, in a transaction that holds the issue's lock."""
    is_letter = said.channel == Issue.Channel.EMAIL
    to = said.recipient or (email_of(issue.customer_id) if is_letter else "")
    message = talk.answer(issue, replace(said, recipient=to), actor=actor, now=now, request=request)
    return message, _letter(issue, message, actor=actor, now=now) if to else None


@transactions.retried
def hear_customer(
    number: int, said: Said, *, actor: Actor, now: datetime, request: str = ""
) -> Answered:
    """The customer said something more on this issue."""
    with transactions.open():
        issue = _locked(number)
        message = talk.hear(issue, said, actor=actor, now=now, request=request)
    return Answered(issue, message)


@transactions.retried
def note_on_issue(
    number: int, said: Said, *, actor: Actor, now: datetime, request: str = ""
) -> Answered:
    """A note for the company alone."""
    with transactions.open():
        issue = _locked(number)
        message = talk.note(issue, said, actor=actor, now=now, request=request)
    return Answered(issue, message)


def email_of(customer_id: UUID) -> str:
    """Where letters to this customer go: the primary address, else the one known longest."""
    family = customers.family_of(customer_id)
    known = [one for one in customers.identities_of(family) if one.kind == "email"]
    known.sort(key=lambda one: (one.primary_since is None, one.id))
    return known[0].value_shown if known else ""


def customers_turn() -> str:
    """The state in which an issue waits for the customer."""
    waits = (one.key for one in issue_reads.states() if one.reason == State.Reason.CUSTOMER)
    return next(waits, "")


def _locked(number: int) -> Issue:
    known = issue_reads.get(number)
    return records.locked(known.id, customer_id=known.customer_id)


def _letter(issue: Issue, message: Message, *, actor: Actor, now: datetime) -> OutgoingMail:
    company = companies.current()
    language = issue.language or company.language
    with translation.override(language):
        foot = _("Issue %(number)s · %(company)s") % {
            "number": issue.number, "company": company.name,
        }  # fmt: skip
    letter = mail.write(
        Draft(
            recipient=message.recipient, subject=f"{issue.subject} [#{issue.number}]",
            body=f"{message.body}\n\n{foot}",
            kind="answer", cause=message.public_id, customer_id=issue.customer_id,
            language=language,
        ),
        actor=actor, now=now,
    )  # fmt: skip
    jobs.queue_letter(letter.id)
    return letter
