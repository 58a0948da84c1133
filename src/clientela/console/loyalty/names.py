"""Fields that are written once in each language."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django import forms
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from clientela.loyalty.actions.programme import LANGUAGES

NAME_LENGTH_MAX = 120


def names(*, most: int = NAME_LENGTH_MAX) -> Iterator[tuple[str, forms.Field]]:
    """What something is called; the English name is always needed."""
    return in_languages("label", _("Name in %(language)s"), most=most, required=True)


def in_languages(
    name: str, title: str, *, most: int, required: bool = False,
    widget: Callable[[], forms.Widget] = forms.TextInput,
) -> Iterator[tuple[str, forms.Field]]:  # fmt: skip
    """A field for each language; `title` has a place for the language. `required`: in English."""
    for code in LANGUAGES:
        language = get_language_info(code)["name_translated"]
        yield f"{name}_{code}", forms.CharField(
            label=title % {"language": language}, max_length=most,
            required=required and code == "en", widget=widget(),
        )  # fmt: skip
