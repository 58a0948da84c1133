"""The form of a rule of points: its text in fields, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.loyalty.names import names
from clientela.loyalty.actions import programme
from clientela.loyalty.models import Rule, RuleVersion
from clientela.loyalty.rules import bodies
from clientela.loyalty.rules.bodies import POINTS_PER_MAX, Earn
from clientela.platform import text
from clientela.products import queries as catalogue
from clientela.ui.templatetags.ui import label

LIST_LENGTH_MAX = 4_000
OF = ("products", "categories", "tags")
Day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
EARNS: Mapping[str, Any] = {
    "per_money": lazy("Points for money"), "per_unit": lazy("Points for each unit"),
    "per_purchase": lazy("Points for a purchase"), "multiply": lazy("Multiplier"),
    "bonus": lazy("Bonus"),
}  # fmt: skip
UNTIL = {
    "": lazy("to the day"), "month": lazy("to the end of the month"),
    "quarter": lazy("to the end of the quarter"),
    "half_year": lazy("to the end of the half-year"), "year": lazy("to the end of the year"),
}  # fmt: skip


class RuleForm(forms.Form):
    """One rule of one kind. `when` carries its condition, which is changed part by part."""

    earn = forms.CharField(widget=forms.HiddenInput)
    when = forms.CharField(widget=forms.HiddenInput, required=False)
    points = forms.IntegerField(label=lazy("Points"), min_value=1, max_value=POINTS_PER_MAX)
    per = forms.DecimalField(
        label=lazy("For every so much money"), min_value=Decimal("0.0001"),
        max_value=bodies.PER_MAX, decimal_places=4, initial=Decimal(1),
        help_text=lazy("In the currency of the purchase."),
    )  # fmt: skip
    times = forms.CharField(
        label=lazy("Times"), max_length=20, initial="2", help_text=lazy("Such as 2, 1.5 or 4/3.")
    )
    products = forms.CharField(
        label=lazy("Only these products"), required=False, max_length=LIST_LENGTH_MAX,
        help_text=lazy("Codes, with a comma between them."),
    )  # fmt: skip
    categories = forms.MultipleChoiceField(
        label=lazy("Only these categories"), required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=lazy("With everything that lies in them."),
    )  # fmt: skip
    tags = forms.CharField(
        label=lazy("Only with these tags"), required=False, max_length=LIST_LENGTH_MAX,
        help_text=lazy("As the till says them, with a comma between them."),
    )  # fmt: skip
    first_day = forms.DateField(label=lazy("First day"), required=False, widget=Day)
    last_day = forms.DateField(label=lazy("Last day"), required=False, widget=Day)
    waits_days = forms.IntegerField(
        label=lazy("Days before the points can be used"), required=False, min_value=1,
        max_value=36_500,
    )  # fmt: skip
    life_months = forms.IntegerField(
        label=lazy("Months the points live"), required=False, min_value=1, max_value=1_200,
        help_text=lazy("Empty is as all points of this kind."),
    )  # fmt: skip
    life_until = forms.ChoiceField(label=lazy("… and then"), required=False, choices=UNTIL.items)
    cash = forms.BooleanField(label=lazy("Can be paid out as cash"), required=False, initial=True)
    exclusive = forms.BooleanField(
        label=lazy("Counts alone: other multipliers and bonuses give nothing"), required=False
    )
    priority = forms.IntegerField(
        label=lazy("Priority"), initial=0, min_value=-programme.PRIORITY_MAX,
        max_value=programme.PRIORITY_MAX, help_text=lazy("Higher comes first."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, earn: str, rule: Rule | None = None) -> None:
        newest = rule.versions.order_by("-number").first() if rule else None
        super().__init__(data, initial={"earn": earn, **first_values(rule, newest)})
        self.earns = Earn(earn)
        self.rule = rule
        self.version = newest
        categories: Any = self.fields["categories"]
        categories.choices = [
            (one.key, label(one.labels) or one.key) for one in catalogue.categories()
        ]
        for name in self._not_asked():
            del self.fields[name]
        self.fields = {**dict(names()), **self.fields}

    def _not_asked(self) -> Iterator[str]:
        own = bodies.OWN[self.earns]
        if "points" not in own:
            yield "points"
        if "per" not in own:
            yield "per"
        if "num" not in own:
            yield "times"
        if "exclusive" not in own:
            yield "exclusive"

    def clean_times(self) -> Fraction:
        written = str(self.cleaned_data["times"]).replace(",", ".").strip()
        try:
            factor = Fraction(written)
        except (ValueError, ZeroDivisionError):
            factor = Fraction(0)
        if not 0 < factor <= bodies.FACTOR_MAX or max(factor.as_integer_ratio()) > POINTS_PER_MAX:
            raise forms.ValidationError(_("Write how many times, such as 1.5; at most 100."))
        return factor

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", _("The last day comes before the first."))
        return given

    # What it says

    def labels(self) -> dict[str, str]:
        given = self.cleaned_data
        named = {code: given.get(f"label_{code}", "") for code in programme.LANGUAGES}
        return {code: name for code, name in named.items() if name}

    def key(self) -> str:
        if self.rule is not None:
            return self.rule.key
        return "-".join(text.words(self.cleaned_data["label_en"]))[: programme.KEY_LENGTH_MAX]

    def priority_said(self) -> int:
        return int(self.cleaned_data["priority"])

    def body(self) -> dict[str, Any]:
        """The text of the rule."""
        given = self.cleaned_data
        body: dict[str, Any] = {"earn": self.earns.value, **self._given(given)}
        if of := self._of(given):
            body["of"] = of
        if when := self.condition():
            body["when"] = when
        for name in ("first_day", "last_day"):
            if given[name]:
                body[name] = given[name].isoformat()
        if given["waits_days"]:
            body["waits"] = {"days": given["waits_days"]}
        if life := _life(given):
            body["life"] = life
        if not given["cash"]:
            body["cashable"] = False
        if given.get("exclusive"):
            body["exclusive"] = True
        return body

    def _given(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if "times" in given:
            return {"num": given["times"].numerator, "den": given["times"].denominator}
        points = {"points": given["points"]}
        return {**points, "per": f"{given['per']:f}"} if "per" in given else points

    def _of(self, given: Mapping[str, Any]) -> dict[str, list[str]]:
        said = {
            "products": _listed(given["products"]), "categories": sorted(given["categories"]),
            "tags": _listed(given["tags"]),
        }  # fmt: skip
        return {name: several for name, several in said.items() if several}

    def condition(self) -> Any:
        """The condition as it stands in the form; nothing where it was tampered with."""
        written = self.data.get("when", "") if self.is_bound else self.initial.get("when", "")
        try:
            return json.loads(written) if written else None
        except ValueError:
            return None


def first_values(rule: Rule | None, version: RuleVersion | None) -> dict[str, Any]:
    """A rule as its form shows it."""
    if rule is None or version is None:
        return {}
    body = version.body
    of, life = body.get("of") or {}, body.get("life") or {}
    shown: dict[str, Any] = {
        "points": body.get("points"), "per": body.get("per"),
        "times": f"{Fraction(body['num'], body['den'])}" if "num" in body else None,
        "products": ", ".join(of.get("products", [])), "categories": of.get("categories", []),
        "tags": ", ".join(of.get("tags", [])), "first_day": body.get("first_day"),
        "last_day": body.get("last_day"), "waits_days": (body.get("waits") or {}).get("days"),
        "life_months": life.get("months", 0) + 12 * life.get("years", 0) or None,
        "life_until": life.get("until", ""), "cash": body.get("cashable") is not False,
        "exclusive": bool(body.get("exclusive")), "priority": rule.priority,
        "when": json.dumps(body["when"]) if body.get("when") else "",
    }  # fmt: skip
    shown |= {f"label_{code}": name for code, name in rule.labels.items()}
    return {name: value for name, value in shown.items() if value is not None}


def _life(given: Mapping[str, Any]) -> dict[str, Any]:
    months, until = given["life_months"], given["life_until"]
    life: dict[str, Any] = {"months": months} if months else {}
    return {**life, "until": until} if until else life


def _listed(written: str) -> list[str]:
    return sorted({part.strip().lower() for part in written.split(",") if part.strip()})
