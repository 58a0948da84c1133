"""The customer is told what became of a journey, in their language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clientela.customers import queries as customers
from clientela.flows import jobs
from clientela.flows.answer_issue import email_of
from clientela.loyalty.models import TravelOrder
from clientela.loyalty.rules.travel import Share
from clientela.loyalty.sentences import name
from clientela.mail import actions as mail
from clientela.mail.actions import Draft
from clientela.mail.models import OutgoingMail
from clientela.platform.http.actors import Actor
from clientela.privacy import queries as privacy
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import day, number

KIND = "journey"
Lines = tuple[str, ...]


def tell(
    order: TravelOrder, kind: str, *, note: str = "", share: Share | None = None, actor: Actor,
    now: datetime,
) -> OutgoingMail | None:  # fmt: skip
    """A letter in the transaction of what it tells of; None where there is no address for it."""
    family = customers.family_of(order.customer_id)
    customer, company = customers.get(family[0]), companies.current()
    recipient = email_of(order.customer_id)
    if not recipient or customer.is_demo or privacy.is_restricted(family):
        return None
    language = customer.language or company.language
    with translation.override(language):
        subject, lines = WORDS[kind](order, note, share)
        body = "\n\n".join(line for line in (*lines, company.name) if line)
    letter = mail.write(
        Draft(
            recipient=recipient, subject=subject, body=body, kind=KIND, cause=order.public_id,
            customer_id=order.customer_id, language=language,
        ),
        actor=actor, now=now,
    )  # fmt: skip
    jobs.queue_letter(letter.id)
    return letter


def _confirmed(order: TravelOrder, note: str, share: Share | None) -> tuple[str, Lines]:
    said = _("%(journey)s is confirmed. Your voucher at %(partner)s is %(voucher)s.")
    return _("Your journey is confirmed"), (
        said % {**_named(order), "voucher": order.voucher}, _travels(order), note,
    )  # fmt: skip


def _refused(order: TravelOrder, note: str, share: Share | None) -> tuple[str, Lines]:
    said = _("%(partner)s cannot give you %(journey)s. Your points are free again.")
    return _("Your journey cannot be had"), (said % _named(order), note)


def _timed_out(order: TravelOrder, note: str, share: Share | None) -> tuple[str, Lines]:
    said = _("%(partner)s has not answered in time about %(journey)s. Your points are free again.")
    return _("Your journey was not confirmed in time"), (said % _named(order),)


def _taken_back(order: TravelOrder, note: str, share: Share | None) -> tuple[str, Lines]:
    said = _("%(journey)s is cancelled. All its points are yours again.")
    return _("Your journey is cancelled"), (said % _named(order),)


def _cancelled(order: TravelOrder, note: str, share: Share | None) -> tuple[str, Lines]:
    assert share is not None
    back = ngettext(
        "%(journey)s is cancelled. By its terms %(points)s point goes back to you.",
        "%(journey)s is cancelled. By its terms %(points)s points go back to you.",
        share.points,
    ) % {**_named(order), "points": number(share.points)}
    return _("Your journey is cancelled"), (back,)


WORDS: Mapping[str, Callable[[TravelOrder, str, Share | None], tuple[str, Lines]]] = {
    "confirmed": _confirmed, "refused": _refused, "timed_out": _timed_out,
    "cancelled": _cancelled, "taken_back": _taken_back,
}  # fmt: skip


def _named(order: TravelOrder) -> dict[str, str]:
    return {"journey": name(order.redemption.labels), "partner": order.partner}


def _travels(order: TravelOrder) -> str:
    if order.starts_on is None:
        return _("Travels: %(traveller)s.") % {"traveller": order.traveller}
    return _("Travels: %(traveller)s, from %(day)s.") % {
        "traveller": order.traveller, "day": day(order.starts_on),
    }  # fmt: skip
