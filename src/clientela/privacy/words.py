"""Words for the codes of this app, in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = dict[str, str | Promise]

CLASSES: Words = {
    "record": _("The record itself"),
    "contact": _("Phones, e-mails, addresses"),
    "changes": _("What was changed in the record"),
    "access": _("Who looked at the record"),
    "communication": _("Letters, messages, calls, notes"),
    "behaviour": _("Offers, needs, decisions about them"),
    "contract": _("Holdings, warranties, claims, issues"),
    "accounting": _("Purchases and points"),
    "consent": _("Consents, objections, requests"),
    "former": _("Former customers, the whole record"),
}
BASES: Words = {
    "consent": _("Consent"),
    "legitimate_interest": _("Legitimate interest"),
    "contract": _("Contract"),
    "legal_duty": _("Legal duty"),
}
CHANNELS: Words = {
    "": _("Every channel"),
    "email": _("E-mail"),
    "sms": _("Text message"),
    "phone": _("Phone"),
    "post": _("Post"),
    "push": _("App"),
}
VERDICTS: Words = {
    "given": pgettext_lazy("consent", "Given"),
    "withdrawn": pgettext_lazy("consent", "Withdrawn"),
    "not_given": pgettext_lazy("consent", "Not given"),
    "unless_refused": _("Allowed unless refused"),
    "objected": _("The customer objected"),
    "restricted": _("The record is restricted"),
    "suppressed": _("This address is suppressed"),
    "paused": _("Paused by the customer"),
}
FREQUENCIES: Words = {
    "always": _("Whenever there is something"),
    "weekly": _("At most once a week"),
    "monthly": _("At most once a month"),
}
RESTRICTIONS: Words = {
    "hold": _("Legal hold"),
    "marketing": _("Objection to marketing"),
    "profiling": _("Objection to profiling"),
    "frozen": _("Restricted"),
    "kept_by_law": _("Erased as soon as the law allows"),
}
REQUESTS: Words = {
    "access": _("Wants to see their data"),
    "erasure": _("Wants to be erased"),
    "restriction": _("Wants the use restricted"),
    "objection": _("Objects"),
    "rectification": _("Wants something corrected"),
    "review": _("Wants a person to decide"),
}
OUTCOMES: Words = {
    "done": pgettext_lazy("request", "Done"),
    "partly": _("Done in part"),
    "refused": pgettext_lazy("request", "Refused"),
}
SOURCES: Words = {
    "phone": _("By phone"),
    "shop": _("In the shop"),
    "paper": _("On paper"),
    "web": _("On the web"),
    "email": _("By e-mail"),
    "preferences": _("On the page of choices"),
    "import": _("From a file"),
    "api": _("By another system"),
}
COLUMNS: Words = {
    "action": _("Action"),
    "amount": _("Amount"),
    "answer": _("Answer"),
    "answered_at": _("Answered"),
    "attributes": _("Details"),
    "balance": _("Balance"),
    "basis": _("Lawful basis"),
    "body": _("Text"),
    "changed_at": _("Changed"),
    "channel": _("Channel"),
    "closed_on": _("Closed"),
    "country": _("Country"),
    "data": _("Details"),
    "decided_at": _("Decided"),
    "display_name": _("Name"),
    "due_on": _("Due"),
    "ends_on": _("Until"),
    "ended_at": _("Ended"),
    "evidence": _("Evidence"),
    "expires_at": _("Expires"),
    "external_id": _("Id there"),
    "external_ref": _("Reference"),
    "field": _("Field"),
    "kind": _("Kind"),
    "known_since": _("Known since"),
    "language": _("Language"),
    "name": _("Name"),
    "new": _("After"),
    "note": _("Note"),
    "number": _("Number"),
    "occurred_at": _("When"),
    "old": _("Before"),
    "opened_at": _("Opened"),
    "opened_on": _("Opened"),
    "outcome": _("Outcome"),
    "party": _("Party"),
    "place": _("Place"),
    "points": _("Points"),
    "product": _("Product"),
    "product_code": _("Product code"),
    "purchased_at": _("Bought"),
    "purpose": _("Purpose"),
    "quantity": _("Quantity"),
    "queued_at": _("Written"),
    "reason": _("Reason"),
    "received_at": _("Received"),
    "recipient": _("Recipient"),
    "recorded_at": _("Recorded"),
    "returned": _("Returned"),
    "returned_at": _("Returned"),
    "role": _("Role"),
    "seen_at": _("When"),
    "serial": _("Serial number"),
    "set_at": _("Set"),
    "shown_at": _("Shown"),
    "source": _("Source"),
    "started_at": _("Began"),
    "starts_on": _("From"),
    "state": _("State"),
    "status": _("Status"),
    "subject": _("Subject"),
    "total": _("Total"),
    "trace": _("How it was decided"),
    "until_on": _("Until"),
    "value_shown": _("Value"),
    "value_norm": _("Normal form"),
    "verdict": _("Decision"),
    "wording": _("Words"),
    "words": _("Words"),
}
