"""The company's own settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console import held
from clientela.console.forms import country_field, currency_field, languages, name_field, zone_field
from clientela.console.once import send
from clientela.console.pages import FORM, page, show
from clientela.platform.declare import programmes
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.staff.company import Company

WORDS = {
    "name": lazy("Name of the company"), "country": lazy("Country"), "currency": lazy("Currency"),
    "time_zone": lazy("Time zone"), "language": lazy("Language"), "off": lazy("Programmes"),
}  # fmt: skip


class CompanyForm(forms.Form):
    name = name_field(label=lazy("Name of the company"))
    country = country_field(
        help_text=lazy("Phone numbers without a prefix are read as numbers of this country.")
    )
    currency = currency_field()
    time_zone = zone_field()
    language = forms.ChoiceField(label=lazy("Language"), choices=languages)
    programmes = forms.MultipleChoiceField(
        label=lazy("Programmes"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: list(programmes().items()),
        help_text=lazy("What is switched off disappears everywhere; its data stays."),
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        on = set(given.pop("programmes"))
        return {**given, "off": [switch for switch in programmes() if switch not in on]}


@page("staff.configure", methods=FORM)
def company(request: HouseRequest) -> HttpResponse:
    kept = held.take(request) if request.method == "GET" else None
    if request.method == "POST":
        form = CompanyForm(request.POST)
        if form.is_valid() and (answer := send(request, form, lambda: _change(request, form))):
            return answer
    else:
        form = CompanyForm(kept or None, initial=_initial(companies.read()))
    context = {
        "form": form, "changes": _changes(),
        "notices": [held.notice()] if kept else [],
    }  # fmt: skip
    status = 422 if form.errors and not kept else 200
    return show(request, "console/settings/company.html", context, status=status)


def _change(request: HouseRequest, form: CompanyForm) -> str:
    companies.change(form.values(), actor=request.actor, now=request.started_at)
    messages.success(request, _("Saved."))
    return reverse("console:settings-company")


def _initial(company: Company) -> dict[str, Any]:
    return {
        "name": company.name, "country": company.country, "currency": company.currency,
        "time_zone": company.time_zone, "language": company.language,
        "programmes": [switch for switch in programmes() if company.is_on(switch)],
    }  # fmt: skip


def _changes() -> list[dict[str, Any]]:
    """The last change of each setting that was ever changed."""
    found = [one for one in staff.setting_changes() if one.name.startswith(companies.PREFIX)]
    by = staff.names_of({change.changed_by for change in found})
    return [
        {
            "words": WORDS.get(name := change.name.removeprefix(companies.PREFIX), name),
            "by": by.get(change.changed_by, change.changed_by), "changed_at": change.changed_at,
        }
        for change in found
    ]  # fmt: skip
