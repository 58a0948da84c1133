"""Why a row was not taken, in the language now active."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.imports.rules.faults import SENTENCES, Reject, sentence_of

# Refusals that need the record to be known: the adapters find them.
OF_ADAPTERS: dict[str, str | Promise] = {
    "unknown-customer": lazy("Nobody is known as “%(value)s” by this source."),
    "unknown-product": lazy("There is no product “%(value)s”."),
    "unknown-holding": lazy("No holding “%(value)s” is known by this source."),
    "unknown-type": lazy("There is no profile type “%(value)s”."),
    "erased-before": lazy("“%(value)s” had all data erased; a file does not bring them back."),
    "customer-ambiguous": lazy("This fits more than one customer."),
    "reference-taken": lazy("This reference is recorded with other content."),
    "more-than-was-bought": lazy("More would come back than is left of the purchase."),
    "points-already-spent": lazy("The points of the purchase are spent already."),
    "document-disagrees": lazy(
        "The rows of document “%(value)s” name several buyers, times or currencies."
    ),
    "unknown-relation": lazy("There is no kind of relation “%(value)s”."),
    "same-customer": lazy("Both sides are the same customer."),
    "identity-taken": lazy("“%(value)s” belongs to another customer."),
    "channel-not-used": lazy("The purpose “%(purpose)s” does not use the channel “%(value)s”."),
    "unknown-wording": lazy("There is no version %(value)s of the words of this purpose."),
    "invalid-input": lazy("A value is outside of what is allowed here."),
}


def reason_of(reject: Reject) -> str:
    """One plain sentence for one fault of one row."""
    if "sentence" in reject.params:
        return reject.params["sentence"]
    if words := OF_ADAPTERS.get(reject.code):
        return str(words) % reject.params
    if reject.code in SENTENCES:
        return _(sentence_of(reject)) % reject.params
    return _("This row was refused (%(code)s).") % {"code": reject.code}
