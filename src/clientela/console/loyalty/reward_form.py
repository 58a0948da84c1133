"""The forms of a reward, one for each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.loyalty.names import NAME_LENGTH_MAX, in_languages, names
from clientela.loyalty.actions import catalogue as limits
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.models import Reward, Tier
from clientela.platform import money, periods, text
from clientela.staff import company as companies
from clientela.ui.models import View
from clientela.ui.templatetags.ui import label

TERMS_LENGTH_MAX = 1_000
KEPT = "kept"  # a condition that was written elsewhere
BETWEEN_DAYS = re.compile(r"\s*[–—]\s*|\s+-\s+|\s+to\s+")
Day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def whole(label_: Any, most: int, *, required: bool = False, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label_, min_value=1, max_value=most, required=required, **more
    )  # fmt: skip


class RewardForm(forms.Form):
    """What every reward has; its kinds add theirs. Names and terms in each language."""

    kind = ""
    points = whole(lazy("Price in points"), limits.POINTS_MAX, required=True)

    def __init__(
        self, data: Any = None, *, reward: Reward | None = None, views: Sequence[View] = ()
    ) -> None:
        super().__init__(
            data, initial={**first_values(reward), **self.shown(reward)} if reward else None
        )
        self.reward = reward
        self.views = views
        self.tiers = list(Tier.objects.select_related("tier_set"))
        for name, field in self._further():
            self.fields[name] = field

    def _further(self) -> Iterator[tuple[str, forms.Field]]:
        """Names first, then what the class has, then the limits."""
        own = dict(self.fields)
        self.fields.clear()
        yield from names()
        if self.tiers:
            own["points"].required = False
            own["points"].help_text = _("Empty is only for the tiers that have a price.")
        yield from own.items()
        for tier in self.tiers:
            yield (
                f"price_{tier.pk}",
                whole(_("Price for %(tier)s") % {"tier": label(tier.labels)}, limits.POINTS_MAX),
            )
        yield "beside", amount_field(_("Money to pay beside the points"))
        yield "stock", whole(_("How many there are"), limits.COUNT_MAX,
                             help_text=_("Empty is as many as are wanted."))  # fmt: skip
        yield "member_max", whole(_("How often one customer can have it"), 10**6)
        yield "audience", forms.ChoiceField(
            label=_("For whom"), required=False, choices=self._audiences,
            help_text=_("Everybody, or a saved list of customers."),
        )  # fmt: skip
        yield "starts_on", forms.DateField(label=_("Offered from"), required=False, widget=Day)
        yield "ends_on", forms.DateField(label=_("Offered until"), required=False, widget=Day)
        yield "blackouts", forms.CharField(
            label=_("Not on these days"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("One span a line: 2026-12-24 – 2026-12-26, or one day."),
        )  # fmt: skip
        yield from in_languages(
            "terms", _("Terms in %(language)s"), most=TERMS_LENGTH_MAX,
            widget=lambda: forms.Textarea(attrs={"rows": 2}),
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
                starts_at=midnight(given["starts_on"]),
                ends_at=midnight(given["ends_on"], after=True),
                **self._limits(),
            ),
            **self.own(),
        )  # fmt: skip

    def own(self) -> dict[str, Any]:
        """What only this kind has."""
        return {}

    @staticmethod
    def shown(reward: Reward) -> dict[str, Any]:
        """What only this kind shows of a reward."""
        return {}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not (given.get("points") or self._prices() or "points" in self.errors):
            self.add_error("points", _("Say a price, for everybody or for a tier."))
        return given

    def clean_blackouts(self) -> tuple[tuple[date, date], ...]:
        lines = self.cleaned_data["blackouts"].splitlines()
        return tuple(_span(line) for line in lines if line.strip())

    def _limits(self) -> dict[str, Any]:
        """Money beside the points, for whom, on which days not."""
        given, known = self.cleaned_data, self.reward
        beside = worth(given["beside"])
        view = given["audience"]
        is_kept = view == KEPT and known is not None
        return {
            "money_prices": dict.fromkeys(self._prices(), beside["minor"]) if beside else {},
            "price_code": beside.get("money_code", ""), "blackouts": given["blackouts"],
            "audience_view": UUID(view) if view and view != KEPT else None,
            "audience": known.audience if is_kept and known else {},
        }  # fmt: skip

    def _audiences(self) -> list[tuple[str, str]]:
        found = [("", _("Everybody"))]
        if self.reward is not None and self.reward.audience:
            found.append((KEPT, _("The condition it has")))
        return [*found, *((one.id.hex, one.name) for one in self.views)]

    def _prices(self) -> dict[str, int]:
        points = self.cleaned_data.get("points")
        prices = {"": points} if points else {}
        for tier in self.tiers:
            if points := self.cleaned_data.get(f"price_{tier.pk}"):
                prices[tier.key] = points
        return prices


def amount_field(
    label_: Any, *, required: bool = False, least: str = "0.01", **more: Any
) -> forms.DecimalField:
    return forms.DecimalField(
        label=label_, min_value=Decimal(least), max_value=Decimal(10**8), decimal_places=2,
        required=required, **more,
    )  # fmt: skip


class CouponForm(RewardForm):
    kind = Reward.Kind.COUPON
    amount = amount_field(lazy("Money off"))
    percent = whole(lazy("or percent off"), 100)
    valid_days = whole(lazy("Days a coupon is good for"), limits.DAYS_MAX, required=True)
    coupons_max = whole(lazy("How many codes may be given out"), limits.COUNT_MAX)

    def own(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {**worth(given["amount"]), "percent": given["percent"],
                "valid_days": given["valid_days"], "coupons_max": given["coupons_max"]}  # fmt: skip


class PercentForm(CouponForm):
    kind = Reward.Kind.PERCENT_OFF
    amount = None  # type: ignore[assignment]
    percent = whole(lazy("Percent off"), 100, required=True)
    most = amount_field(lazy("No more than"))
    least = amount_field(lazy("For a basket of at least"))

    def own(self) -> dict[str, Any]:
        given, code = self.cleaned_data, companies.current().currency
        limits_ = {"most_minor": minor_of(given["most"]), "least_minor": minor_of(given["least"])}
        needs = code if any(limits_.values()) else ""
        return {"percent": given["percent"], "valid_days": given["valid_days"],
                "coupons_max": given["coupons_max"], "money_code": needs, **limits_}  # fmt: skip


class BlocksForm(RewardForm):
    """What the customer takes as much of as they want, in blocks of points."""

    points = whole(lazy("Points of one block"), limits.POINTS_MAX, required=True)
    amount = amount_field(lazy("Money for one block"), required=True)
    points_min = whole(lazy("The least that can be used, in points"), limits.COUNT_MAX)
    points_max = whole(lazy("The most that can be used, in points"), limits.COUNT_MAX)

    def own(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {**worth(given["amount"]), "points_min": given["points_min"],
                "points_max": given["points_max"]}  # fmt: skip


class MoneyOffForm(BlocksForm):
    kind = Reward.Kind.MONEY_OFF
    share_max = whole(
        lazy("Percent of a purchase that points may pay"), limits.SHARE_MAX,
        help_text=lazy("Empty is all of it."),
    )  # fmt: skip
    valid_days = whole(lazy("Days a code is good for"), limits.DAYS_MAX, required=True, initial=30)

    def own(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {**super().own(), "share_max": given["share_max"],
                "valid_days": given["valid_days"]}  # fmt: skip


class BillForm(BlocksForm):
    kind = Reward.Kind.BILL_CREDIT


class CardForm(BlocksForm):
    kind = Reward.Kind.GIFT_CARD


class WalletForm(BlocksForm):
    kind = Reward.Kind.WALLET


class MilesForm(BlocksForm):
    kind = Reward.Kind.MILES
    amount = None  # type: ignore[assignment]
    partner = forms.CharField(label=lazy("Partner"), max_length=NAME_LENGTH_MAX)
    quantity = whole(lazy("Miles for one block"), limits.QUANTITY_MAX, required=True)

    def own(self) -> dict[str, Any]:
        names = ("points_min", "points_max", "partner", "quantity")
        return {name: self.cleaned_data[name] for name in names}


class ProductForm(RewardForm):
    kind = Reward.Kind.PRODUCT
    product = forms.CharField(label=lazy("Code of the product"), max_length=NAME_LENGTH_MAX)
    quantity = whole(lazy("Pieces"), 1_000, required=True, initial=1)

    def own(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("product", "quantity")}


class MonthsForm(RewardForm):
    kind = Reward.Kind.SERVICE_MONTH
    quantity = whole(lazy("Months"), 120, required=True, initial=1)
    product = forms.CharField(
        label=lazy("Code of the product"), max_length=NAME_LENGTH_MAX, required=False,
        help_text=lazy("Empty is anything the customer holds."),
    )  # fmt: skip

    def own(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("product", "quantity")}


class WarrantyForm(MonthsForm):
    kind = Reward.Kind.WARRANTY
    plan = forms.CharField(label=lazy("Code of the warranty plan"), max_length=NAME_LENGTH_MAX)

    def own(self) -> dict[str, Any]:
        return {**super().own(), "plan": self.cleaned_data["plan"]}


def first_values(reward: Reward) -> dict[str, Any]:
    """A reward as its form shows it."""
    pool = reward.pool
    minor, code = (pool.minor, pool.money_code) if pool else (reward.money_minor, reward.money_code)
    shown: dict[str, Any] = {
        **_shown_limits(reward),
        "stock": reward.stock, "member_max": reward.member_max, "points_min": reward.points_min,
        "partner": reward.partner, "travel_from_on": reward.travel_from_on,
        "travel_until_on": reward.travel_until_on, "reply_hours": reward.reply_hours,
        "offered": reward.retired_at is None, "starts_on": day_of(reward.starts_at),
        "ends_on": day_of(reward.ends_at, before=True),
        "amount": None if minor is None else money.Money(minor, code).to_decimal(),
        "percent": pool.percent if pool else None, "valid_days": pool.valid_days if pool else None,
        "coupons_max": pool.coupons_max if pool else None,
    }  # fmt: skip
    shown |= {f"label_{code}": name for code, name in reward.labels.items()}
    shown |= {f"terms_{code}": words for code, words in reward.terms.items()}
    for price in reward.prices.all():
        shown[f"price_{price.tier_id}" if price.tier_id else "points"] = price.points
    return shown


def _shown_limits(reward: Reward) -> dict[str, Any]:
    pool, code = reward.pool, companies.current().currency
    beside = max((price.money_minor for price in reward.prices.all()), default=0)
    audience = reward.audience_view.hex if reward.audience_view else KEPT * bool(reward.audience)
    return {
        "beside": _decimal(beside or None, reward.price_code), "audience": audience,
        "blackouts": "\n".join(" – ".join(dict.fromkeys(days)) for days in reward.blackouts),
        "points_max": reward.points_max, "share_max": reward.share_max,
        "quantity": reward.quantity, "plan": reward.plan,
        "product": reward.product.code if reward.product else "",
        "most": _decimal(pool.most_minor if pool else None, code),
        "least": _decimal(pool.least_minor if pool else None, code),
    }  # fmt: skip


def _decimal(minor: int | None, code: str) -> Decimal | None:
    return None if minor is None else money.Money(minor, code).to_decimal()


def minor_of(amount: Decimal | None) -> int | None:
    """In the company's own currency."""
    if amount is None:
        return None
    return money.from_decimal(amount, companies.current().currency).minor


def _span(line: str) -> tuple[date, date]:
    """`2026-12-24 – 2026-12-26`, or one day."""
    days = BETWEEN_DAYS.split(line.strip())
    try:
        found = [date.fromisoformat(one) for one in days]
    except ValueError:
        found = []
    if len(found) not in (1, 2) or found[-1] < found[0]:
        raise forms.ValidationError(_("Write days as 2026-12-24, the first before the last."))
    return found[0], found[-1]


def worth(amount: Decimal | None) -> dict[str, Any]:
    """In the company's own currency."""
    if amount is None:
        return {}
    code = companies.current().currency
    return {"minor": money.from_decimal(amount, code).minor, "money_code": code}


def _key(name: str) -> str:
    return "-".join(text.words(name))[: limits.KEY_LENGTH_MAX]


def midnight(day: Any, *, after: bool = False) -> datetime | None:
    if day is None:
        return None
    return periods.local_midnight(
        day + timedelta(days=1) if after else day, companies.current().zone
    )


def day_of(instant: datetime | None, *, before: bool = False) -> Any:
    if instant is None:
        return None
    day = periods.day_of(instant, companies.current().zone)
    return day - timedelta(days=1) if before else day
