"""What is wrong with a number that nobody can be called at, in plain words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clientela.platform import phones
from clientela.platform.phones import TEXT_MAX, BadPhone, PhoneReason

SENTENCES: dict[PhoneReason, str | Promise] = {
    "empty": _("Type a number."),
    "not-a-number": _("This is not a phone number."),
    "several-numbers": _("These are several numbers; type one."),
    "country-needed": _("Type the number with + and the code of its country."),
    "unknown-country-code": _("No country has this code."),
    "area-code-missing": _("The area code is missing."),
    "emergency-number": _("This is an emergency number; it belongs to no customer."),
    "short-number": _("This is a short number; it belongs to no customer."),
    "too-short": _("This number is too short."),
    "too-long": _("This number is too long."),
    "impossible": _("There can be no such number."),
}


class PhoneField(forms.CharField):
    """A number in any usual writing, read as one of the customer's or the company's country."""

    widget = forms.TextInput

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
        super().__init__(max_length=TEXT_MAX, widget=widget, **more)


def e164(written: str, *, country: str) -> str:
    """The number as look-ups compare it; ValidationError with the sentence for what is none."""
    try:
        return phones.normal(written, country or None).e164
    except BadPhone as bad:
        raise forms.ValidationError(sentence(bad.reason)) from None


def sentence(reason: PhoneReason) -> str:
    return str(SENTENCES[reason])
