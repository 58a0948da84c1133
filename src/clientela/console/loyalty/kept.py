"""Keeping a customer's points: let them be used longer, give them away, let go of a debt."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.console.customers.contact import by
from clientela.console.customers.drawer import DATE, answered
from clientela.console.customers.naming import CustomerField
from clientela.console.customers.opened import Family, of_family
from clientela.console.pages import FORM, page
from clientela.customers.queries import Reference
from clientela.flows import keep_points
from clientela.flows.transfer_points import transfer_points
from clientela.loyalty.queries import lots, transfers
from clientela.loyalty.queries.lots import NoSuchLot
from clientela.platform.http.requests import HouseRequest
from clientela.ui.templatetags.ui import label, number

TAB = "customer-points"
POINTS_MAX = 10**12


def _reason(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=lazy("Why"), max_length=keep_points.REASON_LENGTH_MAX, required=required
    )


class ExtensionForm(forms.Form):
    last_on = forms.DateField(label=lazy("Last day"), widget=DATE)
    reason = _reason()


class DebtForm(forms.Form):
    points = forms.IntegerField(
        label=lazy("Points"), min_value=1, max_value=POINTS_MAX, required=False,
        help_text=lazy("Left empty, all that is owed."),
    )  # fmt: skip
    reason = _reason()


class GiftForm(forms.Form):
    receiver = CustomerField(label=lazy("To whom"))
    points = forms.IntegerField(label=lazy("Points"), min_value=1, max_value=POINTS_MAX)
    currency = forms.ChoiceField(label=lazy("Which points"))
    reason = _reason(required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["currency"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["currency"].widget = forms.HiddenInput()
            self.fields["currency"].initial = choices[0][0]


@page("customers.view", "loyalty.view", "loyalty.adjust", switch="loyalty", methods=FORM)
@of_family
def extend(request: HouseRequest, family: Family, lot_id: UUID) -> HttpResponse:
    kept = lots.kept(lot_id)
    if kept.lot.customer_id not in family:
        raise NoSuchLot
    form = ExtensionForm(
        request.POST if request.method == "POST" else None, initial={"last_on": kept.last_on}
    )
    count = kept.lot.remaining
    title = ngettext("%(count)s point longer", "%(count)s points longer", count)
    return answered(
        request, family, form, title=title % {"count": number(count)}, name="extension-form",
        tab=TAB, submit=_("Let them be used longer"),
        more=_("What is over already comes back; what is owed is paid from it first."),
        carry_out=lambda: keep_points.extend_points(lot_id, **form.cleaned_data, **by(request)),
        done=_("They can be used longer now."),
    )  # fmt: skip


@page("customers.view", "loyalty.view", "loyalty.adjust", switch="loyalty", methods=FORM)
@of_family
def forgive(request: HouseRequest, family: Family, currency: str) -> HttpResponse:
    form = DebtForm(request.POST if request.method == "POST" else None)
    return answered(
        request, family, form, title=_("Let go of a debt"), name="debt-form", tab=TAB,
        submit=_("Forgive the debt"),
        carry_out=lambda: keep_points.forgive_debt(
            Reference("id", str(family[0])), currency=currency, **form.cleaned_data, **by(request)
        ),
        done=_("Nothing more is owed of it."),
    )  # fmt: skip


@page("customers.view", "loyalty.view", "loyalty.adjust", switch="loyalty", methods=FORM)
@of_family
def give(request: HouseRequest, family: Family) -> HttpResponse:
    """To another member, of the points that may be given away."""
    kinds = [(one.code, label(one.labels) or one.code) for one in transfers.given_kinds()]
    form = GiftForm(request.POST if request.method == "POST" else None, choices=kinds)

    def carry_out() -> None:
        given = form.cleaned_data
        transfer_points(
            Reference("id", str(family[0])), Reference("id", str(given["receiver"])),
            currency=given["currency"], points=given["points"], reason=given["reason"],
            **by(request),
        )  # fmt: skip

    return answered(
        request, family, form, title=_("Give points away"), name="gift-form", tab=TAB,
        submit=_("Give"), carry_out=carry_out, done=_("The points are given."),
        more=_("The soonest to end go first; each keeps the day on which it ends."),
    )  # fmt: skip
