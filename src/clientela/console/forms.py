"""What the forms of the console share: choices of languages, countries, currencies and zones."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.forms.utils import flatatt
from django.utils.functional import Promise, lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from clientela.platform import emails, periods
from clientela.platform.countries import COUNTRIES
from clientela.platform.money import CURRENCIES
from clientela.ui.templatetags.ui import language_name

Choices = Iterable[tuple[str, str | Promise]]
NAME_LENGTH_MAX = 200
EMAIL_LENGTH_MAX = 254
PASSWORD_LENGTH_MAX = 200
UNSAID = ("", "–")
language_name_lazy = lazy(language_name, str)


def languages() -> list[tuple[str, Any]]:
    """The languages of the console, in the reader's words."""
    return [(code, language_name_lazy(code)) for code, _name in settings.LANGUAGES]


class Long(forms.Select):
    """A choice of hundreds, written in one go: a template for each option takes its time.

    `names`: what the codes are (`region`, `currency`), for the browser to name them in the page's
    language.
    """

    def __init__(self, names: str = "", choices: Choices = ()) -> None:
        super().__init__(attrs={"data-names": names} if names else {}, choices=choices)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>',
            ((code, " selected" if code == chosen else "", words) for code, words in self.choices),
        )  # fmt: skip
        whole = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(whole), options)


def country_field(*, required: bool = False, **more: Any) -> forms.ChoiceField:
    codes = [(code, code) for code in sorted(COUNTRIES)]
    return forms.ChoiceField(
        label=_("Country"), required=required, choices=[UNSAID, *codes], widget=Long("region"),
        **more,
    )  # fmt: skip


def currency_field() -> forms.ChoiceField:
    codes = [(code, code) for code in sorted(CURRENCIES)]
    return forms.ChoiceField(label=_("Currency"), choices=codes, widget=Long("currency"))


def zone_field() -> forms.ChoiceField:
    listed = [(zone, zone) for zone in zones()]
    return forms.ChoiceField(label=_("Time zone"), choices=listed, widget=Long())


@cache
def zones() -> tuple[str, ...]:
    """Time zones named by a place, and UTC."""
    places = (zone for zone in periods.zones() if "/" in zone and not zone.startswith("Etc/"))
    return ("UTC", *sorted(places))


def name_field(*, label: Any = None) -> forms.CharField:
    """`label`: a text or one to be translated when it is shown."""
    return forms.CharField(label=label or _("Name"), max_length=NAME_LENGTH_MAX)


def password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Password"), max_length=PASSWORD_LENGTH_MAX, strip=False,
        help_text=_("At least 12 characters; a sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class EmailField(forms.CharField):
    """An address as the house reads it; what is none is refused in the reader's language."""

    widget = forms.EmailInput

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", _("E-mail"))
        super().__init__(max_length=EMAIL_LENGTH_MAX, **more)

    def clean(self, value: Any) -> Any:
        written = super().clean(value)
        if written:
            try:
                emails.normal(written)
            except emails.BadEmail:
                raise forms.ValidationError(_("This is not an e-mail address.")) from None
        return written
