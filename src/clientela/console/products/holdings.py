"""A clerk opens, changes and closes what a customer holds, and says who else has a part in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers.contact import by
from clientela.console.customers.drawer import answered, date_field
from clientela.console.customers.naming import CustomerField
from clientela.console.customers.opened import Family, of_family
from clientela.console.forms import UNSAID
from clientela.console.pages import FORM, page
from clientela.customers.queries import Reference
from clientela.flows import change_holding
from clientela.flows.change_holding import Change
from clientela.flows.hold_products import Held, hold_product
from clientela.platform import money
from clientela.platform.http.requests import HouseRequest
from clientela.platform.money import Money
from clientela.products import queries as products
from clientela.products.actions import Terms
from clientela.products.models import Holder, Holding
from clientela.staff import company as companies
from clientela.ui import words

TAB = "customer-holdings"
NUMBER_LENGTH_MAX = 100
DAYS = ("opened_on", "matures_on", "fixed_until_on")


class TermsForm(forms.Form):
    """What a holding is worth and how long it runs; amounts in the company's currency."""

    status = forms.ChoiceField(
        label=lazy("Status"), choices=[(key, words.HOLDING[key]) for key in words.HOLDING]
    )
    number = forms.CharField(
        label=lazy("Account or contract number"), max_length=NUMBER_LENGTH_MAX, required=False
    )
    serial = forms.CharField(
        label=lazy("Serial number"), max_length=NUMBER_LENGTH_MAX, required=False
    )
    opened_on = date_field(lazy("From"))
    balance = forms.CharField(label=lazy("Balance"), max_length=30, required=False)
    limit = forms.CharField(label=lazy("Limit"), max_length=30, required=False)
    rate = forms.DecimalField(
        label=lazy("Rate, per cent a year"), min_value=0, max_value=999, decimal_places=4,
        required=False,
    )  # fmt: skip
    fixed_until_on = date_field(lazy("Rate fixed until"))
    matures_on = date_field(lazy("Matures on"))
    term_months = forms.IntegerField(
        label=lazy("Term in months"), min_value=1, max_value=change_holding.TERM_MONTHS_MAX,
        required=False,
    )  # fmt: skip
    renewal_of = forms.ChoiceField(label=lazy("Renews"), required=False)

    def __init__(
        self, *args: Any, currency: str, others: list[tuple[str, str]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.currency = currency
        self.fields["renewal_of"] = forms.ChoiceField(
            label=lazy("Renews"), required=False, choices=[UNSAID, *others]
        )

    def clean_balance(self) -> Money | None:
        return self._amount("balance")

    def clean_limit(self) -> Money | None:
        return self._amount("limit")

    def _amount(self, name: str) -> Money | None:
        written = self.cleaned_data[name]
        if not written:
            return None
        try:
            return money.parse(written, self.currency)
        except money.BadMoney:
            raise forms.ValidationError(_("This is not an amount.")) from None

    def terms(self, request: HouseRequest) -> dict[str, Any]:
        given = self.cleaned_data
        told: dict[str, Any] = {name: given[name] for name in (*DAYS, "term_months")}
        balance, limit, rate = given["balance"], given["limit"], given["rate"]
        told |= {
            "balance_minor": balance.minor if balance else None,
            "limit_minor": limit.minor if limit else None,
            "currency": self.currency if balance or limit else "",
            "rate": None if rate is None else Decimal(rate) / 100,
            "renewal_of": UUID(hex=given["renewal_of"]) if given["renewal_of"] else None,
        }
        if balance:
            told["balance_on"] = companies.current().today(request.started_at)
        return told


class OpenForm(TermsForm):
    product = forms.CharField(
        label=lazy("Product"), max_length=100, help_text=lazy("Its code."),
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
    )  # fmt: skip
    role = forms.ChoiceField(
        label=lazy("Role"), choices=[(key, words.ROLE[key]) for key in words.ROLE]
    )
    field_order = ("product", "role", "status")


class CloseForm(forms.Form):
    on = date_field(lazy("Last day"), help_text=lazy("Today where nothing is said."))
    status = forms.ChoiceField(
        label=lazy("How it ends"),
        choices=[(key, words.HOLDING[key]) for key in change_holding.ENDED],
    )


class HolderForm(forms.Form):
    other = CustomerField(label=lazy("Who holds it too"))
    role = forms.ChoiceField(
        label=lazy("Role"), choices=[(key, words.ROLE[key]) for key in Holder.Role.values]
    )


@page("customers.view", "products.view", "products.edit", methods=FORM)
@of_family
def open_holding(request: HouseRequest, family: Family) -> HttpResponse:
    currency = companies.current().currency
    form = OpenForm(
        request.POST or None, currency=currency, others=_others(family),
        initial={"status": "active", "role": "owner",
                 "opened_on": companies.current().today(request.started_at)},
    )  # fmt: skip

    def carry_out() -> None:
        given = form.cleaned_data
        hold_product(
            Held(
                Reference("id", str(family[0])), given["product"], role=given["role"],
                status=given["status"], number=given["number"], serial=given["serial"],
                terms=Terms(**form.terms(request)),
            ),
            **by(request),
        )  # fmt: skip

    return answered(
        request, family, form, title=_("Open a holding"), name="holding-form", tab=TAB,
        carry_out=carry_out, done=_("The holding is opened."),
    )  # fmt: skip


@page("customers.view", "products.view", "products.edit", methods=FORM)
@of_family
def change(request: HouseRequest, family: Family, holding_id: UUID) -> HttpResponse:
    row = _own(family, holding_id)
    currency = row.currency or companies.current().currency
    first = {name: getattr(row, name) for name in ("status", "number", "serial", *DAYS)} | {
        "balance": _shown(row.balance_minor, currency), "limit": _shown(row.limit_minor, currency),
        "rate": None if row.rate is None else (row.rate * 100).normalize(),
        "term_months": row.term_months, "renewal_of": row.renewal_of.hex if row.renewal_of else "",
    }  # fmt: skip
    form = TermsForm(
        request.POST or None, initial=first, currency=currency, others=_others(family, but=row.id)
    )

    def carry_out() -> None:
        given = form.cleaned_data
        terms = form.terms(request)
        if terms["balance_minor"] == row.balance_minor:
            terms.pop("balance_on", None)
        wanted = Change(given["number"], given["serial"], given["status"], terms)
        change_holding.change(row.id, wanted, **by(request))

    return answered(
        request, family, form, title=row.product.name, name="holding-form", tab=TAB,
        carry_out=carry_out, done=_("Saved."),
    )  # fmt: skip


@page("customers.view", "products.view", "products.edit", methods=FORM)
@of_family
def close(request: HouseRequest, family: Family, holding_id: UUID) -> HttpResponse:
    row = _own(family, holding_id)
    form = CloseForm(request.POST if request.method == "POST" else None)
    return answered(
        request, family, form, title=_("Close %(product)s") % {"product": row.product.name},
        name="holding-close-form", tab=TAB,
        carry_out=lambda: change_holding.close(row.id, **form.cleaned_data, **by(request)),
        done=_("The holding is closed."),
    )  # fmt: skip


@page("customers.view", "products.view", "products.edit", methods=FORM)
@of_family
def add_holder(request: HouseRequest, family: Family, holding_id: UUID) -> HttpResponse:
    row = _own(family, holding_id)
    form = HolderForm(request.POST or None, initial={"role": "joint"})
    return answered(
        request, family, form, title=_("Who else has a part in %(product)s")
        % {"product": row.product.name}, name="holder-form", tab=TAB,
        carry_out=lambda: change_holding.add_holder(
            row.id, form.cleaned_data["other"], role=form.cleaned_data["role"], **by(request)
        ),
        done=_("Saved."),
    )  # fmt: skip


def _own(family: Family, holding_id: UUID) -> Holding:
    """A holding in which the family has a part."""
    parts = products.holders_of([holding_id]).get(holding_id, [])
    if not any(part.customer_id in family for part in parts):
        raise products.NoSuchHolding
    return products.holding(holding_id)


def _others(family: Family, *, but: UUID | None = None) -> list[tuple[str, str]]:
    """What a holding of the family may renew."""
    return [
        (row.id.hex, f"{row.product.name} {row.number or row.serial}".strip())
        for _holder, row in products.holdings_of(family)
        if row.id != but and row.customer_id in family
    ][:50]


def _shown(minor: int | None, currency: str) -> str:
    return "" if minor is None else f"{Money(minor, currency).to_decimal():f}"
