"""Points given, taken and paused by hand: small forms about one customer, and what waits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers import drawer
from clientela.console.customers.opened import Family, of_family
from clientela.console.loyalty.answering import answered
from clientela.console.pages import FORM, SENT, page, show
from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.flows import grant_points, pause_earning
from clientela.flows.grant_points import Wanted
from clientela.issues import queries as issues
from clientela.issues.models import Issue
from clientela.loyalty import sentences
from clientela.loyalty.actions.adjusting import NOTE_LENGTH_MAX, POINTS_MAX
from clientela.loyalty.models import Adjustment, EarningPause
from clientela.loyalty.queries import granting, limits
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import label

SHOWN_MAX = 50
ADJUST = "loyalty.adjust"
DECIDE = "loyalty.decide_adjustment"
GIVES, TAKES = "give", "take"
MODES = [
    (EarningPause.Mode.WITHHOLD, lazy("Keep them back until earning goes on")),
    (EarningPause.Mode.DROP, lazy("Do not give them at all")),
]
STATES = {
    "waiting": (lazy("Waits for a second person"), "accent"), "done": (lazy("Done"), "good"),
    "approved": (lazy("Approved"), "good"), "refused": (lazy("Refused"), "bad"),
}  # fmt: skip


class AdjustForm(forms.Form):
    way = forms.ChoiceField(
        label=lazy("What to do"), widget=forms.RadioSelect, initial=GIVES,
        choices=[(GIVES, lazy("Give points")), (TAKES, lazy("Take points"))],
    )  # fmt: skip
    points = forms.IntegerField(label=lazy("Points"), min_value=1, max_value=POINTS_MAX)
    currency = forms.ChoiceField(label=lazy("Kind of points"))
    reason = forms.ChoiceField(label=lazy("Reason"))
    note = forms.CharField(
        label=lazy("In words"), required=False, max_length=NOTE_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (code, sentences.REASONS[code]) for code in Adjustment.Reason.values
        ]
        kinds = [(one.code, label(one.labels)) for one in granting.currencies()]
        self.fields["currency"].choices = kinds  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.fields["currency"].widget = forms.HiddenInput()
            self.fields["currency"].initial = kinds[0][0]


class PauseForm(forms.Form):
    mode = forms.ChoiceField(
        label=lazy("Points earned meanwhile"), widget=forms.RadioSelect, choices=MODES,
        initial=EarningPause.Mode.WITHHOLD,
    )  # fmt: skip
    cause = forms.CharField(label=lazy("Why"), max_length=NOTE_LENGTH_MAX)


@page("customers.view", "loyalty.view", ADJUST, switch="loyalty", methods=FORM)
@of_family
def adjust(request: HouseRequest, family: Family) -> HttpResponse:
    """Give or take points; `subject` in the address says what it is for, such as an issue."""
    form = AdjustForm(request.POST or None)
    subject = request.GET.get("subject", "")
    issue = _issue(subject, family)

    def carry_out() -> None:
        given = form.cleaned_data
        points = given["points"] if given["way"] == GIVES else -given["points"]
        grant_points.adjust_points(
            Wanted(Reference("id", str(family[0])), points, given["reason"], given["note"],
                   given["currency"], subject),
            actor=request.actor, now=request.started_at, request=request.request_id,
        )  # fmt: skip

    return drawer.answered(
        request, family, form, title=_("Points by hand"), name="adjust-form",
        tab="customer-points", carry_out=carry_out, done=_("Saved."), submit=_("Save"),
        more=_("Above a figure a second person decides."),
        back=reverse("console:issue", args=[issue.number]) if issue else "",
    )  # fmt: skip


def _issue(subject: str, family: Family) -> Issue | None:
    """The issue the points are for: one of this customer's."""
    id = ids.find("iss", subject)
    return issues.one_of(family, id) if id else None


@page("customers.view", "loyalty.view", ADJUST, switch="loyalty", methods=FORM)
@of_family
def pause(request: HouseRequest, family: Family) -> HttpResponse:
    form = PauseForm(request.POST or None)

    def carry_out() -> None:
        pause_earning.pause_earning(
            family, mode=form.cleaned_data["mode"], cause=form.cleaned_data["cause"],
            actor=request.actor, now=request.started_at, request=request.request_id,
        )  # fmt: skip

    return drawer.answered(
        request, family, form, title=_("Pause earning"), name="pause-form", tab="customer-points",
        carry_out=carry_out, done=_("Earning is paused."), submit=_("Pause"),
    )  # fmt: skip


@page("customers.view", "loyalty.view", ADJUST, switch="loyalty", methods=SENT)
@of_family
def resume(request: HouseRequest, family: Family, pause_id: UUID) -> HttpResponse:
    here = reverse("console:customer-points", args=[family[0]])
    if limits.pause(pause_id).customer_id not in family:
        raise limits.NoSuchPause

    def carry_out() -> None:
        pause_earning.resume_earning(
            pause_id, actor=request.actor, now=request.started_at, request=request.request_id
        )

    return answered(request, carry_out, _("Earning goes on."), here)


@page("customers.view", "loyalty.view", ADJUST, switch="loyalty")
def adjustments(request: HouseRequest) -> HttpResponse:
    """What waits for a second person, whose earning is paused, and what was done last."""
    waiting = granting.adjustments(is_open=True, limit=SHOWN_MAX)
    ended = granting.adjustments(is_open=False, limit=SHOWN_MAX)
    paused = limits.open_pauses(limit=SHOWN_MAX)
    whose = {one.customer_id for one in (*waiting, *ended)}
    whose |= {one.customer_id for one in paused}
    names = customers.names_of(whose)
    by = staff.names_of(
        {one.asked_by for one in (*waiting, *ended)} | {one.made_by for one in paused}
    )
    return show(request, "console/loyalty/adjustments.html", {
        "waiting": [_row(request, one, names, by) for one in waiting],
        "ended": [_row(request, one, names, by) for one in ended],
        "paused": [{**pause_row(one, by), "customer": one.customer_id,
                    "name": names.get(one.customer_id, "")} for one in paused],
    })  # fmt: skip


@page(
    "loyalty.view", DECIDE, switch="loyalty", methods=SENT, shown_on="console:loyalty-adjustments"
)
def decide(request: HouseRequest, adjustment_id: UUID) -> HttpResponse:
    here = reverse("console:loyalty-adjustments")
    approved = request.POST.get("verdict") == "approve"

    def carry_out() -> None:
        grant_points.decide_adjustment(
            adjustment_id, approved=approved, note=request.POST.get("note", "")[:NOTE_LENGTH_MAX],
            actor=request.actor, now=request.started_at, request=request.request_id,
        )  # fmt: skip

    done = _("Approved and booked.") if approved else _("Refused.")
    return answered(request, carry_out, done, here)


def pause_row(one: EarningPause, by: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.public_id, "cause": one.cause, "at": one.starts_at,
        "by": by.get(one.made_by, ""), "mode": dict(MODES)[EarningPause.Mode(one.mode)],
        "drops": one.mode == EarningPause.Mode.DROP,
    }  # fmt: skip


def _row(
    request: HouseRequest, one: Adjustment, names: dict[UUID, str], by: dict[str, str]
) -> dict[str, Any]:
    words, tone = STATES[granting.state_of(one)]
    return {
        "id": one.public_id, "customer": one.customer_id, "name": names.get(one.customer_id, ""),
        "points": one.points, "reason": sentences.reason(one.reason), "note": one.note,
        "at": one.asked_at, "by": by.get(one.asked_by, ""), "state_words": words, "tone": tone,
        "is_own": one.asked_by == request.actor.id,
    }  # fmt: skip
