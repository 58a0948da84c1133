"""Promotions: what runs, for whom, how much of the budget is used; a simple one is made here."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers.drawer import DATE
from clientela.console.loyalty import asked_words
from clientela.console.loyalty.answering import answered
from clientela.console.loyalty.names import names
from clientela.console.loyalty.words import money_of
from clientela.console.once import send
from clientela.console.pages import FORM, SENT, page, show
from clientela.flows import earning_facts, promotions
from clientela.loyalty.actions.programme import LANGUAGES
from clientela.loyalty.actions.promotions import BUDGET_MAX, BudgetValues, PromotionValues
from clientela.loyalty.models import Promotion
from clientela.loyalty.queries import granting
from clientela.loyalty.queries import promotions as reads
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label, number

PUBLISH = "loyalty.publish"
KEY_LENGTH_MAX = 40
KEPT = "kept"  # a condition that was written elsewhere
STATES = {
    "planned": (lazy("Planned"), ""), "running": (lazy("Running"), "good"),
    "spent": (lazy("Budget used up"), "warn"), "over": (lazy("Over"), ""),
    "ended": (lazy("Ended"), ""),
}  # fmt: skip
UNITS = {
    "times": lazy("times"), "points": lazy("points"), "money": lazy("money, as points are worth"),
}  # fmt: skip


class PromotionForm(forms.Form):
    currency = forms.ChoiceField(label=lazy("Kind of points"))
    gives = forms.ChoiceField(
        label=lazy("It gives"), widget=forms.RadioSelect, initial="multiply",
        choices=[("multiply", lazy("a multiple of the points")),
                 ("bonus", lazy("further points for each purchase"))],
    )  # fmt: skip
    figure = forms.DecimalField(
        label=lazy("How many times, or how many points"), min_value=0, max_digits=9,
        decimal_places=2,
    )  # fmt: skip
    first_day = forms.DateField(label=lazy("First day"), required=False, widget=DATE)
    last_day = forms.DateField(label=lazy("Last day"), required=False, widget=DATE)
    audience = forms.ChoiceField(label=lazy("For whom"), required=False)
    most = forms.IntegerField(
        label=lazy("Budget"), min_value=1, max_value=BUDGET_MAX, required=False,
        help_text=lazy("Empty is without limit."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=lazy("Counted in"), choices=list(UNITS.items()))
    mode = forms.ChoiceField(
        label=lazy("When it does not suffice"), widget=forms.RadioSelect, initial="reject",
        choices=[("reject", lazy("Give nothing where not all of it fits")),
                 ("trim", lazy("Give what still fits"))],
    )  # fmt: skip

    def __init__(self, data: Any = None, *, promotion: Promotion | None = None) -> None:
        super().__init__(data, initial=_shown(promotion) if promotion else None)
        self.promotion = promotion
        own = dict(self.fields)
        self.fields.clear()
        self.fields.update({**dict(names()), **own})
        if promotion is not None:
            del self.fields["currency"]
            if _simple(promotion) is None:
                del self.fields["gives"], self.fields["figure"]
        else:
            kinds = [(one.code, label(one.labels)) for one in granting.currencies()]
            self.fields["currency"].choices = kinds  # type: ignore[attr-defined]
        self.fields["audience"].choices = self._audiences()  # type: ignore[attr-defined]

    def _audiences(self) -> list[tuple[str, Any]]:
        lists = earning_facts.catalogue(companies.current()).facts[earning_facts.LISTS]
        found: list[tuple[str, Any]] = [("", _("Everybody"))]
        if self.initial.get("audience") == KEPT:
            found.append((KEPT, _("The condition it has")))
        return [*found, *dict(lists.choices or {}).items()]

    def values(self) -> PromotionValues:
        given = self.cleaned_data
        labels = {code: given[f"label_{code}"] for code in LANGUAGES if given[f"label_{code}"]}
        budget = BudgetValues()
        if given["most"]:
            per = self.promotion.budget_per if self.promotion else "all"
            budget = BudgetValues(given["unit"], given["most"], per, given["mode"])
        key = self.promotion.key if self.promotion else slugify(given["label_en"])
        return PromotionValues(
            key[:KEY_LENGTH_MAX], labels, self._rules(labels), given["first_day"],
            given["last_day"], self._audience(), budget,
        )  # fmt: skip

    def _audience(self) -> dict[str, Any] | None:
        chosen = self.cleaned_data["audience"]
        if chosen == KEPT and self.promotion is not None:
            return dict(self.promotion.audience or {}) or None
        if not chosen:
            return None
        return {"fact": earning_facts.LISTS, "op": "has_any", "value": [chosen]}

    def _rules(self, labels: dict[str, str]) -> list[dict[str, Any]]:
        """What it gives: as the form says, or the rules it has where the form cannot say them."""
        given = self.cleaned_data
        body = _body(given["gives"], Fraction(given["figure"])) if "gives" in given else None
        if self.promotion is None:
            return [{"body": body}]
        return [
            {"key": part.rule.key, "body": body or part.body, "priority": part.rule.priority,
             "labels": labels if part.rule.labels == self.promotion.labels else part.rule.labels}
            for part in self.promotion.parts.all()
        ]  # fmt: skip


def _body(gives: str, figure: Fraction) -> dict[str, Any]:
    if gives == "bonus":
        return {"earn": "bonus", "points": int(figure)}
    return {"earn": "multiply", "num": figure.numerator, "den": figure.denominator}


def _simple(promotion: Promotion) -> dict[str, Any] | None:
    """What it gives as the form says it; None where its rules say more."""
    bodies = [part.body for part in promotion.parts.all()]
    body = bodies[0] if len(bodies) == 1 else {}
    if set(body) == {"earn", "points"} and body["earn"] == "bonus":
        return {"gives": "bonus", "figure": body["points"]}
    if set(body) == {"earn", "num", "den"} and 100 % body["den"] == 0:
        return {"gives": "multiply", "figure": Decimal(body["num"]) / body["den"]}
    return None


def _shown(promotion: Promotion) -> dict[str, Any]:
    """A promotion as its form shows it."""
    asked = promotion.audience or {}
    listed_ = asked.get("value") if asked.get("fact") == earning_facts.LISTS else None
    is_list = asked.get("op") == "has_any" and isinstance(listed_, list) and len(listed_) == 1
    audience = listed_[0] if is_list and listed_ else KEPT if asked else ""
    return {
        **{f"label_{code}": name for code, name in promotion.labels.items()},
        **(_simple(promotion) or {}), "audience": audience,
        "first_day": promotion.first_day, "last_day": promotion.last_day,
        "most": promotion.budget_most, "unit": promotion.budget_unit or None,
        "mode": promotion.budget_mode or "reject",
    }  # fmt: skip


@page("loyalty.view", switch="loyalty")
def listed(request: HouseRequest) -> HttpResponse:
    today = companies.current().today(request.started_at)
    listed = reads.listed()
    audiences = {one.key: one.audience for one in listed if one.audience}
    told = asked_words.of(audiences, request) if audiences else {}
    rows = [_row(one, reads.state_of(one, today=today), told.get(one.key, ""))
            for one in listed]  # fmt: skip
    return show(request, "console/loyalty/promotions.html", {"promotions": rows})


@page("loyalty.view", PUBLISH, switch="loyalty", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    return _form(request, PromotionForm(request.POST or None), _("New promotion"))


@page("loyalty.view", PUBLISH, switch="loyalty", methods=FORM)
def edit(request: HouseRequest, key: str) -> HttpResponse:
    """Its words, days, audience and budget, and what it gives where that is simple."""
    promotion = reads.find(key)
    form = PromotionForm(request.POST or None, promotion=promotion)
    return _form(request, form, label(promotion.labels))


def _form(request: HouseRequest, form: PromotionForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _save(request, form))
        if answer:
            return answer
    status = 422 if form.errors else 200
    promotion = form.promotion
    context = {
        "form": form, "title": title,
        "kept": [
            label(part.rule.labels) for part in promotion.parts.all()
        ] if promotion and "gives" not in form.fields else [],
    }  # fmt: skip
    return show(request, "console/loyalty/promotion.html", context, status=status)


@page(
    "loyalty.view", PUBLISH, switch="loyalty", methods=SENT, shown_on="console:loyalty-promotions"
)
def end(request: HouseRequest, key: str) -> HttpResponse:
    def carry_out() -> None:
        promotions.end_promotion(key, actor=request.actor, now=request.started_at)

    here = reverse("console:loyalty-promotions")
    return answered(request, carry_out, _("The promotion has ended."), here)


def _save(request: HouseRequest, form: PromotionForm) -> str:
    known = form.promotion
    currency = known.currency.code if known else form.cleaned_data["currency"]
    promotions.save_promotion(
        form.values(), currency=currency, actor=request.actor, now=request.started_at
    )
    messages.success(request, _("Saved."))
    return reverse("console:loyalty-promotions")


def _row(one: Promotion, state: str, audience: str) -> dict[str, Any]:
    words, tone = STATES[state]
    return {
        "key": one.key, "words": label(one.labels), "state_words": words, "tone": tone,
        "first_day": one.first_day, "last_day": one.last_day,
        "audience": audience,
        "budgets": [
            {"value": row.value, "used": _figure(one, row.used), "most": _figure(one, row.most)}
            for row in one.budgets.all()
        ],
        "rules": [label(part.rule.labels) for part in one.parts.all()],
        "can_end": state not in ("over", "ended"), "can_edit": state != "ended",
    }  # fmt: skip


def _figure(one: Promotion, figure: int) -> str:
    if one.budget_unit == Promotion.Unit.MONEY and one.currency.worth.get("currency"):
        return money_of(figure, one.currency.worth["currency"])
    return f"{number(figure)} {UNITS[one.budget_unit]}"
