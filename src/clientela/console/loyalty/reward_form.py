"""The forms of a reward, one for each kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.loyalty.actions import catalogue as limits
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.models import Reward, Tier
from clientela.platform import money, periods, text
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label

NAME_LENGTH_MAX = 120
TERMS_LENGTH_MAX = 1_000
Day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def whole(label_: Any, most: int, *, required: bool = False, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label_, min_value=1, max_value=most, required=required, **more
    )  # fmt: skip


class RewardForm(forms.Form):
    """What every reward has; its kinds add theirs. Names and terms in each language."""

    kind = ""
    points = whole(lazy("Price in points"), limits.POINTS_MAX, required=True)

    def __init__(self, data: Any = None, *, reward: Reward | None = None) -> None:
        super().__init__(data, initial=first_values(reward) if reward else None)
        self.reward = reward
        self.tiers = list(Tier.objects.select_related("tier_set"))
        for name, field in self._further():
            self.fields[name] = field

    def _further(self) -> Iterator[tuple[str, forms.Field]]:
        """Names first, then what the class has, then the limits."""
        own = dict(self.fields)
        self.fields.clear()
        for code in limits.LANGUAGES:
            language = get_language_info(code)["name_translated"]
            yield f"label_{code}", forms.CharField(
                label=_("Name in %(language)s") % {"language": language},
                max_length=NAME_LENGTH_MAX, required=code == "en",
            )  # fmt: skip
        yield from own.items()
        for tier in self.tiers:
            yield (
                f"price_{tier.pk}",
                whole(_("Price for %(tier)s") % {"tier": label(tier.labels)}, limits.POINTS_MAX),
            )
        yield "stock", whole(_("How many there are"), limits.COUNT_MAX,
                             help_text=_("Empty is as many as are wanted."))  # fmt: skip
        yield "member_max", whole(_("How often one customer can have it"), 10**6)
        yield "starts_on", forms.DateField(label=_("Offered from"), required=False, widget=Day)
        yield "ends_on", forms.DateField(label=_("Offered until"), required=False, widget=Day)
        for code in limits.LANGUAGES:
            language = get_language_info(code)["name_translated"]
            yield f"terms_{code}", forms.CharField(
                label=_("Terms in %(language)s") % {"language": language}, required=False,
                max_length=TERMS_LENGTH_MAX, widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
        yield "offered", forms.BooleanField(label=_("Can be had"), required=False, initial=True)

    def values(self) -> RewardValues:
        given = self.cleaned_data
        labels = {code: given[f"label_{code}"] for code in limits.LANGUAGES}
        return replace(
            RewardValues(
                key=self.reward.key if self.reward else _key(given["label_en"]),
                kind=self.kind, labels={code: name for code, name in labels.items() if name},
                prices=self._prices(),
                terms={code: given[f"terms_{code}"] for code in limits.LANGUAGES
                       if given[f"terms_{code}"]},
                currency=self.reward.currency.code if self.reward else "",
                position=self.reward.position if self.reward else 0,
                stock=given["stock"], member_max=given["member_max"],
                starts_at=_midnight(given["starts_on"]),
                ends_at=_midnight(given["ends_on"], after=True),
            ),
            **self.own(),
        )  # fmt: skip

    def own(self) -> dict[str, Any]:
        """What only this kind has."""
        return {}

    def _prices(self) -> dict[str, int]:
        prices = {"": self.cleaned_data["points"]}
        for tier in self.tiers:
            if points := self.cleaned_data[f"price_{tier.pk}"]:
                prices[tier.key] = points
        return prices


def amount_field(label_: Any, *, required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(
        label=label_, min_value=Decimal("0.01"), max_value=Decimal(10**8), decimal_places=2,
        required=required,
    )  # fmt: skip


class CouponForm(RewardForm):
    kind = Reward.Kind.COUPON
    amount = amount_field(lazy("Money off"))
    percent = whole(lazy("or percent off"), 100)
    valid_days = whole(lazy("Days a coupon is good for"), limits.DAYS_MAX, required=True)
    coupons_max = whole(lazy("How many codes may be given out"), limits.COUNT_MAX)

    def own(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {**_money(given["amount"]), "percent": given["percent"],
                "valid_days": given["valid_days"], "coupons_max": given["coupons_max"]}  # fmt: skip


class CashForm(RewardForm):
    kind = Reward.Kind.CASH
    points = whole(lazy("Points of one block"), limits.POINTS_MAX, required=True)
    amount = amount_field(lazy("Money for one block"), required=True)
    points_min = whole(lazy("The least that can be paid out, in points"), limits.COUNT_MAX)

    def own(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {**_money(given["amount"]), "points_min": given["points_min"]}


class TravelForm(RewardForm):
    kind = Reward.Kind.TRAVEL
    partner = forms.CharField(label=lazy("Partner"), max_length=NAME_LENGTH_MAX)
    amount = amount_field(lazy("Worth in money"))
    travel_from_on = forms.DateField(label=lazy("First day of travel"), required=False, widget=Day)
    travel_until_on = forms.DateField(label=lazy("Last day of travel"), required=False, widget=Day)
    reply_hours = whole(
        lazy("Hours until we answer"), limits.HOURS_MAX, required=True, initial=48,
        help_text=lazy("Unanswered, the points are free again."),
    )  # fmt: skip

    def own(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("partner", "travel_from_on", "travel_until_on", "reply_hours")
        return {**_money(given["amount"]), **{name: given[name] for name in names}}


def form_class(kind: str) -> type[RewardForm]:
    found: dict[str, type[RewardForm]] = {
        Reward.Kind.COUPON: CouponForm, Reward.Kind.CASH: CashForm, Reward.Kind.TRAVEL: TravelForm,
    }  # fmt: skip
    return found[kind]


def first_values(reward: Reward) -> dict[str, Any]:
    """A reward as its form shows it."""
    pool = reward.pool
    minor, code = (pool.minor, pool.money_code) if pool else (reward.money_minor, reward.money_code)
    shown: dict[str, Any] = {
        "stock": reward.stock, "member_max": reward.member_max, "points_min": reward.points_min,
        "partner": reward.partner, "travel_from_on": reward.travel_from_on,
        "travel_until_on": reward.travel_until_on, "reply_hours": reward.reply_hours,
        "offered": reward.retired_at is None, "starts_on": _day(reward.starts_at),
        "ends_on": _day(reward.ends_at, before=True),
        "amount": None if minor is None else money.Money(minor, code).to_decimal(),
        "percent": pool.percent if pool else None, "valid_days": pool.valid_days if pool else None,
        "coupons_max": pool.coupons_max if pool else None,
    }  # fmt: skip
    shown |= {f"label_{code}": name for code, name in reward.labels.items()}
    shown |= {f"terms_{code}": words for code, words in reward.terms.items()}
    for price in reward.prices.all():
        shown[f"price_{price.tier_id}" if price.tier_id else "points"] = price.points
    return shown


def _money(amount: Decimal | None) -> dict[str, Any]:
    """In the company's own currency."""
    if amount is None:
        return {}
    code = companies.current().currency
    return {"minor": money.from_decimal(amount, code).minor, "money_code": code}


def _key(name: str) -> str:
    return "-".join(text.words(name))[: limits.KEY_LENGTH_MAX]


def _midnight(day: Any, *, after: bool = False) -> datetime | None:
    if day is None:
        return None
    return periods.local_midnight(
        day + timedelta(days=1) if after else day, companies.current().zone
    )


def _day(instant: datetime | None, *, before: bool = False) -> Any:
    if instant is None:
        return None
    day = periods.day_of(instant, companies.current().zone)
    return day - timedelta(days=1) if before else day
