"""What flags, needs, outcomes and channels are called, in the language now active."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

FLAGS: Mapping[str, Any] = {
    "vulnerable": _("Vulnerable"),
    "arrears": _("Payments are late"),
    "fraud": _("Fraud suspected"),
    "bereavement": _("Bereavement"),
    "do_not_sell": _("Do not sell"),
    "legal_hold": _("Legal hold"),
}
SOURCES: Mapping[str, Any] = {
    "stated": _("said by the customer"),
    "seen": _("noticed by us"),
    "inferred": _("inferred"),
}
OUTCOMES: Mapping[str, Any] = {
    "accepted": _("Accepted"),
    "later": _("Later"),
    "not_interested": _("Not interested"),
    "not_presented": _("Not presented"),
    "ineligible": _("Not eligible after a check"),
}
REASONS: Mapping[str, Any] = {
    "price": _("Too expensive"),
    "has-elsewhere": _("Has it elsewhere"),
    "no-need": _("No need"),
    "trust": _("Does not trust it"),
    "other": _("Another reason"),
}
STAGES: Mapping[str, Any] = {
    "eligibility": _("May have it"),
    "applicability": _("Makes sense now"),
    "suitability": _("Is right for them"),
    "gate": _("Gate"),
    "contact": _("Contact policy"),
}
RESULTS: Mapping[str, Any] = {
    "": _("Under way"),
    "won": _("Taken up"),
    "lost": _("Came to nothing"),
}


def flag_name(kind: str) -> str:
    return str(FLAGS.get(kind, kind))
