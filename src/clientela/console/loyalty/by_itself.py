"""Cash that is paid to a customer by itself: wanted in a small form, stopped by a button."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers.contact import by
from clientela.console.customers.drawer import answered, pressed
from clientela.console.customers.opened import Family, of_family
from clientela.console.loyalty.redeem_forms import PayoutForm
from clientela.console.pages import FORM, SENT, page
from clientela.customers.queries import Reference
from clientela.flows import standing_orders
from clientela.loyalty.actions import cash
from clientela.loyalty.models import CashOut
from clientela.loyalty.queries import standing_orders as reads
from clientela.platform.http.requests import HouseRequest
from clientela.ui.templatetags.ui import label

TAB = "customer-points"


class OrderForm(PayoutForm):
    reward = forms.ChoiceField(label=lazy("What"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reward"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["reward"].widget = forms.HiddenInput()
            self.fields["reward"].initial = choices[0][0]


@page("customers.view", "loyalty.view", "loyalty.redeem", switch="loyalty", methods=FORM)
@of_family
def order(request: HouseRequest, family: Family) -> HttpResponse:
    """From now on, whenever there are enough points."""
    choices = [(one.key, label(one.labels)) for one in reads.payable()]
    form = OrderForm(
        request.POST if request.method == "POST" else None, choices=choices,
        initial={"way": CashOut.Way.WALLET},
    )  # fmt: skip

    def carry_out() -> None:
        given = form.cleaned_data
        payout = cash.payout(given["way"], given["iban"], given["payee"])
        whose = Reference("id", str(family[0]))
        standing_orders.give_order(whose, given["reward"], payout, **by(request))

    return answered(
        request, family, form, title=_("Pay cash by itself"), name="by-itself-form", tab=TAB,
        submit=_("Pay by itself"), carry_out=carry_out, done=_("It is paid by itself from now on."),
        more=_("Once a day at most, all whole blocks, as far as the limits leave room."),
    )  # fmt: skip


@page("customers.view", "loyalty.view", "loyalty.redeem", switch="loyalty", methods=SENT)
@of_family
def end(request: HouseRequest, family: Family, reward: str) -> HttpResponse:
    return pressed(
        request, family, tab=TAB,
        carry_out=lambda: standing_orders.end_order(
            Reference("id", str(family[0])), reward, **by(request)
        ),
        done=_("It is not paid by itself any more."),
    )  # fmt: skip
