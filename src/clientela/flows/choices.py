"""The customer's own page behind a signed link: what they want to hear, how often, which language.

Nobody signs in there. The link is the proof of who it is, and it opens nothing but these choices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import answer_issue, consents, jobs
from clientela.flows.consents import Preferred, family_of
from clientela.flows.register_customer import Details, change_customer
from clientela.mail import actions as mail
from clientela.mail.actions import Draft
from clientela.mail.models import OutgoingMail
from clientela.platform import sql, transactions
from clientela.platform.errors import InvalidInput, TooManyRequests
from clientela.platform.http.actors import Actor
from clientela.privacy import links
from clientela.privacy import queries as privacy
from clientela.privacy.actions.consents import NewConsent
from clientela.privacy.faults import LinkOver
from clientela.privacy.models.consents import Preference, Purpose, Wording
from clientela.privacy.queries import Standing
from clientela.staff import company as companies

CUSTOMER = Actor(id="customer", name="customer")
SOURCE = "preferences"
OPENED_A_MINUTE_MAX = 30
REFUSABLE = (Purpose.Basis.CONSENT, Purpose.Basis.LEGITIMATE_INTEREST)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the page shows; `standing` only what may be refused at all."""

    customer: Customer
    family: list[UUID]
    standing: list[Standing]
    words: Mapping[str, Wording]
    preference: Preference | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """`allowed`: (purpose, channel) -> yes or no, as the page was sent."""

    allowed: Mapping[tuple[str, str], bool]
    frequency: str
    paused_until: date | None
    language: str


def opened(token: str, *, who: str, now: datetime, for_ever: bool = False) -> Choices:
    """The choices behind a link. LinkOver for one that is old, made up, or of somebody gone.

    `who`: from where it is opened; thirty times a minute are enough for a person.
    """
    _take_turn(who, now=now)
    customer_id = links.read(token, today=companies.current().today(now), for_ever=for_ever)
    family = customers.family_of(customer_id) if customer_id else []
    if not family or privacy.is_restricted(family) or privacy.is_erased(family):
        raise LinkOver
    return Choices(
        customers.get(family[0]), family,
        [one for one in privacy.state_of(family) if one.purpose.basis in REFUSABLE],
        privacy.words_in_force(), privacy.preference_of(family),
    )  # fmt: skip


@transactions.retried
def choose(choices: Choices, chosen: Chosen, *, now: datetime, request: str = "") -> int:
    """Keep what differs from what stood; how many decisions that are."""
    decided = [
        _decision(choices, purpose, channel, is_given=is_given, now=now)
        for (purpose, channel), is_given in chosen.allowed.items()
        if _differs(choices, purpose, channel, is_given)
    ]
    preferred = Preferred(chosen.frequency, chosen.paused_until)
    with transactions.open():
        consents.record_consents(decided, actor=CUSTOMER, now=now, request=request)
        if preferred != _preferred(choices.preference):
            consents.prefer(choices.family[0], preferred, source=SOURCE, actor=CUSTOMER, now=now,
                            request=request)  # fmt: skip
        if chosen.language in dict(settings.LANGUAGES):
            change_customer(choices.family[0], Details(language=chosen.language), version=None,
                            actor=CUSTOMER, now=now, request=request)  # fmt: skip
    return len(decided)


def refuse(choices: Choices, purpose: str, *, now: datetime, request: str = "") -> None:
    """One click in a letter: nothing more for this purpose, on any channel; twice is once."""
    refused = [
        _decision(choices, one.purpose.key, one.channel, is_given=False, now=now)
        for one in choices.standing
        if one.purpose.key == purpose and one.answer.because != "withdrawn"
    ]
    if refused:
        consents.record_consents(refused, actor=CUSTOMER, now=now, request=request)


def link_for(customer_id: UUID, *, now: datetime) -> str:
    """The address to be handed to this customer, in a letter or at the counter."""
    family = family_of(customer_id)
    return links.choices(family[0], today=companies.current().today(now))


@transactions.retried
def send_link(customer_id: UUID, *, actor: Actor, now: datetime, request: str = "") -> OutgoingMail:
    """A letter with the link, in the customer's language, to the address they are known by."""
    with transactions.open():
        family = family_of(customer_id)
        recipient = answer_issue.email_of(family[0])
        if not recipient:
            raise InvalidInput(_("No e-mail address of this customer is known."), field="email")
        letter = mail.write(_letter(family, recipient, now=now), actor=actor, now=now)
        jobs.queue_letter(letter.id)
        told = Happening("preferences.sent", now, family[0], letter.public_id)
        events.emit([told], actor=actor, now=now, request=request)
    return letter


def foot(customer_id: UUID, *, language: str, now: datetime) -> str:
    """The last lines of a letter that may be refused."""
    with translation.override(language):
        return _("What you want to hear from us, how often and in which language: %(link)s") % {
            "link": link_for(customer_id, now=now)
        }


def _letter(family: list[UUID], recipient: str, *, now: datetime) -> Draft:
    company = companies.current()
    language = customers.get(family[0]).language or company.language
    with translation.override(language):
        subject = _("What you want to hear from %(company)s") % {"company": company.name}
        body = _(
            "Here you choose what you want to hear from us, how often and in which language:\n\n"
            "%(link)s\n\nThe link is yours alone; please do not hand it on.\n\n%(company)s"
        ) % {"link": link_for(family[0], now=now), "company": company.name}
    return Draft(
        recipient=recipient, subject=subject, body=body, kind="choices", cause="",
        customer_id=family[0], language=language,
    )  # fmt: skip


def _decision(
    choices: Choices, purpose: str, channel: str, *, is_given: bool, now: datetime
) -> NewConsent:
    shown = choices.words.get(purpose)
    return NewConsent(
        choices.family, purpose, is_given, SOURCE, now, channel,
        wording_version=shown.version if shown else None,
    )  # fmt: skip


def _differs(choices: Choices, purpose: str, channel: str, is_given: bool) -> bool:
    """A box as it stood says nothing new; one nobody had asked about does, when it is ticked."""
    for one in choices.standing:
        if (one.purpose.key, one.channel) == (purpose, channel):
            return one.answer.is_allowed != is_given
    return False


def _preferred(kept: Preference | None) -> Preferred:
    if kept is None:
        return Preferred(Preference.Frequency.ALWAYS)
    return Preferred(kept.frequency, kept.paused_until)


def _take_turn(who: str, *, now: datetime) -> None:
    with transactions.open():
        granted = sql.execute(
            "SELECT staff_take_token(%s, %s, %s, %s)",
            [f"choices:{who}", OPENED_A_MINUTE_MAX / 60, OPENED_A_MINUTE_MAX, now], prepare=True,
        ).fetchone()  # fmt: skip
    if not granted or not granted[0]:
        raise TooManyRequests("Wait a minute before you open this page again.", retry_after=60)
