"""The voucher of a journey as a PDF, in the customer's language."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clientela.customers import queries as customers
from clientela.loyalty.actions.travel import NotConfirmed
from clientela.loyalty.models import TravelOrder
from clientela.loyalty.queries import rewards
from clientela.loyalty.rules import travel as rules
from clientela.loyalty.sentences import name
from clientela.platform.money import Money
from clientela.platform.pdf.document import WIDTH, Document
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import day, long_day, number

LEFT, RIGHT = 64.0, WIDTH - 64.0
WIDE = RIGHT - LEFT
VALUES = LEFT + 130


def voucher_of(order: TravelOrder) -> bytes:
    """NotConfirmed: there is no voucher of what waits, was refused, cancelled or given back."""
    if rewards.state_of_travel_order(order) != "confirmed" or rewards.reversal_of(order.redemption):
        raise NotConfirmed("Only a confirmed journey has a voucher.")
    family = customers.family_of(order.customer_id)
    language = customers.get(family[0]).language or companies.current().language
    with translation.override(language):
        return _document(order, language).content()


def _document(order: TravelOrder, language: str) -> Document:
    company, made = companies.current(), order.redemption
    confirmed = order.steps.all()[0]
    title = name(made.labels)
    paper = Document(f"{_('Voucher')} {order.voucher}", language, company.name, confirmed.taken_at)
    paper.page()
    paper.words(company.name, x=LEFT, y=72, size=11, grey=0.4)
    paper.words(_("Voucher"), x=RIGHT, y=72, size=11, grey=0.4, side="right")
    y = paper.paragraph(title, x=LEFT, y=128, wide=WIDE, size=26, bold=True)
    paper.line(x=LEFT, y=y, wide=WIDE)
    paper.words(_("Voucher number"), x=LEFT, y=y + 24, size=9, grey=0.4)
    paper.words(order.voucher, x=LEFT, y=y + 54, size=24, bold=True)
    y += 74
    paper.line(x=LEFT, y=y, wide=WIDE)
    y += 26
    for about, shown in _facts(order):
        paper.words(about, x=LEFT, y=y, size=10.5, grey=0.4)
        y = paper.paragraph(shown, x=VALUES, y=y, wide=RIGHT - VALUES, size=10.5) + 6
    for words in _terms(order):
        y = paper.paragraph(words, x=LEFT, y=y + 8, wide=WIDE, size=10)
    said = _("Show this voucher to %(partner)s; its number is checked there.")
    paper.paragraph(
        said % {"partner": order.partner}, x=LEFT, y=y + 24, wide=WIDE, size=9.5, grey=0.4
    )
    return paper


def _facts(order: TravelOrder) -> Iterator[tuple[str, str]]:
    yield _("Traveller"), order.traveller
    yield _("With"), order.partner
    if order.starts_on is not None:
        days = long_day(order.starts_on)
        if order.ends_on and order.ends_on != order.starts_on:
            days = f"{days} – {long_day(order.ends_on)}"
        yield _("When"), days
    yield _("Paid with"), _paid(order)
    yield _("Issued"), day(order.steps.all()[0].taken_at)
    if order.partner_reference:
        yield _("Booking"), order.partner_reference


def _paid(order: TravelOrder) -> str:
    points = ngettext("%(points)s point", "%(points)s points", order.redemption.points) % {
        "points": number(order.redemption.points)
    }
    if not order.money_minor:
        return points
    language = (translation.get_language() or "en")[:2]
    return f"{points} + {Money(order.money_minor, order.money_code).shown(language)}"


def _terms(order: TravelOrder) -> Iterator[str]:
    if words := name(order.redemption.terms):
        yield words
    yield from cancellation_words(order.cancellation)


def cancellation_words(body: object) -> Iterator[str]:
    """The terms of cancellation, a sentence for each step."""
    for step in rules.read(body):
        if step.days:
            said = _(
                "Cancelled %(days)s days before or earlier: %(percent)s %% of the points back."
            )
            yield said % {
                "days": number(step.days), "percent": number(step.percent),
            }  # fmt: skip
        else:
            yield _("Cancelled until the day before: %(percent)s %% of the points back.") % {
                "percent": number(step.percent),
            }  # fmt: skip
