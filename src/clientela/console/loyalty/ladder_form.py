"""The forms of a ladder and of a tier: no key, no code, names in each language."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.loyalty import tier_words as words
from clientela.console.loyalty.names import in_languages, names
from clientela.loyalty.actions import ladders as limits
from clientela.loyalty.actions.programme import KEY_LENGTH_MAX, LANGUAGES
from clientela.loyalty.models import Currency, Tier, TierSet
from clientela.loyalty.queries import tiers as queries
from clientela.platform import money, text
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label

LIFE_ENDS = (
    ("", lazy("on the day")), ("month", lazy("at the end of the month")),
    ("quarter", lazy("at the end of the quarter")),
    ("half_year", lazy("at the end of the half-year")), ("year", lazy("at the end of the year")),
)  # fmt: skip


def few(label_: Any, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label_, min_value=0, max_value=most, required=False, **more
    )  # fmt: skip


class LadderForm(forms.Form):
    """What is counted over which time, when a tier begins, how it is kept and lost."""

    measure = forms.ChoiceField(label=lazy("What counts"), choices=list(words.MEASURES.items()))
    currency = forms.CharField(
        label=lazy("In which money"), required=False, max_length=3,
        help_text=lazy("For money spent, such as EUR."),
    )  # fmt: skip
    counts = forms.ChoiceField(
        label=lazy("Which points count"), required=False,
        help_text=lazy("Status points, for example, that are counted and never spent."),
    )  # fmt: skip
    window = forms.ChoiceField(label=lazy("Over which time"), choices=list(words.WINDOWS.items()))
    starts = forms.ChoiceField(label=lazy("A tier begins"), choices=list(words.STARTS.items()))
    crossing = forms.ChoiceField(
        label=lazy("The purchase that reaches a tier earns"), choices=list(words.CROSSING.items()),
        required=False,
    )  # fmt: skip
    late = forms.ChoiceField(
        label=lazy("A purchase that comes late"), choices=list(words.LATE.items()), required=False
    )
    keeps = forms.ChoiceField(label=lazy("A tier is kept"), choices=list(words.KEEPS.items()))
    keep_days = few(
        lazy("And so many days more"), limits.KEEP_DAYS_MAX,
        help_text=lazy("Days after the end of the same period to reach it anew."),
    )  # fmt: skip
    lowers = forms.ChoiceField(label=lazy("A review lowers"), choices=list(words.LOWERS.items()))
    grace_days = few(
        lazy("Days of grace"), limits.GRACE_DAYS_MAX,
        help_text=lazy("A review waits so long, and what happens meanwhile counts."),
    )  # fmt: skip
    reversal_waits = forms.BooleanField(
        label=lazy("A return of what reached a tier waits for the grace too"), required=False
    )

    def __init__(self, data: Any = None, *, ladder: TierSet | None = None) -> None:
        super().__init__(data, initial=_of_ladder(ladder) if ladder else None)
        self.ladder = ladder
        points = list(Currency.objects.filter(programme__closed_at=None))
        choices = [(one.code, label(one.labels)) for one in points]
        own = dict(self.fields)
        self.fields.clear()
        for name, field in names(most=limits.WORDS_LENGTH_MAX):
            self.fields[name] = field
        if ladder is None:
            self.fields["points"] = forms.ChoiceField(label=_("Of which points"), choices=choices)
            own["currency"].initial = companies.current().currency
        self.fields |= own
        counts = self.fields["counts"]
        assert isinstance(counts, forms.ChoiceField)
        counts.choices = [("", _("the same")), *choices]

    def points(self) -> str:
        return self.ladder.currency.code if self.ladder else str(self.cleaned_data["points"])

    def body(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("measure", "counts", "window", "starts", "keeps", "lowers", "reversal_waits")
        return {
            "key": self.ladder.key if self.ladder else key_of(given["label_en"]),
            "labels": _texts(given, "label"), "currency": given["currency"].strip().upper(),
            "keep_days": given["keep_days"] or 0, "grace_days": given["grace_days"] or 0,
            **{name: given[name] for name in names}, "crossing": given["crossing"] or "before",
            "late": given["late"] or "raises",
        }  # fmt: skip


class TierForm(forms.Form):
    """A tier: from which figure on, and what it gives."""

    factor = forms.CharField(
        label=lazy("Points are multiplied by"), max_length=12, initial="1",
        help_text=lazy("1.5 gives half as many again."),
    )  # fmt: skip
    life_days = few(lazy("Points earned on it can be used for so many days"), 36_500)
    life_months = few(lazy("or so many months"), 1_200)
    life_until = forms.ChoiceField(
        label=lazy("and end"), choices=LIFE_ENDS, required=False,
        help_text=lazy("Without days, months and an end they live as long as all points do."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, ladder: TierSet, tier: Tier | None = None) -> None:
        super().__init__(data, initial=_of_tier(ladder, tier) if tier else None)
        self.ladder, self.tier = ladder, tier
        own = dict(self.fields)
        self.fields.clear()
        for name, field in names(most=limits.WORDS_LENGTH_MAX):
            self.fields[name] = field
        self.fields["threshold"] = _threshold(ladder)
        self.fields["factor"] = own.pop("factor")
        several = forms.Textarea
        for key, title in (("benefit", _("What else it gives, in %(language)s")),
                           ("note", _("Note for staff in %(language)s"))):  # fmt: skip
            self.fields.update(
                in_languages(key, title, most=limits.WORDS_LENGTH_MAX, widget=several)
            )
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 2
        self.fields |= own

    def body(self) -> dict[str, Any]:
        given = self.cleaned_data
        threshold = given["threshold"]
        if self.ladder.money_code:
            threshold = money.from_decimal(threshold, self.ladder.money_code).minor
        life = {name: given[f"life_{name}"] for name in ("days", "months", "until")}
        return {
            "key": self.tier.key if self.tier else key_of(given["label_en"]),
            "labels": _texts(given, "label"), "threshold": int(threshold),
            "factor": given["factor"].strip().replace(",", "."),
            "benefits": _texts(given, "benefit"), "staff_notes": _texts(given, "note"),
            "life": {name: value for name, value in life.items() if value},
        }  # fmt: skip


def key_of(name: str) -> str:
    return "-".join(text.words(name))[:KEY_LENGTH_MAX].strip("-")


def _threshold(ladder: TierSet) -> forms.Field:
    if code := ladder.money_code:
        return forms.DecimalField(
            label=_("From, in %(currency)s") % {"currency": code}, min_value=Decimal("0.01"),
            max_value=Decimal(10**9), decimal_places=money.exponent_of(code),
        )  # fmt: skip
    return forms.IntegerField(
        label=_("From"), min_value=1, max_value=limits.THRESHOLD_MAX
    )  # fmt: skip


def _texts(given: dict[str, Any], name: str) -> dict[str, str]:
    return {code: given[f"{name}_{code}"] for code in LANGUAGES if given[f"{name}_{code}"]}


def _of_ladder(ladder: TierSet) -> dict[str, Any]:
    names = ("measure", "starts", "keeps", "keep_days", "lowers", "grace_days", "reversal_waits",
             "crossing", "late")  # fmt: skip
    return {
        **{f"label_{code}": name for code, name in ladder.labels.items()},
        **{name: getattr(ladder, name) for name in names},
        "window": ladder.time_window, "currency": ladder.money_code,
        "counts": ladder.counted.code if ladder.counted else "",
    }  # fmt: skip


def _of_tier(ladder: TierSet, tier: Tier) -> dict[str, Any]:
    factor, life = queries.factor_of(tier), tier.life
    exact = factor.denominator in (1, 2, 4, 5, 10, 20, 100)
    figure: Any = tier.threshold
    if ladder.money_code:
        figure = money.Money(tier.threshold, ladder.money_code).to_decimal()
    return {
        **{f"label_{code}": words for code, words in tier.labels.items()},
        **{f"benefit_{code}": words for code, words in tier.benefits.items()},
        **{f"note_{code}": words for code, words in tier.staff_notes.items()},
        "threshold": figure, "factor": f"{float(factor):g}" if exact else str(factor),
        "life_days": life.get("days"), "life_until": life.get("until", ""),
        "life_months": life.get("months", 0) + 12 * life.get("years", 0) or None,
    }  # fmt: skip
