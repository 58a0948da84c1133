"""A letter for a purpose that a customer may refuse: written only while they agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.flows import answer_issue, choices, jobs
from clientela.flows.consents import family_of
from clientela.mail import actions as mail
from clientela.mail.actions import Draft
from clientela.mail.models import OutgoingMail
from clientela.platform import emails, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.privacy import queries as privacy
from clientela.staff import company as companies


class NotAgreed(Problem):
    code = "not-agreed"
    status = 409
    title = "The customer does not agree to this"


@dataclass(frozen=True, slots=True)
class Written:
    purpose: str
    subject: str
    body: str


@transactions.retried
def write_marketing(
    customer_id: UUID, written: Written, *, actor: Actor, now: datetime, request: str = ""
) -> OutgoingMail:
    """NotAgreed, and why, where this purpose is refused, not agreed to, paused or objected to."""
    company = companies.current()
    with transactions.open():
        family = family_of(customer_id)
        recipient = answer_issue.email_of(family[0])
        if not recipient:
            raise InvalidInput("No e-mail address of this customer is known.", field="email")
        answer = privacy.may_contact(
            family, purpose=written.purpose, channel="email",
            identity=("email", emails.normal(recipient).norm), today=company.today(now),
        )  # fmt: skip
        if not answer.is_allowed:
            raise NotAgreed(f"This purpose may not be used: {answer.because}.",
                            because=answer.because)  # fmt: skip
        language = customers.get(family[0]).language or company.language
        foot = choices.foot(family[0], language=language, now=now)
        letter = mail.write(
            Draft(recipient=recipient, subject=written.subject, body=f"{written.body}\n\n{foot}",
                  kind="marketing", cause="", customer_id=family[0], language=language,
                  purpose=written.purpose),
            actor=actor, now=now,
        )  # fmt: skip
        jobs.queue_letter(letter.id)
    return letter
