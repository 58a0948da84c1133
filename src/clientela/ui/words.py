"""Words for the codes that pages show. A code without words is shown as it is."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = dict[str, str | Promise]

PARTY: Words = {"person": _("Person"), "company": _("Company"), "anonymous": _("Unnamed buyer")}
CUSTOMER: Words = {
    "provisional": _("Provisional"),
    "prospect": _("Prospect"),
    "active": _("Active"),
    "former": pgettext_lazy("customer", "Former"),
    "deceased": _("Deceased"),
    "tombstone": _("Merged"),
}
RETURN: Words = {
    "return": _("Given back"),
    "cancellation": _("Called off"),
    "amendment": _("Put right"),
}
HOLDING: Words = {
    "applied": _("Applied for"),
    "approved": _("Approved"),
    "active": _("In use"),
    "dormant": _("At rest"),
    "overpaid": _("Overpaid"),
    "matured": _("Matured"),
    "closed": _("Closed"),
    "written_off": _("Written off"),
}
ROLE: Words = {
    "owner": _("Owner"),
    "joint": _("Joint holder"),
    "guarantor": _("Guarantor"),
    "beneficiary": _("Beneficiary"),
    "user": _("May use it"),
}
IDENTITY: Words = {
    "phone": _("Phone"),
    "email": _("E-mail"),
    "account": _("Account"),
    "card": _("Card"),
    "national-id": _("National id"),
    "login": _("Login"),
    "device": _("Device"),
    "number": _("Number"),
    "reference": _("Reference"),
}
VERIFIED: Words = {
    "code": _("by a code"),
    "document": _("by a document"),
    "call": _("by a call"),
    "letter": pgettext_lazy("verified", "by letter"),
    "login": _("by signing in"),
    "source": _("by another system"),
}
ADDRESS: Words = {
    "home": pgettext_lazy("address", "Home"),
    "seat": _("Seat"),
    "postal": _("For post"),
    "billing": _("For bills"),
    "delivery": _("For deliveries"),
    "work": pgettext_lazy("address", "Work"),
}
MEMBER: Words = {
    "head": _("Head"),
    "partner": _("Partner"),
    "child": _("Child"),
    "parent": _("Parent"),
    "other": pgettext_lazy("household", "Other"),
}
POSTING: Words = {
    "earn": _("Earned"),
    "reverse": _("Taken back"),
    "redeem": _("Used"),
    "restore": _("Given back"),
    "expire": _("Expired"),
    "grant": _("Given by hand"),
    "adjust": _("Taken by hand"),
    "transfer_out": _("Given to another member"),
    "transfer_in": _("From another member"),
    "forgive": _("Debt forgiven"),
    "reinstate": _("Usable again"),
    "carry_in": _("From a merged record"),
    "carry_out": _("Moved to the merged record"),
}
IMPORT: Words = {
    "customers": _("Customers"),
    "identities": _("Identities"),
    "addresses": _("Postal addresses"),
    "relations": _("Relations"),
    "consents": _("Consents"),
    "products": _("Products"),
    "holdings": _("Holdings"),
    "purchases": _("Purchases"),
}
PACK: Words = {
    "type": _("Profile type"),
    "field": _("Field"),
    "kind": _("Kind of product"),
    "relation": _("Relation"),
    "new": pgettext_lazy("pack", "New"),
    "changed": pgettext_lazy("pack", "Changed"),
    "checking": _("Being checked"),
    "refused": pgettext_lazy("plan", "Refused"),
}
EXPORT: Words = {
    "waiting": _("Is being written"),
    "ready": pgettext_lazy("export", "Ready"),
    "failed": _("Stopped by an error"),
    "over": pgettext_lazy("export", "Link is over"),
}
OFFER: Words = {
    "running": pgettext_lazy("offer", "Running"),
    "planned": pgettext_lazy("offer", "Planned"),
    "over": pgettext_lazy("offer", "Over"),
    "withdrawn": pgettext_lazy("offer", "Withdrawn"),
}
NEED_SOURCE: Words = {
    "stated": _("said by the customer"),
    "seen": _("noticed by us"),
    "inferred": _("inferred"),
}
BATCH: Words = {
    "uploaded": _("Uploaded"),
    "checking": _("Is being checked"),
    "checked": _("Checked, not run"),
    "running": _("Running"),
    "stopped": pgettext_lazy("import", "Stopped"),
    "finished": pgettext_lazy("import", "Finished"),
    "failed": _("Stopped by an error"),
    "undoing": _("Is being undone"),
    "undone": _("Undone"),
}
CALL: Words = {
    "ringing": _("Rings"),
    "answered": pgettext_lazy("call", "Going on"),
    "ended": pgettext_lazy("call", "Over"),
    "missed": pgettext_lazy("call", "Missed"),
}
CHANNEL: Words = {
    "shop": _("Shop"),
    "web": _("Web"),
    "phone": _("Phone"),
    "app": _("App"),
    "branch": _("Branch"),
    "letter": _("Letter"),
}
WEBHOOK: Words = {
    "on": pgettext_lazy("webhook", "On"),
    "in_trouble": pgettext_lazy("webhook", "Fails, is tried again"),
    "by_hand": pgettext_lazy("webhook", "Switched off"),
    "failing": pgettext_lazy("webhook", "Switched off: failed for days"),
    "gone": pgettext_lazy("webhook", "Switched off: says that it is gone"),
    "owner": pgettext_lazy("webhook", "Switched off: its maker may not any more"),
}
MESSAGE: Words = {
    "waiting": pgettext_lazy("message", "Waiting"),
    "delivered": pgettext_lazy("message", "Accepted"),
    "failed": pgettext_lazy("message", "Given up"),
}
ISSUE_CHANNEL: Words = {
    "phone": _("telephone"),
    "email": _("e-mail"),
    "form": _("web form"),
    "counter": _("at the counter"),
    "api": _("another system"),
    "letter": _("by letter"),
}
PROMISE: Words = {
    "manual": _("Promise"),
    "callback": _("Call back"),
    "first_response": _("Answer"),
    "next_response": _("Next answer"),
    "update": _("Update"),
    "resolution": _("Mend"),
    "milestone": _("Step"),
    "letter": _("Letter"),
}
STANDING: Words = {
    "due": _("due"),
    "soon": _("due soon"),
    "late": _("late"),
    "paused": _("paused"),
    "kept": _("kept"),
    "kept_late": _("kept late"),
    "released": _("released"),
    "moved": _("moved"),
}
OUTCOME: Words = {
    "solved": _("Solved"),
    "workaround": _("Workaround"),
    "answered": _("Question answered"),
    "no_fault": _("No fault found"),
    "refused": _("Refused"),
    "duplicate": _("Duplicate"),
    "withdrawn": _("Withdrawn by the customer"),
}
WAITED: Words = {
    "open": _("with us"),
    "customer": _("with the customer"),
    "supplier": _("with a supplier"),
    "planned": _("planned"),
    "resolved": _("resolved"),
    "closed": _("closed"),
}
LETTER: Words = {
    "queued": _("waits to be sent"),
    "sent": _("sent"),
    "filed": _("not sent: no mail server is set"),
    "failed": _("refused by the mail server"),
    "undeliverable": _("given up after two days"),
    "stopped": _("stopped, the customer does not want it"),
}
ALL = {
    "webhook": WEBHOOK,
    "message": MESSAGE,
    "party": PARTY,
    "customer": CUSTOMER,
    "holding": HOLDING,
    "role": ROLE,
    "return": RETURN,
    "verified": VERIFIED,
    "address": ADDRESS,
    "member": MEMBER,
    "identity": IDENTITY,
    "posting": POSTING,
    "import": IMPORT,
    "batch": BATCH,
    "export": EXPORT,
    "offer": OFFER,
    "pack": PACK,
    "need_source": NEED_SOURCE,
    "channel": CHANNEL,
    "call": CALL,
    "issue_channel": ISSUE_CHANNEL,
    "promise": PROMISE,
    "standing": STANDING,
    "outcome": OUTCOME,
    "waited": WAITED,
    "letter": LETTER,
}
TONES = {
    "kept": "good",
    "late": "bad",
    "kept_late": "bad",
    "soon": "warn",
    "queued": "accent",
    "undeliverable": "bad",
    "finished": "good",
    "failed": "bad",
    "checked": "accent",
    "running": "accent",
    "on": "good",
    "in_trouble": "warn",
    "failing": "bad",
    "gone": "bad",
    "owner": "bad",
    "delivered": "good",
}


def of(code: str, noun: str) -> str:
    return str(ALL[noun].get(code, code))
