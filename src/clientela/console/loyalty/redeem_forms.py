"""What is asked when somebody redeems a reward, by its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.console.loyalty import words
from clientela.flows.give_reward import MEMBER_LENGTH_MAX, Told
from clientela.loyalty.actions import cash
from clientela.loyalty.models import CashOut, Reward, TravelOffer
from clientela.loyalty.rules import ibans
from clientela.platform import ids
from clientela.products import queries as products
from clientela.products import rules as product_rules
from clientela.ui.templatetags.ui import day, number

POINTS_MAX = 10**12
Kind = Reward.Kind


class PlainForm(forms.Form):
    """It needs nothing but a yes."""

    def told(self) -> Told:
        return Told()


class BlocksForm(PlainForm):
    points = forms.IntegerField(label=lazy("Points"), min_value=1, max_value=POINTS_MAX)


class MilesForm(BlocksForm):
    member = forms.CharField(label=lazy("Number of the membership"), max_length=MEMBER_LENGTH_MAX)

    def told(self) -> Told:
        return Told(member=self.cleaned_data["member"])


class ProductForm(PlainForm):
    handed = forms.BooleanField(
        label=lazy("Handed over now"), required=False, initial=True,
        help_text=lazy("Otherwise it waits under Orders."),
    )  # fmt: skip

    def told(self) -> Told:
        return Told(is_handed=self.cleaned_data["handed"])


class HoldingForm(PlainForm):
    """Months of a service, or of cover, for something the customer holds."""

    holding = forms.ChoiceField(label=lazy("For"))

    def told(self) -> Told:
        return Told(holding_id=ids.parse("hol", self.cleaned_data["holding"]))


class PayoutForm(PlainForm):
    """Where money goes."""

    way = forms.ChoiceField(
        label=lazy("Paid"), widget=forms.RadioSelect,
        choices=[(CashOut.Way.BILL, lazy("off the next bill")),
                 (CashOut.Way.WALLET, lazy("into the wallet")),
                 (CashOut.Way.BANK, lazy("to a bank account"))],
    )  # fmt: skip
    iban = forms.CharField(label=lazy("IBAN"), max_length=60, required=False)
    payee = forms.CharField(
        label=lazy("Name of the account"), max_length=cash.PAYEE_LENGTH_MAX, required=False
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("way") != CashOut.Way.BANK:
            return given
        try:
            ibans.normal(given.get("iban", ""))
        except ibans.BadIban as bad:
            self.add_error("iban", str(WRONG_IBAN[str(bad)]))
        if not given.get("payee", "").strip():
            self.add_error("payee", _("Say in whose name the account is."))
        return given


class CashForm(PayoutForm, BlocksForm):
    pass


WRONG_IBAN = {
    "shape": lazy("An IBAN begins with two letters and two digits."),
    "country": lazy("No country with IBANs has these first two letters."),
    "length": lazy("The IBAN has not the length of its country."),
    "check": lazy("One sign of the IBAN is wrong: its check digits do not fit."),
}


class TravelForm(PlainForm):
    traveller = forms.CharField(label=lazy("Who travels"), max_length=200)
    starts_on = forms.DateField(
        label=lazy("First day"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


def _days(label: Any, days: Sequence[TravelOffer], address: str) -> forms.TypedChoiceField:
    """The days there are with their seats, and what a day costs that costs otherwise."""
    choice = forms.TypedChoiceField(
        label=label, coerce=date.fromisoformat,
        widget=forms.Select(attrs={"hx-get": address, "hx-target": "[data-ui=quote]",
                                   "hx-swap": "outerHTML", "hx-trigger": "change"}),
    )  # fmt: skip
    choice.choices = [("", ""), *((one.starts_on.isoformat(), _day_words(one)) for one in days)]
    return choice


def _day_words(one: TravelOffer) -> str:
    left = one.seats - one.taken
    seats = ngettext("%(seats)s seat left", "%(seats)s seats left", left)
    parts = [day(one.starts_on), seats % {"seats": number(left)}]
    if one.points is not None:
        points = ngettext("%(points)s point", "%(points)s points", one.points)
        parts.append(points % {"points": number(one.points)})
    if one.money_minor is not None:
        beside = words.money_of(one.money_minor, one.reward.price_code)
        parts.append(_("%(money)s besides") % {"money": beside})
    return " · ".join(parts)


FORMS: Mapping[str, type[PlainForm]] = {
    Kind.MONEY_OFF: BlocksForm, Kind.BILL_CREDIT: BlocksForm,
    Kind.GIFT_CARD: BlocksForm, Kind.WALLET: BlocksForm, Kind.MILES: MilesForm,
    Kind.PRODUCT: ProductForm, Kind.SERVICE_MONTH: HoldingForm, Kind.WARRANTY: HoldingForm,
    Kind.CASH: CashForm, Kind.TRAVEL: TravelForm,
}  # fmt: skip
SUBMIT = {
    Kind.COUPON: lazy("Give the coupon"), Kind.PERCENT_OFF: lazy("Give the coupon"),
    Kind.MONEY_OFF: lazy("Give the code"), Kind.PRODUCT: lazy("Give it"),
    Kind.BILL_CREDIT: lazy("Take it off the bill"), Kind.SERVICE_MONTH: lazy("Give the months"),
    Kind.WARRANTY: lazy("Extend the warranty"), Kind.MILES: lazy("Send the miles"),
    Kind.GIFT_CARD: lazy("Issue the card"), Kind.WALLET: lazy("Put it into the wallet"),
    Kind.CASH: lazy("Ask for the money"), Kind.TRAVEL: lazy("Order the journey"),
}  # fmt: skip


def form_for(
    reward: Reward, family: Sequence[UUID], data: Any = None, *,
    initial: Mapping[str, Any] | None = None, days: Sequence[TravelOffer] = (), address: str = "",
) -> PlainForm:  # fmt: skip
    """`days`: of a journey that has days of its own; `address` quotes one of them."""
    form = FORMS.get(reward.kind, PlainForm)(data, initial=dict(initial or {}))
    if isinstance(form, HoldingForm):
        choice = form.fields["holding"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = _held(reward, family)
    if isinstance(form, TravelForm) and days:
        form.fields["starts_on"] = _days(form.fields["starts_on"].label, days, address)
    return form


def _held(reward: Reward, family: Sequence[UUID]) -> list[tuple[str, str]]:
    """What the customer holds now, of the reward's product if it names one."""
    found = {
        one.id: one for _holder, one in products.holdings_of(family)
        if one.closed_on is None and one.status in product_rules.OPEN
        and reward.product_id in (None, one.product_id)
    }  # fmt: skip
    return [
        (ids.public("hol", one.id), f"{one.product.name} {one.serial or one.number}".strip())
        for one in found.values()
    ]
