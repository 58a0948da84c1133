"""Why rows were refused, in a few words for all rows with the same reason."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OF_CODE: dict[str, str | Promise] = {
    "ambiguous-amount": _("Amount may be two amounts"),
    "ambiguous-date": _("Date may be two days"),
    "amount-not-a-number": _("Amount cannot be read"),
    "amount-too-large": _("Amount is too large"),
    "amount-too-precise": _("Amount has too many decimals"),
    "bad-character": _("Control character in a value"),
    "bad-country": _("Country is not known"),
    "bad-email": _("E-mail address cannot be used"),
    "bad-encoding": _("Bytes that are no text"),
    "bad-language": _("Language is not known"),
    "bad-phone": _("Phone number cannot be called"),
    "closed-before-opened": _("Closed before it was opened"),
    "customer-ambiguous": _("Fits more than one customer"),
    "broken-json": _("Line is not JSON"),
    "document-disagrees": _("Document names several buyers or times"),
    "document-incomplete": _("Part of a document is missing"),
    "unknown-type-of-row": _("Row type is not known"),
    "date-in-future": _("Date lies in the future"),
    "date-too-old": _("Date is too old"),
    "missing-value": _("A value is missing"),
    "more-than-was-bought": _("More comes back than was bought"),
    "negative-amount": _("Amount is negative"),
    "not-a-date": _("Date cannot be read"),
    "not-a-number": _("Number cannot be read"),
    "nul-character": _("NUL character in the row"),
    "points-already-spent": _("Points are spent already"),
    "ragged-row": _("Too many or too few cells"),
    "reference-taken": _("Reference is recorded with other content"),
    "row-too-long": _("Row is too long"),
    "scientific-number": _("Number changed by a spreadsheet"),
    "too-long": _("Value is too long"),
    "unclosed-quote": _("Quote is not closed"),
    "bad-identity": _("Nobody can be found by this"),
    "channel-not-used": _("Channel is not one of the purpose"),
    "ends-before-it-starts": _("Ends before it starts"),
    "identity-taken": _("Belongs to another customer"),
    "not-a-postcode": _("Postcode is none of its country"),
    "not-yes-or-no": _("Neither yes nor no"),
    "related-to-itself": _("The same customer on both sides"),
    "same-customer": _("The same customer on both sides"),
    "unknown-basis": _("Lawful basis is not known"),
    "unknown-channel": _("Channel is not known"),
    "unknown-decision": _("Neither given nor withdrawn"),
    "unknown-kind": _("Kind of identity is not known"),
    "unknown-purpose": _("Purpose is not known"),
    "unknown-relation": _("Kind of relation is not known"),
    "unknown-wording": _("Version of the words is not known"),
    "unknown-currency": _("Currency is not known"),
    "unknown-customer": _("Customer is not known"),
    "unknown-holding": _("Holding is not known"),
    "unknown-product": _("Product is not in the list"),
    "unknown-role": _("Role is not known"),
    "unknown-status": _("Status is not known"),
    "unknown-type": _("Profile type is not known"),
    "unknown-value": _("Value is not in the mapping"),
    "unreadable-value": _("Value cannot be read"),
}


def headline(code: str, otherwise: str) -> str:
    """Words for a code; `otherwise`, the sentence of one such row, for one without any."""
    return str(OF_CODE.get(code) or otherwise or code)
