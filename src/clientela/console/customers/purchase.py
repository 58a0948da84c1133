"""One purchase of a customer with its lines and what came back of it; given back, called off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers import opened
from clientela.console.customers.contact import by
from clientela.console.customers.drawer import answered
from clientela.console.customers.opened import Family, of_family
from clientela.console.once import KEY
from clientela.console.pages import FORM, page, show
from clientela.flows.correct_purchase import REASON_LENGTH_MAX, cancel_purchase
from clientela.flows.return_purchase import return_purchase
from clientela.platform.http.requests import HouseRequest
from clientela.platform.money import Money
from clientela.products import queries as products
from clientela.purchases import queries as purchases
from clientela.purchases.actions import NewReturn, ReturnedLine
from clientela.purchases.models import Line, Purchase
from clientela.purchases.rules import quantity

TAB = "customer-purchases"
SOURCE = "console"


class ReturnForm(forms.Form):
    """How much of each line comes back."""

    reason = forms.CharField(label=lazy("Reason"), max_length=REASON_LENGTH_MAX, required=False)

    def __init__(self, *args: Any, lines: list[Line], names: dict[UUID, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.lines = [line for line in lines if _left(line) > 0]
        for line in self.lines:
            words = names.get(line.product_id, "") if line.product_id else ""
            self.fields[f"line_{line.line_no}"] = forms.DecimalField(
                label=words or line.product_code or f"{line.line_no}.", required=False,
                min_value=0, max_value=_left(line) / 1000, max_digits=15, decimal_places=3,
                help_text=_("%(left)s are left.") % {"left": quantity(_left(line))},
            )  # fmt: skip
        self.order_fields([*(f"line_{line.line_no}" for line in self.lines), "reason"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and not self.wanted():
            raise forms.ValidationError(_("Say how much of something comes back."))
        return given

    def wanted(self) -> tuple[ReturnedLine, ...]:
        named = ((line, self.cleaned_data.get(f"line_{line.line_no}")) for line in self.lines)
        return tuple(ReturnedLine(line.line_no, int(back * 1000)) for line, back in named if back)


class CancelForm(forms.Form):
    reason = forms.CharField(label=lazy("Reason"), max_length=REASON_LENGTH_MAX, required=False)


@page("customers.view", "purchases.view")
@of_family
def purchase(request: HouseRequest, family: Family, purchase_id: UUID) -> HttpResponse:
    row = _own(family, purchase_id)
    lines = purchases.lines_of([row])
    names = products.names(line.product_id for line in lines if line.product_id)
    numbers = {line.id: line for line in lines}
    money = {"total": row.total_minor, "returned": row.returned_minor}
    context = {
        "purchase": row, **{key: Money(minor, row.currency) for key, minor in money.items()},
        "left": row.total_minor - row.returned_minor,
        "lines": [_line(line, row, names) for line in lines],
        "returns": [
            {"kind": one.kind, "at": one.returned_at, "reason": one.reason,
             "amount": Money(one.amount_minor, row.currency),
             "lines": [
                 {"words": _words(numbers[part.line_id], names),
                  "quantity": quantity(part.quantity_milli)}
                 for part in taken if part.line_id in numbers
             ]}
            for one, taken in purchases.given_back_of(row)
        ],
        "amending": purchases.amending(row),
    }  # fmt: skip
    return show(request, "console/customers/purchase.html",
                {**opened.header(request, family), **context})  # fmt: skip


@page("customers.view", "purchases.write", methods=FORM)
@of_family
def give_back(request: HouseRequest, family: Family, purchase_id: UUID) -> HttpResponse:
    row = _own(family, purchase_id)
    lines = purchases.lines_of([row])
    names = products.names(line.product_id for line in lines if line.product_id)
    form = ReturnForm(request.POST or None, lines=lines, names=names)

    def carry_out() -> None:
        new = NewReturn(
            SOURCE, _reference(request, row), request.started_at, lines=form.wanted(),
            reason=form.cleaned_data["reason"],
        )  # fmt: skip
        return_purchase(new, purchase_id=row.id, **by(request))

    return answered(
        request, family, form, title=_("Give back"), name="return-form", tab=TAB,
        carry_out=carry_out, done=_("The return is booked."),
    )  # fmt: skip


@page("customers.view", "purchases.write", methods=FORM)
@of_family
def cancel(request: HouseRequest, family: Family, purchase_id: UUID) -> HttpResponse:
    row = _own(family, purchase_id)
    form = CancelForm(request.POST if request.method == "POST" else None)
    return answered(
        request, family, form, title=_("Call the purchase off"), name="cancel-form", tab=TAB,
        more=_("All that is left of it comes back, and the points it earned are taken back."),
        carry_out=lambda: cancel_purchase(
            row.id, reference=_reference(request, row), source=SOURCE,
            reason=form.cleaned_data["reason"], cancelled_at=request.started_at, **by(request),
        ),
        done=_("The purchase is called off."),
    )  # fmt: skip


def _own(family: Family, purchase_id: UUID) -> Purchase:
    row = purchases.get(purchase_id)
    if row.customer_id not in family:
        raise purchases.NoSuchPurchase
    return row


def _reference(request: HouseRequest, row: Purchase) -> str:
    """One for each form that was shown: sent twice, it is booked once."""
    return request.POST.get(KEY) or f"{row.external_ref}-{request.request_id}"


def _line(line: Line, row: Purchase, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "number": line.line_no, "words": _words(line, names),
        "quantity": quantity(line.quantity_milli), "serial": line.serial,
        "returned": quantity(line.quantity_returned_milli) if line.quantity_returned_milli else "",
        "total": Money(line.total_minor, row.currency), "tax": Money(line.tax_minor, row.currency),
        "discount": Money(line.discount_minor, row.currency) if line.discount_minor else None,
    }  # fmt: skip


def _words(line: Line, names: dict[UUID, str]) -> str:
    return (names.get(line.product_id, "") if line.product_id else "") or line.product_code


def _left(line: Line) -> int:
    return line.quantity_milli - line.quantity_returned_milli
