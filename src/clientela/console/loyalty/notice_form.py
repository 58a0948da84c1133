"""The form of a notice: what its kind asks, how often, for which purpose, in whose words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.loyalty.names import in_languages
from clientela.loyalty.actions.notices import NoticeValues
from clientela.loyalty.actions.programme import KEY_LENGTH_MAX, LANGUAGES
from clientela.loyalty.models import Notice
from clientela.loyalty.queries import granting, rewards, tiers
from clientela.loyalty.rules import notices as rules
from clientela.loyalty.rules.notices import Asked
from clientela.platform import money
from clientela.privacy import queries as privacy
from clientela.ui.templatetags.ui import label

KINDS: dict[str, Any] = {
    Notice.Kind.EXPIRING: lazy("Points that end"), Notice.Kind.TIER: lazy("A tier that is near"),
    Notice.Kind.REWARD: lazy("A reward they can have"),
}  # fmt: skip
EMAIL = "email"


class NoticeForm(forms.Form):
    """`kind` decides what is asked; `first` is the field that names the notice."""

    def __init__(self, data: Any = None, *, kind: str, notice: Notice | None = None) -> None:
        super().__init__(data, initial=_of(notice) if notice else {"points_min": 1})
        self.kind, self.notice = kind, notice
        self.ladders = {one.key: one for one in tiers.ladders()} if kind == "tier" else {}
        self.fields |= {"expiring": _expiring, "tier": self._tier, "reward": _reward}[kind]()
        self.first = next(iter(self.fields))
        self.fields["every_days"] = forms.IntegerField(
            label=_("Nobody is told again within so many days"), min_value=1,
            max_value=rules.EVERY_DAYS_MAX, initial=rules.EVERY_DAYS[kind],
        )  # fmt: skip
        self.fields["purpose"] = forms.ChoiceField(
            label=_("Purpose"), required=False, choices=_purposes(),
            help_text=_("With a purpose only those are told who agree to it."),
        )  # fmt: skip
        self.fields |= dict(in_languages(
            "words", _("Your own words in %(language)s"), most=rules.WORDS_LENGTH_MAX,
            widget=lambda: forms.Textarea(attrs={"rows": 2}),
        ))  # fmt: skip

    def _tier(self) -> dict[str, forms.Field]:
        ladders = [(one.key, label(one.labels)) for one in self.ladders.values()]
        return {
            "ladder": forms.ChoiceField(label=_("Ladder"), choices=ladders),
            "distance": forms.DecimalField(
                label=_("So far away at most"), min_value=Decimal("0.01"), max_digits=15,
                decimal_places=2, help_text=_("In what the ladder counts."),
            ),
            "moved_days": _moved(),
        }  # fmt: skip

    def values(self) -> NoticeValues:
        given = self.cleaned_data
        asked = Asked(
            self.kind, given.get("days_ahead") or 0, given.get("points_min") or 0,
            given.get("ladder", ""), self._distance(), given.get("reward", ""),
            given.get("moved_days") or 0, given["every_days"],
            {code: given[f"words_{code}"] for code in LANGUAGES},
        )  # fmt: skip
        notice = self.notice
        return NoticeValues(
            notice.key if notice else self._key(), asked, given.get("currency", ""),
            given["purpose"], notice.is_on if notice else False,
        )  # fmt: skip

    def _distance(self) -> int:
        if "distance" not in self.cleaned_data:
            return 0
        figure = self.cleaned_data["distance"]
        code = self.ladders[self.cleaned_data["ladder"]].money_code
        return money.from_decimal(figure, code).minor if code else int(figure)

    def _key(self) -> str:
        given = self.cleaned_data
        about = (
            given.get("ladder")
            or given.get("reward")
            or (f"{given.get('currency')}-{given.get('days_ahead')}")
        )
        return f"{self.kind}-{about}"[:KEY_LENGTH_MAX]


def _expiring() -> dict[str, forms.Field]:
    kinds = [(one.code, label(one.labels)) for one in granting.currencies()]
    return {
        "days_ahead": forms.IntegerField(
            label=_("So many days before they end"), min_value=1, max_value=rules.DAYS_AHEAD_MAX
        ),
        "currency": forms.ChoiceField(label=_("Kind of points"), choices=kinds),
        "points_min": forms.IntegerField(
            label=_("From so many points on"), min_value=1, max_value=rules.FIGURE_MAX
        ),
    }


def _reward() -> dict[str, forms.Field]:
    found = [(one.key, label(one.labels)) for one in rewards.catalogue()]
    return {
        "reward": forms.ChoiceField(label=_("Reward"), choices=found), "moved_days": _moved(),
    }  # fmt: skip


def _moved() -> forms.Field:
    return forms.IntegerField(
        label=_("Only who earned or used points within so many days"), min_value=0, required=False,
        max_value=rules.EVERY_DAYS_MAX, initial=30, help_text=_("Empty is everybody."),
    )  # fmt: skip


def _purposes() -> list[tuple[str, str]]:
    asked = [
        (one.key, label(one.labels)) for one in privacy.purposes() if EMAIL in one.channels
    ]  # fmt: skip
    return [("", _("None: it tells what must be told")), *asked]


def _of(notice: Notice) -> dict[str, Any]:
    distance: Any = notice.distance
    if notice.ladder is not None and notice.ladder.money_code:
        distance = money.Money(notice.distance, notice.ladder.money_code).to_decimal()
    return {
        "days_ahead": notice.days_ahead, "currency": notice.currency.code,
        "points_min": notice.points_min or 1, "ladder": notice.ladder_id, "distance": distance,
        "reward": notice.reward.key if notice.reward else "",
        "moved_days": notice.moved_days or None, "every_days": notice.every_days,
        "purpose": notice.purpose, **{f"words_{code}": said for code, said in notice.words.items()},
    }  # fmt: skip
