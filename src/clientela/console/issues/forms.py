"""The forms of issues. A time can be given in open hours, or as a day and a time of day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from clientela.issues.actions.ending import Ending
from clientela.issues.actions.opening import BODY_MAX, SUBJECT_MAX
from clientela.issues.actions.promises import WORDS_MAX, NewPromise
from clientela.issues.models import Cause, Issue, Promise, Queue, Resolution, State
from clientela.platform import ids
from clientela.products.models import Holding
from clientela.staff.models import Person
from clientela.ui import words
from clientela.ui.templatetags.ui import label

WITHIN = (
    ("", _("no promise yet")),
    ("60", _("within 1 open hour")),
    ("240", _("within 4 open hours")),
    ("480", _("within 8 open hours")),
    ("at", _("by the time below")),
)
NOTHING = "none"
PRIORITIES = [(str(number), f"P{number}") for number in range(1, 5)]
LOCAL = "%Y-%m-%dT%H:%M"


class At(forms.DateTimeField):
    """Day and time of day in the person's zone."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local"})
        super().__init__(widget=widget, input_formats=[LOCAL, f"{LOCAL}:%S"], **more)


class PromiseFields(forms.Form):
    """What was promised, and by when."""

    words = forms.CharField(label=_("What was promised"), max_length=WORDS_MAX, required=False)
    within = forms.ChoiceField(label=_("By when"), choices=WITHIN, required=False)
    due_at = At(label=_("Day and time"), required=False)

    def promise(self, *, kind: Promise.Kind = Promise.Kind.MANUAL) -> NewPromise | None:
        given = self.cleaned_data
        within, due_at = given.get("within", ""), given.get("due_at")
        if within.isdecimal():
            return NewPromise(kind, given["words"], open_seconds=int(within) * 60)
        return NewPromise(kind, given["words"], due_at=due_at) if due_at else None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        wants = bool(given.get("within")) or bool(given.get("due_at"))
        if given.get("within") == "at" and not given.get("due_at"):
            self.add_error("due_at", _t("Give the day and the time."))
        if wants and not given.get("words"):
            self.add_error("words", _t("Say what was promised."))
        if given.get("words") and not wants:
            self.add_error("within", _t("Say by when."))
        return given


class PromiseForm(PromiseFields):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["words"].required = True
        self.fields["within"].choices = WITHIN[1:]  # type: ignore[attr-defined]
        self.fields["within"].initial = "240"


class NewIssueForm(PromiseFields):
    """An issue of one customer; what it is about is picked from what they hold."""

    def __init__(self, *args: Any, holdings: Iterable[Holding], queues: Iterable[Queue],
                 **more: Any) -> None:  # fmt: skip
        super().__init__(*args, **more)
        held = [(one.public_id, holding_words(one)) for one in holdings]
        listed = [("", _t("choose …")), *held, (NOTHING, _t("No product"))]
        self.fields = {
            "text": forms.CharField(
                label=_("What the customer says"), max_length=BODY_MAX,
                widget=forms.Textarea(attrs={"rows": 5}),
            ),
            "holding": forms.ChoiceField(label=_("About"), choices=listed),
            "subject": forms.CharField(
                label=_("Subject"), max_length=SUBJECT_MAX, required=False,
                help_text=_("Left empty it is the first line."),
            ),
            "channel": forms.ChoiceField(
                label=_("Came by"), choices=list(words.ISSUE_CHANNEL.items())[:4]
            ),
            "queue": forms.ChoiceField(
                label=_("Queue"), choices=[(one.key, label(one.labels)) for one in queues]
            ),
            "priority": forms.ChoiceField(label=_("Priority"), choices=PRIORITIES, initial="3"),
            "complaint": forms.BooleanField(label=_("This is a complaint"), required=False),
            "mine": forms.BooleanField(label=_("I take care of it"), required=False,
                                       initial=True),
            **self.fields,
        }  # fmt: skip


class AssignForm(forms.Form):
    def __init__(self, *args: Any, people: Iterable[Person], queues: Iterable[Queue],
                 **more: Any) -> None:  # fmt: skip
        super().__init__(*args, **more)
        listed = [("", _t("Nobody: the queue")), *((one.public_id, one.name) for one in people)]
        self.fields["owner"] = forms.ChoiceField(label=_("Person"), choices=listed, required=False)
        self.fields["queue"] = forms.ChoiceField(
            label=_("Queue"), choices=[(one.key, label(one.labels)) for one in queues]
        )
        self.fields["why"] = forms.CharField(label=_("Why"), max_length=WORDS_MAX, required=False)

    def owner(self) -> UUID | None:
        given = self.cleaned_data["owner"]
        return ids.parse("per", given) if given else None


class StateForm(forms.Form):
    def __init__(self, *args: Any, states: Iterable[State], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["state"] = forms.ChoiceField(
            label=_("State"), choices=[(one.key, label(one.labels)) for one in states],
            widget=forms.RadioSelect,
        )  # fmt: skip


class ResolveForm(forms.Form):
    def __init__(self, *args: Any, causes: Iterable[Cause], **more: Any) -> None:
        super().__init__(*args, **more)
        outcomes = [(code, words.OUTCOME[code]) for code in Resolution.Outcome.values]
        self.fields["outcome"] = forms.ChoiceField(label=_("Outcome"), choices=outcomes)
        self.fields["cause"] = forms.ChoiceField(
            label=_("Cause"),
            choices=[("", _t("choose …")), *((one.key, label(one.labels)) for one in causes)],
        )
        self.fields["words"] = forms.CharField(
            label=_("What was done"), max_length=BODY_MAX,
            widget=forms.Textarea(attrs={"rows": 4}),
        )  # fmt: skip
        self.fields["tell_customer"] = forms.BooleanField(
            label=_("Send these words to the customer"), required=False, initial=True
        )

    def ending(self) -> Ending:
        given = self.cleaned_data
        return Ending(given["outcome"], given["cause"], given["words"])


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=WORDS_MAX)


class MoveForm(ReasonForm):
    due_at = At(label=_("New day and time"))
    field_order = ("due_at", "reason")


class ReviewForm(forms.Form):
    finding = forms.CharField(
        label=_("What you found"), max_length=BODY_MAX, widget=forms.Textarea(attrs={"rows": 3})
    )
    next_step = forms.CharField(label=_("Next step"), max_length=WORDS_MAX, required=False)


def holding_words(holding: Holding) -> str:
    number = holding.number or holding.serial
    return f"{holding.product.name} · {number}" if number else holding.product.name


def channel_of(code: str) -> Issue.Channel:
    return Issue.Channel(code)


def local_text(moment: datetime) -> str:
    return timezone.localtime(moment).strftime(LOCAL)
