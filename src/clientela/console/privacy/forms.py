"""Forms of consents, limits, requests, purposes and periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers.drawer import date_field
from clientela.privacy import words
from clientela.privacy.actions.consents import CHANNELS, EVIDENCE_LENGTH_MAX
from clientela.privacy.actions.limits import REASON_LENGTH_MAX
from clientela.privacy.actions.periods import MONTHS_MAX
from clientela.privacy.actions.requests import WORDS_LENGTH_MAX
from clientela.privacy.models.consents import Purpose
from clientela.ui.templatetags.ui import label, language_name

BY_PEOPLE = [(key, words.SOURCES[key]) for key in ("phone", "shop", "paper", "web", "email")]
REVIEW = "review"
LONG = forms.Textarea(attrs={"rows": 3})


class DecisionForm(forms.Form):
    """What a customer said, on the phone, at the counter, on paper."""

    purpose = forms.ChoiceField(label=lazy("Purpose"))
    channel = forms.ChoiceField(label=lazy("Channel"), required=False)
    decision = forms.ChoiceField(
        label=lazy("The customer"), widget=forms.RadioSelect,
        choices=[("given", lazy("agrees")), ("withdrawn", lazy("refuses"))],
    )  # fmt: skip
    source = forms.ChoiceField(label=lazy("How it was said"), choices=BY_PEOPLE)
    decided_on = forms.DateTimeField(
        label=lazy("When"), required=False, help_text=lazy("Left empty: now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )  # fmt: skip
    evidence = forms.CharField(
        label=lazy("Evidence"), required=False, max_length=EVIDENCE_LENGTH_MAX,
        help_text=lazy("Such as the number of the paper form, or of the recording."),
    )  # fmt: skip

    def __init__(self, *args: Any, purposes: Sequence[Purpose], **more: Any) -> None:
        super().__init__(*args, **more)
        used = {channel for one in purposes for channel in one.channels}
        self.fields["purpose"] = forms.ChoiceField(
            label=lazy("Purpose"), choices=[(one.key, label(one.labels)) for one in purposes]
        )
        self.fields["channel"] = forms.ChoiceField(
            label=lazy("Channel"), required=False,
            choices=[("", words.CHANNELS[""]), *((one, words.CHANNELS[one]) for one in CHANNELS
                                                 if one in used)],
        )  # fmt: skip
        self.order_fields(["purpose", "channel", "decision", "source", "decided_on", "evidence"])


class LimitForm(forms.Form):
    """`kinds` are those that whoever writes it down may set."""

    kind = forms.ChoiceField(label=lazy("What"))
    reason = forms.CharField(label=lazy("Reason"), max_length=REASON_LENGTH_MAX, widget=LONG)
    until_on = date_field(lazy("Until"), help_text=lazy("Left empty: until it is lifted."))

    def __init__(self, *args: Any, kinds: Sequence[str], **more: Any) -> None:
        super().__init__(*args, **more)
        chosen = [(one, words.RESTRICTIONS[one]) for one in kinds]
        self.fields["kind"] = forms.ChoiceField(label=lazy("What"), choices=chosen)
        self.order_fields(["kind", "reason", "until_on"])


class RequestForm(forms.Form):
    kind = forms.ChoiceField(label=lazy("What"), choices=list(words.REQUESTS.items()))
    channel = forms.ChoiceField(label=lazy("How it came"), choices=BY_PEOPLE)
    received_on = forms.DateTimeField(
        label=lazy("When it came"), required=False,
        help_text=lazy("Left empty: now. It must be answered within thirty days of it."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )  # fmt: skip
    proof = forms.CharField(
        label=lazy("How it was made sure who asks"), required=False, max_length=WORDS_LENGTH_MAX
    )
    words = forms.CharField(
        label=lazy("What was asked for"), required=False, max_length=WORDS_LENGTH_MAX, widget=LONG
    )

    def __init__(self, *args: Any, about: str | Promise = "", **more: Any) -> None:
        """`about`: what was decided, in words, where a person is to look at it again."""
        super().__init__(*args, **more)
        others = [it for it in words.REQUESTS.items() if (it[0] == REVIEW) is bool(about)]
        self.fields["kind"] = forms.ChoiceField(
            label=lazy("What"), choices=others, help_text=str(about), initial=others[0][0]
        )
        self.order_fields(["kind"])


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label=lazy("How it ends"), choices=list(words.OUTCOMES.items()))
    answer = forms.CharField(
        label=lazy("What the customer was told"), required=False, max_length=WORDS_LENGTH_MAX,
        widget=LONG, help_text=lazy("A refusal says why."),
    )  # fmt: skip


class PeriodForm(forms.Form):
    months = forms.IntegerField(label=lazy("Months"), min_value=1, max_value=MONTHS_MAX)
    ground = forms.CharField(label=lazy("Why so long"), required=False, max_length=300)
    receivers = forms.CharField(label=lazy("Who receives it"), required=False, max_length=300)
    is_on = forms.BooleanField(
        label=lazy("Delete or empty each night what is older"), required=False
    )


class PurposeForm(forms.Form):
    key = forms.SlugField(
        label=lazy("Key"), max_length=40, help_text=lazy("Short and for ever, such as news.")
    )
    basis = forms.ChoiceField(label=lazy("Lawful basis"), choices=list(words.BASES.items()))
    channels = forms.MultipleChoiceField(
        label=lazy("Channels"), widget=forms.CheckboxSelectMultiple,
        choices=[(one, words.CHANNELS[one]) for one in CHANNELS],
    )  # fmt: skip
    is_marketing = forms.BooleanField(
        label=lazy("An objection to marketing stops it"), required=False
    )
    is_profiling = forms.BooleanField(
        label=lazy("An objection to profiling stops it"), required=False
    )
    given_unless_refused = forms.BooleanField(label=lazy("Allowed unless refused"), required=False)
    assessment = forms.CharField(
        label=lazy("How the interest was weighed"), required=False, max_length=1_000, widget=LONG
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        """A name and the words shown to the customer, in each language."""
        super().__init__(*args, **more)
        for code, _name in settings.LANGUAGES:
            language = language_name(code)
            self.fields[f"label_{code}"] = forms.CharField(
                label=f"{lazy('Name')} · {language}", required=False, max_length=100
            )
            self.fields[f"wording_{code}"] = forms.CharField(
                label=f"{lazy('Words shown to the customer')} · {language}", required=False,
                max_length=1_000, widget=LONG,
            )  # fmt: skip

    def body(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            **{name: given[name] for name in (
                "key", "basis", "channels", "is_marketing", "is_profiling",
                "given_unless_refused", "assessment",
            )},
            "labels": self._by_language("label"), "wording": self._by_language("wording"),
        }  # fmt: skip

    def _by_language(self, name: str) -> dict[str, str]:
        found = {code: self.cleaned_data[f"{name}_{code}"] for code, _name in settings.LANGUAGES}
        return {code: text for code, text in found.items() if text}


def moment(given: datetime | None, now: datetime) -> datetime:
    """What was typed, else now; a minute that has just begun is not the future."""
    return min(given, now) if given and (given - now).total_seconds() < 60 else given or now
