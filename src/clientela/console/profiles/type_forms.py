"""The forms of a profile type, of its groups and of what is calculated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.forms import UNSAID
from clientela.console.profiles import words
from clientela.customers.models import ProfileType
from clientela.customers.rules import FieldType, calculated
from clientela.customers.rules.shapes import LABEL_LENGTH_MAX
from clientela.ui.templatetags.ui import label

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def label_fields(
    name: str, words_of: Any, *, required: bool = False, long: bool = False
) -> Iterator[tuple[str, forms.Field]]:
    """One for each language: `labels_en`, `labels_es` …; none of them has to be filled in alone."""
    for code in LANGUAGES:
        language = get_language_info(code)["name_translated"]
        yield (
            f"{name}_{code}",
            forms.CharField(
                label=f"{words_of} · {language}", required=False,
                max_length=(5 if long else 1) * LABEL_LENGTH_MAX,
                widget=forms.Textarea(attrs={"rows": 2}) if long else forms.TextInput(),
            ),
        )  # fmt: skip


def labels_from(given: Mapping[str, Any], name: str) -> dict[str, str]:
    found = {code: given.get(f"{name}_{code}", "").strip() for code in LANGUAGES}
    return {code: written for code, written in found.items() if written}


def labels_into(name: str, labels: Any) -> dict[str, str]:
    """First values of the fields of `label_fields`."""
    if isinstance(labels, str):
        return {f"{name}_{code}": labels for code in LANGUAGES if labels}
    return {f"{name}_{code}": words for code, words in (labels or {}).items()}


class LabelledForm(forms.Form):
    """A thing with a key, when it is made, and with labels."""

    def __init__(self, *args: Any, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            self.fields["key"] = forms.CharField(
                label=_("Key"), max_length=40,
                help_text=_("Small letters, digits and _; it stays for ever."),
            )  # fmt: skip
        self.fields.update(dict(label_fields("labels", _("Name"))))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not labels_from(given, "labels"):
            self.add_error("labels_en", _("Give the name in at least one language."))
        return given

    @property
    def labels(self) -> dict[str, str]:
        return labels_from(self.cleaned_data, "labels")


class TypeForm(LabelledForm):
    """A profile type; its party is said once."""

    def __init__(self, *args: Any, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, is_new=is_new, **kwargs)
        if is_new:
            self.fields["party"] = forms.ChoiceField(
                label=_("A customer of this type is a"), choices=list(words.PARTIES.items())
            )
            self.order_fields(["key", "party"])


class GroupForm(LabelledForm):
    """A group of fields."""


class CalculatedForm(LabelledForm):
    """A field that is calculated; `of` is asked for by some formulas."""

    formula = forms.ChoiceField(label=lazy("Shows"))
    of = forms.ChoiceField(label=lazy("Counted from"), required=False)

    def __init__(self, *args: Any, kind: ProfileType, **kwargs: Any) -> None:
        super().__init__(*args, is_new=True, **kwargs)
        dates = [
            (field.key, label(field.labels))
            for field in kind.fields.all()
            if field.type == FieldType.DATE and field.retired_at is None
        ]
        self.fields["formula"].choices = list(words.FORMULAS.items())  # type: ignore[attr-defined]
        self.fields["of"].choices = [UNSAID, *dates]  # type: ignore[attr-defined]
        self.order_fields(["key", "formula", "of"])

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        formula = calculated.FORMULAS.get(given.get("formula", ""))
        if formula and formula.of and not given.get("of"):
            self.add_error("of", _("Name the date it counts from."))
        return given

    def said(self) -> dict[str, Any]:
        given = self.cleaned_data
        asked = calculated.FORMULAS[given["formula"]].of
        of = {"of": given["of"]} if asked else {}
        return {"key": given["key"], "formula": given["formula"], "labels": self.labels, **of}
