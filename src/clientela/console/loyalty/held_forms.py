"""The forms of rewards that a person decides: cash with its limits, journeys with their terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.loyalty import reward_form as plain
from clientela.console.loyalty.names import NAME_LENGTH_MAX
from clientela.console.loyalty.reward_form import Day, RewardForm, amount_field, whole
from clientela.loyalty.actions import catalogue as limits
from clientela.loyalty.models import Reward
from clientela.loyalty.rules import cash, travel
from clientela.platform import money

STEP = re.compile(r"\s*(\d{1,6})\s*[:=]\s*(\d{1,6})\s*%?\s*")
WRONG_TERMS: Mapping[str, Any] = {
    "": lazy("There can be ten steps at most."),
    "days": lazy("The same number of days stands here twice."),
    "percent": lazy("Whoever cancels later cannot get more."),
}
WRONG_FIGURE: Mapping[str, Any] = {
    "days": lazy("A step is at most two years ahead: 730 days."),
    "percent": lazy("A share is 0 to 100 percent."),
}


class CashForm(RewardForm):
    kind = Reward.Kind.CASH
    points = whole(lazy("Points of one block"), limits.POINTS_MAX, required=True)
    amount = amount_field(lazy("Money for one block"), required=True)
    points_min = whole(lazy("The least that can be paid out, in points"), limits.COUNT_MAX)
    day = amount_field(lazy("The most for one customer in a day"))
    month = amount_field(lazy("The most for one customer in a month"))
    alone = amount_field(
        lazy("Approved by itself up to"), least="0",
        help_text=lazy("More than that needs a second person. Empty is always."),
    )  # fmt: skip
    cooling_hours = forms.IntegerField(
        label=lazy("Hours of waiting after a change"), min_value=0, max_value=cash.HOURS_MAX,
        initial=72, required=False,
        help_text=lazy("Of the account, the phone or the e-mail of the customer."),
    )  # fmt: skip
    auto_points = whole(
        lazy("Paid by itself from so many points"), limits.COUNT_MAX,
        help_text=lazy("Once a day at most, for customers who want it. Empty is never."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        day, month, auto = (given.get(name) for name in ("day", "month", "auto_points"))
        if day and month and month < day:
            self.add_error("month", _("A month cannot pay less than a day."))
        least = max(given.get("points") or 0, given.get("points_min") or 0)
        if auto and auto < least:
            self.add_error("auto_points", _("With so few points nothing can be paid out."))
        return given

    def own(self) -> dict[str, Any]:
        given = self.cleaned_data
        terms = {
            "day": plain.minor_of(given["day"]), "month": plain.minor_of(given["month"]),
            "alone_up_to": plain.minor_of(given["alone"]), "cooling_hours": given["cooling_hours"],
            "auto_points": given["auto_points"],
        }  # fmt: skip
        return {
            **plain.worth(given["amount"]), "points_min": given["points_min"],
            "cash_terms": {name: one for name, one in terms.items() if one is not None},
        }  # fmt: skip

    @staticmethod
    def shown(reward: Reward) -> dict[str, Any]:
        terms, code = cash.read(reward.cash_terms), reward.money_code
        amounts = {
            "day": terms.day_minor, "month": terms.month_minor, "alone": terms.alone_minor or None,
        }  # fmt: skip
        return {
            **{name: None if one is None else money.Money(one, code).to_decimal()
               for name, one in amounts.items()},
            "cooling_hours": terms.cooling_hours, "auto_points": terms.auto_points,
        }  # fmt: skip


class TravelForm(RewardForm):
    kind = Reward.Kind.TRAVEL
    partner = forms.CharField(label=lazy("Partner"), max_length=NAME_LENGTH_MAX)
    amount = amount_field(lazy("Worth in money"))
    travel_from_on = forms.DateField(label=lazy("First day of travel"), required=False, widget=Day)
    travel_until_on = forms.DateField(label=lazy("Last day of travel"), required=False, widget=Day)
    reply_hours = whole(
        lazy("Hours until we answer"), limits.HOURS_MAX, required=True, initial=48,
        help_text=lazy("Unanswered, the points are free again."),
    )  # fmt: skip
    cancellation = forms.CharField(
        label=lazy("Terms of cancellation"), required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("One step a line, days before the first day and percent given back: "
                       "30: 100. Empty is all of it until the day before."),
    )  # fmt: skip

    def clean_cancellation(self) -> list[dict[str, int]]:
        lines = [line for line in self.cleaned_data["cancellation"].splitlines() if line.strip()]
        found = [STEP.fullmatch(line) for line in lines]
        steps = [{"days": int(one[1]), "percent": int(one[2])} for one in found if one]
        if len(steps) < len(lines):
            raise forms.ValidationError(_("Write each step as days: percent, such as 30: 100."))
        try:
            return travel.written(travel.read(steps))
        except travel.BadTerms as bad:
            words = WRONG_TERMS.get(str(bad)) or WRONG_FIGURE[str(bad).rpartition(".")[2]]
            raise forms.ValidationError(words) from None

    def own(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("partner", "travel_from_on", "travel_until_on", "reply_hours", "cancellation")
        return {**plain.worth(given["amount"]), **{name: given[name] for name in names}}

    @staticmethod
    def shown(reward: Reward) -> dict[str, Any]:
        steps = travel.read(reward.cancellation)
        return {"cancellation": "\n".join(f"{one.days}: {one.percent}" for one in steps)}


def form_class(kind: str) -> type[RewardForm]:
    found = (
        plain.CouponForm, plain.PercentForm, plain.MoneyOffForm, plain.ProductForm, plain.BillForm,
        plain.MonthsForm, plain.WarrantyForm, plain.MilesForm, plain.CardForm, plain.WalletForm,
        CashForm, TravelForm,
    )  # fmt: skip
    return next(one for one in found if one.kind == kind)
