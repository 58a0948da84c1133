"""Statements of partners: a month settled once, with its lines, as a page, CSV and PDF."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.loyalty import words
from clientela.console.once import press
from clientela.console.pages import SENT, page, show
from clientela.flows import partner_statements
from clientela.loyalty.models import PartnerStatement
from clientela.loyalty.queries import partners as reads
from clientela.platform import ids
from clientela.platform.errors import InvalidInput, NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries as staff
from clientela.ui import dates
from clientela.ui.templatetags.ui import language

BOOKS = "loyalty.see_books"
LINES, PAGE = 200, 25
KINDS = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


def row(one: PartnerStatement) -> dict[str, Any]:
    """A statement in a few words: whose, of which month, who pays whom."""
    minor = one.burned_minor - one.earned_minor
    return {
        "id": one.public_id, "partner": one.partner.name, "lines": one.lines_count,
        "partner_id": one.partner.public_id, "month": dates.month_of_year(one.month_on, language()),
        "amount": words.money_of(abs(minor), one.money_code) if one.money_code else "",
        "side": "we" if minor > 0 else "they" if minor < 0 else "nobody", "made_at": one.made_at,
    }  # fmt: skip


@page("loyalty.view", BOOKS, switch="loyalty")
def listed(request: HouseRequest) -> HttpResponse:
    """Every statement, the newest first."""
    before = ids.find("pst", request.GET.get("before", ""))
    found = reads.statements(before=before, limit=PAGE)
    return show(request, "console/loyalty/statements.html", {
        "rows": [row(one) for one in found],
        "older": f"?before={found[-1].public_id}" if len(found) == PAGE else "",
    })  # fmt: skip


@page("loyalty.view", BOOKS, switch="loyalty")
def statement(request: HouseRequest, statement_id: UUID) -> HttpResponse:
    found = reads.statement(statement_id)
    after = request.GET.get("after", "")
    lines = reads.lines(found, after=int(after) if after.isdecimal() else 0, limit=LINES)
    return show(request, "console/loyalty/statement.html", {
        **row(found), "facts": list(partner_statements.facts(found)),
        "rows": [
            {"at": one.noted_at, "what": partner_statements.WHAT[one.what],
             "reference": one.reference, "points": one.points}
            for one in lines
        ],
        "by": staff.names_of({found.made_by}).get(found.made_by, ""),
        "digest": bytes(found.digest).hex(),
        "older": f"?after={lines[-1].place}" if len(lines) == LINES else "",
    })  # fmt: skip


@page("loyalty.view", BOOKS, switch="loyalty", methods=SENT)
def settle(request: HouseRequest, partner_id: UUID) -> HttpResponse:
    """The statement of a month; the one there is, where it was made before."""
    named = ids.public("prt", partner_id)

    def carry_out() -> str:
        made = partner_statements.settle_month(
            named, _month(request.POST.get("month", "")), actor=request.actor,
            now=request.started_at, request=request.request_id,
        )  # fmt: skip
        messages.success(request, _("Settled; the ledger ties."))
        return reverse("console:partner-statement", args=[made.public_id])

    return press(request, carry_out, here=reverse("console:partner", args=[named]))


@page("loyalty.view", BOOKS, switch="loyalty")
def content(request: HouseRequest, statement_id: UUID, form: str) -> HttpResponse:
    """On paper, in the partner's language."""
    if form not in KINDS:
        raise NotThere
    found = reads.statement(statement_id)
    if form == "csv":
        body: bytes = partner_statements.csv_of(found).encode()
    else:
        body = partner_statements.pdf_of(found)
    response = HttpResponse(body, content_type=KINDS[form])
    name = f"{found.partner.key}-{found.month_on:%Y-%m}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _month(typed: str) -> date:
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        raise InvalidInput(_("Write a month as 2026-10."), field="month") from None
