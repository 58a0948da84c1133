"""How this app's rows about a customer are handed over and erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from clientela.platform.declare import Erasing, Personal

CLEAR, DELETE, KEEP = Erasing.CLEAR, Erasing.DELETE, Erasing.KEEP

TABLES: Mapping[str, Personal] = {
    "privacy_consent": Personal(
        _("Consents"),
        "consent",
        CLEAR,
        cleared={"evidence": "''"},
        withheld=("actor", "request", "speaks_for", "address"),
        added={"words": "(SELECT texts FROM privacy_wording WHERE id = told.wording_id)"},
    ),
    "privacy_retraction": Personal(
        _("Consents taken back by an undo"), "consent", KEEP, withheld=("actor",)
    ),
    "privacy_preference": Personal(_("Choices"), "consent", KEEP, withheld=("actor",)),
    "privacy_restriction": Personal(
        _("Objections and restrictions"),
        "consent",
        CLEAR,
        cleared={"reason": "'–'", "lifted_reason": "''"},
        withheld=("set_by", "lifted_by"),
    ),
    "privacy_request": Personal(
        _("Requests"),
        "consent",
        CLEAR,
        cleared={
            "words": "''",
            "proof": "''",
            "answer": "CASE answer WHEN '' THEN '' ELSE '–' END",
        },
        withheld=("opened_by", "answered_by"),
    ),
    "privacy_erasure": Personal(_("What was erased"), "consent", KEEP, withheld=("done_by",)),
}
