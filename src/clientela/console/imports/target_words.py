"""What the values of a file are called where its columns are chosen."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TARGETS: Mapping[str, str | Promise] = {
    "customer": _("Customer, by the source's id"),
    "name": _("Name"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "language": _("Language"),
    "country": _("Country"),
    "birth_date": _("Date of birth"),
    "type": pgettext_lazy("import", "Type"),
    "product": _("Product, by its code"),
    "kind": _("Kind of product"),
    "price": _("Price"),
    "currency": _("Currency"),
    "holding": _("Holding, by the source's id"),
    "through": _("Held through another holding"),
    "alias": _("Name of this part in the holding"),
    "product_name": _("Name of the product"),
    "product_kind": _("Kind of the product"),
    "role": _("Role of the holder"),
    "status": _("Status"),
    "opened_on": _("Opened on"),
    "closed_on": _("Closed on"),
    "matures_on": _("Matures on"),
    "fixed_until_on": _("Fixed until"),
    "number": _("Account or card number"),
    "serial": _("Serial number"),
    "balance": _("Balance"),
    "balance_on": _("Day of the balance"),
    "limit": _("Limit"),
    "rate": _("Rate"),
    "date": _("Date"),
    "amount": _("Amount"),
    "reference": _("Reference or document number"),
    "original": _("Reference of what is returned"),
    "quantity": _("Quantity"),
    "channel": _("Channel"),
    "place": _("Place"),
    "tax": _("Tax"),
    "discount": _("Discount"),
}
