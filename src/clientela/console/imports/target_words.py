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
    "value": _("Value"),
    "primary": _("Used first"),
    "shared": _("Others use it too"),
    "bouncing": _("What is sent there comes back"),
    "street": _("Street and house"),
    "more": _("Flat, floor or building"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "region": _("Region"),
    "care_of": _("In care of"),
    "starts_on": _("From"),
    "ends_on": _("Until"),
    "relation": _("Kind of relation, by its key"),
    "other": _("The other customer, by the source's id"),
    "may_act": _("May act for the other"),
    "other_may_act": _("The other may act for the customer"),
    "decision": _("Given or withdrawn"),
    "origin": _("Where it was told"),
    "address": _("Only for this phone or e-mail"),
    "basis": _("Lawful basis"),
    "wording": _("Version of the words"),
    "evidence": _("Evidence"),
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

# What a name means in files of one kind, where it means something else there.
OF_KIND: Mapping[tuple[str, str], str | Promise] = {
    ("identities", "kind"): _("Kind of identity"),
    ("identities", "country"): _("Country of phone numbers"),
    ("addresses", "purpose"): _("What the address is for"),
    ("consents", "purpose"): _("Purpose, by its key"),
    ("consents", "date"): _("When it was decided"),
}


def words_of(kind: str, target: str) -> str | Promise:
    return OF_KIND.get((kind, target)) or TARGETS.get(target, target)
