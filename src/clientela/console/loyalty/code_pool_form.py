"""The form of a pool of codes: what a code takes off what, when, how often, how many there are."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from clientela.console.loyalty import reward_form as plain
from clientela.console.loyalty.names import NAME_LENGTH_MAX, names
from clientela.console.loyalty.reward_form import Day, amount_field, whole
from clientela.loyalty.actions.coupon_codes import PoolValues
from clientela.loyalty.actions.programme import LANGUAGES
from clientela.loyalty.models import CouponPool
from clientela.platform import money, text
from clientela.staff import company as companies

KEY_LENGTH_MAX, COUNT_MAX = 60, 10**9
SCOPES = {
    "order": lazy("The whole purchase"), "line": lazy("Single lines"), "delivery": lazy("Delivery"),
}  # fmt: skip
TAKEN = ("percent", "free", "paid", "scope", "is_of_last_purchase", "rounds_to_units", "uses_max",
         "member_max", "coupons_max")  # fmt: skip
LISTED = {"products": lazy("Only these products, by code"),
          "categories": lazy("Only these categories, by key")}  # fmt: skip


class PoolForm(forms.Form):
    percent = whole(lazy("Percent off"), 100)
    amount = amount_field(lazy("or money off"))
    free = whole(lazy("or so many pieces free"), 100)
    paid = whole(lazy("for each so many that are paid"), 100)
    is_of_last_purchase = forms.BooleanField(
        label=lazy("The percent is of the customer's last purchase"), required=False
    )
    rounds_to_units = forms.BooleanField(
        label=lazy("A percent is rounded to whole units of money"), required=False
    )
    scope = forms.ChoiceField(label=lazy("Taken off"), choices=list(SCOPES.items()))
    most = amount_field(lazy("No more than"))
    least = amount_field(lazy("For a basket of at least"))
    products = forms.CharField(label=LISTED["products"], required=False, max_length=2_000)
    categories = forms.CharField(label=LISTED["categories"], required=False, max_length=2_000)
    is_shared = forms.BooleanField(label=lazy("One code for everybody"), required=False)
    uses_max = whole(lazy("How often the one code can be used"), COUNT_MAX)
    member_max = whole(lazy("How often one customer can use such codes"), 10**6)
    coupons_max = whole(lazy("How many codes there may be"), COUNT_MAX)
    starts_on = forms.DateField(label=lazy("First day"), required=False, widget=Day)
    ends_on = forms.DateField(label=lazy("Last day"), required=False, widget=Day)

    def __init__(self, data: Any = None, *, pool: CouponPool | None = None) -> None:
        super().__init__(data, initial=_of(pool) if pool else None)
        self.pool = pool
        own = dict(self.fields)
        self.fields.clear()
        self.fields.update({**dict(names(most=NAME_LENGTH_MAX)), **own})
        if pool is not None:
            del self.fields["is_shared"]

    def values(self) -> PoolValues:
        """What the form does not show of a pool stays as it is."""
        given, pool = self.cleaned_data, self.pool
        kept = {one.name: getattr(pool, one.name) for one in fields(PoolValues)} if pool else {}
        key = "-".join(text.words(given["label_en"]))[:KEY_LENGTH_MAX].strip("-")
        worth = plain.worth(given["amount"])
        limits = {
            "most_minor": plain.minor_of(given["most"]),
            "least_minor": plain.minor_of(given["least"]),
        }
        needs = companies.current().currency if any(limits.values()) else ""
        return PoolValues(**{
            **kept, "key": pool.key if pool else key,
            "labels": {code: given[f"label_{code}"] for code in LANGUAGES
                       if given[f"label_{code}"]},
            **{name: given[name] for name in TAKEN},
            "minor": worth.get("minor"), "money_code": worth.get("money_code", needs), **limits,
            **{name: tuple(given[name].replace(",", " ").split()) for name in LISTED},
            "is_shared": pool.is_shared if pool else given["is_shared"],
            "starts_at": plain.midnight(given["starts_on"]),
            "ends_at": plain.midnight(given["ends_on"], after=True),
        })  # fmt: skip


def _of(pool: CouponPool) -> dict[str, Any]:
    def amount(minor: int | None) -> Any:
        return None if minor is None else money.Money(minor, pool.money_code).to_decimal()

    return {
        **{f"label_{code}": name for code, name in pool.labels.items()},
        **{name: getattr(pool, name) for name in TAKEN},
        **{name: ", ".join(getattr(pool, name)) for name in LISTED},
        "amount": amount(pool.minor), "most": amount(pool.most_minor),
        "least": amount(pool.least_minor), "starts_on": plain.day_of(pool.starts_at),
        "ends_on": plain.day_of(pool.ends_at, before=True),
    }  # fmt: skip
