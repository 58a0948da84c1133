"""The most that can be earned: caps, and what events give."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.console.loyalty.answering import answered
from clientela.console.once import send
from clientela.console.pages import FORM, SENT, page, show
from clientela.flows import bound_earning
from clientela.loyalty import sentences
from clientela.loyalty.actions.limits import MOST_MAX
from clientela.loyalty.models import Cap
from clientela.loyalty.queries import granting, limits
from clientela.loyalty.rules.awards import Waits
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import day, label, number

CONFIGURE = "loyalty.configure"
PERIODS = {
    Cap.Period.PURCHASE: lazy("each purchase"), Cap.Period.DAY: lazy("a day"),
    Cap.Period.WEEK: lazy("a week, from Monday"), Cap.Period.MONTH: lazy("a month"),
    Cap.Period.YEAR: lazy("a year"), Cap.Period.EVER: lazy("ever"),
    Cap.Period.BALANCE: lazy("at once, what waits included"),
}  # fmt: skip
MODES = {
    Cap.Mode.TRIM: lazy("Give what still fits"),
    Cap.Mode.REJECT: lazy("Give nothing where not all of it fits"),
}
UNITS = {Cap.Unit.POINTS: lazy("points"), Cap.Unit.TIMES: lazy("times")}


class CapForm(forms.Form):
    most = forms.IntegerField(label=lazy("At most"), min_value=1, max_value=MOST_MAX)
    unit = forms.ChoiceField(label=lazy("Counted in"), choices=list(UNITS.items()))
    period = forms.ChoiceField(
        label=lazy("Time"), choices=list(PERIODS.items()), initial=Cap.Period.MONTH
    )
    rule = forms.ChoiceField(label=lazy("Earned by"))
    mode = forms.ChoiceField(
        label=lazy("When it is more"), choices=list(MODES.items()), widget=forms.RadioSelect,
        initial=Cap.Mode.TRIM,
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        several = len(kinds := granting.currencies()) > 1
        everything = [
            (
                f"{one.code}/",
                f"{_('All rules')}: {label(one.labels)}" if several else _("All rules"),
            )
            for one in kinds
        ]
        rules = [
            (f"{one.currency.code}/{one.key}", label(one.labels) or one.key)
            for one in granting.rules_in_use()
        ]
        self.fields["rule"].choices = [*everything, *rules]  # type: ignore[attr-defined]


@page("loyalty.view", switch="loyalty")
def bounds(request: HouseRequest) -> HttpResponse:
    caps = limits.listed_caps()
    by = staff.names_of({one.made_by for one in caps})
    return show(request, "console/loyalty/bounds.html", {
        "caps": [_row(one, by) for one in caps],
        "events": [
            {"event": sentences.event(one.event, rule.labels),
             "rule": label(rule.labels) or rule.key, "points": one.points,
             "waits": waits_words(one.waits)}
            for rule, one in granting.event_rules_now(now=request.started_at)
        ],
    })  # fmt: skip


@page("loyalty.view", CONFIGURE, switch="loyalty", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    form = CapForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _set(request, form))
        if answer:
            return answer
    status = 422 if form.errors else 200
    return show(request, "console/loyalty/cap.html", {"form": form}, status=status)


@page("loyalty.view", CONFIGURE, switch="loyalty", methods=SENT, shown_on="console:loyalty-bounds")
def end(request: HouseRequest, cap_id: int) -> HttpResponse:
    def carry_out() -> None:
        bound_earning.end_cap(cap_id, actor=request.actor, now=request.started_at)

    return answered(request, carry_out, _("The cap has ended."), reverse("console:loyalty-bounds"))


def _set(request: HouseRequest, form: CapForm) -> str:
    given = form.cleaned_data
    currency, _slash, rule = given["rule"].partition("/")
    bound_earning.set_cap(
        bound_earning.Wanted(currency, rule, given["period"], given["most"], given["unit"],
                             given["mode"]),
        actor=request.actor, now=request.started_at,
    )  # fmt: skip
    messages.success(request, _("Saved."))
    return reverse("console:loyalty-bounds")


def waits_words(waits: Waits | None) -> str:
    """Until when points wait."""
    if waits is None:
        return ""
    if waits.event:
        return _("until: %(event)s") % {"event": sentences.awaited(waits.event)}
    if waits.until:
        return _("until %(day)s") % {"day": day(waits.until)}
    return ngettext("for %(days)s day", "for %(days)s days", waits.days) % {
        "days": number(waits.days)
    }


def _row(one: Cap, by: dict[str, str]) -> dict[str, Any]:
    if one.unit == Cap.Unit.TIMES:
        most = ngettext("%(most)s time", "%(most)s times", one.most)
    else:
        most = ngettext("%(most)s point", "%(most)s points", one.most)
    return {
        "id": one.pk, "most": most % {"most": number(one.most)},
        "period": PERIODS[Cap.Period(one.period)], "mode": MODES[Cap.Mode(one.mode)],
        "rule": (label(one.rule.labels) or one.rule.key) if one.rule else "",
        "by": by.get(one.made_by, ""), "at": one.made_at,
    }  # fmt: skip
