"""Faults of attributes as sentences in the language now active."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.customers.rules import FieldFault

SENTENCES: dict[str, str | Promise] = {
    "ambiguous": lazy("This can be read in two ways."),
    "bad-choices": lazy("Choices have codes of letters, digits, _ . and -, each once."),
    "bad-class": lazy("Use one of the classes %(known)s."),
    "bad-condition": lazy("This condition cannot be asked: %(detail)s"),
    "bad-default": lazy("The value a new record gets is not one this field can take."),
    "bad-group": lazy("The profile type has no group %(group)s."),
    "bad-key": lazy("A key begins with a small letter and has small letters, digits and _ only."),
    "bad-labels": lazy("Give words by language, such as en, es and lv."),
    "bad-rule": lazy("The rule %(rule)s cannot say this."),
    "bad-unit": lazy("A unit is a short text, or one for each language."),
    "cannot-be-filterable": lazy(
        "Notes, links and sensitive fields cannot be filterable: no index could hold them."
    ),
    "cannot-be-searchable": lazy(
        "Only texts and notes can be searchable, and no field that is sensitive."
    ),
    "cannot-be-unique": lazy("Only texts, whole numbers, links and customers can be unique."),
    "empty": lazy("Nothing was given."),
    "has-a-time": lazy("This is a date without a time."),
    "has-credentials": lazy("A link holds no user name or password."),
    "in-the-future": lazy("This lies in the future."),
    "no-such-day": lazy("There is no such day."),
    "not-a-choice": lazy("This is none of the choices."),
    "not-a-country": lazy("Use a country code of two letters, such as LV."),
    "not-a-currency": lazy("Use a currency of ISO 4217, such as EUR."),
    "not-a-customer": lazy("This is not a customer's id."),
    "not-a-date": lazy("This is not a date; write it as 2027-02-01."),
    "not-a-link": lazy("This is not a link; it starts with https://."),
    "not-a-list": lazy("Send a list of choices."),
    "not-a-number": lazy("This is not a number."),
    "not-a-whole-number": lazy("This is not a whole number."),
    "not-an-instant": lazy("This is not an instant; write it with its zone."),
    "not-exact": lazy("Send this number as a text, so that it stays exact."),
    "not-like-pattern": lazy("This has not the form that is asked for."),
    "not-money": lazy("Send an amount in minor units and its currency."),
    "not-text": lazy("This is not a text."),
    "not-unique": lazy("Another customer has this value, and only one may."),
    "not-yes-or-no": lazy("Send true or false."),
    "other-currency": lazy("This currency is not among those allowed."),
    "payment-card": lazy("This is the number of a payment card. Such numbers are not kept here."),
    "required": lazy("This is needed."),
    "retired-field": lazy("This field is not used any more."),
    "too-big": lazy("This is more than %(max)s."),
    "too-early": lazy("This is before %(min)s."),
    "too-few": lazy("Choose at least %(min)s."),
    "too-large": lazy("The record is larger than %(max)s bytes."),
    "too-late": lazy("This is after %(max)s."),
    "too-long": lazy("This is longer than %(max)s signs."),
    "too-many": lazy("Choose at most %(max)s."),
    "too-precise": lazy("This has too many decimals."),
    "too-short": lazy("This is shorter than %(min)s signs."),
    "too-small": lazy("This is less than %(min)s."),
    "unknown-field": lazy("There is no such field."),
    "unknown-member": lazy("%(member)s says nothing about a field."),
    "unknown-rule": lazy("A field of this type has no rule %(rule)s."),
    "unknown-type": lazy("There is no type %(type)s of fields."),
    "unstorable-text": lazy("This holds a sign that cannot be stored."),
    "zone-missing": lazy("An instant needs its zone."),
}


def sentence(fault: FieldFault) -> str:
    """What is wrong, for a person; codes without a sentence of their own get a general one."""
    words = SENTENCES.get(fault.code)
    if words is None:
        return _("This value cannot be used (%(code)s).") % {"code": fault.code}
    try:
        return str(words) % {**_bounds(fault.params), **fault.params}
    except KeyError:
        return _("This value cannot be used (%(code)s).") % {"code": fault.code}


def _bounds(params: Mapping[str, Any]) -> dict[str, Any]:
    """`min_length`, `max_minor` … under the names that sentences use."""
    found: dict[str, Any] = {}
    for name, value in params.items():
        end, _sign, what = name.partition("_")
        if end in ("min", "max") and what:
            found[end] = f"{Decimal(value) / 100:.2f}" if what == "minor" else value
    return found


def as_faults(faults: Iterable[FieldFault], prefix: str = "") -> list[dict[str, Any]]:
    """Faults as a refusal carries them: field, code, sentence; the place within a list is part of
    the field's path.
    """
    return [
        {"field": _path(fault, prefix), "code": fault.code, "detail": sentence(fault)}
        for fault in faults
    ]


def _path(fault: FieldFault, prefix: str) -> str:
    parts = [prefix, fault.field, str(fault.params.get("position", ""))]
    parts += [str(fault.params.get(name, "")) for name in ("rule", "member", "at")]
    return ".".join(part for part in parts if part)
