"""What duplicates and merges are called for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clientela.console.customers import attributes, kinds
from clientela.ui.regions import region
from clientela.ui.templatetags.ui import language_name

Words = Mapping[str, str | Promise]

REASONS: Words = {
    "same-phone": _("has this phone"),
    "same-email": _("has this e-mail"),
    "name-and-birth-date": _("has this name and birth date"),
    "name-and-address": _("has this name and address"),
    "phone-and-name": _("has a similar name and a phone of the same household"),
    "same-name": _("has this name"),
}
FIELDS: Words = {
    "name": _("Name"), "language": _("Language"), "country": _("Country"),
    "time_zone": _("Time zone"), "known_since": _("Customer since"), "status": _("Status"),
    "branch": _("Branch"), "owner_id": _("Looked after by"), "given_name": _("Given name"),
    "surname": _("Surname"), "birth_date": _("Birth date"), "street": _("Street"),
    "place": _("Town"), "postcode": _("Postcode"), "national_id": _("National number"),
    "phones": _("Phone"), "emails": _("E-mail"), "twins": _("Perhaps twins"),
    "generations": _("Perhaps two generations"), "family_firm": _("Perhaps two firms of a family"),
}  # fmt: skip
DEGREES: Words = {
    "same": _("the same"), "swapped": _("swapped"), "alike": _("almost the same"),
    "similar": _("similar"), "one-sign": _("one sign differs"),
    "two-signs": _("two signs differ"), "different": _("different"),
    "guard": _("speaks for two people"),
}  # fmt: skip
COMES: Words = {
    "purchases": _("Purchases"), "holdings": _("Holdings"), "conversations": _("Conversations"),
    "letters": _("Letters"), "points": _("Postings of points"), "issues": _("Issues"),
    "policies": _("Warranties"), "claims": _("Claims"), "offers": _("Offers shown"),
    "happenings": _("Lines of the timeline"),
}  # fmt: skip


def reason(code: str) -> str:
    return str(REASONS.get(code) or _("has this number"))


def field(key: str, profile_type: str = "") -> str:
    """By the profile type's own label, where it has such a field."""
    kind = kinds.current().get(profile_type)
    own = next((one for one in kind.fields if one.key == key), None) if kind else None
    return attributes.words_of(own) if own else str(FIELDS.get(key, key))


def value(key: str, said: Any, profile_type: str) -> str:
    kind = kinds.current().get(profile_type)
    own = next((one for one in kind.fields if one.key == key), None) if kind else None
    if said is None or said == "":
        return ""
    if own:
        return attributes.shown(own, said)
    return _plain(key, str(said))


def _plain(key: str, said: str) -> str:
    """What every record has, as it is said: languages and countries by their names."""
    if key == "language":
        return language_name(said)
    return region(said) if key == "country" else said


def parts(listed: list[dict[str, Any]], weakest: str) -> list[dict[str, Any]]:
    """Field by field why two records look alike, what speaks most for it first."""
    rows = sorted(listed, key=lambda part: -part["weight"])
    return [
        {"words": FIELDS.get(part["field"], part["field"]),
         "degree": DEGREES.get(part["likeness"], part["likeness"]), "weight": part["weight"],
         "tone": "good" if part["weight"] > 0 else "warn", "weakest": part["field"] == weakest}
        for part in rows
    ]  # fmt: skip
