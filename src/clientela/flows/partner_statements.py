"""A month with a partner is settled: a statement that never changes, as a page, CSV and PDF."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.loyalty.actions import partner_statements as actions
from clientela.loyalty.actions.partner_statements import MonthNotOver
from clientela.loyalty.models import PartnerLine, PartnerStatement
from clientela.loyalty.queries import partners as reads
from clientela.loyalty.queries import travel as partners
from clientela.platform import periods, transactions
from clientela.platform.http.actors import Actor
from clientela.platform.money import Money
from clientela.platform.pdf.document import HEIGHT, WIDTH, Document
from clientela.staff import company as companies
from clientela.ui import dates
from clientela.ui.templatetags.ui import day, number

LEFT, RIGHT = 56.0, WIDTH - 56.0
WIDE, FOOT = RIGHT - LEFT, HEIGHT - 60
LINES_AT_ONCE = 1_000
PAPER_LINES_MAX = 5_000  # more of them are in the CSV
WHAT = {
    "earned": lazy("earned"), "taken_back": lazy("taken back"), "used": lazy("used"),
    "given_back": lazy("given back"),
}  # fmt: skip


@transactions.retried
def settle_month(
    partner: str, month_on: date, *, actor: Actor, now: datetime, request: str = ""
) -> PartnerStatement:
    """The statement of a month that is over; made once, the same ever after.

    MonthNotOver, StatementDoesNotTie.
    """
    company, first = companies.current(), month_on.replace(day=1)
    after = periods.add_months(first, 1)
    if company.today(now) < after:
        raise MonthNotOver(f"It is over on {after.isoformat()}.", field="month")
    span = (
        periods.local_midnight(first, company.zone), periods.local_midnight(after, company.zone)
    )  # fmt: skip
    with transactions.open():
        found = partners.partner(partner)
        made, is_new = actions.make(found, first, span=span, actor=actor, now=now)
        if is_new:
            told = Happening(
                "partner_statement.made", now, None, made.public_id,
                {"partner": found.key, "month": f"{first:%Y-%m}",
                 "minor": made.burned_minor - made.earned_minor, "currency": made.money_code},
            )  # fmt: skip
            events.emit([told], actor=actor, now=now, request=request)
    return made


def settle_last_month(*, actor: Actor, now: datetime) -> int:
    """Every partner that has no statement of the last month yet; how many were made."""
    today = companies.current().today(now)
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    waiting = reads.to_settle(last)
    for partner in waiting:
        settle_month(partner.key, last, actor=actor, now=now)
    return len(waiting)


def csv_of(statement: PartnerStatement) -> str:
    """Its lines, with a first row of names in the partner's language."""
    with _spoken(statement):
        paper = io.StringIO()
        writer = csv.writer(paper)
        writer.writerow([_("Day"), _("What"), _("Reference"), _("Points")])
        zone = companies.current().zone
        for one in _lines(statement):
            writer.writerow([periods.day_of(one.noted_at, zone).isoformat(), WHAT[one.what],
                             one.reference, one.points])  # fmt: skip
    return paper.getvalue()


def pdf_of(statement: PartnerStatement) -> bytes:
    """The statement on paper, in the partner's language."""
    with _spoken(statement):
        return _document(statement).content()


def _spoken(statement: PartnerStatement) -> Any:
    language = statement.partner.language or companies.current().language
    return translation.override(language)


def _lines(statement: PartnerStatement) -> Iterator[PartnerLine]:
    after = 0
    while found := reads.lines(statement, after=after, limit=LINES_AT_ONCE):
        yield from found
        after = found[-1].place


def _document(statement: PartnerStatement) -> Document:
    company, partner = companies.current(), statement.partner
    title = _("Settlement statement")
    language = (translation.get_language() or "en")[:2]
    paper = Document(f"{title} {statement.public_id}", language, company.name, statement.made_at)
    paper.page()
    paper.words(company.name, x=LEFT, y=64, size=11, grey=0.4)
    paper.words(statement.public_id, x=RIGHT, y=64, size=8, grey=0.4, side="right")
    y = paper.paragraph(title, x=LEFT, y=112, wide=WIDE, size=24, bold=True)
    y = paper.paragraph(
        f"{partner.name} · {dates.month_of_year(statement.month_on, language)}",
        x=LEFT,
        y=y,
        wide=WIDE,
        size=13,
    )
    paper.line(x=LEFT, y=y, wide=WIDE)
    y += 24
    for about, points, amount in facts(statement):
        paper.words(about, x=LEFT, y=y, size=10.5, grey=0.3)
        paper.words(points, x=LEFT + 330, y=y, size=10.5, side="right")
        paper.words(amount, x=RIGHT, y=y, size=10.5, side="right")
        y += 18
    paper.line(x=LEFT, y=y - 6, wide=WIDE, thick=1)
    paper.words(balance_words(statement), x=LEFT, y=y + 14, size=13, bold=True)
    _tell_lines(paper, statement, y + 44)
    return paper


def _tell_lines(paper: Document, statement: PartnerStatement, y: float) -> None:
    zone = companies.current().zone
    for place, one in enumerate(_lines(statement)):
        if place == PAPER_LINES_MAX:
            paper.words(_("The other lines are in the CSV."), x=LEFT, y=y, size=9, grey=0.4)
            return
        if y > FOOT:
            paper.page()
            y = 64.0
        paper.words(day(periods.day_of(one.noted_at, zone)), x=LEFT, y=y, size=9)
        paper.words(str(WHAT[one.what]), x=LEFT + 90, y=y, size=9, grey=0.3)
        paper.words(one.reference[:60], x=LEFT + 180, y=y, size=9)
        paper.words(number(one.points), x=RIGHT, y=y, size=9, side="right")
        y += 14


def facts(statement: PartnerStatement) -> Iterator[tuple[str, str, str]]:
    """What it says above its lines: about what, points, and money."""
    code = statement.money_code
    earned, used = statement.earned_minor, statement.burned_minor
    partner = {"partner": statement.partner.name}
    yield _("Earned at %(partner)s") % partner, number(statement.earned), ""
    if statement.taken_back:
        yield _("Taken back of it"), number(-statement.taken_back), ""
    yield _rated(statement, "earn"), "", _money(earned, code)
    yield _("Used at %(partner)s") % partner, number(statement.used), ""
    if statement.given_back:
        yield _("Given back of it"), number(-statement.given_back), ""
    yield _rated(statement, "burn"), "", _money(used, code)


def _rated(statement: PartnerStatement, name: str) -> str:
    rate = statement.rates.get(name)
    if rate is None:
        return _("Not settled in money")
    return ngettext(
        "At %(money)s for %(points)s point", "At %(money)s for %(points)s points", rate[0]
    ) % {"money": _money(rate[1], statement.money_code), "points": number(rate[0])}  # fmt: skip


def balance_words(statement: PartnerStatement) -> str:
    """Who pays whom how much."""
    minor = statement.burned_minor - statement.earned_minor
    if minor == 0:
        return _("Nothing is to be paid.")
    said = _("We pay you %(money)s.") if minor > 0 else _("You pay us %(money)s.")
    return said % {"money": _money(abs(minor), statement.money_code)}


def _money(minor: int, code: str) -> str:
    if not code:
        return ""
    return Money(minor, code).shown((translation.get_language() or "en")[:2])
