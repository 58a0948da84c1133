"""Rewards and what was got for points, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.loyalty.models import Reward
from clientela.loyalty.queries.rewards import Got
from clientela.loyalty.rules.rewards import Quote
from clientela.platform.money import Money
from clientela.ui.templatetags.ui import day, label, language, number

ICONS = {
    Reward.Kind.COUPON: "ticket", Reward.Kind.CASH: "wallet", Reward.Kind.TRAVEL: "plane",
}  # fmt: skip
KINDS: dict[str, str | Promise] = {
    "coupon": lazy("Coupon"), "cash": lazy("Cash"), "travel": lazy("Journey"),
}  # fmt: skip
WHY: dict[str, str | Promise] = {
    "retired": lazy("no longer offered"), "not-yet": lazy("not offered yet"),
    "over": lazy("no longer offered"), "sold-out": lazy("sold out"),
    "limit-reached": lazy("had as often as it can be had"),
    "no-price": lazy("only for higher tiers"),
    "below-minimum": lazy("below the least there can be"),
    "not-whole-blocks": lazy("only in whole blocks"),
}  # fmt: skip
STATES: dict[str, tuple[str | Promise, str]] = {
    "done": (lazy("Given"), "good"), "used": (lazy("Used"), ""), "over": (lazy("Over"), ""),
    "waiting": (lazy("Waits for a decision"), "accent"),
    "approved": (lazy("Approved, to be paid"), "accent"), "paid": (lazy("Paid"), "good"),
    "exported": (lazy("At the bank"), "accent"), "returned": (lazy("Come back"), "warn"),
    "rejected": (lazy("Refused by the bank"), "bad"), "cancelled": (lazy("Given up"), "warn"),
    "confirmed": (lazy("Confirmed"), "good"), "refused": (lazy("Refused"), "bad"),
    "timed_out": (lazy("Not answered in time"), "bad"), "reversed": (lazy("Given back"), "warn"),
}  # fmt: skip


def money_of(minor: int | None, code: str) -> str:
    return "" if minor is None else Money(minor, code).shown(language())


def why_not(quote: Quote) -> str:
    if quote.why == "not-enough-points":
        return ngettext(
            "%(points)s point is missing", "%(points)s points are missing", quote.missing
        ) % {"points": number(quote.missing)}
    return str(WHY.get(quote.why, quote.why))


def worth_of(reward: Reward) -> str:
    """What somebody gets, in a few words."""
    if reward.kind == Reward.Kind.CASH:
        block = min((price.points for price in reward.prices.all()), default=0)
        return _("%(money)s for each %(points)s points") % {
            "money": money_of(reward.money_minor, reward.money_code), "points": number(block),
        }  # fmt: skip
    if reward.kind == Reward.Kind.TRAVEL:
        if reward.travel_from_on and reward.travel_until_on:
            return _("%(partner)s, %(first)s to %(last)s") % {
                "partner": reward.partner, "first": day(reward.travel_from_on),
                "last": day(reward.travel_until_on),
            }  # fmt: skip
        return reward.partner
    pool = reward.pool
    assert pool is not None
    return ngettext(
        "good for %(days)s day", "good for %(days)s days", pool.valid_days
    ) % {"days": number(pool.valid_days)}  # fmt: skip


def got_row(one: Got, *, now: datetime) -> dict[str, Any]:
    words, tone = STATES[one.state(now=now)]
    return {
        "url": reverse("console:redemption", args=[one.customer_id, one.public_id]),
        "words": label(one.labels), "points": one.points, "at": one.redeemed_at,
        "icon": ICONS[Reward.Kind(one.kind)], "state_words": words, "tone": tone,
    }  # fmt: skip
