"""Kinds of points: what they are for, how they are computed, how long they live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.loyalty.names import names
from clientela.console.loyalty.rule_form import UNTIL
from clientela.console.once import send
from clientela.console.pages import FORM, page, show
from clientela.flows import points_settings, rules_of_points
from clientela.loyalty.actions import programme
from clientela.loyalty.models import Currency, Programme
from clientela.loyalty.rules import baskets, transfers
from clientela.platform import text
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label

KINDS = {
    "spend": lazy("buy rewards"), "status": lazy("only count for tiers"),
    "money": lazy("stand for money"),
}  # fmt: skip
ROUNDINGS = {
    "floor": lazy("down to the whole point"), "half_up": lazy("from a half on up"),
    "ceil": lazy("up to the whole point"),
}  # fmt: skip
STACKS = {
    "sum": lazy("all of them, one after the other"), "best": lazy("only the one that gives most"),
    "newest": lazy("only the one that began last"),
}  # fmt: skip
NEGATIVES = {
    "debt": lazy("become a debt, paid by the next points"), "clamp": lazy("are forgiven"),
    "block": lazy("stop the return"),
}  # fmt: skip
PARTS_BACK = {
    "proportion": lazy("in proportion to the money"), "points_first": lazy("before the money"),
    "points_last": lazy("after the money"),
}  # fmt: skip
GIVING = {
    "": lazy("may not"), "keep": lazy("may, and they keep their end"),
    "reset": lazy("may, and they begin a new life"),
}  # fmt: skip
GIVEN_MOST = {
    "day_max": lazy("The most a member gives away in a day"),
    "month_max": lazy("The most a member gives away in a month"),
}  # fmt: skip
SWITCHES: Mapping[str, tuple[Any, Mapping[str, Any]]] = {
    "basis": (lazy("Delivery"), {"items": lazy("earns nothing"), "order": lazy("earns too")}),
    "tax": (lazy("Tax"), {"incl": lazy("counts"), "excl": lazy("does not count")}),
    "discounts": (
        lazy("Discounts"),
        {"pro_rata": lazy("lower what counts"), "none": lazy("leave what counts as it is")},
    ),
    "points_paid": (
        lazy("What is paid with points"),
        {"nothing": lazy("earns nothing"), "earns": lazy("earns too")},
    ),
}

FIGURES = {
    "grace_days": (
        lazy("Days of grace for points that come back after their end"), programme.GRACE_DAYS_MAX
    ),
    "adjust_alone_max": (
        lazy("The most points one person gives or takes alone"), programme.BY_HAND_MAX
    ),
    "adjust_day_max": (
        lazy("The most points one person gives or takes in a day"), programme.BY_HAND_MAX
    ),
}  # fmt: skip


class PointsForm(forms.Form):
    """One kind of points."""

    def __init__(self, data: Any = None, *, currency: Currency | None = None) -> None:
        super().__init__(data, initial=_first_values(currency))
        self.currency = currency
        for name, field in self._fields():
            self.fields[name] = field

    def _fields(self) -> Iterator[tuple[str, forms.Field]]:
        yield from names()
        yield "kind", _choice(_("They"), KINDS)
        yield "rounding", _choice(_("Points are rounded"), ROUNDINGS)
        yield "stack", _choice(_("Of several multipliers and bonuses count"), STACKS)
        for name, (words, choices) in SWITCHES.items():
            yield f"basis_{name}", _choice(words, choices)
        yield "home_money", forms.ChoiceField(
            label=_("Purchases in other moneys"), required=False, choices=self._moneys(),
        )  # fmt: skip
        yield "waits_days", forms.IntegerField(
            label=_("Days before the points can be used"), required=False, min_value=1,
            max_value=36_500,
        )  # fmt: skip
        yield "life_months", forms.IntegerField(
            label=_("Months the points live"), required=False, min_value=1, max_value=1_200,
            help_text=_("Empty is for ever, unless a period's end is chosen."),
        )  # fmt: skip
        yield (
            "life_until",
            forms.ChoiceField(label=_("… and then"), required=False, choices=UNTIL.items),
        )
        yield "negative_policy", _choice(_("Points that a return cannot take back"), NEGATIVES)
        yield (
            "debt_max",
            forms.IntegerField(
                label=_("The most points somebody may owe"),
                min_value=0,
                max_value=programme.DEBT_MAX,
            ),
        )
        yield "part_back", _choice(_("With a part that is given back, points come"), PARTS_BACK)
        for name, (words, most) in FIGURES.items():
            yield name, forms.IntegerField(label=words, min_value=0, max_value=most)
        yield "giving", forms.ChoiceField(
            label=_("Members give them to each other"), required=False, choices=GIVING.items
        )  # fmt: skip
        for name, words in GIVEN_MOST.items():
            yield f"giving_{name}", forms.IntegerField(
                label=words, required=False, min_value=1, max_value=transfers.POINTS_MAX,
                help_text=_("Empty is without a limit."),
            )  # fmt: skip

    def _moneys(self) -> list[tuple[str, str]]:
        """Points count in the company's money, in what they did so far, or in each as it is."""
        so_far = self.currency.home_money if self.currency else ""
        homes = sorted({companies.current().currency, so_far} - {""})
        converted = _("count in %(money)s, by the rate of their day")
        return [
            *((home, converted % {"money": home}) for home in homes),
            ("", _("count as they are, one for one")),
        ]

    def labels(self) -> dict[str, str]:
        given = self.cleaned_data
        named = {code: given[f"label_{code}"] for code in programme.LANGUAGES}
        return {code: name for code, name in named.items() if name}

    def code(self) -> str:
        return "-".join(text.words(self.cleaned_data["label_en"]))[: programme.KEY_LENGTH_MAX]

    def values(self) -> dict[str, Any]:
        """The settings as they are stored; what the form does not show stays."""
        given = self.cleaned_data
        before = self.currency
        life = dict(before.life) if before else {}
        for name in ("months", "years", "until"):
            life.pop(name, None)
        if given["life_months"]:
            life = {"months": given["life_months"]}
        if given["life_until"]:
            life["until"] = given["life_until"]
        first = {name: choices[0] for name, choices in baskets.CHOICES.items()}
        basis = {name: given[f"basis_{name}"] for name in SWITCHES}
        waits = {"days": given["waits_days"]} if given["waits_days"] else {}
        plain = ("kind", "rounding", "stack", "home_money", "negative_policy", "debt_max",
                 "part_back", *FIGURES)  # fmt: skip
        return {
            **{name: given[name] for name in plain}, "life": life, "waits": waits,
            "transfers": self._giving(),
            "basis": {name: one for name, one in basis.items() if one != first[name]},
        }  # fmt: skip

    def _giving(self) -> dict[str, Any]:
        """What members may give to each other, as it is stored."""
        given = self.cleaned_data
        if not given["giving"]:
            return {}
        most = {name: given[f"giving_{name}"] for name in GIVEN_MOST if given[f"giving_{name}"]}
        return {"life": given["giving"], **most}


def _choice(words: Any, choices: Mapping[str, Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=words, choices=choices.items)


def _first_values(currency: Currency | None) -> dict[str, Any]:
    if currency is None:
        first = {"debt_max": 10_000, "life_months": 24, "life_until": "month",
                 "home_money": companies.current().currency}  # fmt: skip
        fresh = Currency()
        return first | {name: getattr(fresh, name) for name in FIGURES}
    life = currency.life
    shown: dict[str, Any] = {
        "kind": currency.kind, "rounding": currency.rounding, "stack": currency.stack,
        "negative_policy": currency.negative_policy, "debt_max": currency.debt_max,
        "home_money": currency.home_money,
        "waits_days": currency.waits.get("days"), "life_until": life.get("until", ""),
        "life_months": life.get("months", 0) + 12 * life.get("years", 0) or None,
    }  # fmt: skip
    shown |= {name: getattr(currency, name) for name in ("part_back", *FIGURES)}
    if giving := currency.transfers:
        shown["giving"] = giving.get("life", "keep")
        shown |= {f"giving_{name}": giving.get(name) for name in GIVEN_MOST}
    shown |= {f"label_{code}": name for code, name in currency.labels.items()}
    return shown | {f"basis_{name}": one for name, one in currency.basis.items()}


@page("loyalty.view", switch="loyalty")
def kinds(request: HouseRequest) -> HttpResponse:
    """Every kind of points with its settings in words."""
    listed = points_settings.currencies()
    programmes = Programme.objects.filter(closed_at=None).order_by("code")[:1]
    return show(request, "console/loyalty/kinds.html", {
        "kinds": [
            {"code": one.code, "words": label(one.labels) or one.code, "kind": KINDS[one.kind],
             "rounding": ROUNDINGS[one.rounding], "stack": STACKS[one.stack]}
            for one in listed
        ],
        "can_be_made": bool(programmes),
    })  # fmt: skip


@page("loyalty.view", "loyalty.configure", switch="loyalty", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    """Another kind, in the programme that there is."""
    return _edited(request, None)


@page("loyalty.view", "loyalty.configure", switch="loyalty", methods=FORM)
def edit(request: HouseRequest, code: str) -> HttpResponse:
    return _edited(request, rules_of_points.currency_of(code))


def _edited(request: HouseRequest, currency: Currency | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = PointsForm(data, currency=currency)
    if data is not None and form.is_valid():
        answer = send(request, form, lambda: _save(request, form))
        if answer:
            return answer
    context = {"form": form, "name": label(currency.labels) if currency else ""}
    return show(request, "console/loyalty/kind.html", context, status=422 if form.errors else 200)


def _save(request: HouseRequest, form: PointsForm) -> str:
    if form.currency is None:
        first = Programme.objects.filter(closed_at=None).order_by("code").first()
        points_settings.make_currency(
            programme=first.code if first else "", code=form.code(), labels=form.labels(),
            values=form.values(), actor=request.actor, now=request.started_at,
            request=request.request_id,
        )  # fmt: skip
    else:
        points_settings.change_currency(
            form.currency.code, labels=form.labels(), values=form.values(), actor=request.actor,
            now=request.started_at, request=request.request_id,
        )  # fmt: skip
    messages.success(request, _("Saved."))
    return reverse("console:loyalty-points")
