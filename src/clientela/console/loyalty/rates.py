"""Rates of exchange: what purchases in other moneys earn by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clientela.console.once import send
from clientela.console.pages import FORM, page, show
from clientela.flows import record_rates, rule_words
from clientela.loyalty.actions.rates import NewRate
from clientela.loyalty.models import ExchangeRate
from clientela.loyalty.queries import rates
from clientela.platform import money
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.ui import dates
from clientela.ui.templatetags.ui import number

SHOWN_MAX = 100
WANTED_MAX = 20
RATE_LENGTH_MAX = 24


class RateForm(forms.Form):
    """A rate of one day; the way round is said in words of both moneys."""

    def __init__(self, data: Any = None, *, home: str, day: Any, currency: str = "") -> None:
        super().__init__(data, initial={"day": day, "per": "currency", "currency": currency})
        self.home = home
        others = sorted(set(money.CURRENCIES) - {home})
        self.fields["currency"] = forms.ChoiceField(
            label=_("Money"), choices=[("", "…"), *((one, one) for one in others)]
        )
        self.fields["day"] = forms.DateField(
            label=_("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        )
        self.fields["rate"] = forms.CharField(
            label=_("Rate"), max_length=RATE_LENGTH_MAX,
            help_text=_("It holds until the next one, for ten days at most."),
        )  # fmt: skip
        self.fields["per"] = forms.ChoiceField(
            label=_("This is"), widget=forms.RadioSelect, choices=[
                ("currency", _("%(home)s for one of this money") % {"home": home}),
                ("home", _("this money for one %(home)s") % {"home": home}),
            ],
        )  # fmt: skip

    def wanted(self) -> NewRate:
        given = self.cleaned_data
        rate = given["rate"].strip().replace(",", ".")
        return NewRate(given["currency"], given["day"], rate, given["per"] == "home")


@page("loyalty.view", switch="loyalty")
def listed(request: HouseRequest) -> HttpResponse:
    """The last recorded first."""
    found = rates.listed(limit=SHOWN_MAX)
    by = staff.names_of({one.recorded_by for one in found})
    return show(request, "console/loyalty/rates.html", {
        "rates": [_row(one, by) for one in found], "home": companies.current().currency,
        "wanted": [
            {"money": one.money, "day": one.day, "purchases": one.purchases,
             "url": f"{reverse('console:loyalty-rate-new')}?currency={one.money}&day={one.day}"}
            for one in rates.wanted(limit=WANTED_MAX)
        ],
    })  # fmt: skip


@page("loyalty.view", "loyalty.configure", switch="loyalty", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    company = companies.current()
    data = request.POST if request.method == "POST" else None
    asked = request.GET
    form = RateForm(
        data, home=company.currency, currency=asked.get("currency", ""),
        day=dates.from_text(asked.get("day", "")) or company.today(request.started_at),
    )  # fmt: skip
    if data is not None and form.is_valid():
        answer = send(request, form, lambda: _save(request, form))
        if answer:
            return answer
    status = 422 if form.errors else 200
    return show(request, "console/loyalty/rate.html", {"form": form}, status=status)


def _save(request: HouseRequest, form: RateForm) -> str:
    done = record_rates.record_rates(
        [form.wanted()], actor=request.actor, now=request.started_at, request=request.request_id
    )
    messages.success(request, _("Saved."))
    if done.earned:
        told = ngettext("%(count)s purchase that waited for it has earned its points.",
                        "%(count)s purchases that waited for it have earned their points.",
                        done.earned)  # fmt: skip
        messages.success(request, told % {"count": number(done.earned)})
    if done.more:
        messages.info(request, _("More purchases follow; they are being counted."))
    return reverse("console:loyalty-rates")


def _row(one: ExchangeRate, by: dict[str, str]) -> dict[str, Any]:
    return {
        "words": rule_words.rate_words(rates.told(one)), "money": one.money, "day": one.day,
        "source": one.source, "by": by.get(one.recorded_by, ""), "at": one.recorded_at,
    }  # fmt: skip
