"""Forms of the warranty desk."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clientela.console.warranty import words
from clientela.platform import money
from clientela.warranty.actions.claims import DENIALS, REASONS, NewLine

AMOUNT_MAX = Decimal(10) ** 9
COSTS = ("parts", "labour", "travel")
TEXT_LENGTH_MAX = 1_000
DAY = forms.DateInput(attrs={"type": "date"})


class ClaimForm(forms.Form):
    """A fault with what it costs; at least one amount is said."""

    fault_on = forms.DateField(label=_("Failed on"), widget=DAY)
    component = forms.ChoiceField(label=_("Part"), required=False)
    symptom = forms.CharField(
        label=_("What does it do"), required=False, max_length=TEXT_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    parts = forms.DecimalField(label=_("Parts"), required=False, min_value=0, max_value=AMOUNT_MAX)
    labour = forms.DecimalField(
        label=_("Labour"), required=False, min_value=0, max_value=AMOUNT_MAX
    )
    travel = forms.DecimalField(
        label=_("Travel"), required=False, min_value=0, max_value=AMOUNT_MAX
    )

    def __init__(self, *args: Any, parts: Sequence[tuple[str, str]], currency: str,
                 **more: Any) -> None:  # fmt: skip
        super().__init__(*args, **more)
        self.currency = currency
        field = self.fields["component"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("The whole unit")), *parts]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(cost) for cost in COSTS):
            self.add_error("parts", _("Say what it costs, as far as is known."))
        return cleaned

    def lines(self) -> tuple[NewLine, ...]:
        return tuple(
            NewLine(cost, money.from_decimal(amount, self.currency).minor)
            for cost in COSTS
            if (amount := self.cleaned_data.get(cost))
        )


class DecisionForm(forms.Form):
    """Approve, or reject with a reason."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("reject", "")])
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    words = forms.CharField(label=_("Words"), required=False, max_length=TEXT_LENGTH_MAX)
    burden_met = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *reasons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("decision") == "reject" and not cleaned.get("reason"):
            self.add_error("reason", _("Say why it is rejected."))
        return cleaned


def reasons() -> list[tuple[str, str]]:
    """What a claim may be rejected for: what people say first, then what checks find."""
    codes = [*DENIALS, *(code for code in REASONS if code not in DENIALS)]
    return [(code, words.of(words.REASONS, code)) for code in codes]


class SettleForm(forms.Form):
    reference = forms.CharField(
        label=_("Invoice or payment"), required=False, max_length=TEXT_LENGTH_MAX
    )
    serial = forms.CharField(
        label=_("Serial of the new unit"), required=False, max_length=TEXT_LENGTH_MAX
    )


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=TEXT_LENGTH_MAX)
    on = forms.DateField(label=_("From"), required=False, widget=DAY)
