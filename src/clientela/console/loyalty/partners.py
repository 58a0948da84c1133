"""Partners: how they fulfil, the codes they gave us, and what was settled with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.console.loyalty import statements, words
from clientela.console.loyalty.answering import answered
from clientela.console.once import send
from clientela.console.pages import FORM, SENT, page, show
from clientela.customers import queries as customers
from clientela.flows import tell_partners, travel_catalogue
from clientela.loyalty.actions import partners as limits
from clientela.loyalty.actions.partners import PartnerValues
from clientela.loyalty.models import Partner
from clientela.loyalty.queries import partners as reads_of_partners
from clientela.loyalty.queries import travel as reads
from clientela.platform import ids, money, text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import number

CONFIGURE, HANDLE = "loyalty.configure", "loyalty.handle_travel"
BOOKS = "loyalty.see_books"
CODES_TEXT_MAX = 700_000
EARNED_SHOWN, STATEMENTS_SHOWN = 10, 12
FULFILMENT: Mapping[str, str | Promise] = {
    Partner.Fulfilment.DESK: lazy("Our desk asks"),
    Partner.Fulfilment.POOL: lazy("Codes stand here"),
    Partner.Fulfilment.WEBHOOK: lazy("Asked by itself"),
}  # fmt: skip


class PartnerForm(forms.Form):
    name = forms.CharField(label=lazy("Name"), max_length=limits.NAME_LENGTH_MAX)
    fulfilment = forms.ChoiceField(
        label=lazy("How it answers"), widget=forms.RadioSelect, choices=list(FULFILMENT.items()),
        initial=Partner.Fulfilment.DESK,
    )  # fmt: skip
    address = forms.CharField(
        label=lazy("Address that is called"), max_length=2_000, required=False,
        help_text=lazy("Only where it is asked by itself; begins with https://."),
    )  # fmt: skip
    reply_hours = forms.IntegerField(
        label=lazy("Hours to answer"), min_value=1, max_value=limits.HOURS_MAX, initial=48
    )
    burn = forms.DecimalField(
        label=lazy("We pay for 1,000 points used there"), min_value=0, max_digits=9,
        decimal_places=2, required=False,
    )  # fmt: skip
    earn = forms.DecimalField(
        label=lazy("It pays for 1,000 points earned there"), min_value=0, max_digits=9,
        decimal_places=2, required=False,
    )  # fmt: skip
    language = forms.ChoiceField(
        label=lazy("Language of its statements"), required=False,
        choices=[("", lazy("The company's")), *django_settings.LANGUAGES],
    )  # fmt: skip
    in_use = forms.BooleanField(label=lazy("In use"), required=False, initial=True)

    def values(self, key: str) -> PartnerValues:
        given, code = self.cleaned_data, companies.current().currency
        rates = {name: self._rate(given[name], code) for name in ("earn", "burn")}
        return PartnerValues(
            key=key, name=given["name"], fulfilment=given["fulfilment"],
            address=given["address"], reply_hours=given["reply_hours"], **rates,
            money_code=code if any(rates.values()) else "", language=given["language"],
        )  # fmt: skip

    def _rate(self, amount: Any, code: str) -> tuple[int, int] | None:
        return (1_000, money.from_decimal(amount, code).minor) if amount else None


@page("loyalty.view", HANDLE, switch="loyalty")
def listed(request: HouseRequest) -> HttpResponse:
    return show(request, "console/loyalty/partners.html", {
        "partners": [_row(one) for one in reads.partners(retired=True)],
    })  # fmt: skip


@page("loyalty.view", HANDLE, CONFIGURE, switch="loyalty", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    form = PartnerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _save(request, form, None))
        if answer:
            return answer
    status = 422 if form.errors else 200
    return show(request, "console/loyalty/partner_form.html", {"form": form}, status=status)


@page("loyalty.view", HANDLE, CONFIGURE, switch="loyalty", methods=FORM)
def partner(request: HouseRequest, partner_id: UUID) -> HttpResponse:
    """A partner, its codes, and its secret where it signs."""
    found = reads.partner(ids.public("prt", partner_id))
    form = PartnerForm(request.POST) if request.method == "POST" else PartnerForm(_initial(found))
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _save(request, form, found))
        if answer:
            return answer
    signs = found.fulfilment == Partner.Fulfilment.WEBHOOK
    return show(request, "console/loyalty/partner.html", {
        "partner": _row(found), "form": form, "left": reads.codes_left(found),
        "is_pool": found.fulfilment == Partner.Fulfilment.POOL, "signs": signs,
        "secret": tell_partners.secret_of(found),
        **_settled(request, found),
    }, status=422 if request.method == "POST" else 200)  # fmt: skip


def _settled(request: HouseRequest, found: Partner) -> dict[str, Any]:
    """What was earned there of late, and the months that were settled, for who sees the books."""
    earned = reads_of_partners.earnings(found, limit=EARNED_SHOWN)
    names = customers.names_of({one.customer_id for one in earned})
    sees_books = request.actor.may(BOOKS)
    listed = reads_of_partners.statements(found, limit=STATEMENTS_SHOWN) if sees_books else []
    today = companies.current().today(request.started_at)
    return {
        "earned": [
            {"customer": one.customer_id, "name": names.get(one.customer_id, ""),
             "reference": one.reference, "points": one.points, "at": one.occurred_at,
             "is_taken_back": bool(one.reversals.all())}
            for one in earned
        ],
        "statements": [statements.row(one) for one in listed], "sees_books": sees_books,
        "last_month": f"{(today.replace(day=1) - timedelta(days=1)):%Y-%m}",
    }  # fmt: skip


@page("loyalty.view", HANDLE, CONFIGURE, switch="loyalty", methods=SENT)
def rotate(request: HouseRequest, partner_id: UUID) -> HttpResponse:
    named = ids.public("prt", partner_id)

    def carry_out() -> None:
        travel_catalogue.rotate_secret(
            named, actor=request.actor, now=request.started_at, request=request.request_id
        )

    return answered(request, carry_out, _("The secret is another now."), _here(partner_id))


@page("loyalty.view", HANDLE, CONFIGURE, switch="loyalty", methods=SENT)
def bring(request: HouseRequest, partner_id: UUID) -> HttpResponse:
    """Codes, one a line, typed or out of a file."""
    codes = _codes(request)
    brought = []

    def carry_out() -> None:
        if not codes:
            raise InvalidInput(_("There are no codes in it."), field="codes")
        brought.append(travel_catalogue.bring_vouchers(
            ids.public("prt", partner_id), codes, actor=request.actor, now=request.started_at,
            request=request.request_id,
        ))  # fmt: skip
        new = brought[0].new
        told = ngettext("%(count)s code is new.", "%(count)s codes are new.", new)
        messages.success(request, told % {"count": number(new)})

    return answered(request, carry_out, "", _here(partner_id))


def _codes(request: HouseRequest) -> list[str]:
    file = request.FILES.get("file")
    written = request.POST.get("codes", "")
    if file is not None and file.size and file.size <= CODES_TEXT_MAX:
        written = file.read().decode("utf-8", errors="replace")
    return [line.strip() for line in written[:CODES_TEXT_MAX].splitlines() if line.strip()]


def _save(request: HouseRequest, form: PartnerForm, known: Partner | None) -> str:
    key = known.key if known else "-".join(text.words(form.cleaned_data["name"]))
    saved, _state = travel_catalogue.save_partner(
        form.values(key[: limits.KEY_LENGTH_MAX]), retired=not form.cleaned_data["in_use"],
        actor=request.actor, now=request.started_at, request=request.request_id,
    )  # fmt: skip
    messages.success(request, _("Saved."))
    return _here(saved.id)


def _here(partner_id: UUID) -> str:
    return reverse("console:partner", args=[ids.public("prt", partner_id)])


def _initial(one: Partner) -> dict[str, Any]:
    def amount(points: int | None, minor: int | None) -> Any:
        if points is None or minor is None:
            return None
        return money.Money(minor * 1_000 // points, one.money_code).to_decimal()

    return {
        "name": one.name, "fulfilment": one.fulfilment, "address": one.address,
        "reply_hours": one.reply_hours, "burn": amount(one.burn_points, one.burn_minor),
        "earn": amount(one.earn_points, one.earn_minor), "in_use": one.retired_at is None,
        "language": one.language,
    }  # fmt: skip


def _row(one: Partner) -> dict[str, Any]:
    return {
        "id": one.public_id, "name": one.name, "fulfilment": FULFILMENT[one.fulfilment],
        "reply_hours": one.reply_hours, "is_retired": one.retired_at is not None,
        "codes_left": getattr(one, "codes_left", None),
        "is_pool": one.fulfilment == Partner.Fulfilment.POOL,
        "burn": _rate(one.burn_points, one.burn_minor, one.money_code),
        "earn": _rate(one.earn_points, one.earn_minor, one.money_code),
    }  # fmt: skip


def _rate(points: int | None, minor: int | None, code: str) -> str:
    if points is None:
        return ""
    return _("%(money)s for each %(points)s points") % {
        "money": words.money_of(minor, code), "points": number(points),
    }  # fmt: skip
