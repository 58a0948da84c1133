"""The days of journeys, with their seats."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.loyalty import words
from clientela.console.once import send
from clientela.console.pages import SENT, page, show
from clientela.flows import travel_catalogue
from clientela.loyalty.actions.travel import POINTS_MAX, SEATS_MAX, OfferValues
from clientela.loyalty.models import Reward, TravelOffer
from clientela.loyalty.queries import rewards
from clientela.loyalty.queries import travel as reads
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest
from clientela.platform.money import Money, from_decimal
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label

LISTED_MAX = 200
CONFIGURE = "loyalty.configure"
Day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DateForm(forms.Form):
    """One day of a journey; a day again changes what it says."""

    journey = forms.ChoiceField(label=lazy("Journey"))
    starts_on = forms.DateField(label=lazy("First day"), widget=Day)
    ends_on = forms.DateField(label=lazy("Last day"), widget=Day, required=False)
    seats = forms.IntegerField(label=lazy("Seats"), min_value=1, max_value=SEATS_MAX)
    points = forms.IntegerField(
        label=lazy("Points on this day"),
        min_value=1,
        max_value=POINTS_MAX,
        required=False,
        help_text=lazy("Empty: as the journey costs on other days."),
    )
    money = forms.DecimalField(
        label=lazy("Money besides on this day"),
        min_value=Decimal(0),
        max_digits=12,
        required=False,
        help_text=lazy("Empty: as on other days; 0: none."),
    )
    closed = forms.BooleanField(label=lazy("Not offered any more"), required=False)

    def __init__(
        self, data: Any = None, *, journeys: list[Reward], known: TravelOffer | None = None
    ) -> None:
        super().__init__(data, initial=_of(known) if known else None)
        self.journeys = journeys
        field = self.fields["journey"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.key, label(one.labels)) for one in journeys]


@page("loyalty.view", switch="loyalty")
def dates(request: HouseRequest) -> HttpResponse:
    """The next first; whoever may configure adds and changes days here."""
    named = ids.find("tof", request.GET.get("change", ""))
    known = reads.offer(named) if named else None
    return _shown(request, DateForm(journeys=_journeys(), known=known))


@page("loyalty.view", CONFIGURE, switch="loyalty", methods=SENT)
def save(request: HouseRequest) -> HttpResponse:
    """Add a day, or change one."""
    form = DateForm(request.POST, journeys=_journeys())
    if form.is_valid():
        answer = send(request, form, lambda: _save(request, form))
        if answer:
            return answer
    return _shown(request, form)


def _journeys() -> list[Reward]:
    return [one for one in rewards.catalogue() if one.kind == Reward.Kind.TRAVEL]


def _shown(request: HouseRequest, form: DateForm) -> HttpResponse:
    today = companies.current().today(request.started_at)
    context = {
        "offers": [_row(one) for one in reads.offers(today=today, limit=LISTED_MAX)],
        "form": form if request.actor.may(CONFIGURE) and form.journeys else None,
        "has_journeys": bool(form.journeys), "address": reverse("console:journey-date-save"),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return show(request, "console/loyalty/dates.html", context, status=status)


def _save(request: HouseRequest, form: DateForm) -> str:
    given = form.cleaned_data
    journey = next(one for one in form.journeys if one.key == given["journey"])
    code = journey.price_code or companies.current().currency
    beside = given["money"]
    values = OfferValues(
        given["starts_on"], given["seats"], given["ends_on"], given["points"], given["closed"],
        money_minor=None if beside is None else from_decimal(beside, code).minor, money_code=code,
    )  # fmt: skip
    travel_catalogue.save_offers(given["journey"], [values], now=request.started_at)
    messages.success(request, _("Saved."))
    return reverse("console:journey-dates")


def _of(one: TravelOffer) -> dict[str, Any]:
    code = one.reward.price_code or companies.current().currency
    return {
        "journey": one.reward.key, "starts_on": one.starts_on, "ends_on": one.ends_on,
        "seats": one.seats, "points": one.points, "closed": one.closed_at is not None,
        "money": None if one.money_minor is None else Money(one.money_minor, code).to_decimal(),
    }  # fmt: skip


def _row(one: Any) -> dict[str, Any]:
    return {
        "id": one.public_id, "words": label(one.reward.labels), "partner": one.reward.partner,
        "starts_on": one.starts_on, "ends_on": one.ends_on, "seats": one.seats,
        "left": one.seats - one.taken,
        "points": one.points, "change": f"?change={one.public_id}",
        "money": "" if one.money_minor is None
        else words.money_of(one.money_minor, one.reward.price_code or companies.current().currency),
    }  # fmt: skip
